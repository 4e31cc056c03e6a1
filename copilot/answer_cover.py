"""Whether an answer's text is made of its claims and asides and nothing else, so that no prose hides behind them.

Between them may stand only what claims nothing: blank space, bullets, headings, and a table's header with its rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..memory.records import Claim
from .claim_text import shown

__all__ = ["Cover", "cover"]

_RULE = re.compile(r"\|[|:\- ]+")
_NOTHING = re.compile(r"\s*(?:[-*+]|\d+[.)]|#{1,6} .*|\|[|:\- ]+)?\s*")


@dataclass(frozen=True)
class Cover:
    """What does not fit between an answer's text and its parts."""

    strays: tuple[str, ...]
    """Passages of the text that are neither claim nor aside."""
    absent_claims: tuple[int, ...]
    """Places, from 0, of claims that do not stand in the text in their order."""
    absent_asides: tuple[str, ...]


def cover(text: str, claims: Sequence[Claim], asides: Sequence[str]) -> Cover:
    """Lay claims and asides over the text, each in its own order."""
    strays: list[str] = []
    absent: list[int] = []
    lost: list[str] = []
    wanted = [(index, shown(claim)) for index, claim in enumerate(claims)]
    remarks = list(asides)
    at = 0
    while wanted or remarks:
        claim_at = text.find(wanted[0][1], at) if wanted else -1
        remark_at = text.find(remarks[0], at) if remarks else -1
        if wanted and claim_at < 0:
            absent.append(wanted.pop(0)[0])
            continue
        if remarks and remark_at < 0:
            lost.append(remarks.pop(0))
            continue
        take_claim = bool(wanted) and (not remarks or claim_at <= remark_at)
        begin, part = (claim_at, wanted.pop(0)[1]) if take_claim else (remark_at, remarks.pop(0))
        strays += _strays(text[at:begin])
        at = begin + len(part)
    strays += _strays(text[at:])
    return Cover(tuple(strays), tuple(absent), tuple(lost))


def _strays(gap: str) -> list[str]:
    """The lines between two parts that say something."""
    lines = gap.split("\n")
    found = []
    for index, line in enumerate(lines):
        is_header = line.startswith("|") and index + 1 < len(lines) and _RULE.fullmatch(lines[index + 1].strip())
        if not is_header and not _NOTHING.fullmatch(line):
            found.append(line.strip())
    return found
