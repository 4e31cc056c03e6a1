"""Where one question ends and the next begins: a text's clauses, each of which asks for one thing.

Boundaries are looked for in three steps: the ends of sentences; commas and "and" before words that open a question
("…, and what does EGFR do"); and "and" between two asked-for things of different kinds ("mechanism and indications of
imatinib"), which only the classifier can tell from a list. A clause that asks nothing ("I have CCO.") joins the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .entities import Recognised
from .frames import Entity, Kind
from .masking import MASKS, merge_lists
from .names_in_text import has_drug_stem
from .words import Word

__all__ = ["ASKING", "PRONOUNS", "TELLS", "Clause", "clause_of", "clauses_of", "is_bare", "is_statement", "tokens_of"]

ASKING = frozenset(("property", "rule", "catalogue", "activity_type", "aspect"))
"""Entities that say what is asked for; the others say of what."""

_LIST_MARK = re.compile(r"(?<!\S)(?:\(?\d{1,2}[).]|[•*–-])(?=\s+[A-Za-z])")
_STOP = re.compile(rf"{_LIST_MARK.pattern}|[?!]+(?=[\s\"')\]]|$)|(?<=[^\s.])\.(?=\s+[A-Z\"'“(]|\s*$)|;|\n")
_ABBREVIATION = re.compile(
    r"\b(?:mol|wt|e\.g|i\.e|vs|approx|ca|no|dr|fig|conc|resp|cf|incl|max|min|sp|cmpd|cpd)$", re.IGNORECASE
)
_JOINER = re.compile(
    r"\s*[,:]?\s+(?:and\s+also|and\s+then|as\s+well\s+as|and|also|plus|then|but|&)\b[\s,]*(?:also\s+|then\s+|please\s+)*|\s*,\s+(?:please\s+)?",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"(?:(?:for|in|on|of|to|by|from|at|with|since)\s+)?(?:what|what's|whats|how|which|who|whom|where|when|why(?=\s+\w))\b(?!\s+(?:are|is|were)\s+(?:approved|known)\b)"
    r"|(?:whether|if)\s+(?:it|they|this|that|the)\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:is|are|was|were|does|do|did|can|could|will|would|has|have|should|isn't|doesn't)\s+", re.IGNORECASE
)
_SUBJECT = re.compile(r"(?:it|its|they|this|that|these|those|there|he|she|any|the)\b", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"(?:tell|give|show|list|find|get|compute|calculate|draw|translate|transcribe|convert|compare|name|check|predict|describe|explain|look\s+up|align|standardi[sz]e|search)\b"
    r"|(?:any\s+|recent\s+|new\s+)*(?:papers?|publications?|articles?|reviews?|literature|(?:clinical\s+)?trials?|(?:pdb|crystal)\s+structures?)"
    r"\s+(?:on|of|about|for|with|in)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\s*(?:please\s+|so\s+|ok(?:ay)?\s+|and\s+|then\s+|now\s+|hi\s+|hey\s+|hello\s+)*(?:what|whats|how|which|who|where|when|why|is|are|was|were|does|do|did|can|could|will|would|has|have|should|tell|give|show|list"
    r"|find|get|compute|calculate|draw|translate|transcribe|convert|compare|name|check|predict|describe|explain|look|align|standardi[sz]e|express"
    r"|turn|search|identify|resolve|screen|filter|report|run|estimate|determine|need)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:has|have|had|is|was|were|are|got|gave|gives|shows?|showed|measured|reports?|reported|found|contains?|see|read|made|synthesi[sz]ed|working|interested|suppose|assume|given|consider|take)\b",
    re.IGNORECASE,
)
_CONNECTIVES = frozenset(
    "and or also what about how then now same for with of on against in the a an to vs versus instead too as well ok okay please but whats s is this that compound molecule drug"
    " protein gene smiles sequence dna structure peptide question here these those following they are next it him them do again no not sorry i meant mean rather actually correction instead rather ah oh oops one more".split()
)
PRONOUNS = frozenset("it its they them their this that these those one ones".split())


@dataclass(frozen=True)
class Clause:
    """A stretch of the question with its entities and words; `closed` where a question mark ended it."""

    start: int
    end: int
    text: str
    entities: tuple[Entity, ...]
    words: tuple[Word, ...]

    def of(self, *kinds: str) -> tuple[Entity, ...]:
        """The entities of these kinds, in order."""
        return tuple(entity for entity in self.entities if entity.kind in kinds)

    @property
    def asked(self) -> frozenset[str]:
        """What it asks for by name: properties, aspects, and nouns such as `mechanism`."""
        values = {entity.value for entity in self.of(*ASKING)}
        return frozenset(values | {word.plain.removesuffix("s") for word in self.words if word.plain in _ASKED_NOUNS})

    @property
    def names(self) -> tuple[Entity, ...]:
        """The things that it is about."""
        return self.of("molecule", "target", "disease", "dna", "rna", "peptide", "file", "unknown", "quantity")

    @property
    def pronouns(self) -> tuple[Word, ...]:
        """Words that stand for something named elsewhere."""
        return tuple(word for word in self.words if word.plain in PRONOUNS)


_ASKED_NOUNS = frozenset(
    "mechanism mechanisms moa indication indications use uses scaffold scaffolds alert alerts potency potencies affinity activity activities bioactivity bioactivities selectivity"
    " target targets drugs inhibitors drawing picture image identifiers properties descriptors druglikeness neighbours neighbors analogues analogs approval interactions"
    " solubility toxicity parent orfs translation".split()
)
Classify = Callable[[list[str]], tuple[Kind, float]]


def clause_of(found: Recognised, start: int, end: int) -> Clause:
    """The clause between two places of the text."""
    text = found.text[start:end]
    entities = tuple(entity for entity in found.entities if start <= entity.start and entity.end <= end)
    taken = [(entity.start, entity.end) for entity in entities if entity.kind in MASKS]
    words = tuple(
        word
        for word in found.words
        if start <= word.start and word.end <= end and not any(a <= word.start < b for a, b in taken)
    )
    return Clause(start, end, text, entities, words)


def clauses_of(found: Recognised, classify: Classify) -> list[Clause]:
    """The clauses of a question, in order; those that hold nothing are left out."""
    spans = _sentences(found)
    sentences = _joined([clause_of(found, start, end) for start, end in spans], found)
    clauses: list[Clause] = []
    for sentence in sentences:
        for part in _opened(sentence, found):
            clauses += _coordinated(part, found, classify)
    return [clause for clause in _joined(clauses, found) if clause.words or clause.entities]


def is_bare(clause: Clause, unit: tuple[int, int] | None = None) -> bool:
    """Whether it only names things: `and gefitinib?`, `what about HER2`, or a unit at that place: `in µM?`."""
    words = [word for word in clause.words if unit is None or not unit[0] <= word.start < unit[1]]
    return not clause.asked and not clause.of("group", "enzyme") and all(word.plain in _CONNECTIVES for word in words)


def tokens_of(clause: Clause, replaced: dict[int, str] | None = None, unit: tuple[int, int] | None = None) -> list[str]:
    """The clause as the classifier sees it.

    Args:
        clause: the clause.
        replaced: place of a word (a pronoun) → the token that stands for it.
        unit: the span of a unit that something is to be converted to.
    """
    marks: list[tuple[int, str]] = []
    for entity in clause.entities:
        if entity.kind in MASKS:
            drug = entity.kind == "unknown" and has_drug_stem(entity.text)  # so named, it can be nothing else
            marks.append((entity.start, MASKS["molecule" if drug else entity.kind]))
    for word in clause.words:
        if unit is not None and unit[0] <= word.start < unit[1]:
            if word.start == unit[0]:
                marks.append((word.start, "UNIT"))
            continue
        marks.append((word.start, (replaced or {}).get(word.start, word.plain)))
    covered = [(entity.start, entity.end) for entity in clause.entities]
    for hit in re.finditer(",", clause.text):
        place = clause.start + hit.start()
        if not any(start <= place < end for start, end in covered):
            marks.append((place, ","))
    return merge_lists([token for _, token in sorted(marks)])


def _inside(found: Recognised, place: int) -> bool:
    return any(entity.start <= place < entity.end for entity in found.entities)


def _sentences(found: Recognised) -> list[tuple[int, int]]:
    spans, start = [], 0
    for hit in _STOP.finditer(found.text):
        before = found.text[: hit.start()]
        if (
            _inside(found, hit.start())
            or (hit.group() == "." and _ABBREVIATION.search(before))
            or re.search(r"[=→>]\s*$", before)
        ):
            continue
        marks_an_item = _LIST_MARK.match(found.text, hit.start()) is not None
        spans.append((start, hit.start() if marks_an_item else hit.end()))
        start = hit.end()
    spans.append((start, len(found.text)))
    return [(a, b) for a, b in spans if found.text[a:b].strip(" \t\n?!.;,")]


def _joined(clauses: list[Clause], found: Recognised) -> list[Clause]:
    """Bare names and statements put together with what is asked of them."""
    joined: list[Clause] = []
    for clause in clauses:
        last = joined[-1] if joined else None
        if last is not None and _continues(last, clause):
            joined[-1] = clause_of(found, last.start, clause.end)
        else:
            joined.append(clause)
    return joined


def _continues(last: Clause, clause: Clause) -> bool:
    """Whether the clause belongs to the one before it: an echo of it, what it waits for, or one more of its names."""
    if _ECHO.fullmatch(clause.text) or _waits(last):  # "… violates the rule of five. Does it?"
        return True
    return _only_names(clause) and (not last.names or (not is_bare(last) and (_lists(last) or _goes_on(last, clause))))


def _goes_on(last: Clause, clause: Clause) -> bool:
    """A further line of a list: names of one kind under one another."""
    kinds = {entity.kind for entity in clause.names}
    return (
        clause.text.endswith("\n") + last.text.endswith("\n") > 0
        and bool(last.names)
        and kinds <= {entity.kind for entity in last.names}
    )


def _lists(clause: Clause) -> bool:
    """`which of these contain a ketone?` waits for its list."""
    return bool({word.plain for word in clause.words} & {"these", "following", "those", "them", "this"})


def _only_names(clause: Clause) -> bool:
    return (
        bool(clause.names)
        and all(word.plain in ("and", "or", "smiles", "the", "of") for word in clause.words)
        and not clause.of(*ASKING, "group")
    )


def _waits(clause: Clause) -> bool:
    """Whether it states something, or only names something, and asks for nothing by itself."""
    text = clause.text.strip()
    if text.endswith("?"):
        return False
    if _only_names(clause):
        return True
    if _OPENS.match(text) or not clause.names:
        return (
            not clause.entities
            and len(clause.words) <= 3
            and not _OPENS.match(text)
            and bool(clause.words)
            and clause.words[0].plain in _GREETINGS
        )
    return _STATES.search(text) is not None


TELLS = re.compile(
    r"\W*(?:(?:so|well|ok|and|but|yesterday|today|tomorrow|currently|now)\W+)*(?:i|we|my|our|the|a|an|this|these|in|for|at|on|from|they|he|she|there|having|given|after|with|while|during|because|since|as)\b",
    re.IGNORECASE,
)


_USES = re.compile(r"\W*(?:i|we|they|he|she)\s+(?:\w+\s+)?use\b", re.IGNORECASE)


def is_statement(clause: Clause) -> bool:
    """Whether it only tells what the next question is about: `in the study we used midazolam`."""
    text = clause.text.strip()
    asked = clause.asked - {"use"} if _USES.match(text) else clause.asked
    if text.endswith("?") or asked or clause.of("quantity", "group", "enzyme") or not clause.names:
        return False
    return TELLS.match(text) is not None and _OPENS.match(text) is None


_ECHO = re.compile(
    r"\W*(?:does|do|is|are|did|has|can|will)\s+(?:it|they|that|this)(?:\s+(?:so|true|right|correct|really))?\W*|\W*(?:true|right|correct|really|is\s+that\s+(?:so|true|right|correct))\W*",
    re.IGNORECASE,
)

_GREETINGS = frozenset("hi hello hey thanks thank ok okay quick question please dear so well".split())


def _opened(sentence: Clause, found: Recognised) -> list[Clause]:
    """A sentence cut before words that open a question of their own."""
    cuts = [
        hit
        for hit in _JOINER.finditer(sentence.text)
        if not _inside(found, sentence.start + hit.start() + len(hit.group()) - len(hit.group().lstrip()))
        and _opens_at(sentence, hit.end())
        and sentence.text[: hit.start()].strip()
    ]
    return _cut(sentence, [(hit.start(), hit.end()) for hit in cuts], found)


def _opens_at(sentence: Clause, place: int) -> bool:
    rest = sentence.text[place:]
    if _QUESTION_WORD.match(rest) or _IMPERATIVE.match(rest):
        return True
    auxiliary = _AUXILIARY.match(rest)
    if auxiliary is None:
        return False
    after = place + auxiliary.end()
    subject = sentence.start + after
    return _SUBJECT.match(sentence.text[after:]) is not None or any(
        entity.start == subject and entity.kind in ("molecule", "target", "disease", "unknown")
        for entity in sentence.entities
    )


def _cut(sentence: Clause, cuts: list[tuple[int, int]], found: Recognised) -> list[Clause]:
    pieces, start = [], sentence.start
    for begin, end in cuts:
        pieces.append(clause_of(found, start, sentence.start + begin))
        start = sentence.start + end
    pieces.append(clause_of(found, start, sentence.end))
    return [piece for piece in pieces if piece.words or piece.entities]


_SURE = 0.55
_ONE_WHOLE = frozenset(
    (
        "compare",
        "similarity",
        "alignment",
        "unsupported",
        "help",
        "data_status",
        "concentration",
        "drugs_for_indication",
    )
)


def _coordinated(clause: Clause, found: Recognised, classify: Classify) -> list[Clause]:
    """A clause cut where two things of different kinds are asked for in one breath."""
    if len(clause.asked) < 2:
        return [clause]
    pieces: list[Clause] = []
    current = clause
    for hit in list(_JOINER.finditer(clause.text)):
        begin, end = clause.start + hit.start(), clause.start + hit.end()
        if begin <= current.start or _inside(found, begin):
            continue
        left, right = clause_of(found, current.start, begin), clause_of(found, end, clause.end)
        if _two_asks(left, right, classify):
            pieces.append(left)
            current = right
    pieces.append(current)
    return pieces


def _two_asks(left: Clause, right: Clause, classify: Classify) -> bool:
    if not (left.asked and right.asked):
        return False
    first_kind, first = classify(_completed(left, right))
    second_kind, second = classify(_completed(right, left))
    if min(first, second) < _SURE or {first_kind, second_kind} & _ONE_WHOLE:
        return False
    if first_kind != second_kind:
        return True
    own, other = (
        left.of("molecule", "target", "dna", "rna", "peptide"),
        right.of("molecule", "target", "dna", "rna", "peptide"),
    )
    return bool(own and other) and left.asked.isdisjoint(right.asked)


def _completed(clause: Clause, other: Clause) -> list[str]:
    """The clause's tokens, with the other's names behind them where it has none."""
    tokens = tokens_of(clause)
    tokens = [token for token in tokens if token not in ("its", "their")]
    if clause.names:
        return tokens
    return merge_lists([*tokens, "of", *(MASKS[entity.kind] for entity in other.names if entity.kind in MASKS)])
