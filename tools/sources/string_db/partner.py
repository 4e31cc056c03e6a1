"""Proteins as STRING names them, and what it holds of two of them together."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....memory.errors import BadReply
from ..plain import number, text

__all__ = ["CHANNELS", "HUMAN", "Partner", "StringProtein", "is_string_id"]

HUMAN = 9606
CHANNELS: Mapping[str, str] = {
    "nscore": "gene neighbourhood",
    "fscore": "gene fusion",
    "pscore": "phylogenetic profile",
    "ascore": "coexpression",
    "escore": "experiments",
    "dscore": "databases",
    "tscore": "text mining",
}
"""STRING's names of its kinds of evidence, and what they rest on."""
_STRING_ID = re.compile(r"9606\.ENSP\d{11}", re.ASCII)


def is_string_id(value: str) -> bool:
    """Whether it has the shape of STRING's id of a human protein."""
    return _STRING_ID.fullmatch(value) is not None


@dataclass(frozen=True)
class StringProtein:
    """A human protein that STRING knows."""

    string_id: str
    name: str

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> StringProtein:
        """From a row of the identifier service. Raises BadReply."""
        return cls(*_protein(row, "stringId", "preferredName"))


@dataclass(frozen=True)
class Partner:
    """A protein that interacts with the one asked for: physically, or in function only, as the question was.

    `score` and those of the channels run from 0 to 1: the probability that STRING gives the link, not its strength.
    """

    string_id: str
    name: str
    score: float
    channels: Mapping[str, float | None]
    """By STRING's name of the channel; None where it says nothing."""

    @classmethod
    def read(cls, row: Mapping[str, Any], asked: str) -> Partner:
        """From a row of the network, whose other side is `asked`. Raises BadReply."""
        ends = [_protein(row, f"stringId_{side}", f"preferredName_{side}") for side in "AB"]
        others = [end for end in ends if end[0] != asked]
        score = _score(row.get("score"))
        if len(others) != 1 or score is None:
            raise BadReply("STRING: a link of other proteins, or without a score.", "Ask again later.")
        return cls(*others[0], score, {name: _score(row.get(name)) for name in CHANNELS})


def _protein(row: Mapping[str, Any], id_field: str, name_field: str) -> tuple[str, str]:
    string_id, name = text(row.get(id_field)), text(row.get(name_field))
    if string_id is None or not is_string_id(string_id) or name is None:
        raise BadReply("STRING: a protein that is no human one, or has no name.", "Ask again later.")
    return string_id, name


def _score(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and math.isfinite(found) and 0 <= found <= 1 else None
