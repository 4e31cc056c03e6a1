"""Molecules of the whole store that contain something, or share a scaffold: all of them, best first, or what is missing."""

from __future__ import annotations

import itertools
import json
import runpy
import sqlite3
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.memory.stores.chembl_dump import build_chembl
from biocopilot.memory.stores.pattern_file import read_header
from biocopilot.memory.stores.patterns import build_patterns
from biocopilot.memory.stores.registry import stores_dir
from biocopilot.tools.chemistry import substructure_search as module
from biocopilot.tools.chemistry.fingerprint_workers import PatternWorkers
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcNumRings

CHEMBL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "memory" / "conftest.py"))
Ask = Callable[..., Awaitable[ToolResult]]


@pytest.fixture
def patterns(tmp_path: Path, home: Path) -> Path:
    """The file beside a registered dump: its own few molecules, and some hundred of the starter set, a fifth of them named."""
    dump: Path = CHEMBL["build"](tmp_path / "chembl_36.db", CHEMBL["own_columns"]())
    starter = ChemblStore.open()
    more = [row[2] for row in starter.all_structures()][::6]
    starter.close()
    with closing(sqlite3.connect(dump)) as database, database:
        for number, smiles in enumerate([*more, "CCCO", "OCC(C)O", "*CCO"], 100):
            database.execute(
                "INSERT INTO molecule_dictionary (molregno, chembl_id, pref_name, max_phase) VALUES (?, ?, ?, ?)",
                (
                    number,
                    f"CHEMBL{80_000 + number}",
                    f"MOLECULE {number}" if number % 5 == 0 else None,
                    2 if number % 25 == 0 else None,
                ),
            )
            database.execute(
                "INSERT INTO compound_structures (molregno, canonical_smiles, standard_inchi_key) VALUES (?, ?, ?)",
                (number, smiles, f"KEY{number}"),
            )
    build_chembl(dump)
    with closing(PatternWorkers()) as workers:
        build_patterns(workers)
    return stores_dir() / "chembl.patterns"


@pytest.fixture
def ask(home: Path) -> Iterator[Ask]:
    ids = itertools.count(1)
    with Workbench() as bench:

        async def run(**arguments: Any) -> ToolResult:
            call = ToolCall(id="c1", tool="substructure_search", arguments=arguments)
            return await execute(call, all_tools(), ToolContext(bench=bench, offline=True), lambda: f"E{next(ids)}")

        yield run


def by_rdkit(dump: Path, smarts: str) -> list[tuple[str, float | None]]:
    """(SMILES, phase) of what holds it, without the salt, in the order of a list."""
    pattern = Chem.MolFromSmarts(smarts)
    query = (
        "SELECT s.molregno, s.canonical_smiles, m.max_phase, m.pref_name FROM compound_structures s JOIN molecule_dictionary m"
        " USING (molregno) WHERE s.canonical_smiles NOT LIKE '%*%' AND s.molregno NOT IN"
        " (SELECT molregno FROM molecule_hierarchy WHERE parent_molregno != molregno)"
    )
    found = []
    with closing(sqlite3.connect(dump)) as database:
        for number, smiles, phase, name in database.execute(query):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule.HasSubstructMatch(pattern):
                rank = 4 - phase if phase is not None else 5 if name else 6
                found.append((rank, molecule.GetNumHeavyAtoms(), number, smiles, phase))
    return [(smiles, phase) for _, _, _, smiles, phase in sorted(found)]


async def test_every_structure_that_holds_it_is_found_drugs_first(patterns: Path, ask: Ask, tmp_path: Path) -> None:
    for smarts in ("c1ccncc1", "C(=O)O", "[CX3](=O)[NX3]"):
        result = await ask(smarts=smarts, most=1_000)
        (record,) = (item.record for item in result.evidence)
        want = by_rdkit(tmp_path / "chembl_36.db", smarts)
        assert len(want) > 10
        assert [(row["smiles"], row["max_phase"]) for row in record["rows"]] == want
        header, counts = read_header(patterns), record["counts"]
        assert (counts["matched"], result.matched, result.returned) == (len(want),) * 3
        assert (counts["searched"], counts["unreadable"]) == (header.count - header.salts, 1)
        assert counts["compared"] == counts["passed_screen"] < counts["searched"]
        assert (result.status, record["complete"], record["searched_by"]) == ("ok", True, "structures")
        assert (result.omitted, result.warnings) == (None, ())


async def test_what_is_cut_names_the_call_that_shows_it(patterns: Path, ask: Ask, tmp_path: Path) -> None:
    want = by_rdkit(tmp_path / "chembl_36.db", "C(=O)O")
    result = await ask(smarts="C(=O)O", most=3)
    assert (result.status, result.matched, result.returned) == ("ok", len(want), 3)
    assert result.omitted.what == f"{len(want) - 3} more molecules"
    assert len((await ask(**result.omitted.arguments)).evidence[0].record["rows"]) == len(want)


async def test_what_was_not_compared_makes_the_count_a_least_one(patterns: Path, ask: Ask, tmp_path: Path) -> None:
    want = by_rdkit(tmp_path / "chembl_36.db", "C(=O)O")
    result = await ask(smarts="C(=O)O", compare=10)
    record = result.evidence[0].record
    assert (result.status, record["complete"], record["counts"]["compared"]) == ("partial", False, 10)
    assert result.digest.startswith(f"E1: at least {len(record['rows'])} of ")
    assert [row["smiles"] for row in record["rows"]] == [smiles for smiles, _ in want[: len(record["rows"])]]
    assert "were not compared" in result.omitted.what
    again = await ask(**result.omitted.arguments)
    assert (again.status, again.matched) == ("ok", len(want))


async def test_a_search_out_of_time_says_so(patterns: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    found = module.search_patterns

    async def late(*given: Any) -> Any:
        return replace(await found(*given), in_time=False, compared=3, molregnos=(1,))

    monkeypatch.setattr(module, "search_patterns", late)
    result = await ask(smarts="C(=O)O")
    assert result.status == "partial"
    assert "time of 45 s" in result.warnings[0]


async def test_a_molecule_is_contained_in_others_and_neither_itself_nor_its_salt_is_one(
    patterns: Path, ask: Ask
) -> None:
    record = (await ask(molecule="CCO", most=1_000)).evidence[0].record
    found = [row["smiles"] for row in record["rows"]]
    assert "CCCO" in found
    assert "CCO" not in found
    assert all(Chem.MolFromSmiles(smiles).HasSubstructMatch(Chem.MolFromSmiles("CCO")) for smiles in found)
    imatinib = (await ask(molecule="imatinib mesylate", most=1_000)).evidence[0].record
    assert imatinib["counts"]["matched"] == len(imatinib["rows"])
    assert not [row for row in imatinib["rows"] if row["name"] and "IMATINIB" in row["name"]]
    assert "compared as its parent" in imatinib["notes"][0]


async def test_a_scaffold_is_that_of_the_molecule(patterns: Path, ask: Ask) -> None:
    record = (await ask(molecule="Oc1ccccc1", by="scaffold", most=1_000)).evidence[0].record
    assert record["looked_for"] == "c1ccccc1"
    assert len(record["rows"]) > 5
    assert all(CalcNumRings(Chem.MolFromSmiles(row["smiles"])) == 1 for row in record["rows"])
    failed = await ask(molecule="CCO", by="scaffold")
    assert (failed.status, failed.error) == ("failed", "InvalidArguments")


async def test_nothing_found_is_a_finding(patterns: Path, ask: Ask) -> None:
    result = await ask(smarts="[Pu]")
    assert (result.status, result.matched) == ("empty", 0)
    record = result.evidence[0].record
    assert (record["rows"], record["complete"], record["searched_by"]) == ([], True, "structures")


async def test_without_a_registered_store_named_molecules_are_searched_and_that_is_said(ask: Ask) -> None:
    result = await ask(group="quinazoline", most=3)
    record = result.evidence[0].record
    assert [row["name"] for row in record["rows"]] == ["TRIMETREXATE", "PRAZOSIN", "TERAZOSIN"]
    assert (record["searched_by"], record["counts"]["searched"]) == ("named molecules", record["counts"]["compared"])
    assert "starter set" in record["among"]
    (warning,) = result.warnings
    assert "No full ChEMBL is registered" in warning
    assert "chembl_analogues" in warning


async def test_a_store_without_patterns_says_how_to_make_them(patterns: Path, ask: Ask) -> None:
    remove(patterns)
    result = await ask(molecule="CCO")
    (warning,) = result.warnings
    assert "no patterns" in warning
    assert "data add chembl FILE" in warning
    assert result.evidence[0].record["searched_by"] == "named molecules"


def remove(path: Path) -> None:
    path.unlink()


def rewrite(path: Path, **changes: str) -> None:
    header = replace(read_header(path), **changes)  # type: ignore[arg-type]
    text = json.dumps(asdict(header)).encode()
    data = bytearray(path.read_bytes())
    data[16 : 24 + len(text)] = struct.pack("<II", zlib.crc32(text), len(text)) + text
    path.write_bytes(data)
    assert read_header(path) == header


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    header = read_header(path)
    for at in range(header.molecules_offset, header.molecules_offset + header.molecule_bytes, 50):
        data[at] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def age(path: Path) -> None:
    rewrite(path, rdkit="2019.03.1")


def of_another_dump(path: Path) -> None:
    rewrite(path, source="another")


@pytest.mark.parametrize(
    ("change", "said"),
    [(damage, "damaged"), (cut, "damaged"), (age, "of RDKit 2019.03.1"), (of_another_dump, "of another dump")],
)
async def test_a_file_that_cannot_be_used_is_told_and_named_molecules_are_searched(
    patterns: Path, ask: Ask, change: Callable[[Path], None], said: str
) -> None:
    change(patterns)
    result = await ask(smarts="C(=O)O")
    assert result.status in ("ok", "empty")
    (warning,) = result.warnings
    assert said in warning
    assert "Only named molecules were searched" in warning
    assert "data add chembl FILE" in warning


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "InvalidArguments"), ({"group": "ketone", "smarts": "C"}, "InvalidArguments"), ({"smarts": "c1ccccc1", "by": "scaffold"}, "InvalidArguments"),
        ({"molecule": "c1ccccc1", "by": "scaffold", "stereo": True}, "InvalidArguments"), ({"smarts": "C1CC"}, "InvalidStructure"), ({"smarts": "C", "most": 0}, "InvalidArguments"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused(ask: Ask, arguments: dict[str, Any], error: str) -> None:
    result = await ask(**arguments)
    assert (result.status, result.error) == ("failed", error)


async def test_a_group_that_is_not_known_names_the_nearest(ask: Ask) -> None:
    result = await ask(group="quinazolin")
    assert result.status == "empty"
    assert "quinazoline" in result.evidence[0].record["nearest"]
