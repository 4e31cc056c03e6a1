"""Whether two passages say the same, so that one of them is enough: reprints, other versions of an article, the same text from two files.

A vector alone cannot tell: sentences about two drugs, or about 12 and 21 nM, are as near to each other as two copies of one.
"""

from __future__ import annotations

import re

__all__ = ["say_the_same"]

_LEAST_COSINE = 0.97
_LEAST_SHARED = 0.85
"""Part of all their words."""
_LEAST_LENGTH = 0.7
"""Of the shorter text, as part of the longer one."""
_WORD = re.compile(r"[^\W_]+")


def say_the_same(one: str, other: str, cosine: float | None) -> bool:
    """Whether two texts do.

    Args:
        one: a text.
        other: a text.
        cosine: of their vectors; None where they have none, and only equal texts then say the same.
    """
    if one == other:
        return True
    if cosine is None or cosine < _LEAST_COSINE:
        return False
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _LEAST_LENGTH * longer:
        return False
    first, second = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    if len(first & second) < _LEAST_SHARED * len(first | second):
        return False
    return not any(any(map(str.isdigit, word)) for word in first ^ second)
