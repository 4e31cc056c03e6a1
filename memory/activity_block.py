"""A block of activities: packed when a dump is registered, and unpacked at once when all of a target's activities are asked for.

It is a JSON list of columns. Each molecule and each series stands once in it and the rows refer to them by their place, so that
a typed row is put together from three tuples, and no row is worked on by itself in Python.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from operator import add
from typing import Any

from pydantic_core import from_json

from .activity_layout import Series, as_activity
from .chembl_rows import ActivityRow

__all__ = ["BLOCK_ROWS", "checksum", "pack", "unpack"]

BLOCK_ROWS = 2_000
"""At most so many in one block, so that one is a few hundred kilobytes."""


def pack(rows: Sequence[Sequence[Any]], series: Mapping[int, Series]) -> bytes:
    """The block of some rows, as `activity_layout.looked_up` gives them, and of their series by number.

    Raises:
        TypeError: a value is neither a number nor text nor None.
    """
    numbers, values, pchembls, of_series, of_molecule, *_ = zip(*rows, strict=True)
    molecules = {row[4]: row[5:] for row in rows}
    ids, facts, smiles = zip(*molecules.values(), strict=True)
    columns = (
        numbers,
        values,
        pchembls,
        _places(of_molecule),
        _places(of_series),
        ids,
        smiles,
        [[place, *json.loads(text)] for place, text in enumerate(facts) if text],
        [series[number] for number in dict.fromkeys(of_series)],
    )
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(body: bytes, expected: int) -> list[ActivityRow]:
    """The typed rows of a block, in its order.

    Raises:
        ValueError: it is not the block whose checksum is `expected`.
    """
    if checksum(body) != expected:
        raise ValueError("a block of activities is not as it was written")
    # The strings differ, so that looking each up in a cache would cost more than the parsing.
    columns = from_json(body, cache_strings="none")
    numbers, values, pchembls, of_molecule, of_series, ids, smiles, facts, series = columns
    parents, names, phases = ids.copy(), [None] * len(ids), [None] * len(ids)
    for place, parent, name, phase in facts:
        parents[place], names[place], phases[place] = parent, name, phase
    molecules = list(zip(ids, parents, names, smiles, phases, strict=True))
    shared = list(map(tuple, series))
    heads = map(add, zip(numbers, values, pchembls, strict=True), map(molecules.__getitem__, of_molecule))
    return list(map(as_activity, map(add, heads, map(shared.__getitem__, of_series))))


def checksum(body: bytes) -> int:
    """What a block is known by."""
    return zlib.crc32(body)


def _places(keys: Sequence[int]) -> list[int]:
    """For each key its place among the distinct ones."""
    known: dict[int, int] = {}
    return [known.setdefault(key, len(known)) for key in keys]
