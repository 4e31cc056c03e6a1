from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from biocopilot.copilot.workflows.kept_steps import KeptSteps, step_key
from biocopilot.memory.errors import StorageError


def test_a_result_is_found_by_all_that_it_depends_on_and_by_nothing_else(tmp_path: Path) -> None:
    with KeptSteps.open(tmp_path / "s") as steps:
        kept = steps.keep("weigh", {"b": 1, "a": 2}, {"rdkit": "1"}, {"z": 1, "y": [1.5, "µ", None]})
        assert kept.key == step_key("weigh", {"a": 2, "b": 1}, {"rdkit": "1"})
        for other in (("lift", {"a": 2, "b": 1}, {"rdkit": "1"}), ("weigh", {"a": 2}, {"rdkit": "1"}),
                      ("weigh", {"a": 2, "b": 1}, {"rdkit": "2"})):  # fmt: skip
            assert steps.get(step_key(*other)) is None
    with KeptSteps.open(tmp_path / "s") as steps:
        again = steps.get(kept.key)
        assert again == kept
        assert list(again.result) == ["z", "y"]  # a report may show them in this order
        assert len(steps) == 1


def test_while_it_is_open_nobody_else_works_with_it(tmp_path: Path) -> None:
    with KeptSteps.open(tmp_path / "s"):
        for again in (KeptSteps.open, KeptSteps.read):
            with pytest.raises(StorageError, match="Another program works in the folder"):
                again(tmp_path / "s")
    KeptSteps.open(tmp_path / "s").close()
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_reading_makes_and_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used"):
        KeptSteps.read(tmp_path / "s")
    assert list(tmp_path.iterdir()) == []
    with KeptSteps.open(tmp_path / "s") as steps:
        steps.keep("weigh", {}, {}, 1)
    with KeptSteps.read(tmp_path / "s") as steps:
        assert [step.result for step in steps] == [1]
        with pytest.raises(StorageError, match="cannot be used"):
            steps.keep("weigh", {"a": 1}, {}, 1)


def test_another_programs_file_and_a_damaged_one_are_left_as_they_are(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE t (x)")
    other.close()
    (tmp_path / "damaged").write_bytes(b"no database at all, and long enough to look like one" * 40)
    for name, what in (("other", "is no file of a workflow's run"), ("damaged", "is damaged")):
        before = (tmp_path / name).read_bytes()
        for open_ in (KeptSteps.open, KeptSteps.read):
            with pytest.raises(StorageError, match=what):
                open_(tmp_path / name)
        assert (tmp_path / name).read_bytes() == before


def test_the_newest_and_the_one_before_are_of_the_same_call(tmp_path: Path) -> None:
    with KeptSteps.open(tmp_path / "s") as steps:
        old = steps.keep("weigh", {"a": 1}, {"release": "1"}, 1)
        steps.keep("weigh", {"a": 2}, {"release": "1"}, 2)
        new = steps.keep("weigh", {"a": 1}, {"release": "2"}, 3)
        assert steps.before(new) == old
        assert steps.before(old) is None
        assert steps.newest("weigh", {"a": 1}) == new
        assert steps.newest("weigh", {"a": 3}) is None
