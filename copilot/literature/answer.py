"""From passages to what an answer quotes: which sentences state what is asked, which state the opposite, which only bear on it.

Passages are records of type `passage`, each with its evidence id. Sides are never counted against each other: both are shown, each
sentence as it stands, with what its document says of its kind, size and standing. Retracted documents stand last and are named so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...memory.library.sentences import sentence_spans
from .abbreviations import short_forms, spelt_out
from .nearest import ANSWERS, Near, nearest_of
from .question import Asked, asked_of
from .quotable import SECTION_LABEL, quotable_span
from .stance import Side, Stance, reports, stance_of
from .study import sample_said, study_type
from .words import shared, telling

__all__ = ["LEAST_STRENGTH", "Answered", "Quoted", "answered_from"]

LEAST_STRENGTH = 0.15
"""Of a sentence that may be said to take a side; chosen on PubMedQA's first 250 and BioASQ 7 to 9."""
_A_SIDE = 4
_OPEN = 5
_NEAREST = 3
_A_DOCUMENT = 2
_LEAST_NEAR = 0.5
"""Part of an open question's words that a sentence and its title must have."""
_LEAST_OWN = 0.25
_TITLE_WEIGHT = 0.4
_LEANS = re.compile(
    r"(?:(?:however|thus|therefore|moreover|furthermore|in addition|hence|conversely|instead|accordingly|consequently),?\s+)?"
    r"(?:(?:its?|they|their|these|those|that|both|such)\b|this\b(?!\s+(?:study|trial|paper|review|article|work|report|analysis|meta-analysis)\b))"
    r"(?!\s+(?:is|was|has\s+been|seems|appears|may\s+be)\s+(?:\w+\s+){1,2}(?:that|to)\b)",
    re.IGNORECASE,
)
"""A sentence that begins so says something of what stands before it."""
_UNNAMED = 0.5
"""What is left of a sentence whose document does not name what the question names."""
_OF_BEST = 0.6
"""Of the best sentence's strength that another one needs to stand beside it."""

Passages = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Quoted:
    """A sentence to quote. `start` and `end` count characters of the passage's text."""

    evidence: str
    record: Mapping[str, Any]
    start: int
    end: int
    text: str
    side: Side
    strength: float
    hedged: bool
    study: str
    sample: str
    """In the document's words; empty where the passages at hand do not say."""
    sample_evidence: str
    """The evidence in which it says so."""

    @property
    def retracted(self) -> bool:
        return bool(self.record.get("retracted"))


@dataclass(frozen=True)
class Answered:
    """What the passages say to a question."""

    asked: Asked
    supporting: tuple[Quoted, ...]
    opposing: tuple[Quoted, ...]
    bearing: tuple[Quoted, ...]
    """Sentences on what was asked that take no side; of an open question, its answer."""
    near: tuple[Quoted, ...]
    """The sentences nearest to the question, whatever they say; none where how near they are was not measured."""
    near_answers: bool
    """Whether one of them is near enough to be taken for an answer."""
    passages: int
    documents: int
    nearest: tuple[tuple[str, str], ...]
    """Evidence id and title of the nearest documents, for where nothing is said."""

    @property
    def first(self) -> Quoted | None:
        """What is shown first: the sentence that says most of what was asked, from a document that stands."""
        sides = [quoted for quoted in (*self.supporting, *self.opposing) if not quoted.retracted]
        return max(sides, key=lambda quoted: quoted.strength, default=None)


@dataclass(frozen=True)
class _Document:
    """What is at hand of one document."""

    short: Mapping[str, frozenset[str]]
    words: frozenset[str]
    study: str
    sample: str
    sample_evidence: str


def answered_from(question: str, passages: Passages) -> Answered:
    """What passages say to a question.

    Args:
        question: as it was asked.
        passages: evidence ids with their records, best first.
    """
    asked = asked_of(question)
    speaking = [(evidence, record) for evidence, record in passages if record.get("kind") != "references"]
    documents = _documents(speaking)
    found = [
        quoted
        for evidence, record in speaking
        if record.get("kind") != "references"
        for quoted in _sentences(asked, evidence, record, documents[_key(record)])
    ]
    found.sort(key=lambda quoted: (quoted.retracted, -quoted.strength))
    sides = [quoted for quoted in found if quoted.side != "neither" and quoted.strength >= LEAST_STRENGTH]
    supporting, opposing = (
        _few([quoted for quoted in sides if quoted.side == side], _A_SIDE, 1) for side in ("supports", "opposes")
    )
    taken = {(quoted.evidence, quoted.start) for quoted in (*supporting, *opposing)}
    rest = [quoted for quoted in found if quoted.side == "neither" and (quoted.evidence, quoted.start) not in taken]
    best = max((quoted.strength for quoted in rest), default=0.0)
    rest = [quoted for quoted in rest if quoted.strength >= _OF_BEST * best]
    near = nearest_of(question, speaking)
    return Answered(
        asked=asked,
        supporting=supporting,
        opposing=opposing,
        bearing=_few(rest, _OPEN, _A_DOCUMENT),
        near=tuple(_near(item, documents[_key(item.record)]) for item in near[:_NEAREST]),
        near_answers=any(item.nearness >= ANSWERS for item in near),
        passages=len(passages),
        documents=len({_key(record) for _, record in passages}),
        nearest=_nearest(passages),
    )


def _near(near: Near, document: _Document) -> Quoted:
    """The sentence with what it leans on, and what its document says of itself."""
    text, place, said = str(near.record["text"]), (near.start, near.end), near.text
    if near.end:
        spans = sentence_spans(text)
        begins = [at for at, span in enumerate(spans) if span[0] == near.start]
        before = spans[begins[0] - 1] if begins and begins[0] else (0, 0)
        place = _with_what_it_leans_on(text, before, place)
        said = text[slice(*place)]
    return Quoted(
        evidence=near.evidence,
        record=near.record,
        start=place[0],
        end=place[1],
        text=said,
        side="neither",
        strength=near.nearness,
        hedged=False,
        study=document.study,
        sample=document.sample,
        sample_evidence=document.sample_evidence,
    )


def _nearest(passages: Passages) -> tuple[tuple[str, str], ...]:
    first: dict[str, tuple[str, str]] = {}
    for evidence, record in passages:
        first.setdefault(_key(record), (evidence, str(record["title"] or record["label"])))
    return tuple(first.values())


def _documents(passages: Passages) -> dict[str, _Document]:
    texts: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for evidence, record in passages:
        texts.setdefault(_key(record), []).append((evidence, record))
    return {key: _document(held) for key, held in texts.items()}


def _document(held: Passages) -> _Document:
    first = held[0][1]
    title, text = str(first["title"]), "\n".join(str(record["text"]) for _, record in held)
    samples = [(sample, evidence) for evidence, record in held if (sample := sample_said(str(record["text"])))]
    sample, evidence = samples[0] if samples else ("", "")
    return _Document(
        short=short_forms(f"{title}\n{text}"),
        words=telling(f"{title}\n{text}"),
        study=study_type(tuple(first.get("publication_types") or ()), text, title),
        sample=sample,
        sample_evidence=evidence,
    )


def _key(record: Mapping[str, Any]) -> str:
    return str(record["document"])


def _sentences(asked: Asked, evidence: str, record: Mapping[str, Any], document: _Document) -> list[Quoted]:
    """The sentences of a passage that may be quoted, each with the side that it takes."""
    text, section = str(record["text"]), str(record.get("section") or "")
    found = []
    before = (0, 0)
    for begin, end in sentence_spans(text):
        label = SECTION_LABEL.match(text, begin, end)
        start = begin if label is None else label.end()
        section = section if label is None else label[1]
        first, last = quotable_span(text[start:end])
        leant_on, before = before, (start, end)
        if last == first:
            continue
        said = text[start + first : start + last]
        stance = stance_of(said, asked, section, document.short, document.words) if asked.yes_or_no else None
        side, strength = _weighed(said, section, asked, stance, record, document)
        if strength > 0:
            place = (start + first, start + last)
            if label is None and first == 0:
                place = _with_what_it_leans_on(text, leant_on, place)
            hedged = stance.hedged if stance else False
            found.append(
                Quoted(
                    evidence,
                    record,
                    *place,
                    text[slice(*place)],
                    side,
                    strength,
                    hedged,
                    document.study,
                    document.sample,
                    document.sample_evidence,
                )
            )
    return found


def _with_what_it_leans_on(text: str, before: tuple[int, int], place: tuple[int, int]) -> tuple[int, int]:
    """The span of a sentence that begins with `It` or `These` together with the one before it, where both can be quoted as one."""
    if before == (0, 0) or _LEANS.match(text, *place) is None:
        return place
    both = (before[0], place[1])
    return both if quotable_span(text[slice(*both)]) == (0, both[1] - both[0]) else place


def _weighed(
    said: str, section: str, asked: Asked, stance: Stance | None, record: Mapping[str, Any], document: _Document
) -> tuple[Side, float]:
    """The side and how much of the question is in it; 0 where it has too little of it."""
    if stance is not None and stance.side != "neither":
        return stance.side, stance.strength
    words = asked.whole
    own = spelt_out(telling(said), said, document.short)
    has = len(shared(words, own)) / max(1, len(words))
    near = len(shared(words, own | telling(str(record["title"])))) / max(1, len(words))
    if near < _LEAST_NEAR or has < _LEAST_OWN or said.endswith("?"):
        return "neither", 0.0
    weight = has + _TITLE_WEIGHT * (near - has)
    if len(shared(asked.must, own | document.words)) < len(asked.must):
        weight *= _UNNAMED
    return "neither", round(weight * (1.0 if reports(said, section) else 0.6), 4)


def _few(quoted: Sequence[Quoted], most: int, a_document: int) -> tuple[Quoted, ...]:
    """The first of them, few of one document, none twice."""
    kept: list[Quoted] = []
    for item in quoted:
        same = [other for other in kept if _key(other.record) == _key(item.record)]
        if len(same) < a_document and not any(item.text in other.text or other.text in item.text for other in kept):
            kept.append(item)
        if len(kept) == most:
            break
    return tuple(kept)
