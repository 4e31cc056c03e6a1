"""Activities in blocks beside a dump: equal to the bare dump's whatever the values are, refused where damaged, not needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import StorageError
from biocopilot.memory.stores import chembl_blocks
from biocopilot.memory.stores.chembl_dump import build_chembl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Opened = Callable[[], ChemblStore]

whole = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd = st.one_of(st.none(), whole, st.floats(allow_nan=False), texts)
remarks = st.one_of(st.none(), texts)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chembl_blocks, "BLOCK_ROWS", 7)


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def blocks(path: Path) -> list[tuple[int, int | None, int | None]]:
    """(target, first and last block)."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(
            "SELECT tid, first_block, last_block FROM bc_target_extent ORDER BY first_row"
        ).fetchall()


def exactly(store: ChemblStore, **asked: Any) -> list[str]:
    return [repr(row) for row in store.activities(**asked)]


def assert_equal(dump: Path, store: ChemblStore) -> None:
    with closing(ChemblStore.open(dump)) as bare:
        tids = [row["tid"] for row in bare.database.rows("SELECT tid FROM target_dictionary")]
        for asked in (*([tid] for tid in tids), tids):
            assert exactly(store, tids=asked) == exactly(bare, tids=asked)
        ids = [row["chembl_id"] for row in bare.database.rows("SELECT chembl_id FROM molecule_dictionary")]
        for asked_molecules in (*([chembl_id] for chembl_id in ids), ids):
            assert exactly(store, molecules=asked_molecules) == exactly(bare, molecules=asked_molecules)
            assert exactly(store, molecules=asked_molecules, tids=tids[:2]) == exactly(
                bare, molecules=asked_molecules, tids=tids[:2]
            )


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 8), st.one_of(odd, st.binary(max_size=3)), odd, remarks, remarks, st.none() | whole),
        max_size=30,
    ),
    st.tuples(odd, odd, odd, texts, remarks),
)  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_values_come_back_as_the_dump_has_them(
    dump: Path, opened: Opened, rows: list[tuple[Any, ...]], shared: tuple[Any, ...]
) -> None:
    with closing(sqlite3.connect(dump)) as database, database:
        database.execute("DELETE FROM activities WHERE activity_id > 100")
        database.executemany(
            "INSERT INTO activities (activity_id, assay_id, molregno, standard_value, pchembl_value, standard_units,"
            " standard_relation, potential_duplicate, standard_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'IC50')",
            [(5_000 - 3 * number, *row) for number, row in enumerate(rows)],
        )
        database.execute("UPDATE assays SET confidence_score = ?, assay_type = ? WHERE assay_id = 1", shared[:2])
        database.execute("UPDATE docs SET year = ?", shared[2:3])
        database.execute("UPDATE molecule_dictionary SET pref_name = ? WHERE molregno = 5", shared[3:4])
        database.execute("UPDATE compound_structures SET canonical_smiles = ? WHERE molregno = 4", shared[4:5])
    build_chembl(dump)
    with closing(opened()) as store:
        assert_equal(dump, store)


def test_a_target_of_many_rows_has_blocks_one_after_another(many: Path, opened: Opened) -> None:
    build_chembl(many)
    store = opened()
    held = {tid: (first, last) for tid, first, last in blocks(store.database.beside or many)}
    assert held[1] == (1, 2)  # nine rows
    assert all(
        last is not None and first is not None and last - first == 10 for tid, (first, last) in held.items() if tid > 4
    )
    assert_equal(many, store)


@pytest.mark.parametrize("value", [b"\x00\xff", b"12"])
def test_a_target_with_bytes_among_its_values_is_read_from_its_rows(many: Path, opened: Opened, value: bytes) -> None:
    with closing(sqlite3.connect(many)) as database, database:
        database.execute(
            "UPDATE activities SET standard_value = ? WHERE activity_id = 20", (value,)
        )  # its second block
    build_chembl(many)
    store = opened()
    held = blocks(store.database.beside or many)
    assert [row for row in held if row[1] is None] == [(1, None, None)]
    assert held[1][1] == 1  # the first target's first block was taken back
    assert value in {row.value for row in store.activities(tids=[1])}
    assert_equal(many, store)


def test_a_target_with_text_that_is_no_utf8_hinders_no_other(many: Path, opened: Opened) -> None:
    change(many, "UPDATE compound_structures SET canonical_smiles = CAST(x'43ff' AS TEXT) WHERE molregno = 4",
           "UPDATE activities SET molregno = 5 WHERE molregno = 4 AND activity_id > 100")  # fmt: skip
    build_chembl(many)
    store = opened()
    with pytest.raises(StorageError, match="cannot be read"):
        store.activities(tids=[1])
    with closing(ChemblStore.open(many)) as bare:
        with pytest.raises(StorageError, match="cannot be read"):
            bare.activities(tids=[1])
        assert store.activities(tids=[100]) == bare.activities(tids=[100]) != []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE bc_activity_block SET body = CAST(replace(CAST(body AS TEXT), 'CHEMBL', 'CHEMBA') AS BLOB)",
        "UPDATE bc_activity_block SET body = substr(body, 1, length(body) - 1) WHERE block = 2",
        "UPDATE bc_activity_block SET body = (SELECT body FROM bc_activity_block WHERE block = 1) WHERE block = 2",
        "DELETE FROM bc_activity_block WHERE block = 2",
        "UPDATE bc_target_extent SET last_block = 1 WHERE tid = 1",
    ],
    ids=["other text", "cut short", "another's body", "missing", "forgotten"],
)
def test_damaged_and_missing_blocks_are_refused(many: Path, opened: Opened, damage: str) -> None:
    change(build_chembl(many).store, damage)
    with pytest.raises(StorageError, match=r"cannot be read: (a block|blocks) of activities"):
        opened().activities(tids=[1, 100])


def test_a_store_of_the_layout_before_blocks_still_answers(many: Path, opened: Opened) -> None:
    change(build_chembl(many).store, "DROP TABLE bc_activity_block")
    store = opened()
    assert_equal(many, store)
    with closing(ChemblStore.open(many)) as bare:
        assert store.best_activities(101, None, 5) == bare.best_activities(101, None, 5) != []
