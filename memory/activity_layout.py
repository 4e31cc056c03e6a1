"""How an activity lies in the tables beside a dump: a row of its own, and a series that holds what it shares with others.

The rows serve a target's best and a molecule's own activities; all of a target's are read from blocks (`activity_block.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from .chembl_rows import ActivityRow

__all__ = ["RANKED", "SERIES", "Series", "as_activity", "looked_up", "series_fields", "typed"]

_ROW = "a.activity_id, a.standard_value, a.pchembl_value, a.series, a.molregno, {molecule}, a.molecule_facts, {smiles}"

RANKED = _ROW.format(molecule="a.molecule_chembl_id", smiles="a.canonical_smiles")
"""What is read of rows with a pChEMBL, which hold their molecule's id and structure: a target's best come from one place."""

_LOOKED_UP = _ROW.format(molecule="m.chembl_id", smiles="c.canonical_smiles")

SERIES = (
    "o.series, o.tid, o.assay_chembl_id, o.document_chembl_id, o.year, o.confidence_score, o.assay_type, o.variant,"
    " o.standard_type, o.standard_relation, o.standard_units, o.data_validity_comment, o.potential_duplicate"
)
"""What is read of a series."""

Series = tuple[Any, ...]
"""The fields of an ActivityRow from the assay on."""

as_activity = cast("Callable[[tuple[Any, ...]], ActivityRow]", partial(tuple.__new__, ActivityRow))
"""A typed row from as many values as it has fields, in half the time of `_make`, which counts them."""


def looked_up(tables: str) -> str:
    """A query for rows of any kind, from tables that have `m` for the molecule, `c` for its structure and `a` for the row."""
    return f"SELECT {_LOOKED_UP} FROM {tables}"


def series_fields(row: Sequence[Any], target: Sequence[Any]) -> Series:
    """The fields of a row of `SERIES`, with the ChEMBL id, the name and the organism of its target."""
    return (*row[2:7], row[7] == 1, *target, *row[8:12], bool(row[12]), False)


def typed(rows: Iterable[Sequence[Any]], series: Mapping[int, Series]) -> list[ActivityRow]:
    """Rows as `RANKED` or `looked_up` gives them as typed rows."""
    found: list[ActivityRow] = []
    keep = found.append
    for number, value, pchembl, of, _, molecule, facts, smiles in rows:
        parent, name, phase = json.loads(facts) if facts else (molecule, None, None)
        keep(as_activity((number, value, pchembl, molecule, parent, name, smiles, phase, *series[of])))
    return found
