"""Blocks of activities: what comes out is what the rows give one by one, and a damaged block is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from biocopilot.memory.activity_block import checksum, pack, unpack
from biocopilot.memory.activity_layout import Series, series_fields, typed
from biocopilot.memory.chembl_rows import ActivityRow
from hypothesis import given, settings
from hypothesis import strategies as st

TARGET = ("CHEMBL203", "Epidermal growth factor receptor", "Homo sapiens")

whole = st.integers(-(2**63), 2**63 - 1)
numbers = st.one_of(whole, st.floats(allow_nan=False))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.one_of(st.none(), numbers, texts)


@st.composite
def laid_out(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], dict[int, Series]]:
    """Rows as they are read from the tables, and their series."""
    molecules = draw(
        st.dictionaries(
            whole,
            st.tuples(
                texts,
                st.one_of(st.none(), st.tuples(texts, values, st.one_of(st.none(), st.floats(0, 4))).map(json.dumps)),
                values,
            ),
            min_size=1,
            max_size=5,
        )
    )
    fields = st.lists(values, min_size=11, max_size=11)
    series = {
        number: series_fields((number, 1, *row), TARGET)
        for number, row in draw(st.dictionaries(whole, fields, min_size=1, max_size=5)).items()
    }
    own = st.tuples(whole, values, values, st.sampled_from(sorted(series)), st.sampled_from(sorted(molecules)))
    return [(*row, *molecules[row[4]]) for row in draw(st.lists(own, min_size=1, max_size=12))], series


def exactly(rows: list[ActivityRow]) -> list[str]:
    """Tells 1 from 1.0 and 0.0 from -0.0, which are equal."""
    return [repr(row) for row in rows]


@given(laid_out())
@settings(max_examples=100, deadline=None)
def test_a_block_gives_the_rows_that_were_packed_to_the_bit(
    given: tuple[list[tuple[Any, ...]], dict[int, Series]],
) -> None:
    rows, series = given
    body = pack(rows, series)
    found = unpack(body, checksum(body))
    assert exactly(found) == exactly(typed(rows, series))
    assert all(type(row) is ActivityRow for row in found)


ROW = (11, 2.5, None, 7, 4, "CHEMBL553", '["CHEMBL941", "ERLOTINIB", 4.0]', "CCO")
SHARED = {7: series_fields((7, 1, "CHEMBL1", None, 1999, 9, "B", 0, "IC50", "=", "nM", None, 0), TARGET)}


def test_a_molecule_and_a_series_stand_in_a_block_once() -> None:
    body = pack([ROW, (12, *ROW[1:]), (13, *ROW[1:])], SHARED)
    for text in (b"CHEMBL553", b"ERLOTINIB", b"CCO", b"Homo sapiens"):
        assert body.count(text) == 1
    assert [row.activity_id for row in unpack(body, checksum(body))] == [11, 12, 13]


def test_a_block_with_another_byte_anywhere_or_cut_short_is_refused() -> None:
    body = pack([ROW], SHARED)
    known = checksum(body)
    damaged = [body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :] for place in range(len(body))]
    for other in (*damaged, body[:-1], b"", body + b" "):
        with pytest.raises(ValueError, match="not as it was written"):
            unpack(other, known)


def test_bytes_cannot_be_packed() -> None:
    with pytest.raises(TypeError):
        pack([(11, b"2.5", *ROW[2:])], SHARED)
