from __future__ import annotations

import asyncio
import csv
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.workflows.contract import Aside, Finished, Molecule, Plot, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.registry import find_workflow
from biocopilot.copilot.workflows.triage import chunks as chunks_module
from biocopilot.copilot.workflows.triage.chunks import Chunks, assess_all, parts_of
from biocopilot.copilot.workflows.triage.reading import InputRow
from biocopilot.copilot.workflows.triage.tables import REJECTS, RESULTS
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import FileRefused, InvalidInput, InvalidStructure
from biocopilot.tools.chemistry.workers import ChemistryWorkers
from biocopilot.tools.workbench import Workbench

LIST = """smiles,id
CC(=O)Oc1ccccc1C(=O)O,aspirin
CC(=O)Oc1ccccc1C(=O)[O-].[Na+],its salt
COCCOc1cc2ncnc(Nc3cccc(C#C)c3)c2cc1OCCOC,erlotinib
not a structure,rubbish
,empty
CCCCCCCCCCCCCCCCCCCCCC(=O)O,fat
CN(C)c1ccc(C=C2SC(=S)NC2=O)cc1,rhodanine
COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1,gefitinib
C#CCN,aspirin
"""


def triage(path: Path, out: Path, **inputs: Any) -> Finished:
    bench = Workbench()
    try:
        flow = find_workflow("triage")
        return asyncio.run(
            run_workflow(flow, {"file": str(path), **inputs}, out, bench=bench, offline=True, resume=out.exists())
        )
    finally:
        bench.close()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(finished: Finished) -> list[str]:
    return [part.text for part in finished.report.sections[0].parts if isinstance(part, Aside)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("triage")
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    return triage(folder / "list.csv", folder / "run", without=["C#CC"])


def test_every_row_has_one_fate_and_the_counts_add_up(run: Finished) -> None:
    results, rejects = table(run.folder / RESULTS), table(run.folder / REJECTS)
    assert sorted(int(row["row"]) for row in [*results, *rejects]) == list(range(1, 10))
    assert [(row["row"], row["step"]) for row in rejects] == [
        ("2", "duplicate"),
        ("4", "unreadable"),
        ("5", "unreadable"),
        ("6", "property"),
        ("7", "alert"),
        ("9", "pattern"),
    ]
    assert [row["reason"] for row in rejects][-2:] == ["PAINS anil_di_alk_B; PAINS ene_rhod_A", "holds C#CC"]
    assert all(row["reason"] for row in rejects)
    assert [row["name"] for row in results] == ["aspirin", "erlotinib", "gefitinib"]
    assert told(run)[:7] == [
        "9 rows were read.",
        "2 could not be read as a structure; 7 are left.",
        "1 has the parent of an earlier row; 6 are left.",
        "1 is beyond a limit of a property; 5 are left.",
        "1 has an alert; 4 are left.",
        "1 does not fit the SMARTS; 3 are left.",
        "Kept: 3, of which in the local ChEMBL: 3. Clusters of the best 3 by score: 3. Chosen: 3.",
    ]
    assert "Rows with a name that an earlier row has: 1;" in told(run)[7]


def test_what_is_kept_has_its_values_and_what_the_store_knows_of_it(run: Finished) -> None:
    erlotinib = next(row for row in table(run.folder / RESULTS) if row["name"] == "erlotinib")
    store = ChemblStore.open()
    molecule = store.molecule_by_inchikey("AAKJLRGGTJKAMG-UHFFFAOYSA-N")
    assert molecule is not None
    activities = store.activities(molecules=(molecule.chembl_id,))
    store.close()
    assert (erlotinib["known_as"], erlotinib["inchikey"]) == (molecule.chembl_id, molecule.inchikey)
    assert int(erlotinib["activities"]) == len(activities) > 0
    assert erlotinib["molecular_weight"] == "393.443"
    wanted = float(erlotinib["qed"]) * (10 - float(erlotinib["sa_score"])) / 9
    assert float(erlotinib["score"]) == pytest.approx(wanted, abs=1e-4)


def test_the_choice_is_by_score_and_every_value_of_a_property_has_its_evidence(run: Finished) -> None:
    rows = run.report.rows
    scores = [float(str(row["score"].value)) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(row[name].evidence for row in rows for name in ("molecular_weight", "qed", "sa_score", "smiles"))
    assert not any(isinstance(part, Struck) for section in run.report.sections for part in section.parts)


def test_what_was_measured_of_the_choice_is_looked_up_by_tool_and_cited(run: Finished) -> None:
    row = next(row for row in run.report.rows if row["name"].value == "gefitinib")
    kept = next(row for row in table(run.folder / RESULTS) if row["name"] == "gefitinib")
    evidence = {item.id: item for item in run.evidence}
    for name in ("known_as", "known_name", "best_pchembl", "best_type", "best_target"):
        (cited,) = row[name].evidence
        assert evidence[cited].tool == "compound_activities"
        assert str(row[name].value) == kept[name], name
    measured = run.report.sections[2].parts[0]
    assert isinstance(measured, Table)
    assert [line.cells[1] for line in measured.rows if line.cells[1] == "GEFITINIB"] == ["GEFITINIB"]


def test_each_row_names_the_chunk_that_it_was_computed_in_and_the_place_of_what_is_known(run: Finished) -> None:
    (chunk,) = (run.folder / "triage_chunks").iterdir()
    results = table(run.folder / RESULTS)
    for row in [*results, *table(run.folder / REJECTS)]:
        assert chunk.name.startswith(row["computed.evidence"])
        assert len(row["computed.evidence"]) == 16
    store = ChemblStore.open()
    release = store.source.release
    for row in results:
        place, _, activity = row["known.evidence"].partition(", activity ")
        assert place == f"{release}: {row['known_as']}"
        assert (
            bool(activity) is bool(row["best_type"]) is (row["name"] != "aspirin")
        )  # of which nothing comparable is there
        if not activity:
            continue
        found = {one.activity_id: one for one in store.activities(molecules=(row["known_as"],))}[int(activity)]
        assert (str(found.pchembl), found.activity_type) == (row["best_pchembl"], row["best_type"])
    store.close()


def test_what_is_left_after_each_step_is_plotted_and_the_choice_is_drawn_under_the_names_of_the_file(
    run: Finished,
) -> None:
    counts, choice, _measured = run.report.sections
    (plot,) = [part for part in counts.parts if isinstance(part, Plot)]
    assert [(point.label, point.value) for point in plot.points] == [
        ("in the file", 9), ("readable", 7), ("once each", 6), ("within the limits", 5),
        ("without alerts", 4), ("fit the SMARTS", 3), ("chosen", 3),
    ]  # fmt: skip
    drawn = [part for part in choice.parts if isinstance(part, Molecule)]
    assert [part.name for part in drawn] == [
        f"{row['choice'].value}. {row['name'].value}, row {row['row'].value}" for row in run.report.rows
    ]
    assert all(part.evidence for part in drawn)


def test_molecules_that_are_alike_share_a_cluster_and_one_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "a.smi").write_text("CCCCCCCCCO a\nCCCCCCCCO b\nc1ccncc1C(=O)NC c\n", encoding="utf-8")
    finished = triage(tmp_path / "a.smi", tmp_path / "run", similarity=0.5)
    clusters = {row["name"]: row["cluster"] for row in table(tmp_path / "run" / RESULTS)}
    assert clusters["a"] == clusters["b"] != clusters["c"]
    assert len(finished.report.rows) == 2


def test_a_file_without_structures_and_a_pattern_that_is_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.smi").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="holds no structures"):
        triage(tmp_path / "a.smi", tmp_path / "one")
    with pytest.raises(InvalidStructure, match="SMARTS"):
        triage(tmp_path / "a.smi", tmp_path / "two", holding=["[C"])


def test_a_run_that_failed_over_its_file_keeps_the_folder_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("structure drawn,id\nCCO,ethanol\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="structure drawn"):
        triage(tmp_path / "a.csv", tmp_path / "run")
    (tmp_path / "a.csv").write_text("smiles,id\nCCO,ethanol\n", encoding="utf-8")
    bench = Workbench()
    try:
        work = run_workflow(
            find_workflow("triage"), {"file": str(tmp_path / "a.csv")}, tmp_path / "run", bench=bench, offline=True
        )
        assert len(asyncio.run(work).report.rows) == 1
    finally:
        bench.close()


def test_long_rows_make_chunks_of_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "ROWS", 4)
    monkeypatch.setattr(chunks_module, "_CHARACTERS", 100)
    rows = [InputRow(number, "", "smiles", "C" * length) for number, length in enumerate([1] * 9 + [60] * 5, 1)]
    parts = list(parts_of(iter(rows)))
    assert [row for part in parts for row in part] == rows
    assert [len(part) for part in parts] == [4, 4, 3, 2, 1]
    assert list(parts_of(iter([]))) == []


def test_reading_what_is_kept_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "ROWS", 1)
    rows = [InputRow(number, "", "smiles", "C" * number) for number in range(1, 6)]
    chunks, told = Chunks(tmp_path / "chunks", {}), []
    for row in rows:
        chunks.keep(chunks.path_of([row]), [{"error": "x"}])

    async def stopped() -> None:
        def progress(done: int) -> None:
            told.append(done)
            task.cancel()

        task = asyncio.create_task(assess_all(iter(rows), chunks, [], ChemistryWorkers(1), progress))
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
    assert told == [1]


def test_a_table_that_is_gone_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LIST, encoding="utf-8")
    folder = triage(tmp_path / "a.csv", tmp_path / "run").folder
    whole = (folder / REJECTS).read_bytes()
    (folder / REJECTS).unlink()
    (folder / "report.html").unlink()
    assert triage(tmp_path / "a.csv", tmp_path / "run").status == "answered"
    assert (folder / REJECTS).read_bytes() == whole
    assert (folder / "report.html").exists()


def test_a_damaged_chunk_is_made_again(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    rows = [InputRow(1, "", "smiles", "CCO"), InputRow(2, "", "smiles", "rubbish")]
    chunks = Chunks(tmp_path / "chunks", {"patterns": []})
    workers = ChemistryWorkers(1)
    request.addfinalizer(workers.close)
    asyncio.run(assess_all(iter(rows), chunks, [], workers, lambda _done: None))
    path = chunks.path_of(rows)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    asyncio.run(assess_all(iter(rows), chunks, [], workers, lambda _done: None))
    assert path.read_bytes() == whole
    assert [sorted(found) for found in chunks.read(path) or []] == [
        ["alerts", "holds", "inchikey", "smiles", "values"],
        ["error"],
    ]


@pytest.mark.slow
def test_killed_at_random_moments_and_resumed_it_comes_to_the_same_bytes(tmp_path: Path) -> None:
    store = ChemblStore.open()
    smiles = [row[2] for row in store.all_structures()]
    store.close()
    lines = [f"{text} m{number % 2_500}" for number, text in enumerate((smiles * 2)[:3_000])]
    (tmp_path / "list.smi").write_text("\n".join([*lines, "rubbish", ""]), encoding="utf-8")
    triage(tmp_path / "list.smi", tmp_path / "whole")
    command = shutil.which("biocopilot", path=str(Path(sys.executable).parent))
    assert command is not None
    folder, chance, kills = tmp_path / "killed", random.Random(11), 0
    program = [command, "workflow", "run", "triage", str(tmp_path / "list.smi"), "--out", str(folder), "--offline"]
    for _ in range(6):
        resume = ["--resume"] if (folder / "run.json").exists() else []
        process = subprocess.Popen([*program, *resume], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(1.0, 9.0))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills
    triage(tmp_path / "list.smi", folder)
    for name in (RESULTS, REJECTS, "results.csv", "report.md"):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert not list(folder.glob("*.new"))
