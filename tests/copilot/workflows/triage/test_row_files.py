from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.copilot.workflows.triage import row_files as module
from biocopilot.copilot.workflows.triage.row_files import row_files
from biocopilot.memory.errors import StorageError

COLUMNS = {"row": int, "name": str, "score": float}
ROWS = [(1, "aspirin", 0.5), (2, "", None), (3, "=1+1", 2.0), (4, "-5", 0.1), (5, "naïve", 1e-4)]


def test_rows_are_written_as_csv_and_the_same_as_parquet_in_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(module, "_GROUP", 2)
    with row_files(tmp_path / "a.csv", COLUMNS) as write:
        for row in ROWS:
            write(row)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["1", "aspirin", "0.5"], ["2", "", ""], ["3", "'=1+1", "2.0"], ["4", "-5", "0.1"], ["5", "naïve", "0.0001"],
        ]  # fmt: skip
    found = parquet.ParquetFile(tmp_path / "a.parquet")
    assert found.num_row_groups == 3
    assert found.read().to_pylist() == [
        dict(zip(COLUMNS, (number, name or None, score), strict=True)) for number, name, score in ROWS
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]


def test_without_pyarrow_there_is_the_csv_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with row_files(tmp_path / "a.csv", COLUMNS) as write:
        write(ROWS[0])
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    with row_files(tmp_path / "a.csv", COLUMNS):
        pass
    assert (tmp_path / "a.csv").read_text("utf-8") == "row,name,score\n"


def test_what_breaks_off_leaves_the_table_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("earlier", "utf-8")

    def broken() -> Iterator[tuple[int, str, float | None]]:
        yield ROWS[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), row_files(tmp_path / "a.csv", COLUMNS) as write:
        deque(map(write, broken()), 0)
    assert (tmp_path / "a.csv").read_text("utf-8") == "earlier"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"), row_files(tmp_path / "none" / "a.csv", COLUMNS):
        pass
