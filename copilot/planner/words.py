"""Words of a question and the everyday words of the language: what is common is no name and is never mended into one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .vocabulary import phrases

__all__ = ["Word", "disease_names", "is_common", "known_words", "nearest_known", "split_words"]

_HERE = Path(__file__).parent
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A run of letters and digits at its place; `plain` is lower case, with an ordinary word's spelling mended."""

    start: int
    end: int
    text: str
    plain: str


def split_words(text: str) -> Iterator[Word]:
    """Every word of `text`, in order."""
    for hit in _WORD.finditer(text):
        yield Word(hit.start(), hit.end(), hit.group(), hit.group().casefold())


def _listed(file: str) -> list[str]:
    lines = (_HERE / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _common() -> frozenset[str]:
    own = {word for line in _listed("common_words.txt") for word in line.split()}
    trained = (
        json.loads((_HERE / "weights.json").read_text(encoding="utf-8"))["words"]
        if (_HERE / "weights.json").is_file()
        else []
    )
    return frozenset(own | set(trained))


@cache
def known_words() -> frozenset[str]:
    """Common words and the words of the vocabulary."""
    return _common() | {word for phrase in phrases() for word in phrase.split()}


@cache
def disease_names() -> frozenset[str]:
    """Names of diseases in plain form (lower case, single spaces)."""
    return frozenset(_listed("diseases.txt"))


def is_common(word: str) -> bool:
    """Whether a lower-case word is an everyday one, in singular or plural."""
    common = _common()
    return word in common or (len(word) > 3 and word.endswith("s") and word[:-1] in common)


@cache
def _by_length() -> dict[int, list[str]]:
    table: dict[int, list[str]] = {}
    for word in sorted(known_words()):
        if word.isalpha() and len(word) >= 4:
            table.setdefault(len(word), []).append(word)
    return table


def nearest_known(word: str) -> tuple[str, int] | None:
    """The known word of which `word` is a misspelling, and how many letters were wrong; None where there is none."""
    from rapidfuzz.distance import OSA

    if len(word) < 4 or not word.isalpha():
        return None
    most = 1 if len(word) <= 7 else 2
    best: tuple[str, int] | None = None
    for length in range(len(word) - most, len(word) + most + 1):
        for other in _by_length().get(length, ()):
            if other[0] != word[0] and other[1:2] != word[:1]:
                continue
            edits = OSA.distance(word, other, score_cutoff=most)
            swapped = sorted(other) == sorted(word)
            if edits > most or (len(word) == 4 and not swapped):
                continue
            if best is None or (edits, not swapped) < (best[1], sorted(best[0]) != sorted(word)):
                best = other, edits
    return best
