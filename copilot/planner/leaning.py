"""The ways in which a clause can be understood: its pronouns and gaps filled from the context, doubtful words as names
or as words. Each way is a clause, the entities lent to it, and how likely it is before its kind is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .clauses import ASKING, PRONOUNS, Clause, tokens_of
from .context import Context
from .frames import Entity, EntityKind
from .masking import MASKS, merge_lists
from .names_in_text import has_drug_stem
from .quantities import target_unit
from .sequences_in_text import RESIDUES
from .slots import like_a_gene, listed, slot_of, stands_for_a_target
from .words import Word

__all__ = ["ORDINALS", "Picked", "Way", "of_no_list", "picked", "ranked_one", "unit_span", "ways"]

_PAIRING = frozenset("similar similarity compare compares versus vs than better tanimoto align alike close".split())
_PLURAL = frozenset("they them their these those both all".split())
ORDINALS = {
    "first": 0,
    "1st": 0,
    "former": 0,
    "top": 0,
    "best": 0,
    "closest": 0,
    "nearest": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "sixth": 5,
    "6th": 5,
    "seventh": 6,
    "7th": 6,
    "eighth": 7,
    "8th": 7,
    "ninth": 8,
    "9th": 8,
    "tenth": 9,
    "10th": 9,
    "last": -1,
    "latter": -1,
}
_NOUN = (
    r"one|ones|of\s+(?:them|these|those)|(?:in|of|on)\s+(?:the|that|this)\s+(?:list|table)|drugs?|compounds?|molecules?|inhibitors?|hits?|entry|entries|rows?"
    r"|targets?|proteins?|genes?|kinases?|receptors?"
)
_ORDINAL = re.compile(
    rf"(?<!approved )(?<!came )(?<!launched )\b(?:the\s+)?(?:{'|'.join(ORDINALS)})(?:\s*(?:,|,?\s*and|or|&|with|to|versus|vs\.?)\s+(?:the\s+)?(?:{'|'.join(ORDINALS)}))*"
    rf"(?:\s+(?:{_NOUN})\b|(?=\s*[?.!]*\s*$))",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\bthe\s+(?!(?:best|closest|nearest|latest)\b)(?:(?:most|least)\s+[a-z-]+|[a-z]{2,}est)\s+one\b", re.IGNORECASE
)
_ASKS_WHICH = re.compile(r"\b(?:which|what|who)\b(?:\s+\w+){0,4}\s+(?:is|are|was|were|has|have)\s*$", re.IGNORECASE)
_WHICH = re.compile(rf"\b(?:{'|'.join(ORDINALS)})\b", re.IGNORECASE)
_SLOT_NOUNS: dict[EntityKind, re.Pattern[str]] = {
    "target": re.compile(r"\b(?:targets?|proteins?|genes?|kinases?|receptors?)$", re.IGNORECASE),
    "molecule": re.compile(r"\b(?:drugs?|compounds?|molecules?|inhibitors?)$", re.IGNORECASE),
}

_ITS_TARGET = re.compile(
    r"\b(?:(?P<pronoun>that|its|the|this|their|whose)\s+(?:main\s+|primary\s+|drug\s+|molecular\s+)?targets?\b(?:\s+protein\b)?(?P<of>\s+(?:of|for)\s+)?)"
    r"|(?:'s|’s|s'|s’)\s+(?:main\s+|primary\s+|molecular\s+)?targets?\b",
    re.IGNORECASE,
)

_OF_A_TARGET = re.compile(
    r"\b(?:do|does)\b.*\bdo\b|\bfunctions?\b|\broles?\b|\blocat\w+|\bfamily\b|\bsequence\b|\blength\b|\bhow\s+(?:long|big|large|heavy)\b|\buniprot\b|\baccession\b",
    re.IGNORECASE,
)
_WHOLE_QUESTION = re.compile(
    r"\W*(?:(?:so|and|but|ok|okay|then|well)\W+)*(?:(?:how|why)\s+)?(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|should)\s+(?!there\b)\w",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"\W*(?:(?:so|and|but|ok|okay|then|please)\W+)*(?:(?:find|list|show|give|name|which|what|search)\s+(?:me\s+|for\s+|all\s+|the\s+|some\s+|approved\s+)*|all\s+)?"
    r"(?:approved\s+)?(?:drugs|molecules|compounds|medicines|structures)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:the|such|same|other|another)\s+(?:\w+\s+)?(?:drugs?|compounds?|molecules?|substances?|structures?|inhibitors?|proteins?|targets?|genes?|kinases?"
    r"|receptors?|enzymes?|peptides?|sequences?|former|latter|two|ones?)\b|\b(?:too|also|instead|as\s+well|either)\b",
    re.IGNORECASE,
)
_FUNCTION_WORDS = frozenset(
    "a about after all an and any are as at be been before but by can could did do does down during for from had has have how if in"
    " into is known less likely more most much no not of on only or really should so some still than that the then to under up very"
    " was were what when which who why will with without would you i we active potent approved selective similar".split()
)
_OF_A_LIST = re.compile(
    r"^\W*(?:(?:so|and|but|ok|okay|then|now)\W+)*(?:which|who|how\s+many|only|just|(?:do|does|are|is|were|was|have|has|can|would)\s+any)"
    r"(?:\s+(?:one|ones|of\s+(?:them|these|those)|the\s+ones?))*\s+(?:is|are|was|were|has|have|had|does|do|did|can|could|would|will|gets?|goes|contains?|breaks?|fails?|pass(?:es)?"
    r"|follows?|violates?|crosse?s?|hits?|approved|that|with|of)\b",
    re.IGNORECASE,
)
"""Who names nothing and asks `which is the heaviest?` asks of what was listed."""
_BESIDE_A_LIST = 0.7
"""What is left of the chance that such a question means one thing that was named before the list."""
_LEAST_SAID = 3
"""Words beside its first name and function words with which a question says enough to be understood by itself; without a name one more."""

_BEST_OF = re.compile(
    r"\b(?:most|best|strongest|tightest|top)\b[^?]*\b(?:inhibitors?|blockers?|(?:ant)?agonists?|ligands?|compounds?|binders?|molecules?)\b",
    re.IGNORECASE,
)
"""`the most selective JAK1 inhibitor` is looked for, and is none that was named before."""
_OTHERS = re.compile(r"\b(?:drugs|inhibitors|blockers|antagonists|agonists|ligands|compounds)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Way:
    """One way to understand a clause."""

    weight: float
    clause: Clause
    lent: tuple[Entity, ...] = ()

    @property
    def entities(self) -> list[Entity]:
        """Its own and what is lent."""
        return [*self.clause.entities, *self.lent]

    @property
    def tokens(self) -> list[str]:
        """As the classifier sees it: lent entities in the place of a pronoun, else at the end."""
        unit = unit_span(self.clause)
        if not self.lent:
            return tokens_of(self.clause, unit=unit)
        marks = list(dict.fromkeys(MASKS[entity.kind] for entity in self.lent if entity.kind in MASKS))
        stand_in = [*marks, *(["MANY"] if len(self.lent) > 1 and len(marks) == 1 else [])]
        pronoun = next((word for word in self.clause.words if word.plain in PRONOUNS), None)
        if pronoun is None:
            return merge_lists([*tokens_of(self.clause, unit=unit), *stand_in])
        tokens = tokens_of(self.clause, {pronoun.start: "\0"}, unit)
        place = tokens.index("\0")
        return merge_lists([*tokens[:place], *stand_in, *tokens[place + 1 :]])


def ways(
    clause: Clause, context: Context, following: Sequence[Entity], others: Mapping[tuple[int, int], tuple[Entity, ...]]
) -> list[Way]:
    """Every way worth weighing.

    Args:
        clause: the clause.
        context: what was named before it.
        following: names in later clauses of the same question, for "what is the MW, and the logP, of aspirin".
        others: what else a span of the question could be.
    """
    clause = _residues_as_words(clause)
    waiting = not clause.names and bool(clause.asked) and bool(following)
    own = [Way(weight * (0.5 if waiting else 1.0), way) for weight, way in _with_and_without_noise(clause)]
    for span, alternatives in others.items():
        if clause.start <= span[0] and span[1] <= clause.end:
            for other in alternatives:
                entities = tuple(other if (item.start, item.end) == span else item for item in clause.entities)
                own.append(Way(0.75, replace(clause, entities=entities)))
    found = list(own)
    for way in [] if not following and _is_complete(clause) else own:
        for weight, lent in _lenders(way.clause, context, following):
            found.append(Way(weight * max(way.weight, 0.9 if waiting else 0.0), way.clause, lent))
    found += _through_a_target(clause, context)
    return found


def _is_complete(clause: Clause) -> bool:
    """Whether it asks a whole question of its own: nothing that was named before belongs into it."""
    if clause.pronouns or _pairing(clause) or _POINTS_BACK.search(clause.text):
        return False
    if _LISTS.match(clause.text) and clause.of("group", "disease"):
        return True
    if clause.of("target") and _BEST_OF.search(clause.text):
        return True
    asked = clause.of(*ASKING) if clause.names else clause.asked
    if asked or _WHOLE_QUESTION.match(clause.text) is None:
        return False
    said = [word for word in clause.words if word.plain not in _FUNCTION_WORDS]
    objects = sum(len(entity.text.split()) for entity in clause.names[1:])
    return len(said) + objects >= _LEAST_SAID + (not clause.names)


def _residues_as_words(clause: Clause) -> Clause:
    """Beside a peptide, `cysteines` are its residues and no molecule."""
    if not clause.of("peptide"):
        return clause
    residues = [item for item in clause.of("molecule", "unknown") if item.name.casefold() in RESIDUES]
    if not residues:
        return clause
    words = [*clause.words, *(Word(item.start, item.end, item.text, item.text.casefold()) for item in residues)]
    kept = tuple(item for item in clause.entities if item not in residues)
    return replace(clause, entities=kept, words=tuple(sorted(words, key=lambda word: word.start)))


def _lenders(clause: Clause, context: Context, following: Sequence[Entity]) -> list[tuple[float, tuple[Entity, ...]]]:
    """What may stand for a pronoun or fill a gap, each with its weight."""
    leans = bool(clause.pronouns) or not clause.names
    own = {slot_of(entity) for entity in clause.names}
    lenders: list[tuple[float, tuple[Entity, ...]]] = []
    pick = picked(clause, context)
    if pick is not None and pick.entities and slot_of(pick.entities[0]) not in own:
        return [(1.0, pick.entities)]
    for rank, slot in enumerate(context.latest):
        if slot != "unknown" or rank == 0:
            lenders.append((0.97 - 0.06 * min(rank, 5), context.named[slot]))
        if slot == "molecule" and _pairing(clause) and len(context.named[slot]) == 1 and slot in context.previous:
            lenders.append((0.97, (*context.previous[slot][-1:], *context.named[slot])))
    listed = not clause.names and _OF_A_LIST.match(clause.text) is not None
    plural = listed or any(word.plain in _PLURAL for word in clause.words)
    answered = dict(context.answered)
    if plural:
        answered |= {slot: items for slot, items in context.lists.items() if len(answered.get(slot, ())) < 2}
    for slot, items in answered.items():
        if len(items) == 1 or (plural and slot == "molecule") or (slot != "molecule" and clause.pronouns):
            lenders.append((0.98 if plural and slot == "molecule" else 0.9, items if plural else items[:1]))
    if listed and len(context.lists.get("molecule", ())) > 1:
        several = [items for slot, items in answered.items() if len(items) > 1]
        lenders = [(weight * (1.0 if items in several else _BESIDE_A_LIST), items) for weight, items in lenders]
    if following and not clause.names:
        ahead: dict[EntityKind, list[Entity]] = {}
        for entity in following:
            ahead.setdefault(slot_of(entity), []).append(entity)
        lenders += [(0.9, tuple(items)) for items in ahead.values()]
    gap = not clause.of("molecule", "target", "disease", "dna", "rna", "peptide", "file", "unknown")
    weighed = []
    for weight, lent in lenders:
        if not leans and not gap:
            weight *= 0.7
        if slot_of(lent[0]) in own and not _pairing(clause):
            weight *= 0.6
        weighed.append((weight, lent))
    if leans and not own - {"quantity"}:
        spoken = {word.plain for word in clause.words}
        pairs = 0.95
        if (
            "it" in spoken and spoken & _PLURAL
        ):  # "at which of those is it below 10 nM": a list, and one thing beside it
            weighed = [(weight * _BESIDE_A_LIST, lent) for weight, lent in weighed]
            pairs = 1 / _BESIDE_A_LIST
        elif own:
            return weighed
        weighed += [
            (min(one, other) * pairs, (*first, *second))
            for index, (one, first) in enumerate(weighed)
            for other, second in weighed[index + 1 :]
            if slot_of(first[0]) != slot_of(second[0])
        ]
    return weighed


@dataclass(frozen=True)
class Picked:
    """What `the second one` or `the first and the third of them` means: characters of the clause, and the things."""

    start: int
    end: int
    text: str
    entities: tuple[Entity, ...]
    """Empty where the list has no such place."""
    of: int
    """How many the list has."""


def picked(clause: Clause, context: Context) -> Picked | None:
    """What an ordinal of the clause picks from the latest list; None where there is no ordinal or no list."""
    hit = _ORDINAL.search(clause.text)
    if hit is None:
        return None
    noun = next((slot for slot, pattern in _SLOT_NOUNS.items() if pattern.search(hit.group())), None)
    slots = [
        slot for slot in reversed(tuple(context.lists)) if slot in (("molecule", "target") if noun is None else (noun,))
    ]
    if not slots:
        return None
    items = context.lists[slots[0]]
    places = [ORDINALS[word.casefold()] for word in _WHICH.findall(hit.group())]
    known = all(place < len(items) and not (place < 0 and context.cut) for place in places)
    entities = tuple(dict.fromkeys(items[place] for place in places)) if known else ()
    return Picked(clause.start + hit.start(), clause.start + hit.end(), hit.group(), entities, len(items))


def of_no_list(clause: Clause, context: Context) -> str:
    """`the first` of a list that nobody gave, where nothing else is named; empty where it is none."""
    hit = _ORDINAL.search(clause.text)
    if hit is None or clause.names or any(slot in context.lists for slot in ("molecule", "target")):
        return ""
    counted = any(word.casefold() not in ("top", "best", "closest", "nearest") for word in _WHICH.findall(hit.group()))
    return hit.group().strip() if counted and hit.group().casefold().startswith("the ") else ""


def ranked_one(clause: Clause, context: Context) -> str:
    """`the newest one`, of which something is asked: its place in the list is not known here. Empty where there is none."""
    hit = _RANKED.search(clause.text)
    listed = any(slot in context.lists for slot in ("molecule", "target"))
    if hit is None or not listed or _ASKS_WHICH.search(clause.text[: hit.start()]):
        return ""
    return hit.group()


def _pairing(clause: Clause) -> bool:
    """Whether two of one sort are called for: `how similar is it to gefitinib`."""
    return any(word.plain in _PAIRING for word in clause.words)


def _through_a_target(clause: Clause, context: Context) -> list[Way]:
    """`its target`, `the target of ibrutinib`: a target that a look-up has to find first."""
    found = []
    for hit in _ITS_TARGET.finditer(clause.text):
        start, end = clause.start + hit.start(), clause.start + hit.end()
        lent: tuple[Entity, ...] = ()
        named = [item for item in clause.of("molecule") if item.end == start or item.start == end]
        if named:
            lent = tuple(named[:1])
        elif hit.group("pronoun") and not hit.group("of") and not clause.of("molecule", "target"):
            lent = context.named.get("molecule", ())[:1]
        if not lent:
            continue
        start, end = min(start, *(item.start for item in named), start), max(end, *(item.end for item in named), end)
        meant = Entity(
            "target",
            clause.text[start - clause.start : end - clause.start],
            start,
            end,
            "",
            f"the target of {lent[0].name or lent[0].text}",
            via=lent[0].value,
        )
        entities = [item for item in clause.entities if item.end <= start or item.start >= end]
        words = tuple(word for word in clause.words if not start <= word.start < end)
        ordered = tuple(sorted((*entities, meant), key=lambda item: item.start))
        # Who asks for drugs, or what the target does, does not ask which one it is.
        rest = clause.text[: hit.start()] + clause.text[hit.end() :]
        weight = 1.1 if _OTHERS.search(clause.text) or _OF_A_TARGET.search(rest) else 0.93
        found.append(Way(weight, replace(clause, entities=ordered, words=words)))
    return found


def _with_and_without_noise(clause: Clause) -> list[tuple[float, Clause]]:
    """The clause, and the clause in which a word that is in no dictionary here is taken for a word and not for a name.

    An unknown word beside a known molecule is seldom a second name, unless it stands where a target or another name of
    a list would.
    """
    words = [entity for entity in clause.of("unknown") if _may_be_a_word(entity, clause)]
    if not words:
        return [(1.0, clause)]
    known = bool(clause.of("molecule", "dna", "rna", "peptide", "file"))
    rest = tuple(entity for entity in clause.entities if entity not in words)
    as_words = tuple(Word(entity.start, entity.end, entity.text, entity.text.casefold()) for entity in words)
    without = replace(
        clause, entities=rest, words=tuple(sorted((*clause.words, *as_words), key=lambda word: word.start))
    )
    return [(0.3, clause), (1.0, without)] if known else [(1.0, clause), (0.7, without)]


def _may_be_a_word(entity: Entity, clause: Clause) -> bool:
    text = entity.text
    if not text.replace("-", "").replace(" ", "").isalpha() or like_a_gene(text) or has_drug_stem(text):
        return False
    return not stands_for_a_target(entity, clause) and not listed(
        entity, clause.of("molecule", "target", "unknown"), clause
    )


def unit_span(clause: Clause) -> tuple[int, int] | None:
    """Where the unit stands that something is to be converted to."""
    wanted = target_unit(clause.text)
    if wanted is None:
        return None
    start, end = clause.start + wanted[0], clause.start + wanted[1]
    if any(
        item.start < end and start < item.end and item.kind in ("quantity", "molecule", "target")
        for item in clause.entities
    ):
        return None
    return start, end
