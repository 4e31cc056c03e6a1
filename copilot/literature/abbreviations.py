"""Short forms that a text explains, as in `carotid intima-media thickness (CIMT)`: a sentence with the short form says the long one too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .words import telling

__all__ = ["short_forms", "spelt_out"]

_EXPLAINED = re.compile(r"((?:[\w’'/-]+\s+){1,8})[(\[]([A-Za-z][A-Za-z0-9-]{1,9})(?:s)?[)\],;]")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_PARTS = re.compile(r"[\s/-]+")
_SMALL = frozenset("of the and in for with to a an on by or".split())


def short_forms(text: str) -> dict[str, frozenset[str]]:
    """Short form, in lower case, → stems of what it stands for."""
    found: dict[str, frozenset[str]] = {}
    for hit in _EXPLAINED.finditer(text):
        short = hit[2]
        if sum(char.isupper() for char in short) < 2:
            continue
        letters = [char.lower() for char in short if char.isalpha()]
        words = [part for part in _PARTS.split(hit[1].strip()) if part]
        taken = _behind(letters, words)
        if taken:
            found.setdefault(short.lower(), telling(" ".join(taken)))
    return found


def _behind(letters: list[str], words: list[str]) -> list[str]:
    """The last words whose first letters the short form is made of; small words may be passed over."""
    left = list(letters)
    taken: list[str] = []
    for word in reversed(words):
        if not left:
            break
        if word[0].lower() == left[-1]:
            left.pop()
        elif word.lower() not in _SMALL and left[-1] not in word.lower():
            return []
        elif word.lower() not in _SMALL:
            while left and left[-1] != word[0].lower() and left[-1] in word.lower():
                left.pop()
            if left and left[-1] == word[0].lower():
                left.pop()
        taken.insert(0, word)
    return taken if not left and len(taken) > 1 else []


def spelt_out(words: frozenset[str], text: str, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Stems of a text with those of the long forms of its short ones."""
    more = [known[word.lower()] for word in _WORD.findall(text) if word.lower() in known]
    more += [
        known[word.lower()[:-1]] for word in _WORD.findall(text) if word.endswith("s") and word.lower()[:-1] in known
    ]
    return words.union(*more) if more else words
