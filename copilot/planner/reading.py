"""From a question to what it means: frames, one a clause, with the entities that pronouns and follow-ups lean on.

`recognise` (entities.py) finds what is named, `clauses_of` (clauses.py) where one question ends, `classify`
(classifier.py) what kind each is; here names are carried from clause to clause and from question to question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...tools.workbench import Workbench
from .classifier import LEAST_MARGIN, Guess, classify
from .clauses import PRONOUNS, Clause, clauses_of, is_bare, tokens_of
from .entities import Recognised, recognise
from .frames import Entity, EntityKind, Frame, Kind, Reading
from .masking import MASKS, merge_lists
from .names_in_text import has_drug_stem
from .quantities import count_asked, limit_asked, target_unit
from .slots import NEEDS, SEQUENCES, fits, slot_of
from .words import Word

__all__ = ["read"]

_TURNS = 6
"""Earlier questions that are read again: what is further back nobody means by "it"."""
_UNFIT = 0.12
"""What is left of the chance of a kind whose needs the clause cannot meet."""
_RUNNERS_UP = 3
_ABOUT: tuple[EntityKind, ...] = ("molecule", "target", "disease", "dna", "rna", "peptide", "file", "group", "quantity")
_FASTA = re.compile(r"^[ \t]*>[^\n]*\n(?=[ \t]*[A-Za-z]{5,}[ \t]*\*?(?:\n|$))", re.MULTILINE)
_OPENING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day))(?:\s+(?:there|all|team|both|everyone|everybody|folks|guys|biocopilot|copilot|sir|madam))*\s*[,!.:-]\s*(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?<=[.?!\n,;])\s*(?:(?:many|kind|best|warm|with best)\s+)?(?:thanks|thank\s+you|thx|cheers|regards|wishes|greetings|best|yours(?:\s+sincerely)?|ty)\b(?:\s+(?:a\s+lot|so\s+much|very\s+much|in\s+advance|again))?"
    r"[,.! ]*(?:[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?)?\s*[.!]*\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Context:
    """What was named and asked before: entities by slot, the latest that were named together, and the last frames."""

    named: dict[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    latest: tuple[EntityKind, ...] = ()
    """Slots, the one named last first."""
    frames: tuple[Frame, ...] = ()
    question: str = ""
    previous: dict[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    """What was named in each slot before the latest."""

    def with_named(self, entities: Sequence[Entity]) -> _Context:
        """The context after these were named together."""
        fresh: dict[EntityKind, list[Entity]] = {}
        for entity in entities:
            if entity.kind in _ABOUT or entity.kind == "unknown":
                fresh.setdefault(slot_of(entity), []).append(entity)
        if not fresh:
            return self
        order = tuple(dict.fromkeys([*reversed(fresh), *self.latest]))
        named = {**self.named, **{slot: tuple(items) for slot, items in fresh.items()}}
        previous = {**self.previous, **{slot: self.named[slot] for slot in fresh if slot in self.named}}
        return replace(self, named=named, latest=order, previous=previous)


async def read(question: str, earlier: Sequence[str], bench: Workbench) -> Reading:
    """Understand `question`, after the earlier questions of its session, the oldest first."""
    context = _Context()
    for past in earlier[-_TURNS:]:
        context = _read(past, context, bench)[1]
    return _read(question, context, bench)[0]


def _read(question: str, context: _Context, bench: Workbench) -> tuple[Reading, _Context]:
    text = _FASTA.sub(lambda hit: " " * (len(hit.group()) - 1) + "\n", question)
    text = _CLOSING.sub(lambda hit: " " * len(hit.group()), text)
    text = _OPENING.sub(lambda hit: " " * len(hit.group()), text)
    found = recognise(text, bench)
    clauses = clauses_of(found, lambda tokens: (guess := classify(tokens)).ranked[0])
    reader = _Reader(found, clauses, context)
    frames, dropped = reader.frames()
    frames = _without_chatter(frames)
    leaned = reader.leaned and bool(context.question)
    reading = Reading(
        question=question,
        frames=tuple(frames),
        entities=tuple(found.entities),
        follow_up_of=context.question if leaned else "",
        corrections=tuple((entity.text, entity.corrected) for entity in found.entities if entity.corrected),
        dropped=tuple(dropped),
    )
    after = replace(reader.context, frames=tuple(frames) or context.frames, question=question)
    return reading, after


class _Reader:
    """One question being read, clause by clause."""

    def __init__(self, found: Recognised, clauses: list[Clause], context: _Context) -> None:
        self.found = found
        self.clauses = clauses
        self.context = context
        self.before = context
        self.leaned = False

    def frames(self) -> tuple[list[Frame], list[str]]:
        """The frames in order, and the clauses in which nothing was understood."""
        frames: list[Frame] = []
        dropped: list[str] = []
        for index, clause in enumerate(self.clauses):
            following = [entity for later in self.clauses[index + 1 :] for entity in later.names]
            made = self._followed_up(clause, frames) or self._understood(clause, following)
            if made:
                frames += [frame for frame in made if not any(_same(frame, other) for other in frames)]
            elif clause.words:
                dropped.append(clause.text.strip())
            self.context = self.context.with_named(clause.entities)
        return frames, dropped

    def _followed_up(self, clause: Clause, frames: list[Frame]) -> list[Frame]:
        """`and gefitinib?`: the last question again, about something else."""
        last = tuple(frames) or self.before.frames
        if not last or not clause.names or not is_bare(clause):
            return []
        remade = [again for frame in last if (again := _with(frame, clause)) is not None]
        if remade and not frames:
            self.leaned = True
        return remade

    def _understood(self, clause: Clause, following: Sequence[Entity]) -> list[Frame]:
        guess, entities = self._guess(clause, following)
        if guess is None:
            return []
        if guess.kind == "concentration" and not any(entity.kind == "molecule" for entity in entities):
            # "and in µM?" means the same substance: its molecular weight is a part of the question.
            entities += [entity for entity in self.context.named.get("molecule", ()) if not clause.of("quantity")]
        frames = [_frame(clause, guess, part) for part in _pairwise(guess.kind, entities)]
        return [whole for frame in frames for whole in _overview(frame)]

    def _guess(self, clause: Clause, following: Sequence[Entity]) -> tuple[Guess | None, list[Entity]]:
        """The likeliest kind over all ways in which pronouns and gaps may be filled, and the entities that then count."""
        if not clause.words and not clause.entities:
            return None, []
        best: tuple[float, Guess, list[Entity]] | None = None
        for weight, lent, inner in self._ways(clause, following):
            entities = [*inner.entities, *lent]
            tokens = _tokens(inner, lent)
            guess = _weighed(classify(tokens), entities)
            score = weight * guess.probability * (1.0 if fits(guess.kind, entities) else _UNFIT)
            if best is None or score > best[0] + 1e-9:
                best = score, guess, entities
        if best is None:
            return None, []
        if any(entity.start < 0 or entity not in clause.entities for entity in best[2]) and not self._own(best[2], clause):
            self.leaned = True
        return best[1], best[2]

    def _own(self, entities: Sequence[Entity], clause: Clause) -> bool:
        return all(entity in self.found.entities or entity in clause.entities for entity in entities)

    def _ways(self, clause: Clause, following: Sequence[Entity]) -> list[tuple[float, tuple[Entity, ...], Clause]]:
        """(weight, entities lent by what was named elsewhere, the clause) of each way to understand the clause."""
        waiting = not clause.names and bool(clause.asked) and bool(following)
        ways = [(weight * (0.5 if waiting else 1.0), (), way) for weight, way in _with_and_without_noise(clause)]
        for span, others in self.found.others.items():
            if clause.start <= span[0] and span[1] <= clause.end:
                for other in others:
                    swapped = tuple(other if (entity.start, entity.end) == span else entity for entity in clause.entities)
                    ways.append((0.75, (), replace(clause, entities=swapped)))
        leans = bool(clause.pronouns) or not clause.names
        lenders: list[tuple[float, tuple[Entity, ...]]] = []
        for rank, slot in enumerate(self.context.latest):
            if slot != "unknown" or rank == 0:
                lenders.append((0.97 - 0.06 * min(rank, 5), self.context.named[slot]))
            if slot == "molecule" and _pairs(clause) and len(self.context.named[slot]) == 1 and slot in self.context.previous:
                lenders.append((0.97, (*self.context.previous[slot][-1:], *self.context.named[slot])))
        if following and not clause.names:
            ahead: dict[EntityKind, list[Entity]] = {}
            for entity in following:
                ahead.setdefault(slot_of(entity), []).append(entity)
            lenders += [(0.9, tuple(items)) for items in ahead.values()]
        own = {slot_of(entity) for entity in clause.names}
        for own_weight, base in [(way[0], way[2]) for way in ways]:
            for weight, lent in lenders:
                weight *= max(own_weight, 0.9) if waiting else own_weight
                if not leans and not _gap(base):
                    weight *= 0.7
                if slot_of(lent[0]) in own and not _pairs(base):
                    weight *= 0.6
                ways.append((weight, lent, base))
        pairs = [
            (min(one, other) * 0.95, (*first, *second))
            for index, (one, first) in enumerate(lenders)
            for other, second in lenders[index + 1 :]
            if slot_of(first[0]) != slot_of(second[0])
        ]
        if leans and not own:
            ways += [(weight, lent, clause) for weight, lent in pairs]
        return ways


def _without_chatter(frames: list[Frame]) -> list[Frame]:
    """Greetings, thanks and remarks beside a question, left out; alone they are answered."""
    if not any(NEEDS[frame.kind] and frame.margin >= LEAST_MARGIN and frame.entities for frame in frames):
        return frames
    return [frame for frame in frames if frame.entities or not _is_chatter(frame)]


def _is_chatter(frame: Frame) -> bool:
    if frame.kind in ("help", "data_status"):
        return frame.kind == "help" or not _ABOUT_DATA.search(frame.clause)
    asks = frame.properties or frame.rules or frame.catalogues or frame.activity_types or frame.aspects
    if frame.kind == "unsupported" or frame.margin < LEAST_MARGIN:
        return not frame.clause.endswith("?") and (frame.kind == "unsupported" or not asks)
    return False


_ABOUT_DATA = re.compile(r"\b(?:data|database|sources?|release|version|licen[cs]e|chembl|uniprot|rdkit)\b", re.IGNORECASE)


def _same(one: Frame, other: Frame) -> bool:
    """Whether the two ask the same; wordings and confidence aside."""
    aside = {"clause": "", "probability": 0.0, "margin": 0.0, "runners_up": ()}
    return replace(one, **aside) == replace(other, **aside)  # type: ignore[arg-type]  # field names and values above


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
    without = replace(clause, entities=rest, words=tuple(sorted((*clause.words, *as_words), key=lambda word: word.start)))
    return [(0.6, clause), (1.0, without)] if known else [(1.0, clause), (0.7, without)]


def _may_be_a_word(entity: Entity, clause: Clause) -> bool:
    text = entity.text
    if not text.replace("-", "").replace(" ", "").isalpha() or _like_a_gene(text) or has_drug_stem(text):
        return False
    return not _cued(entity, clause) and not _listed(entity, clause.of("molecule", "target", "unknown"), clause)


def _cued(entity: Entity, clause: Clause) -> bool:
    """Whether the words around it say that it is a target."""
    before = clause.text[: max(0, entity.start - clause.start)]
    after = clause.text[max(0, entity.end - clause.start) :]
    return bool(_TARGET_LEAD.search(before) or _TARGET_TAIL.match(after))


def _gap(clause: Clause) -> bool:
    """Whether it names too little to be about something: an asked-for thing and perhaps a quantity."""
    return not clause.of("molecule", "target", "disease", "dna", "rna", "peptide", "file", "unknown")


def _pairs(clause: Clause) -> bool:
    """Whether two of one sort are called for: `how similar is it to gefitinib`."""
    return any(word.plain in ("similar", "similarity", "compare", "compares", "versus", "vs", "than", "better", "tanimoto", "align") for word in clause.words)


def _tokens(clause: Clause, lent: Sequence[Entity]) -> list[str]:
    """The clause with lent entities in the place of a pronoun, else at its end."""
    unit = _unit_span(clause)
    if not lent:
        return tokens_of(clause, unit=unit)
    marks = list(dict.fromkeys(MASKS[entity.kind] for entity in lent if entity.kind in MASKS))
    many = len(lent) > 1 and len(marks) == 1
    stand_in = [*marks, *(["MANY"] if many else [])]
    pronoun = _pronoun(clause)
    if pronoun is None:
        return merge_lists([*tokens_of(clause, unit=unit), *stand_in])
    tokens = tokens_of(clause, {pronoun.start: "\0"}, unit)
    place = tokens.index("\0")
    return merge_lists([*tokens[:place], *stand_in, *tokens[place + 1 :]])


def _pronoun(clause: Clause) -> Word | None:
    """The word that stands for what was named; `this` and `that` before a noun go with it."""
    for word in clause.words:
        if word.plain in PRONOUNS:
            return word
    return None


def _unit_span(clause: Clause) -> tuple[int, int] | None:
    wanted = target_unit(clause.text)
    if wanted is None:
        return None
    start, end = clause.start + wanted[0], clause.start + wanted[1]
    if any(entity.start < end and start < entity.end and entity.kind in ("quantity", "molecule", "target") for entity in clause.entities):
        return None
    return start, end


def _weighed(guess: Guess, entities: Sequence[Entity]) -> Guess:
    """The guess with kinds that these entities cannot serve made unlikely."""
    scored = [(kind, chance * (1.0 if fits(kind, entities) else _UNFIT)) for kind, chance in guess.ranked]
    total = sum(chance for _, chance in scored)
    return Guess(tuple(sorted(((kind, chance / total) for kind, chance in scored), key=lambda pair: (-pair[1], pair[0]))))


def _with(frame: Frame, clause: Clause) -> Frame | None:
    """The frame about what the clause names instead; None where that has no place in it."""
    changes: dict[str, object] = {}
    for entity in clause.names:
        slot = _place(entity, frame)
        if slot is None:
            continue
        changes[slot] = (*changes.get(slot, ()), entity)  # type: ignore[misc]  # tuples of entities by slot name
    if not changes:
        return None
    if "unknown" not in changes:
        changes["unknown"] = ()
    elif frame.molecules and not changes.get("molecules"):
        changes["molecules"] = ()
    if frame.kind in ("similarity", "compare") and len(changes.get("molecules", ())) == 1:  # type: ignore[arg-type]
        changes["molecules"] = (*frame.molecules[:1], *changes["molecules"])  # type: ignore[misc]
    if "files" in changes:
        changes["files"] = tuple(entity.value for entity in changes["files"])  # type: ignore[attr-defined]
        changes["molecules"] = ()
    return replace(frame, clause=clause.text.strip(), **changes)  # type: ignore[arg-type]  # field names and values made above


def _place(entity: Entity, frame: Frame) -> str | None:
    slots: dict[str, tuple[Entity, ...]] = {
        "molecules": frame.molecules,
        "targets": frame.targets,
        "diseases": frame.diseases,
        "sequences": frame.sequences,
        "quantities": frame.quantities,
    }
    by_kind = {"molecule": "molecules", "target": "targets", "disease": "diseases", "quantity": "quantities", "file": "files"}
    name = "sequences" if entity.kind in SEQUENCES else by_kind.get(entity.kind)
    if entity.kind == "unknown":
        if frame.targets and (not frame.molecules or _like_a_gene(entity.text)):
            return "targets"
        return "unknown" if frame.molecules or frame.unknown or frame.diseases else None
    if name == "files":
        return "files" if frame.files or frame.kind in ("substructure", "nearest") else None
    if name is None:
        return None
    if slots[name]:
        return name
    needs = {slot for served_by in NEEDS[frame.kind] for slot in served_by}
    return name if frame.unknown and entity.kind in needs else None


def _like_a_gene(text: str) -> bool:
    return sum(char.isupper() for char in text) > 1 or any(char.isdigit() for char in text)


_TARGET_LEAD = re.compile(r"\b(?:on|against|at|inhibit\w*|inhibitors? of|ligands? of|(?:ant)?agonists? of|block\w*|hits?|target(?:s|ing)?|bind\w*(?: to)?|gene|protein|kinase|receptor|targets? like)\s*(?:the\s+|human\s+)*$", re.IGNORECASE)
_TARGET_TAIL = re.compile(r"^\s*(?:inhibitors?|kinase|receptor|gene|protein|(?:ant)?agonists?|blockers?|ligands?|protease|binders?)\b", re.IGNORECASE)


def _frame(clause: Clause, guess: Guess, entities: list[Entity]) -> Frame:
    kind = _settled(guess.kind, entities)
    chosen = _assigned(kind, clause, entities)
    counted = count_asked(clause.text)
    unit = target_unit(clause.text) if _unit_span(clause) is not None else None

    def of(*kinds: str) -> tuple[Entity, ...]:
        return tuple(dict.fromkeys(entity for entity in chosen if entity.kind in kinds))

    def values(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entity.value for entity in chosen if entity.kind == name))

    properties, aspects = _asked(kind, values("property"), values("aspect"))
    return Frame(
        kind=kind,
        clause=clause.text.strip(),
        probability=guess.of(guess.kind),
        margin=guess.margin,
        runners_up=tuple(other for other, _ in guess.ranked[1 : 1 + _RUNNERS_UP]),
        molecules=of("molecule"),
        targets=of("target"),
        diseases=of("disease"),
        sequences=of(*SEQUENCES),
        quantities=of("quantity"),
        groups=of("group"),
        properties=properties,
        rules=values("rule"),
        catalogues=values("catalogue"),
        activity_types=values("activity_type"),
        enzymes=values("enzyme"),
        aspects=aspects,
        files=values("file"),
        unknown=of("unknown"),
        to_unit=unit[2] if unit else "",
        most=counted[2] if counted else None,
        limit=_limit(clause, properties) if kind == "property" else None,
    )


def _pairwise(kind: Kind, entities: list[Entity]) -> list[list[Entity]]:
    """`erlotinib on EGFR and imatinib on ABL1` is two questions; `erlotinib and imatinib on EGFR` is one."""
    about = [entity for entity in entities if entity.kind in ("molecule", "target")]
    order = "".join(entity.kind[0] for entity in about)
    if kind != "potency" or len(order) < 4 or order not in ("mt" * (len(order) // 2), "tm" * (len(order) // 2)):
        return [entities]
    common = [entity for entity in entities if entity not in about]
    return [[*about[place : place + 2], *common] for place in range(0, len(about), 2)]


_YES_NO = re.compile(r"^\W*(?:(?:so|and|but|then|please|also)\s+)*(?:is|are|does|do|did|has|have|had|can|could|was|were|isn't|doesn't|any)\b", re.IGNORECASE)
_COUNTED = frozenset(("hbd", "hba", "rotatable_bonds", "rings", "aromatic_rings", "stereocentres"))


def _limit(clause: Clause, properties: tuple[str, ...]) -> tuple[str, float] | None:
    """What the value is compared with; `does it have stereocentres` asks for more than none of them."""
    asked = limit_asked(clause.text)
    if asked is not None or len(properties) != 1 or not _YES_NO.match(clause.text):
        return asked
    if properties[0] in _COUNTED:
        return ">", 0.0
    return ("!=", 0.0) if properties[0] == "formal_charge" else None


def _settled(kind: Kind, entities: Sequence[Entity]) -> Kind:
    """Kinds that differ only in what is named: a compound, a target, or one on the other."""
    kinds = {entity.kind for entity in entities}
    if kind in ("compound_activities", "target_activities") and {"molecule", "target"} <= kinds:
        return "potency"
    if kind == "potency" and "target" not in kinds and "unknown" not in kinds:
        return "compound_activities"
    if kind == "potency" and not kinds & {"molecule", "unknown"}:
        return "target_activities"
    aspects = {entity.value for entity in entities if entity.kind == "aspect"}
    if kind == "identity" and aspects == {"stereo"}:
        return "property"
    if kind == "property" and aspects == {"scaffold"}:
        return "scaffold"
    if kind == "target_identity" and aspects & _OF_PROFILE and not aspects & _OF_IDENTITY:
        return "target_profile"
    return kind


_OF_PROFILE = frozenset(("function", "location", "family", "length", "mass", "disease", "names", "organism", "ec", "sequence"))
_OF_IDENTITY = frozenset(("accession", "gene", "chembl_id", "xref"))
_OVERVIEW = re.compile(
    r"\b(?:everything|all)\s+(?:about|on|there\s+is|you\s+(?:know|have))|\btell\s+(?:me|us)\s+(?:more\s+)?about\b|\b(?:overview|profile|summary|summari[sz]e|info(?:rmation)?|facts?|background)\b"
    r"|^\s*(?:so\s+)?what(?:'s|\s+is|\s+exactly\s+is|s)\s+\S+(?:\s+\S+)?\s*\??\s*$",
    re.IGNORECASE,
)


def _overview(frame: Frame) -> list[Frame]:
    """What there is to tell of a named molecule, where someone asks about it in general."""
    general = frame.kind == "identity" and not frame.aspects and frame.margin >= LEAST_MARGIN and _OVERVIEW.search(frame.clause)
    if not general or not all(entity.name for entity in frame.molecules) or not frame.molecules:
        return [frame]
    more: tuple[Kind, ...] = ("drug_status", "mechanism", "indications")
    return [frame, *(replace(frame, kind=kind, optional=True) for kind in more)]


def _asked(kind: Kind, properties: tuple[str, ...], aspects: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that mean one thing of a molecule and another of a protein, put where the kind looks for them."""
    if kind == "protein_properties":
        meant = {"formal_charge": "charge", "clogp": "gravy"}
        return properties, tuple(dict.fromkeys([*aspects, *(meant[key] for key in properties if key in meant)]))
    if kind == "property" and not properties and "stereo" in aspects:
        return ("stereocentres",), aspects
    if kind == "target_profile" and {"molecular_weight", "monoisotopic_mass"} & set(properties):
        return (), tuple(dict.fromkeys([*aspects, "mass"]))
    return properties, aspects


def _assigned(kind: Kind, clause: Clause, entities: Sequence[Entity]) -> list[Entity]:
    """Unknown names given the slot in which they stand; those that are only words are left out."""
    needs = [slot for served_by in NEEDS[kind] for slot in served_by]
    chosen = [entity for entity in entities if entity.kind != "unknown"]
    for entity in entities:
        if entity.kind != "unknown":
            continue
        inside = clause.start <= entity.start < clause.end
        has = {item.kind for item in chosen}
        if "target" in needs and "target" not in has:
            led = inside and _cued(entity, clause)
            if "molecule" not in needs or "molecule" in has or (led and any(item.kind == "unknown" and item is not entity for item in entities)):
                chosen.append(replace(entity, kind="target"))
                continue
        if "disease" in needs and "disease" not in has:
            chosen.append(replace(entity, kind="disease"))
        elif "molecule" in needs and ("molecule" not in has or _listed(entity, chosen, clause)):
            chosen.append(entity)
        elif "target" in needs and _listed(entity, chosen, clause):
            chosen.append(replace(entity, kind="target"))
    return chosen


def _listed(entity: Entity, chosen: Sequence[Entity], clause: Clause) -> bool:
    """Whether it stands in one list with a name that is known: `aspirin and floxibrane`."""
    for other in chosen:
        if other.kind not in ("molecule", "target", "unknown") or other is entity:
            continue
        first, second = sorted((entity, other), key=lambda item: item.start)
        gap = clause.text[first.end - clause.start : second.start - clause.start]
        if re.fullmatch(r"\s*(?:,|;|and|or|&|/|vs\.?|versus|with|to|than|,\s*and)\s*", gap, re.IGNORECASE):
            return True
    return False
