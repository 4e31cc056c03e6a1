"""The sentences nearest to a question: quoted where no rule finds a side, and for questions that no side answers.

How near is measured by `search_library` (its `sentences`): the sentence's meaning, and the question's words in it, rare ones counting
more. Added to it is what kind of sentence it is: findings and conclusions before aims and methods, never another question. The weights
and the two thresholds were chosen on PubMedQA's first 250 questions and BioASQ 7 to 9, each asked with and without its own documents.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .effects import effects_of
from .question import asked_of
from .quotable import SECTION_LABEL, quotable_span
from .stance import concludes, reports
from .words import telling

__all__ = ["ANSWERS", "NEAR", "Near", "nearest_of"]

ANSWERS = 0.9
"""Of the nearest sentence: from here on it is taken to answer."""
NEAR = 0.7
"""Of a sentence that is shown at all."""
_WORDS = 0.4
_CONCLUDES = 0.07
_REPORTS_NOTHING = 0.1
_TITLE = 0.1
_BEFORE = 0.3
_CUT_OFF = 0.4
_OWN = 0.3
"""Of a sentence's own words, where those that are near enough are put in order."""
_OF_BEST = 0.12
"""By so much may another sentence be further than the nearest, to stand beside it."""
_LEAST_CHARACTERS = 25
_STEM = 4
_MOST_SEPARATORS = 8
"""Commas and semicolons; beyond, it is a list."""
_FRAGMENT = re.compile(r"^\W*[a-z]|[^.!?)\]”\"'’]\s*$")
"""Begins in the middle or has no end: a line of a table, a heading, a sentence cut by a page."""
_BEFORE_IT = re.compile(
    r"\b(?:cite this article|concerns? that|long been|as yet|previously (?:known|believed|thought|suspected)"
    r"|(?:many|some|most)(?: \w+){0,2} (?:claim|believe|think)|this issue by|by (?:examining|investigating|testing) whether"
    r"|(?:will|to) (?:examine|investigate|assess|estimate|determine)|estimates? the"
    r"|\w+ and colleagues (?:examine|investigate|assess|estimate|ask|report)|(?:Figure|Table|Fig\.|Protocol|Text|Dataset) ?S?\d+[.:])",
    re.IGNORECASE,
)
"""What was thought or wanted before anything was found, and what only names the article."""
_WANTED = tuple(
    (re.compile(rf"^\W*(?:{asks})\b", re.IGNORECASE), re.compile(has, re.IGNORECASE))
    for asks, has in (
        (
            r"how\s+(?:many|much|long|often|old|large|big|fast)|what\s+(?:percentage|proportion|fraction|number)|what\s+is\s+the\s+life",
            r"\d",
        ),
        (
            r"why",
            r"\b(?:because|due to|owing to|since|caused by|result(?:s|ed)? (?:from|of)|explain\w*|depends? on|less likely"
            r"|more likely|reasons?)\b",
        ),
        (
            r"how\s+(?:do|does|did|is|are|was|were|can)",
            r"\b(?:by|through|via|binds?|depends? on|mediated|leads? to|in order to|using)\b",
        ),
    )
)
"""What a question asks for, and how a sentence looks that has it."""
_HAS_IT = 0.1
_FINITE = re.compile(
    r"\b(?:is|are|was|were|can|may|does|do|did|lacks?|(?:mediated|caused|induced) by|associated with)\b", re.IGNORECASE
)
_NOUNS = frozenset("effects benefits changes risks differences levels associations".split())
_TITLE_OF_A_STUDY = re.compile(r":|\?\s*$")

Passages = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Near:
    """A sentence of a passage's text, or its document's title where `end` is 0."""

    evidence: str
    record: Mapping[str, Any]
    start: int
    end: int
    text: str
    nearness: float


def nearest_of(question: str, passages: Passages) -> tuple[Near, ...]:
    """The sentences that are near enough, those first that have most of the question's words.

    None where none is near, or where how near they are was not measured.

    Args:
        question: as it was asked.
        passages: evidence ids with their records, best first.
    """
    found: dict[str, Near] = {}
    for evidence, record in passages:
        if record.get("kind") == "references" or record.get("retracted"):
            continue
        for near in _of_passage(question, evidence, record):
            known = found.get(near.text)
            if known is None or near.nearness > known.nearness:
                found[near.text] = near
    own = _own_words(question, list(found))
    ranked = sorted(found.values(), key=lambda near: -near.nearness - _OWN * own[near.text])
    best = max((near.nearness for near in ranked if near.end), default=0.0)
    return tuple(near for near in ranked if near.nearness >= max(NEAR, best - _OF_BEST))


def _own_words(question: str, sentences: Sequence[str]) -> dict[str, float]:
    """The part of the question's words that each sentence has, weighed by how few of these sentences have them.

    All sentences of a paper on proteorhodopsin name it; the one that answers says `starvation` too.
    """
    asked = asked_of(question).whole
    has = {text: {word for word in asked if _stands_in(word, telling(text))} for text in sentences}
    counts = Counter(word for words in has.values() for word in words)
    weights = {word: math.log(1 + len(sentences) / (1 + counts[word])) for word in asked}
    whole = sum(weights.values()) or 1.0
    return {text: sum(weights[word] for word in words) / whole for text, words in has.items()}


def _stands_in(word: str, said: frozenset[str]) -> bool:
    """Whether a stem is among these, or one that it begins or that begins it: `surv` of survive, `surviv` of survival."""
    if word in said:
        return True
    return any(min(len(word), len(one)) >= _STEM and (one.startswith(word) or word.startswith(one)) for one in said)


def _of_passage(question: str, evidence: str, record: Mapping[str, Any]) -> list[Near]:
    text, title = str(record["text"]), str(record.get("title") or "")
    section = str(record.get("section") or "")
    found = []
    for score in (record.get("match") or {}).get("sentences", ()):
        start, end = int(score["start"]), int(score["end"])
        is_title = end == 0
        label = None if is_title else SECTION_LABEL.match(text, start, end)
        if label is not None:
            section, start = label[1], label.end()
        said = title if is_title else text[start:end]
        first, last = quotable_span(said)
        if last - first < _LEAST_CHARACTERS or (is_title and not _states(question, title)):
            continue
        nearness = (
            float(score["cosine"])
            + _WORDS * float(score["words"])
            + _kind(said, section, is_title)
            + _has_it(question, said)
        )
        if is_title:
            found.append(Near(evidence, record, 0, 0, said[first:last], round(nearness, 4)))
        else:
            found.append(Near(evidence, record, start + first, start + last, said[first:last], round(nearness, 4)))
    return found


def _states(question: str, title: str) -> bool:
    """Whether a title says what was found, or has what is asked for, and does not only name what was looked into."""
    if _has_it(question, title):
        return True
    if _TITLE_OF_A_STUDY.search(title):
        return False
    verbs = [effect.text.lower() for effect in effects_of(title)]
    return _FINITE.search(title) is not None or any(verb.endswith("s") and verb not in _NOUNS for verb in verbs)


def _kind(said: str, section: str, is_title: bool) -> float:
    if is_title:
        return _TITLE
    if said.rstrip().endswith("?"):
        return -1.0
    weight = 0.0
    if _BEFORE_IT.search(said):
        weight -= _BEFORE
    elif not reports(said, section):
        weight -= _REPORTS_NOTHING
    elif concludes(said, section):
        weight += _CONCLUDES
    if _FRAGMENT.search(said) or said.count(",") + said.count(";") > _MOST_SEPARATORS:
        weight -= _CUT_OFF
    return weight


def _has_it(question: str, said: str) -> float:
    return next((_HAS_IT for asks, has in _WANTED if asks.search(question) and has.search(said)), 0.0)
