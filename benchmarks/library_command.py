"""What a search of the library costs as a command: CPU of the whole process, on a small library and on a large one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import Measured, Row, child_cpu_s, command_path

__all__ = ["measure"]

QUESTION = "Which mutation in the kinase domain makes tumours resist the drug?"
_WORDS = "kinase mutation resistance tumour inhibitor binding assay dose cell receptor protein patient trial response domain".split()
_GOAL_S = 2.5


def measure(quick: bool) -> Measured:
    """CPU seconds of `library search`, and of the import that a library of more than 50,000 passages adds."""
    ours = command_path("biocopilot")
    if ours is None:
        raise RuntimeError("biocopilot is not installed here: pip install -e .")
    repeats = 3 if quick else 9
    rows, notes = [], []
    held = os.environ.get("BIOCOPILOT_HOME")
    with tempfile.TemporaryDirectory() as folder:
        try:
            for name, documents in (("the project's own notes", 0), ("10,000 notes", 10_000)):
                home = Path(folder, str(documents))
                os.environ["BIOCOPILOT_HOME"] = str(home)
                if documents:
                    _fill(home / "data" / "library", documents)
                command = [ours, "library", "search", QUESTION, "--offline"]
                said = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
                if '"meaning and words"' not in said.stdout:
                    notes.append(f"{name}: searched by words alone ({said.stdout[:80]})")
                rows.append(Row.of(f"library search, {name}", child_cpu_s(command, repeats), goal=_GOAL_S))
        finally:
            os.environ.pop("BIOCOPILOT_HOME", None)
            if held is not None:
                os.environ["BIOCOPILOT_HOME"] = held
    rows.append(Row.of("python -c 'import chromadb'", child_cpu_s([sys.executable, "-c", "import chromadb"], repeats)))
    return Measured("library_command", "CPU seconds", tuple(rows), {}, tuple(notes))


def _fill(folder: Path, number: int) -> None:
    """A library of short notes with vectors of the model's name and size; their values are drawn, since only time is measured."""
    import numpy as np
    from biocopilot.memory.library.document import About, Part, ReadDocument
    from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
    from biocopilot.memory.library.library import Library
    from biocopilot.memory.library.writing import Origin

    rng = np.random.default_rng(7)
    model = open_embedder(EmbeddingSettings(), offline=True)

    class Drawn:
        name, checksum, dimension = model.name, model.checksum, model.dimension

        def documents(self, texts: list[str]) -> object:
            drawn = rng.standard_normal((len(texts), self.dimension)).astype(np.float32)
            return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

        def query(self, text: str) -> object:
            return self.documents([text])[0]  # type: ignore[index]  # an array

        def close(self) -> None:
            """Nothing is held."""

    def notes() -> object:
        for n in range(number):
            words = " ".join(rng.choice(_WORDS, 120))
            yield ReadDocument(About(title=f"Note {n}"), (Part(f"Note {n}: {words}.", "note"),), "note", 5, n)

    with Library.open(folder, embedder=Drawn) as library:  # type: ignore[arg-type]  # an embedder for this once
        library.add_documents(notes(), Origin("note:drawn", "0" * 64), "drawn")  # type: ignore[arg-type]  # an iterator
    model.close()
