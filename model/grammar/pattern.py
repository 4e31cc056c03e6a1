"""Regular expressions of strings: one for free text of a bounded length, and how long any of them can get as JSON.

Free text is one line of printable ASCII, Latin letters with accents, Greek letters and a few signs (µ ° ± ·); it does not
begin with a space. So `Ménière's disease`, `TNF-α` and any SMILES can be said, and each character is at most two bytes of
JSON: its two bytes of UTF-8, or a backslash and itself. Other scripts: `UNICODE`, at up to four bytes a character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..errors import GrammarUnsatisfied

__all__ = ["LATIN", "PLAIN", "UNICODE", "few_special", "json_bytes", "text_pattern"]

LATIN = "!-~À-ÖØ-öø-ÿΑ-ΡΣ-Ωα-ωµ°±·"
"""A class of characters, without the space, as it stands between brackets."""
UNICODE = "!-~¡-¬®-\u0377Ͱ-\u05ffऀ-\u17ff\u2010-\u2027\u2030-\u205e₠-\ud7ff\uf900-\ufefe！-\uffee"
"""The same for most living scripts; without marks that show nothing or turn the direction of writing."""

PLAIN = r" !#-\[\]-~"
"""What takes one byte in JSON: printable ASCII without the quote and the backslash."""
_ESCAPED = '"\\\n'
_LONG = 0x10000
"""A character of four bytes, which stands for any."""
_UNBOUNDED = 10**6
_FEW = re.compile(re.escape(f"^[{PLAIN}]*([^{PLAIN}][{PLAIN}]*){{0,") + r"(\d+)\}\$")
_parser: Any = import_module("re._parser")  # the tree that `re` makes of a pattern has no public name


def text_pattern(least: int, most: int, characters: str = LATIN, lines: bool = False) -> str:
    """Text of `least` to `most` characters that does not begin with white space; with line breaks within where `lines`.

    Of at least two characters, the last is no white space either, since that does not count where ends are stripped.
    """
    inner = characters + (r" \n" if lines else " ")
    if most <= 0:
        return "^$"
    body = f"[{characters}][{inner}]{{0,{most - 1}}}"
    if least >= 2:
        body = f"[{characters}][{inner}]{{{least - 2},{most - 2}}}[{characters}]"
    return f"^({body})?$" if least <= 0 else f"^{body}$"


def few_special(most: int) -> str:
    """Text in which at most so many characters are not `PLAIN`, which halves what a long text takes at worst."""
    return f"^[{PLAIN}]*([^{PLAIN}][{PLAIN}]*){{0,{most}}}$"


def json_bytes(*patterns: str) -> int | None:
    """The most bytes that a string of all these patterns takes within its quotes; None where it has no end.

    Raises:
        GrammarUnsatisfied: one cannot be read.
    """
    ends = [
        (_most(parsed, _of_character), _most(parsed, _one)) for parsed in map(_parsed, patterns) if parsed is not None
    ]
    if not ends:
        return None
    most, characters = min(ends)
    each = -(-most // characters) if characters else 0
    for few in (int(hit[1]) for hit in map(_FEW.fullmatch, patterns) if hit):
        most = min(most, characters + few * (each - 1))
    return None if most >= _UNBOUNDED else most


def _parsed(pattern: str) -> Any:
    if not (pattern.startswith("^") and pattern.endswith("$")) or pattern.endswith(r"\$"):
        return None  # without anchors anything may stand before and after it
    try:
        return _parser.parse(pattern)
    except re.error as error:
        raise GrammarUnsatisfied(f"The pattern {pattern} cannot be read: {error}.") from error


def _most(parsed: Any, cost: Callable[[int], int]) -> int:
    return min(sum(_most_of(str(kind), value, cost) for kind, value in parsed), _UNBOUNDED)


def _most_of(kind: str, value: Any, cost: Callable[[int], int]) -> int:
    match kind:
        case "LITERAL":
            return cost(value)
        case "IN":
            return max(_in_class(str(what), of, cost) for what, of in value)
        case "ANY" | "NOT_LITERAL":
            return cost(_LONG)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            _least, most, what = value
            return min(int(most), _UNBOUNDED) * _most(what, cost)
        case "SUBPATTERN":
            return _most(value[-1], cost)
        case "ATOMIC_GROUP":
            return _most(value, cost)
        case "BRANCH":
            return max(_most(branch, cost) for branch in value[1])
        case "AT":
            return 0
        case _:
            return _UNBOUNDED  # look-arounds and references, which the grammar does not know


def _in_class(what: str, of: Any, cost: Callable[[int], int]) -> int:
    match what:
        case "LITERAL":
            return cost(of)
        case "RANGE":
            first, last = of
            escaped = [cost(ord(sign)) for sign in _ESCAPED if first <= ord(sign) <= last]
            return max(cost(last), *escaped, 1)
        case _:  # a category or the negation of the class: any character
            return cost(_LONG)


def _of_character(code: int) -> int:
    """Bytes of a character in a JSON string, where only `"`, `\\` and the line break have an escape."""
    return 2 if chr(code) in _ESCAPED else len(chr(code).encode("utf-8", "surrogatepass"))


def _one(_code: int) -> int:
    return 1
