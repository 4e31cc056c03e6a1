"""Words of a question as the lexical index is asked for them."""

from __future__ import annotations

import re

__all__ = ["query_terms"]

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_MOST_TERMS = 64
_STOP = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how if in into is it its may might no not of on or"
    " our should so such than that the their them then there these they this those to was we were what when where which who why will"
    " with would you your about between during".split()
)


def query_terms(text: str) -> list[str]:
    """Each word once, without those that every text has; all of them where nothing else is left."""
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(text[:20_000])))
    telling = [word for word in words if word not in _STOP]
    return (telling or words)[:_MOST_TERMS]
