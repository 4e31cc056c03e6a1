"""A model that needs no weights, documents, and a look at whether all of a library agrees; run as a program, it adds to a library.

python making.py LIBRARY FOLDER [CHROMA_URL]    prints a line for every step
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from biocopilot.memory.library import index
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.passages import passages_of
from biocopilot.memory.library.vector_store import Vectors
from biocopilot.memory.library.writing import Origin

DIMENSION = 256


class WordHash:
    """A text's vector is the sum of its words': like texts are near each other."""

    checksum = "0" * 8
    dimension = DIMENSION

    def __init__(self, name: str = "word hash", delay_s: float = 0.0) -> None:
        self.name = name
        self.delay_s = delay_s
        self.texts: list[str] = []
        self.closed = False

    def query(self, text: str) -> Vectors:
        total = np.zeros(DIMENSION, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.shake_256(f"{self.name} {word}".encode()).digest(DIMENSION)
            total += np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
        return np.asarray(total / (np.linalg.norm(total) or 1.0), np.float32)

    def documents(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self.delay_s)
        self.texts += texts
        return np.stack([self.query(text) for text in texts])

    def close(self) -> None:
        self.closed = True


def made_document(number: int, paragraphs: int = 3) -> ReadDocument:
    """Document of that number; the same each time, and long enough for several passages."""
    lines = [
        " ".join(f"Compound {number}-{n}-{k} bound receptor{number * 7 % 101} in assay{k}." for k in range(12))
        for n in range(paragraphs)
    ]
    about = About(
        title=f"Binding of series {number} to its receptors in cells",
        year=2000 + number % 20,
        pmid=str(10_000 + number),
    )
    parts = (
        Part(f"Series {number} was made and measured.", "abstract", section="Abstract"),
        Part("\n".join(lines), "body"),
    )
    return ReadDocument(about, parts, "pubmed", 20, number)


def write_notes(folder: Path, number: int) -> None:
    folder.mkdir(exist_ok=True)
    for n in range(number):
        text = (
            f"# Bench note number {n}\n\nThe enzyme{n} was stable for {n} hours.\n\nBuffer{n % 9} was changed twice.\n"
        )
        (folder / f"note{n:03d}.md").write_text(text, "utf-8")


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a library holds, without the numbers that passages got and the moments at which they came."""
    with closing(sqlite3.connect(path)) as file:
        return {
            "documents": file.execute("SELECT id, title, text_sha256, collection FROM document ORDER BY id").fetchall(),
            "keys": file.execute("SELECT key, document FROM document_key ORDER BY key").fetchall(),
            "passages": file.execute("SELECT id, document, part, first, last FROM passage ORDER BY id").fetchall(),
            "parts": file.execute("SELECT * FROM part ORDER BY document, number").fetchall(),
            "sources": file.execute("SELECT * FROM source ORDER BY document, path, member, entry").fetchall(),
            "files": file.execute("SELECT * FROM file ORDER BY path, member").fetchall(),
            "vectors": file.execute(
                "SELECT p.id, v.value FROM vector v JOIN passage p USING (seq) ORDER BY p.id"
            ).fetchall(),
        }


def disagreements(path: Path) -> list[str]:
    """What in a library does not fit together; nothing, where all is well."""
    wrong = []
    with closing(sqlite3.connect(path)) as file:
        try:
            file.execute("INSERT INTO words(words) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            wrong.append(f"words: {error}")
        if (said := file.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            wrong.append(f"file: {said}")
        for name, query in {
            "passages without words": "SELECT count(*) FROM passage WHERE seq NOT IN (SELECT rowid FROM words)",
            "words without passage": "SELECT count(*) FROM words WHERE rowid NOT IN (SELECT seq FROM passage)",
            "passages without vector": "SELECT count(*) FROM passage WHERE seq NOT IN (SELECT seq FROM vector)",
            "vectors without passage": "SELECT count(*) FROM vector WHERE seq NOT IN (SELECT seq FROM passage)",
            "parts without document": "SELECT count(*) FROM part WHERE document NOT IN (SELECT id FROM document)",
            "documents without key": "SELECT count(*) FROM document WHERE id NOT IN (SELECT document FROM document_key)",
            "keys without document": "SELECT count(*) FROM document_key WHERE document NOT IN (SELECT id FROM document)",
            "sources without document": "SELECT count(*) FROM source WHERE document NOT IN (SELECT id FROM document)",
            "documents without text": "SELECT count(*) FROM document d WHERE (SELECT sum(is_text) FROM source WHERE document = d.id) != 1",
        }.items():
            waits = (
                name == "passages without vector"
                and ("vectors_wait", "1") in file.execute("SELECT * FROM library").fetchall()
            )
            if not waits and (number := file.execute(query).fetchone()[0]):
                wrong.append(f"{name}: {number}")
    with closing(Catalogue.open(path)) as catalogue:
        for row in catalogue.documents():
            read = ReadDocument(row.about, tuple(catalogue.parts(row.id)), row.format, row.rank)
            wanted = [passage.id_in(row.id) for passage in passages_of(read)]
            if read.text_sha256 != row.text_sha256:
                wrong.append(f"{row.id} has another text")
            if [passage.id for passage in catalogue.passages_of(row.id)] != wanted:
                wrong.append(f"{row.id} has other passages")
    return wrong


def add_all(library: Library, folder: Path, report: bool = False) -> None:
    """A folder of files, then documents of no file."""

    def told(step: object) -> None:
        if report:
            sys.stdout.write(getattr(step, "file", "") + "\n")
            sys.stdout.flush()

    library.add([folder], "bench", told)
    library.add_documents((made_document(n) for n in range(200)), Origin("made:all", "1"), "papers", told)


def steps(*arguments: str) -> Iterator[str]:
    """The command that runs this file in a process of its own."""
    yield from (sys.executable, str(Path(__file__).resolve()), *arguments)


def main() -> None:
    index.EXACT_UP_TO = 0
    folder, files, *url = sys.argv[1:]
    with Library.open(Path(folder), embedder=lambda: WordHash(delay_s=0.004), chroma_url="".join(url)) as library:
        add_all(library, Path(files), report=True)


if __name__ == "__main__":
    main()
