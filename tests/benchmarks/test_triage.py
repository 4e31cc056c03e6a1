from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("rdkit")
sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are no installed package

from rdkit import Chem

from benchmarks import triage, triage_list
from benchmarks.triage_peer import row_by_row


def lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text("utf-8").splitlines()]


def test_a_list_is_the_same_each_time_and_has_one_row_in_twenty_that_is_none(tmp_path: Path) -> None:
    for name in ("a.smi", "b.smi"):
        triage_list.write_list(tmp_path / name, 300)
    assert (tmp_path / "a.smi").read_bytes() == (tmp_path / "b.smi").read_bytes()
    rows = lines(tmp_path / "a.smi")
    assert len(rows) == 300
    assert [name for _smiles, name in rows if name[0] == "R"] == [f"R{number}" for number in range(20, 301, 20)]
    read = [smiles for smiles, name in rows if name[0] == "M" and row_by_row(smiles)]
    assert len(read) > 270
    assert len(set(read)) == len(read)


def test_more_rows_than_molecules_are_the_same_molecules_written_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage_list, "_real", lambda: ["CCOc1ccccc1N", "CN1CCC[C@H]1c1cccnc1", "notone"])
    triage_list.write_list(tmp_path / "a.smi", 20)
    good = [smiles for smiles, name in lines(tmp_path / "a.smi") if name[0] == "M"]
    assert len(good) == 19
    assert {Chem.CanonSmiles(smiles) for smiles in good if smiles != "notone"} == {
        "CCOc1ccccc1N",
        "CN1CCC[C@H]1c1cccnc1",
    }
    assert len(set(good)) > 8


@pytest.mark.slow
def test_the_command_is_measured_killed_and_compared_with_a_plain_script() -> None:
    found = triage.measure(quick=True, rows=600, kills=2)
    assert [row.what.partition(":")[0] for row in found.rows] == [
        "triage, all of it",
        "RDKit's calls in a row, a plain script",
        "triage, all processes",
    ]
    assert all(row.median > 0 for row in found.rows)
    assert found.notes[-1].startswith("killed 2 times")


def test_files_that_differ_are_not_passed_over(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.md").write_text(name, "utf-8")
        (tmp_path / name / "run.json").write_text(name, "utf-8")
    with pytest.raises(RuntimeError, match=r"report\.md differs"):
        triage.same_files(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "report.md").unlink()
    with pytest.raises(RuntimeError, match=r"report\.md"):
        triage.same_files(tmp_path / "a", tmp_path / "b")


def test_rows_that_the_plain_script_finds_otherwise_are_not_passed_over(tmp_path: Path) -> None:
    head = "row,smiles,inchikey,molecular_weight,qed,sa_score\n"
    (tmp_path / "a.csv").write_text(f"{head}1,CCO,X,46.0,0.4,1.9\n", "utf-8")
    with pytest.raises(RuntimeError, match="only 0 of 1"):
        triage._compared(tmp_path / "a.csv", [(1, "CCO")])
