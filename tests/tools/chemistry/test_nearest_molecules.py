"""Neighbours in the store and in a user's file."""

from __future__ import annotations

import asyncio
import itertools
import json
import runpy
import sqlite3
import struct
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.memory.stores.chembl_dump import build_chembl
from biocopilot.memory.stores.fingerprint_file import read_header
from biocopilot.memory.stores.fingerprints import build_fingerprints
from biocopilot.memory.stores.registry import stores_dir
from biocopilot.tools.chemistry.fingerprint_workers import FingerprintWorkers
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench


async def nearest(call: Any, molecule: str, **more: Any) -> dict[str, Any]:
    result = await call("nearest_molecules", molecule=molecule, **more)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("molecule", "neighbours"),
    [
        ("imatinib", ["NILOTINIB"]),
        ("morphine", ["CODEINE"]),
        ("erlotinib", ["GEFITINIB"]),
        ("sildenafil", ["VARDENAFIL"]),
        ("atorvastatin", []),
    ],
)
async def test_known_neighbours_are_found(call: Any, molecule: str, neighbours: list[str]) -> None:
    record = await nearest(call, molecule, most=10)
    names = [row["name"] for row in record["rows"]]
    assert set(neighbours) <= set(names)
    values = [row["similarity"]["value"] for row in record["rows"]]
    assert values == sorted(values, reverse=True)


async def test_neither_the_molecule_nor_its_salts_are_its_neighbours(call: Any) -> None:
    for written in (
        "imatinib",
        "imatinib mesylate",
        "CHEMBL941",
        "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1",
    ):
        record = await nearest(call, written, most=20)
        assert not [row["name"] for row in record["rows"] if "IMATINIB" in row["name"]]


async def test_a_salt_is_compared_as_its_parent_and_that_is_said(call: Any) -> None:
    salt, parent = await nearest(call, "imatinib mesylate", most=3), await nearest(call, "imatinib", most=3)
    assert salt["rows"] == parent["rows"]
    assert "compared as its parent" in salt["notes"][0]
    assert parent["notes"] == []


async def test_no_salt_stands_beside_its_parent(call: Any) -> None:
    names = [row["name"] for row in (await nearest(call, "sertraline", most=30))["rows"]]
    assert len(names) == len(set(names)) == 30
    assert not any(f"{name} HYDROCHLORIDE" in names for name in names)


async def test_a_stereoisomer_is_a_neighbour_of_similarity_one_and_explained(call: Any) -> None:
    record = await nearest(call, "escitalopram", most=3)
    assert (record["rows"][0]["name"], record["rows"][0]["similarity"]["value"]) == ("CITALOPRAM", 1.0)
    assert "stereoisomers" in record["notes"][-1]


async def test_a_users_file_is_searched_and_its_rows_are_numbered(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("CCO ethanol\nCCCO propanol\nrubbish!\nc1ccccc1 benzene\nOCC again\n", encoding="utf-8")
    record = await nearest(call, "ethanol", file=str(file), files=(file,))
    assert [(row["row"], row["name"]) for row in record["rows"]] == [(2, "propanol"), (4, "benzene")]
    assert (record["compared"], record["itself_rows"], record["unparsable"], record["unparsable_rows"]) == (
        2,
        [1, 5],
        1,
        [3],
    )
    assert record["among"] == "list.smi"


async def test_what_is_left_out_names_the_call_that_shows_it(call: Any) -> None:
    result = await call("nearest_molecules", molecule="caffeine", most=2)
    assert result.omitted.arguments == {"molecule": "caffeine", "most": 10}
    assert result.returned == 2
    assert result.matched > 2_000


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ({"molecule": "caffeine", "file": "/etc/passwd"}, "failed", "FileRefused"), ({"molecule": "adalimumab"}, "empty", ""),
        ({"molecule": "caffeine", "most": 0}, "failed", "InvalidArguments"), ({"molecule": "C1CC"}, "failed", "InvalidStructure"),
    ],
)  # fmt: skip
async def test_what_cannot_be_searched_says_why(call: Any, arguments: dict[str, Any], status: str, error: str) -> None:
    result = await call("nearest_molecules", **arguments)
    assert (result.status, result.error) == (status, error)


# All structures of a registered ChEMBL ----------------------------------------------------------------------------------

Ask = Callable[..., Awaitable[ToolResult]]
CHEMBL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "memory" / "conftest.py"))


@pytest.fixture
def fingerprints(tmp_path: Path, home: Path) -> Path:
    """The file beside a registered dump: four named molecules with a salt, and five hundred of the starter set without names."""
    dump: Path = CHEMBL["build"](tmp_path / "chembl_36.db", CHEMBL["own_columns"]())
    starter = ChemblStore.open()
    more = [row[2] for row in starter.all_structures()][::5]
    starter.close()
    with closing(sqlite3.connect(dump)) as database, database:
        for number, smiles in enumerate([*more, "CCCO", "[13CH3]CO", "*CCO"], 100):
            database.execute(
                "INSERT INTO molecule_dictionary (molregno, chembl_id) VALUES (?, ?)",
                (number, f"CHEMBL{80_000 + number}"),
            )
            database.execute(
                "INSERT INTO compound_structures (molregno, canonical_smiles, standard_inchi_key) VALUES (?, ?, ?)",
                (number, smiles, f"KEY{number}"),
            )
    build_chembl(dump)
    with closing(FingerprintWorkers()) as workers:
        build_fingerprints(workers)
    return stores_dir() / "chembl.fingerprints"


@pytest.fixture
def ask(fingerprints: Path) -> Iterator[Ask]:
    ids = itertools.count(1)
    with Workbench() as bench:

        async def run(molecule: str, **more: Any) -> ToolResult:
            call = ToolCall(id="c1", tool="nearest_molecules", arguments={"molecule": molecule, **more})
            return await execute(call, all_tools(), ToolContext(bench=bench, offline=True), lambda: f"E{next(ids)}")

        yield run


async def test_every_structure_is_compared_and_the_record_says_with_what(ask: Ask, fingerprints: Path) -> None:
    header = read_header(fingerprints)
    result = await ask("CCO", most=3)
    record = result.evidence[0].record
    assert (header.salts, header.unreadable) == (1, 1)
    assert record["compared"] == header.count - 3  # neither itself, which is in it twice, nor the salt
    assert record["compared_with"].startswith(f"all structures, by fingerprints kept of {header.count:,}, RDKit 20")
    assert (record["unparsable"], record["among"]) == (1, "ChEMBL_36")
    assert [row["smiles"] for row in record["rows"]][:2] == ["[13CH3]CO", "CCCO"]  # the isotope has equal fingerprints
    assert "isotopes" in record["notes"][-1]
    assert record["rows"][0]["name"] is None
    assert result.warnings == ()
    assert result.matched == record["compared"]


async def test_the_rows_are_those_of_a_list_of_the_same_structures(
    ask: Ask, fingerprints: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "chembl_36.db")) as database:
        query = "SELECT canonical_smiles FROM compound_structures WHERE molregno NOT IN (2, 3) ORDER BY molregno"
        rows = [row[0] for row in database.execute(query)]
    file = tmp_path / "same.smi"
    file.write_text("".join(f"{smiles}\n" for smiles in rows), "utf-8")
    kept = (await ask("imatinib", most=100)).evidence[0].record
    with Workbench() as bench:
        context = ToolContext(bench=bench, files=frozenset([file.resolve()]), offline=True)
        arguments = {"molecule": "imatinib", "most": 100, "file": str(file)}
        call = ToolCall(id="c1", tool="nearest_molecules", arguments=arguments)
        listed = (await execute(call, all_tools(), context, lambda: "E1")).evidence[0].record
    assert [(row["smiles"], row["similarity"]) for row in kept["rows"]] == [
        (row["smiles"], row["similarity"]) for row in listed["rows"]
    ]
    assert (kept["compared"], listed["compared_with"]) == (listed["compared"], "the file's structures")


async def test_without_the_file_named_molecules_are_compared_as_before(ask: Ask, fingerprints: Path) -> None:
    remove(fingerprints)
    result = await ask("CCO")
    record = result.evidence[0].record
    assert (record["compared"], record["compared_with"], result.warnings) == (3, "named molecules", ())


def remove(path: Path) -> None:
    path.unlink()


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[read_header(path).bits_offset + 70] ^= 8
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-256])


def age(path: Path) -> None:
    rewrite(path, rdkit="2019.03.1")


def of_another_dump(path: Path) -> None:
    rewrite(path, source="another")


def rewrite(path: Path, **changes: str) -> None:
    header = replace(read_header(path), **changes)  # type: ignore[arg-type]
    text = json.dumps(asdict(header)).encode()
    data = bytearray(path.read_bytes())
    data[16 : 24 + len(text)] = struct.pack("<II", zlib.crc32(text), len(text)) + text
    path.write_bytes(data)
    assert read_header(path) == header


@pytest.mark.parametrize(
    ("change", "said"),
    [(damage, "damaged"), (cut, "damaged"), (age, "of RDKit 2019.03.1"), (of_another_dump, "of another dump")],
)
async def test_a_file_that_cannot_be_used_is_told_and_named_molecules_are_compared(
    ask: Ask, fingerprints: Path, change: Callable[[Path], None], said: str
) -> None:
    change(fingerprints)
    result = await ask("CCO")
    assert result.status == "ok"
    (warning,) = result.warnings
    assert said in warning
    assert "Only named molecules were compared" in warning
    assert "data add chembl FILE" in warning
    assert result.evidence[0].record["compared_with"] == "named molecules"


async def test_a_cancelled_search_ends_within_a_tenth_of_a_second(
    fingerprints: Path,
) -> None:
    with Workbench(workers=1) as bench:
        await bench.chemistry.call("parse", {"structure": "CCO"})
        (process,) = bench.chemistry.process_ids()
        wanted = {"structure": "CCO", "path": str(fingerprints), "most": 100_000, "skip": list(range(400_000))}
        task = asyncio.create_task(bench.chemistry.call("nearest_packed", wanted, deadline_s=60))
        await asyncio.sleep(0.15)
        assert not task.done()
        started = time.perf_counter()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.perf_counter() - started < 0.1
        await asyncio.sleep(0.1)
        assert process not in bench.chemistry.process_ids()
