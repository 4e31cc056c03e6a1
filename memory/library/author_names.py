"""Whether an author's name is the one that is looked for: by family name, with initials or without, accents and case aside.

Sources write `Lee MS`, `Lee Min S.` or `Min S. Lee`. Where initials stand at one end the family name is at the other; without any it may
be at either, so that both are tried. Not for telling two people of one name apart.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["is_named"]

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘`´]")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_INITIALS = 3


def is_named(author: str, wanted: str) -> bool:
    """Whether `author` bears the name `wanted`: `Müller`, `muller k`, `K. Müller` or `Müller, Karl`."""
    names, initials = _parts(wanted)
    family, given = _parts(author)
    if not names or not family:
        return False
    if "," in wanted:
        names, initials = _parts(wanted.partition(",")[0])[0], _initials(_words(wanted.partition(",")[2])) or initials
    if given:  # the family name alone, since the others are initials; or `Lee Min S.`, whose family name is first
        places = [(family[: len(names)], _initials(family[len(names) :]) + given)]
        if _leading(author):
            places = [(family[-len(names) :], given + _initials(family[: -len(names)]))]
    else:
        places = [
            (family[: len(names)], _initials(family[len(names) :])),
            (family[-len(names) :], _initials(family[: -len(names)])),
        ]
    return any(name == names and _agree(initials, others) for name, others in places)


def _agree(wanted: str, given: str) -> bool:
    """Initials of which one begins the other, since many sources give the first only."""
    return not wanted or (bool(given) and (given.startswith(wanted) or wanted.startswith(given)))


def _parts(name: str) -> tuple[list[str], str]:
    """Words of two letters and more, folded, and the initials beside them."""
    words = _words(name)
    if len(words) < 2:
        return [_folded(word) for word in words], ""
    short = [word for word in words if _is_initials(word)]
    return [_folded(word) for word in words if word not in short], "".join(map(_folded, short))


def _words(name: str) -> list[str]:
    return _WORD.findall(_APOSTROPHES.sub("", unicodedata.normalize("NFC", name)))


def _is_initials(word: str) -> bool:
    return len(word) == 1 or (len(word) <= _MOST_INITIALS and word.isupper())


def _leading(name: str) -> bool:
    """Whether the initials stand before the family name: `M. S. Lee`."""
    words = _words(name)
    return _is_initials(words[0]) and not _is_initials(words[-1])


def _initials(words: list[str]) -> str:
    return "".join(_folded(word)[:1] if not word.isupper() else _folded(word) for word in words)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
