"""Questions about documents that an earlier answer quoted or listed: `who wrote the first one?`, `what does it say about dose?`

They are read before all others, since "the second one" of a list of papers is no molecule. A document's own record tells authors,
year, journal and identifiers; what it says is searched in it alone; a passage is read with what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...memory.earlier_runs import RECALL, EarlierRuns
from ...memory.errors import BiocopilotError
from ...memory.records import ToolCall
from ...memory.text import shorten
from .contract import State, Turn
from .leaning import ORDINALS

__all__ = ["AboutDocuments", "Document", "Fact", "asks_of_documents", "document_calls", "documents_asked"]

Fact = Literal["authors", "year", "journal", "title", "identifiers"]

_PAPERS = (
    r"papers?|articles?|stud(?:y|ies)|publications?|documents?|trials?|reviews?|sources?|references?|hits?|results?"
)
_PLACES = r"passages?|quotations?|quotes?|sentences?|paragraphs?"
_NUMBER = "|".join(word for word in ORDINALS if word not in ("top", "best", "closest", "nearest"))
_ORDINAL = re.compile(
    rf"\b(?:the\s+)?(?P<first>{_NUMBER})(?:\s*(?:,|,?\s*and|or|&)\s+(?:the\s+)?(?P<second>{_NUMBER}))?\b"
    rf"(?:\s+(?P<noun>{_PAPERS}|{_PLACES}|ones?|of\s+(?:them|these|those)))?",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    rf"\b(?:th(?:is|at|e|ese|ose)\s+(?P<noun>{_PAPERS}|{_PLACES})|(?P<many>they|them|their|these|those)|it|its|this|that)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\bPMID:?\s*(?P<pmid>\d{1,8})\b|\b(?P<pmcid>PMC\d+)\b|\b(?:doi:?\s*)?(?P<doi>10\.\d{4,9}/[^\s?,;]+)", re.IGNORECASE
)
_WORDS: tuple[tuple[Fact, str], ...] = (
    ("authors", r"\bwho\s+(?:wrote|authored|published)\b|\bauthors?\b|\bwritten\s+by\b|\bby\s+whom\b"),
    ("year", r"\bwhen\b.*\b(?:published|written|appear)|\b(?:publication|which|what)\s+(?:date|year)\b|\byear\s+of\s+publication\b|\bhow\s+(?:old|recent)\b"),
    ("journal", r"\bjournal\b|\bwhere\b.*\b(?:published|appear)"),
    ("title", r"\btitles?\b"),
    ("identifiers", r"\bdois?\b(?!\W*10\.)|\bpmids?\b(?!\W*\d)|\bpubmed\s+ids?\b|\bpmcids?\b|\bidentifiers?\b|\bcitations?\b|\bhow\s+(?:do|can|should)\s+i\s+cite\b"),
)  # fmt: skip
_FACTS = [(fact, re.compile(pattern, re.IGNORECASE)) for fact, pattern in _WORDS]
_SHOW = re.compile(
    rf"\b(?:show|read|open|quote|give|see|print|display)\b[^?]*\b(?:{_PLACES}|context|around\s+it|text|whole|full|more)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:says?|said|tells?(?:\s+(?:me|us))?|mentions?|reports?|states?|discuss(?:es)?|writes?|concludes?)\s+(?:anything\s+|something\s+)?(?:about|on|of|regarding|concerning)\s+(?P<topic>.+)"
    r"|^\W*(?:does|do|did)\b.*?\b(?:mention|discuss|report|describe|address|cover)\s+(?:any(?:thing\s+about)?\s+)?(?P<mentioned>.+)",
    re.IGNORECASE,
)
_FILLER = frozenset(
    "a about again all an and any are at authors author be by called can cite could date did display dois doi do does find first for from full"
    " get give had has have how i identifiers in is it its journal know last me month my name named names of old on ones one open or"
    " paper please pmid pmcid print publication publish published quote read recent say second see should show tell text than that the"
    " their them there these they this those title titles to us was we were what when where which who whole whom whose with wrote"
    " written year you appear appeared article articles papers passage passages context around more so ok and".split()
)
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Document:
    """An entry of an earlier answer, or a document that was named by its identifier."""

    key: str
    """What is the same for two entries of one document."""
    id: str
    """As `read_passage` takes it; empty for an article that is not in the library."""
    label: str
    title: str = ""
    passage: str = ""
    handle: str = ""


@dataclass(frozen=True)
class AboutDocuments:
    """What is asked, and of which documents."""

    documents: tuple[Document, ...]
    facts: tuple[Fact, ...] = ()
    topic: str = ""
    """What they are to be searched for."""
    show: bool = False
    """The passage itself is wanted."""
    notes: tuple[str, ...] = ()


def asks_of_documents(question: str) -> bool:
    """Whether a question is about documents of an earlier answer, if that named any."""
    asked = _asked(question)
    return asked is not None and _reference(question, asked) is not None


def documents_asked(state: State) -> AboutDocuments | None:
    """The documents that the question is about, and what it asks of them; None where it is another question."""
    asked = _asked(state.question)
    if asked is None:
        return None
    named = _named(state.question)
    if named:
        return AboutDocuments(named, *asked)
    if state.earlier is None or not state.history:
        return None
    reference = _reference(state.question, asked)
    return None if reference is None else _found(state.history, state.earlier, asked, reference)


def document_calls(asked: AboutDocuments) -> tuple[ToolCall, ...]:
    """The calls that answer it."""
    wanted: list[tuple[str, dict[str, Any]]] = []
    for document in asked.documents:
        if asked.topic and document.id:
            wanted.append(("search_library", {"question": asked.topic, "within": [document.id], "most": 8}))
        elif asked.show and document.passage:
            wanted.append(("read_passage", {"passage": document.passage, "before": 500, "after": 500}))
        elif document.id:
            wanted.append(("read_passage", {"document": document.id}))
        else:
            wanted.append((RECALL, {"handle": document.handle}))
    unique = [item for place, item in enumerate(wanted) if item not in wanted[:place]]
    return tuple(
        ToolCall(id=f"c{number}", tool=tool, arguments=given) for number, (tool, given) in enumerate(unique, 1)
    )


# What is asked --------------------------------------------------------------------------------------------------------

_Asked = tuple[tuple[Fact, ...], str, bool]


def _asked(question: str) -> _Asked | None:
    """Facts, topic and whether a passage is to be shown; None where nothing of the sort is asked."""
    says = _SAYS.search(question)
    if says is not None:
        topic = (says["topic"] or says["mentioned"]).strip(" ?.!\n")
        return ((), topic, False) if topic else None
    facts = tuple(fact for fact, pattern in _FACTS if pattern.search(question))
    show = not facts and _SHOW.search(question) is not None
    return (facts, "", show) if facts or show else None


@dataclass(frozen=True)
class _Reference:
    """`the first and the second paper`: places, of documents or of what was quoted; no places for `it` and `they`."""

    text: str = ""
    places: tuple[int, ...] = ()
    of_documents: bool = False
    many: bool = False


def _reference(question: str, asked: _Asked) -> _Reference | None:
    says = _SAYS.search(question)
    span = question if says is None else question[: max(says.start("topic"), says.start("mentioned"))]
    rest = {word.casefold() for word in _WORD.findall(span)} - _FILLER - {word.casefold() for word in ORDINALS}
    hit = _ORDINAL.search(span)
    if hit is not None and (hit["noun"] or asked != ((), "", False)):
        noun = (hit["noun"] or "").casefold()
        places = tuple(ORDINALS[hit[name].casefold()] for name in ("first", "second") if hit[name])
        return _Reference(" ".join(hit.group().split()), places, re.fullmatch(_PAPERS, noun) is not None)
    pronoun = _PRONOUN.search(span)
    if pronoun is not None and (pronoun["noun"] or not (rest - _VERBS)):
        many = bool(pronoun["many"]) or (pronoun["noun"] or "").casefold().endswith("s")
        return _Reference(pronoun.group(), many=many, of_documents=True)
    return _Reference(many=True, of_documents=True) if not rest and not asked[1] else None


_VERBS = frozenset(
    "say says said tell tells mention mentions report reports discuss discusses state states conclude concludes write anything use".split()
)


# Which documents ------------------------------------------------------------------------------------------------------


def _named(question: str) -> tuple[Document, ...]:
    """Documents by their own identifiers."""
    found = []
    for hit in _NAMED.finditer(question):
        kind = str(hit.lastgroup)
        value = hit[kind].rstrip(".)")
        label = {"pmid": f"PMID {value}", "pmcid": value.upper(), "doi": f"doi:{value}"}[kind]
        found.append(Document(label, value, label))
    return tuple(found)


def _found(
    history: Sequence[Turn], earlier: EarlierRuns, asked: _Asked, reference: _Reference
) -> AboutDocuments | None:
    turns = [turn for turn in reversed(history) if turn.number]
    if reference.places:
        told = (_entries(turn, earlier) for turn in turns if not asks_of_documents(turn.question))
        listed = next((items for items in told if items), None)
        if listed is None:
            return None
        entries = _distinct(listed) if reference.of_documents else tuple(listed)
        written = f"“{reference.text}”"
        if any(place >= len(entries) for place in reference.places):
            what = "documents" if reference.of_documents else "quotations and titles"
            note = f"{written} is none of the {len(entries)} {what} that were told last."
            return AboutDocuments((), *asked, (note,))
        chosen = tuple(entries[place] for place in reference.places)
        return AboutDocuments(chosen, *asked, (f"{written} was read as {' and '.join(map(_told, chosen))}.",))
    last = next((items for items in (_entries(turn, earlier) for turn in turns) if items), None)
    if last is None:  # nothing else is written, published or says anything, so that older answers are looked through
        return None
    chosen = _distinct(last) if reference.many and not asked[2] else tuple(last[:1])
    several = len(chosen) == 1 and len(_distinct(last)) > 1
    notes = (f"“{reference.text}” was read as {_told(chosen[0])}.",) if reference.text and several else ()
    return AboutDocuments(chosen, *asked, notes)


def _told(document: Document) -> str:
    title = f" ({shorten(document.title, 70)})" if document.title and document.title != document.label else ""
    return f"{document.label}{title}"


def _distinct(entries: Sequence[Document]) -> tuple[Document, ...]:
    return tuple(
        {entry.key: entry for entry in reversed(entries)}[key] for key in dict.fromkeys(e.key for e in entries)
    )


_CITED = re.compile(r"\[(E\d+)(?:,\s*E\d+)*\]")


def _entries(turn: Turn, earlier: EarlierRuns) -> list[Document]:
    """What an answer quoted or listed of documents, in its order."""
    found = []
    for hit in _CITED.finditer(turn.answer):
        handle = f"R{turn.number}.{hit[1]}"
        try:
            record = earlier.result(handle).evidence.record
        except BiocopilotError:  # a damaged or deleted record: what cannot be had is not in the list
            continue
        found += list(_document(record, handle))
    return found


def _document(record: Mapping[str, Any], handle: str) -> Iterator[Document]:
    label, title = str(record.get("label") or ""), str(record.get("title") or "")
    if record["type"] in ("passage", "library_document"):
        id = str(record["document"])
        yield Document(id, id, label, title, str(record.get("passage") or ""), handle)
    elif record["type"] == "article":
        yield Document(label, "", label, title, "", handle)
