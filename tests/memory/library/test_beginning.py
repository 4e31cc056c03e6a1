"""How a library begins, what ships, and that notes are refreshed but do not come back."""

from __future__ import annotations

import runpy
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import MissingExtra, ModelUnavailable
from biocopilot.memory.library import beginning
from biocopilot.memory.library.beginning import NOTES_COLLECTION, STARTER_LIBRARY, begin, build_starter, refresh_notes
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
from biocopilot.memory.library.library import Library, model_name
from biocopilot.memory.library.retrieval import Query

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
TABLES = ("library", "document", "document_key", "source", "file", "part", "passage", "outbox")


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
        return file.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def vectors(path: Path) -> Any:
    return np.stack([np.frombuffer(value, "<f4") for _, value in rows(path, "vector")])  # type: ignore[call-overload]


def test_what_ships_is_what_building_it_gives(tmp_path: Path) -> None:
    try:
        embedder = open_embedder(EmbeddingSettings(), offline=True)
    except (MissingExtra, ModelUnavailable) as error:
        pytest.skip(f"the default model is not installed: {error}")
    built = tmp_path / "starter.sqlite"
    build_starter(built, embedder.documents, model_name(embedder))
    embedder.close()
    for table in TABLES:
        assert rows(built, table) == rows(STARTER_LIBRARY, table), (
            f"{table}: run python -m biocopilot.memory.library.beginning"
        )
    assert np.abs(vectors(built) - vectors(STARTER_LIBRARY)).max() < 1e-4
    assert not list(tmp_path.glob("starter.sqlite-*"))


def test_what_ships_agrees_and_has_a_vector_for_each_passage(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(STARTER_LIBRARY.read_bytes())
    assert MADE["disagreements"](copy) == []
    assert len(rows(copy, "passage")) == len(vectors(copy)) >= 60
    assert np.linalg.norm(vectors(copy), axis=1) == pytest.approx(1, abs=1e-4)


def test_a_library_begins_with_the_notes_and_a_name_of_its_own(tmp_path: Path) -> None:
    one, two = tmp_path / "one.sqlite", tmp_path / "two.sqlite"
    left = tmp_path / "one.sqlite.99.part"
    left.write_text("of a process that was killed")
    for path in (one, two):
        begin(path)
    assert rows(one, "passage") == rows(STARTER_LIBRARY, "passage")
    assert dict(rows(one, "library"))["library"] != dict(rows(two, "library"))["library"]  # type: ignore[arg-type]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.sqlite", "two.sqlite"]


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three notes, which a test may change as a newer version of the program would."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ("a", "b", "c"):
        write(folder, name, f"The old text of {name}.")
    monkeypatch.setattr(beginning, "_NOTES", folder)
    monkeypatch.setattr(beginning, "STARTER_LIBRARY", tmp_path / "starter.sqlite")
    build_starter(tmp_path / "starter.sqlite")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    front = f"---\ntitle: Note {name}\nkind: concept\nidentifiers:\nreferences: PMID 1\n---\n"
    (folder / f"{name}.md").write_text(f"{front}{text}\n", "utf-8")


def texts(library: Library) -> dict[str, str]:
    return {
        row.about.title: library.catalogue.parts(row.id)[0].text
        for row in library.documents()
        if row.collection == NOTES_COLLECTION
    }


def test_a_newer_programs_notes_come_with_the_next_add_and_removed_ones_stay_away(notes: Path, tmp_path: Path) -> None:
    MADE["write_notes"](tmp_path / "files", 1)
    with Library.open(tmp_path / "lib", embedder=MADE["WordHash"]) as library:
        library.add([tmp_path / "files"])
        library.remove([next(row.id for row in library.documents() if row.about.title == "Note b")])
        library.add([tmp_path / "files"])
        assert texts(library) == {"Note a": "The old text of a.", "Note c": "The old text of c."}
        write(notes, "a", "The new text of a.")
        write(notes, "b", "The new text of b.")
        write(notes, "d", "A note that is new.")
        (notes / "c.md").unlink()
        library.add([tmp_path / "files"])
        assert texts(library) == {"Note a": "The new text of a.", "Note d": "A note that is new."}
        assert library.search(Query("new text")).hits[0].document.about.title == "Note a"
        assert library.catalogue.counts()["without_vector"] == 0
        library.remove([next(row.id for row in library.documents() if row.about.title == "Note d")])
        library.add([tmp_path / "files"])
        assert list(texts(library)) == ["Note a"]
    assert MADE["disagreements"](tmp_path / "lib" / "library.sqlite") == []


def test_notes_that_are_as_they_were_are_not_written_again(notes: Path, tmp_path: Path) -> None:
    begin(tmp_path / "library.sqlite")
    with closing(Catalogue.open(tmp_path / "library.sqlite", writing=True)) as catalogue:
        generation = catalogue.generation
        refresh_notes(catalogue, None)
        assert catalogue.generation == generation
