"""How a library begins: as a copy of the one that ships with the package, which holds the project's own notes.

`python -m biocopilot.memory.library.beginning` builds that one from `starter_notes/`; a test builds it again and compares.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from ..errors import StorageError
from ..stores.building import told_by_system
from .catalogue import Catalogue
from .document import NOTES_COLLECTION, About, Part, ReadDocument
from .reading.markdown import front_matter
from .writing import Embed, Origin, add_documents, forget_file, remove_documents

__all__ = [
    "FILE",
    "LIBRARY",
    "MODEL",
    "NOTES_COLLECTION",
    "STARTER_LIBRARY",
    "begin",
    "build_starter",
    "make_folder",
    "refresh_notes",
    "starter_notes",
]

FILE = "library.sqlite"
LIBRARY = "library"
"""The fact that tells one library from another."""
MODEL = "model"
"""The fact that says which model made the vectors."""
STARTER_LIBRARY = Path(__file__).with_name("starter_library.sqlite")
_NOTES = Path(__file__).with_name("starter_notes")
_NOTES_RANK = 5
_PLACE = "biocopilot:notes/"
_NOTES_FACT = "notes"
"""Which notes the library was given, by file name and checksum."""


def make_folder(folder: Path) -> None:
    """Make a library's folder, readable by its owner only. Raises StorageError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The library's folder {folder} cannot be made: {error.strerror}.", "Mend its permissions."
        ) from error


def begin(path: Path) -> None:
    """Put a new library in place, whole or not at all. Raises StorageError."""
    for left in path.parent.glob(f"{path.name}.*.part*"):  # by a process that was killed
        left.unlink(missing_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if not STARTER_LIBRARY.is_file():
            raise StorageError(f"The installation is not whole: {STARTER_LIBRARY} is missing.", "Install it again.")
        with told_by_system(part):
            shutil.copyfile(STARTER_LIBRARY, part)
        catalogue = Catalogue.open(part, writing=True)
        try:
            with catalogue.write() as connection:
                Catalogue.set_fact(connection, LIBRARY, uuid.uuid4().hex[:12])
            with catalogue.told():
                catalogue.connection.execute("PRAGMA journal_mode=DELETE")  # all of it in one file before it is moved
        finally:
            catalogue.close()
        with told_by_system(path):
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def starter_notes() -> Iterator[tuple[str, ReadDocument]]:
    """The project's own notes: file name and document of each, in the order of their names."""
    for path in sorted(_NOTES.glob("*.md")):
        if path.name != "README.md":
            yield path.name, _note(path.read_text("utf-8"))


def _note(text: str) -> ReadDocument:
    fields, body = front_matter(text)
    about = About(
        title=fields["title"],
        authors=("The Biocopilot developers",),
        journal="Biocopilot notes",
        licence="MIT",
        publication_types=(f"note: {fields['kind']}",),
        keywords=tuple(item.strip() for item in fields.get("identifiers", "").split(";") if item.strip()),
        language="en",
    )
    references = fields.get("references", "")
    notes = (f"References: {references}.",) if references else ()
    return ReadDocument(about, (Part(body.strip(), "note"),), "note", _NOTES_RANK, notes=notes)


def refresh_notes(catalogue: Catalogue, embed: Embed | None) -> None:
    """Bring the notes up to those of this version of the program; the catalogue is open for writing, its lock held.

    What the user removed stays away, also where its text is another one now; what the program no longer has goes.
    """
    now = {name: hashlib.sha256((_NOTES / name).read_bytes()).hexdigest() for name, _ in starter_notes()}
    said = json.dumps(now, sort_keys=True)
    if catalogue.fact(_NOTES_FACT) == said:
        return
    before: dict[str, str] = json.loads(catalogue.fact(_NOTES_FACT) or "{}")
    held = {
        row[0]: row[1] for row in catalogue.rows("SELECT path, document FROM source WHERE path LIKE ?", (f"{_PLACE}%",))
    }
    for name, document in starter_notes():
        place = f"{_PLACE}{name}"
        if before.get(name) == now[name] or (name in before and place not in held):
            continue
        origin = Origin(place, now[name])
        add_documents(catalogue, [document], origin, NOTES_COLLECTION, embed)
        forget_file(catalogue, origin)
    remove_documents(
        catalogue, [held[f"{_PLACE}{name}"] for name in before.keys() - now.keys() if f"{_PLACE}{name}" in held]
    )
    with catalogue.write() as connection:
        Catalogue.set_fact(connection, _NOTES_FACT, said)


def build_starter(path: Path, embed: Embed | None = None, model: str = "") -> None:
    """Build the library that ships with the package.

    Args:
        path: where to.
        embed: texts to vectors; None for none.
        model: what made them, as the catalogue says it.
    """
    path.unlink(missing_ok=True)
    catalogue = Catalogue.open(path, writing=True)
    refresh_notes(catalogue, embed)
    with catalogue.write() as connection:
        connection.execute("DELETE FROM outbox")
        connection.execute("UPDATE document SET added_at = '2026-01-01T00:00:00+00:00'")
        if embed is not None:
            Catalogue.set_fact(connection, MODEL, model)
    with catalogue.told():
        catalogue.connection.execute("PRAGMA journal_mode=DELETE")
        catalogue.connection.execute("VACUUM")
    catalogue.close()


def main() -> None:
    """Build it with the default model."""
    from .embedding import EmbeddingSettings, open_embedder
    from .library import model_name

    embedder = open_embedder(EmbeddingSettings(), offline=True)
    try:
        build_starter(STARTER_LIBRARY, embedder.documents, model_name(embedder))
    finally:
        embedder.close()


if __name__ == "__main__":
    main()
