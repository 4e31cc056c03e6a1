"""A process that adds to a library is killed at many moments: nothing is half there, and the same command goes on."""

from __future__ import annotations

import random
import runpy
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library import index
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Query

pytestmark = pytest.mark.slow
MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
QUESTIONS = ("receptor49 in assay3", "stable enzyme17", "compound 88 bound", "buffer4 changed")


def run_and_kill(library: Path, folder: Path, after: int, wait_s: float) -> bool:
    """Whether it was killed before its end."""
    child = subprocess.Popen([*MADE["steps"](str(library), str(folder))], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    seen = 0
    with child.stdout:
        for line in child.stdout:
            seen += 1
            if line.strip() == "index" and after < 0:
                after = seen
            if seen >= after > 0:
                time.sleep(wait_s)
                child.send_signal(signal.SIGKILL)
                break
        child.stdout.read()
    return child.wait(60) == -signal.SIGKILL


def found(library: Library) -> list[list[tuple[str, float]]]:
    return [
        [(hit.passage.id, round(hit.score, 4)) for hit in library.search(Query(text)).hits[:5]] for text in QUESTIONS
    ]


def test_what_was_killed_agrees_at_every_moment_and_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("chromadb")
    monkeypatch.setattr(index, "EXACT_UP_TO", 0)
    folder, whole, broken = tmp_path / "files", tmp_path / "whole", tmp_path / "broken"
    MADE["write_notes"](folder, 100)
    with Library.open(whole, embedder=MADE["WordHash"]) as library:
        MADE["add_all"](library, folder)
        wanted = found(library)
    chance = random.Random(4)
    killed = 0
    # After so many lines; at the end of adding files, when Chroma is told (-1), several times since it takes long.
    for after in (1, 3, 20, 70, 99, -1, -1, -1, -1, 103, 105, 107, 110, 110):
        killed += run_and_kill(broken, folder, after, chance.uniform(0, 0.25 if after in (-1, 110) else 0.02))
        if (broken / "library.sqlite").exists():
            assert MADE["disagreements"](broken / "library.sqlite") == []
            with Library.open(broken, embedder=MADE["WordHash"]) as library:
                assert library.search(Query(QUESTIONS[0])).by_meaning
    assert killed >= 9
    with Library.open(broken, embedder=MADE["WordHash"]) as library:
        MADE["add_all"](library, folder)
        assert found(library) == wanted
        assert library.store.name.startswith("chroma:")
        assert sorted(library.store.seqs()) == [
            row[0] for row in library.catalogue.rows("SELECT seq FROM vector ORDER BY seq")
        ]
        assert library.catalogue.rows("SELECT count(*) FROM outbox") == [(0,)]
    assert MADE["disagreements"](broken / "library.sqlite") == []
    assert MADE["everything"](broken / "library.sqlite") == MADE["everything"](whole / "library.sqlite")
