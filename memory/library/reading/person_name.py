"""Names of authors in the many ways in which programs write them, as PubMed writes them: `Lee MS`."""

from __future__ import annotations

import re

from ...articles.article import Author

__all__ = ["person"]

_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
_SUFFIX = re.compile(r"(?:jr|sr|2nd|3rd|ii|iii|iv)\.?", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:of|for|the|and|group|consortium|network|collaboration|collaborators|investigators|society|"
                    r"organi[sz]ation|committee|initiative|association|institute|university)\b", re.IGNORECASE)  # fmt: skip
_LONGEST = 200


def person(text: str) -> Author | None:
    """The author of a name such as `Lee, Min S.`, `Lee MS` or `Min S. Lee`, or a group; None where there is no name."""
    given = text.strip().strip(";").strip()[:_LONGEST]
    if not any(letter.isalpha() for letter in given):
        return None
    if "," in given:
        last, *rest = (piece.strip() for piece in given.split(","))
        if not any(rest) or not last:
            return Author(given.strip(", "), collective=bool(last))
        suffix = next((piece for piece in rest[1:] if _SUFFIX.fullmatch(piece)), "")
        return _author(last, rest[0], suffix)
    words = given.split()
    if len(words) == 1:
        return Author(given, given)
    if _GROUP.search(given):
        return Author(given, collective=True)
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    named_first = not _INITIALS.fullmatch(words[0]) or len(words[0]) > len(words[-1])  # `LI W`, not `J. W. LEE`
    for first in range(1, len(words)):
        if named_first and _INITIALS.fullmatch(" ".join(words[first:])):
            return _author(" ".join(words[:first]), " ".join(words[first:]), suffix)
    start = next(
        (n for n, word in enumerate(words[1:-1], 1) if word.islower()), len(words) - 1
    )  # `Ludwig van Beethoven`
    return _author(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _author(last: str, fore: str, suffix: str) -> Author:
    name = " ".join(filter(None, (last, _initials(fore), suffix.rstrip("."))))
    return Author(name, last, fore)


def _initials(fore: str) -> str:
    """`Min-Su` as `MS`, `J. J.` and `JJ` as `JJ`."""
    words = [word for word in re.split(r"[\s.\-‐]+", fore) if word]
    return "".join(word if word.isupper() and len(word) <= 3 else word[0].upper() for word in words)
