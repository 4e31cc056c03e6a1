"""Exact match and F1 of short free answers, as the reference scores molecule questions.

Its normal form drops punctuation, so that 3.5 equals 35: not for numbers. In F1 a repeated
word is shared once, and counts as often as it stands where the words of each side are counted.
"""

from __future__ import annotations

import re
import string

__all__ = ["exact_match", "normal_answer", "word_f1"]

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normal_answer(text: str) -> str:
    """Lower case, no punctuation, no articles, one space between words."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, gold: str) -> bool:
    """Whether both have the same normal form."""
    return normal_answer(answer) == normal_answer(gold)


def word_f1(answer: str, gold: str) -> float:
    """F1 of the words; 0 where none is shared, also where both are empty."""
    given, expected = normal_answer(answer).split(), normal_answer(gold).split()
    both = len(set(given) & set(expected))
    return 2 * both / (len(given) + len(expected)) if both else 0.0
