"""What the user's library says: quotations with their ids, those that say so beside those that say otherwise.

`literature` frames are questions that name the library or ask for an effect, a reason or a concept; other frames come here when
nothing else answers them (`beside`). Where the question is put to the literature at large and the library does not say, the live
search is asked after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ....memory.records import Evidence
from ....tools.library.passage_record import note_of
from ...literature.answer import Answered, Quoted, answered_from
from ...literature.question import asked_of
from ...literature.words import shared, telling
from ..contract import Aside, Break, Part, Sentence
from ..frames import Frame
from .library_list import list_asked, list_nodes, list_told
from .listing import quoted
from .plan import Node, Results, Section
from .words import count_of, misses

__all__ = [
    "Literature",
    "asks_library",
    "beside",
    "harmless",
    "label_of",
    "look_after",
    "look_beside",
    "nearest_beside",
    "quotations",
    "says_first",
    "says_nothing",
    "search_first",
    "without_lead",
]

_KEY = "library"
_LIVE = "elsewhere"
_MOST = 12
_OWN = re.compile(
    r"\b(?:my|our|this|the)\s+(?:own\s+)?(?:librar(?:y|ies)|reference\s+manager|collection\s+of\s+papers|pdfs|notes|reading\s+list)\b"
    r"|\b(?:my|our)\s+(?:\w+\s+)?(?:papers?|articles?|publications?|documents?|literature|references|collection)\b"
    r"|\b(?:papers|articles|documents|pdfs|files)\s+(?:that\s+)?(?:i|we)(?:'ve|\s+have)?\s+(?:added|collected|saved|stored|uploaded|imported)\b",
    re.IGNORECASE,
)
_AT_LARGE = re.compile(
    r"\b(?:literature|papers|articles|publications|studies)\s+(?:says?|shows?|suggests?|reports?|tells?|thinks?|concludes?|agrees?)\b"
    r"|\b(?:does|do|did|has|have)\s+(?:the\s+)?(?:literature|papers|articles|publications|studies)\b|\baccording\s+to\s+(?:the\s+)?(?:literature|papers|studies)\b"
    r"|\b(?:evidence|support)\s+in\s+the\s+literature\b",
    re.IGNORECASE,
)
_CONCEPT = re.compile(
    r"^\W*(?:(?:so|and|but|please|ok|well)\W+)*(?:why\s+(?:does|do|did|is|are|was|were|can|could|would|might)\b|how\s+(?:do|does|did|can|could|is|are)\b"
    r"|what\s+(?:is|are|was|were)\s+(?:the\s+)?(?:\w+\s+){0,3}(?:effect|role|reason|difference|mechanism|basis|problem|pitfall|consequence|cause|evidence|danger|principle|concept|idea)s?\b"
    r"|what\s+(?:causes|explains|drives|makes|determines|limits|happens)\b|what\s+(?:is|are)\s+known\b|explain\b)",
    re.IGNORECASE,
)
_NO_CONCEPT = re.compile(
    r"\b(?:synthesi[sz]e\w*|synthesis|retrosynth\w*|make|buy|order|cost|price|dos(?:e|es|age|ing)|take|prescri\w+|pregnan\w+|you|your|primers?|dock\w*|draw|weather|joke)\b",
    re.IGNORECASE,
)
_MUTATION = re.compile(r"\b[ACDEFGHIKLMNPQRSTVWY]\d{2,4}[ACDEFGHIKLMNPQRSTVWY]\b")
_DRUGS = re.compile(r"\b(?:drugs|medicines|medications|compounds|inhibitors|approved)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b(?:PMID\W*\d+|PMC\d+|10\.\d{4,9}/\S+|(?:\w+://|www\.)\S+)", re.IGNORECASE)
_LEAST_BESIDE = 0.79
"""Of an open question's best sentence that answers in place of another kind; titles count for less than half."""
_LEAST_NEAREST = 0.5
"""Of a sentence that is shown as near to a question without an answer."""
_LEAST_NAMED = 4
"""Words of a yes or no question that asserts no effect known here (`Do X capture Y through Z?`) for it to be looked for."""
_QUOTED_OPEN = 4
_NOT_SAID = 2
_NEAREST = 3


class Literature:
    """`literature`: the library is searched, its sentences are quoted."""

    def plan(self, frame: Frame) -> list[Node]:
        listed = list_asked(frame.clause)
        if listed is not None:
            return list_nodes(listed)
        nodes = [_search(frame)]
        if _OWN.search(frame.clause) is None:
            nodes.append(Node(_LIVE, "literature_search", lambda results: _live(frame, results), (_KEY,)))
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        listed = list_asked(frame.clause)
        if listed is not None:
            return list_told(frame, listed, results)
        told = _told(frame, results)
        parts: list[Part] = list(told.parts)
        if results.get(_LIVE) is not None:
            from .elsewhere import tell

            found = tell(replace(frame, kind="unsupported"), results)
            parts += [Break(), *found.parts]
            if found.status != "unknown":
                return Section(tuple(parts), "partial")
        return Section(tuple(parts), told.status)


def asks_library(frame: Frame, asked_in: str) -> bool:
    """Whether the clause is put to the library, or to what the literature says; or asks what a mutation does, which no table tells."""
    clause = frame.clause
    if list_asked(clause) is not None or _asks_effect_on_disease(frame):
        return True
    if _OWN.search(asked_in) is not None or _AT_LARGE.search(asked_in) is not None:
        return True
    if _MUTATION.search(clause) is None or frame.molecules or frame.activity_types or frame.sequences:
        return False
    asked = asked_of(clause)
    return asked.yes_or_no and asked.effect in ("more", "less", "worse", "relation")


def _asks_effect_on_disease(frame: Frame) -> bool:
    """Whether it asks if something without a name here does a disease good: `Does … treatment protect children from malaria?`"""
    if frame.kind != "drugs_for_indication" or frame.molecules or frame.targets or _DRUGS.search(frame.clause):
        return False
    asked = asked_of(frame.clause)
    return asked.yes_or_no and asked.effect is not None and len(asked.whole) >= _LEAST_NAMED


def without_lead(question: str) -> str:
    """The question with `In my library,` before it blanked out, every character in its place."""
    return _LEAD.sub(lambda hit: " " * len(hit.group()), question)


def look_beside(frame: Frame) -> list[Node]:
    """The search for a question that no other kind answers; none where it asks for nothing that documents state."""
    clause = frame.clause
    if frame.sequences or frame.files or _NO_CONCEPT.search(clause):
        return []
    asked = asked_of(clause)
    says_much = asked.effect or len(asked.whole) >= _LEAST_NAMED
    if len(asked.whole) < 2 or not (_CONCEPT.match(clause) or (asked.yes_or_no and says_much)):
        return []
    return [_search(frame)]


def look_after(frame: Frame, nodes: Sequence[Node]) -> list[Node]:
    """The same search behind these nodes, made only where what they ask first is not known at all."""
    first = tuple(node.key for node in nodes if not node.after)
    if not first or _KEY in first:
        return []

    def arguments(found: Results, search: Node) -> Mapping[str, Any] | None:
        known = any((result := found.get(key)) is not None and result.status != "empty" for key in first)
        return None if known or callable(search.arguments) else search.arguments

    return [replace(node, arguments=partial(arguments, search=node), after=first) for node in look_beside(frame)]


def search_first(frame: Frame) -> Node:
    """The search for a question that is put to the library before anything else."""
    return _search(frame)


def says_first(frame: Frame, results: Results) -> Section | None:
    """What the library says to such a question; None where it has nothing near."""
    said = _answered(frame, results)
    if said is None or not (said.first is not None or said.near or _says_nearly_all(said)):
        return None
    return _section(said, results)


def says_nothing(frame: Frame, results: Results) -> Section:
    """That the library has nothing near such a question, with the nearest titles."""
    return _told(frame, results)


def beside(frame: Frame, results: Results) -> Section | None:
    """What the library says to a question that no other kind answers; None where it says too little."""
    said = _answered(frame, results)
    if said is None:
        return None
    if said.asked.yes_or_no:
        return _section(said, results) if said.first is not None else None
    return _section(said, results) if _says_nearly_all(said) else None


def nearest_beside(frame: Frame, results: Results) -> tuple[Part, ...]:
    """The library's nearest sentences to a question that nothing answers, else its nearest titles; none that hold too little of it."""
    said = _answered(frame, results)
    if said is None:
        return ()
    near = [item for item in said.bearing if item.strength >= _LEAST_NEAREST and not item.retracted]
    if near:
        where = f"Nearest to it in {_which(_passages(results))}, not taken as an answer:"
        return (Aside(where), *quotations(near[:_NOT_SAID]), Break())
    asked = said.asked.whole
    titles = [
        Sentence(f"A near document: {harmless(title)}.", (evidence,))
        for evidence, title in said.nearest
        if len(shared(asked, telling(title))) >= max(2, len(asked) / 2)
    ]
    return (*titles[:_NEAREST], Break()) if titles else ()


def _search(frame: Frame) -> Node:
    return Node(_KEY, "search_library", {"question": _question(frame.clause), "most": _MOST, "sentences": True})


def _question(clause: str) -> str:
    """The clause without the words that only say where to look."""
    bare = " ".join(_WHERE.sub(" ", clause).split()).strip(" ,")
    if bare != clause and asked_of(clause).yes_or_no is False:
        bare = bare.rstrip(" ?")  # a topic is left, which nobody can say yes to
    return (bare if re.search(r"\w", bare) else clause)[:1000]


_WHERE = re.compile(
    rf"\b(?:in|from|of|according\s+to)\s+(?:{_OWN.pattern})|^\W*(?:what|anything|is\s+there\s+anything)\s+(?:do(?:es)?|in|did)?\s*(?:{_OWN.pattern})\s*(?:says?|tells?(?:\s+me)?|has|have|know)?\s*(?:about|on|of)?"
    r"|^\W*what\s+do(?:es)?\s+the\s+(?:literature|papers|articles|publications|studies)\s+(?:say|show|suggest|report|tell)(?:\s+(?:about|on|of))?\b|\baccording\s+to\s+(?:the\s+)?(?:literature|papers|studies)\b",
    re.IGNORECASE,
)


_LEAD = re.compile(
    rf"^\W*(?:(?:please|so|ok)\W+)?(?:in|from|according\s+to|going\s+by|based\s+on)\s+(?:(?:{_OWN.pattern})|(?:the\s+)?(?:literature|papers|studies))\s*,\s*",
    re.IGNORECASE,
)


def _live(frame: Frame, results: Results) -> Mapping[str, Any] | None:
    """The live search's arguments; None where the library answered."""
    said = _answered(frame, results)
    if said is None:
        return {"query": _question(frame.clause)[:300], "most": 10}
    if _is_settled(said):
        return None
    return {"query": _question(frame.clause)[:300], "most": 10}


def _says_nearly_all(said: Answered) -> bool:
    """Whether a sentence has so many words of an open question that it answers in place of another kind."""
    best = max((item.strength for item in said.bearing if not item.retracted), default=0.0)
    return not said.asked.yes_or_no and best >= _LEAST_BESIDE


def _is_settled(said: Answered) -> bool:
    """Whether the library answers, so that nothing else need be asked."""
    if said.first is not None or said.near_answers or _says_nearly_all(said):
        return True
    return not said.near and not said.asked.yes_or_no and bool(said.bearing)


def _passages(results: Results) -> list[Evidence]:
    result = results.get(_KEY)
    if result is None or result.status not in ("ok", "partial"):
        return []
    return [item for item in result.evidence if item.record["type"] == "passage"]


def _answered(frame: Frame, results: Results) -> Answered | None:
    passages = _passages(results)
    return answered_from(_question(frame.clause), [(item.id, item.record) for item in passages]) if passages else None


def _told(frame: Frame, results: Results) -> Section:
    said = _answered(frame, results)
    return _section(said, results) if said is not None else Section(tuple(misses([results.get(_KEY)])), "unknown")


def _section(said: Answered, results: Results) -> Section:
    looked = Aside(f"Looked at {_looked(said)} in {_which(_passages(results))}.")
    if said.asked.yes_or_no and (said.supporting or said.opposing):
        parts = (looked, *_sides(said), *_nearest_beside_sides(said))
        return Section(parts, "answered" if said.first is not None else "partial")
    if said.near and (said.near_answers or not _says_nearly_all(said)):
        return _near(said, looked, _which(_passages(results)))
    if said.asked.yes_or_no or not said.bearing:
        return Section((looked, *_nothing(said)), "unknown")
    best = [item for item in said.bearing if item.strength >= 0.5] or list(said.bearing[:1])
    return Section((looked, *quotations(best[:_QUOTED_OPEN])), "answered")


def _nearest_beside_sides(said: Answered) -> list[Part]:
    """The nearest sentence, where it is near enough and stands on neither side."""
    taken = " ".join(item.text for item in (*said.supporting, *said.opposing))
    if not said.near_answers or said.near[0].text in taken:
        return []
    return [Aside("Nearest to the question:"), *quotations(said.near[:1])]


def _near(said: Answered, looked: Aside, where: str) -> Section:
    """What the nearest passages say, and whether that is taken to answer."""
    if said.near_answers:
        return Section((looked, Aside(f"Nearest in {where}:"), *quotations(said.near)), "answered")
    lead = f"No sentence is near enough to be taken for an answer. Nearest in {where}:"
    return Section((looked, Aside(lead), *quotations(said.near)), "partial")


def _looked(said: Answered) -> str:
    return f"{count_of(said.passages, 'passage')} of {count_of(said.documents, 'document')}"


def _which(passages: list[Evidence]) -> str:
    notes = sum(item.backend == "starter" for item in passages)
    if notes == len(passages):
        return "Biocopilot's own notes"
    return "your library" + (" and Biocopilot's own notes" if notes else "")


def _sides(said: Answered) -> list[Part]:
    """Both sides, that of the sentence that says most first."""
    sides = [("say so", said.supporting), ("say otherwise", said.opposing)]
    if said.first is not None and said.first.side == "opposes":
        sides.reverse()
    parts: list[Part] = []
    for says, items in sides:
        if items:
            parts += [Aside(f"Passages that {says}:"), *quotations(items)]
    missing = next((says for says, items in sides if not items), "")
    if missing:
        parts.append(Aside(f"None of the passages looked at {missing.replace('say', 'says', 1)}."))
    return parts


def _nothing(said: Answered) -> list[Part]:
    """That the library does not say, with the nearest it has."""
    what = "states this or its opposite" if said.asked.yes_or_no else "states anything on this"
    parts: list[Part] = [Aside(f"The library does not say: no sentence of these {what}.")]
    if said.bearing:
        parts += [Aside("Nearest to it, without an answer:"), *quotations(said.bearing[:_NOT_SAID])]
    titles = [
        Sentence(f"A near document: {harmless(_IDENTIFIER.sub('…', title))}.", (evidence,))
        for evidence, title in said.nearest[:_NEAREST]
    ]
    return [*parts, Break(), *titles] if titles else parts


def quotations(items: list[Quoted] | tuple[Quoted, ...]) -> list[Part]:
    """Each in a paragraph of its own."""
    parts: list[Part] = []
    for item in items:
        if parts:
            parts.append(Break())
        parts.append(_sentence(item))
    return parts


def _sentence(item: Quoted) -> Sentence:
    """One quotation: standing first, then what document it is, of what kind and size and year, then its words."""
    record = item.record
    standing = str(record.get("standing") or "")
    marked = item.retracted or (standing and not standing.startswith("no retraction"))
    mark = f"**{harmless(standing)}** " if marked else ""
    sample = f"“{_straight(item.sample)}”" if item.sample else ""
    kind = note_of(record) or item.study
    facts = ", ".join(fact for fact in (kind, sample, str(record.get("year") or "")) if fact)
    told = f" ({facts})" if facts else ""
    ids = (item.evidence, item.sample_evidence) if item.sample_evidence not in ("", item.evidence) else (item.evidence,)
    return Sentence(f"{mark}{label_of(record)}{told}: “{_straight(item.text)}”", ids)


def _straight(text: str) -> str:
    """In one line, as a quotation is compared."""
    return " ".join(text.split())


def harmless(text: str) -> str:
    """A title or standing with nothing in it that looks like the program's own marks, nor like a quotation."""
    return quoted(" ".join(text.split()).replace("“", "'").replace("”", "'").replace("!(", "("), 120)


def label_of(record: Mapping[str, Any]) -> str:
    """The article's identifier; its title, without what looks like an identifier, where it has none."""
    label = str(record["label"])
    return harmless(
        label if record.get("pmid") or record.get("pmcid") or record.get("doi") else _IDENTIFIER.sub("…", label)
    )
