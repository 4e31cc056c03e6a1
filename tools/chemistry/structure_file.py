"""Reading a user's list of structures: SMILES files, CSV and TSV tables, SDF. Only files that the user named."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ...memory.errors import FileRefused
from ...memory.text import clean, shorten
from ..contract import ToolContext

__all__ = ["SUFFIXES", "StructureFile", "read_structures"]

SUFFIXES = (".smi", ".smiles", ".txt", ".csv", ".tsv")
BYTES = 20_000_000
ROWS = 100_000
_COLUMNS = ("smiles", "canonical_smiles", "structure", "isomeric_smiles", "mol", "input")


@dataclass(frozen=True)
class StructureFile:
    """A file's structures in order, with a name where the row gives one."""

    name: str
    sha256: str
    smiles: tuple[str, ...]
    names: tuple[str, ...]


def read_structures(file: str, context: ToolContext) -> StructureFile:
    """Read a file that the user named.

    Raises:
        FileRefused: it was not named by the user, is of another kind, too large, or has no SMILES column.
    """
    path = _allowed(file, context)
    data = path.read_bytes()
    text = clean(data.decode("utf-8", errors="replace"))
    if path.suffix.lower() in (".csv", ".tsv"):
        pairs = _from_table(text, "\t" if path.suffix.lower() == ".tsv" else ",", path)
    else:
        pairs = [_from_line(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if pairs and pairs[0][0].casefold() in _COLUMNS:
            pairs = pairs[1:]
    if len(pairs) > ROWS:
        raise FileRefused(f"{path.name} has {len(pairs):,} rows; {ROWS:,} is the most.", "Split the file.")
    if not pairs:
        raise FileRefused(f"{path.name} holds no structures.", "One SMILES a line, or a table with a column `smiles`.")
    return StructureFile(
        path.name, sha256(data).hexdigest(), tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    )


def _allowed(file: str, context: ToolContext) -> Path:
    wanted = shorten(clean(file), 200)
    try:
        path = Path(file).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise FileRefused(f"{wanted!r} is no file name.", "Give the path of a file.") from error
    if path not in context.files:
        raise FileRefused(
            f"{wanted!r} may not be read, because you did not name it, or it is not there.",
            "Name the file in the question, or with --file.",
        )
    if path.suffix.lower() not in SUFFIXES:
        raise FileRefused(f"{path.name} is of a kind that is not read.", f"Kinds that are: {', '.join(SUFFIXES)}.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be read: {error.strerror}.", "Check the file.") from error
    if size > BYTES:
        raise FileRefused(f"{path.name} has {size:,} bytes; {BYTES:,} is the most.", "Split the file.")
    return path


def _from_line(line: str) -> tuple[str, str]:
    smiles, _, name = line.strip().replace("\t", " ").partition(" ")
    return smiles, name.strip()


def _from_table(text: str, separator: str, path: Path) -> list[tuple[str, str]]:
    rows = list(csv.reader(text.splitlines(), delimiter=separator))
    if not rows:
        return []
    header = [re.sub(r"[\s_]+", "_", cell.strip().casefold()) for cell in rows[0]]
    column = next((header.index(name) for name in _COLUMNS if name in header), None)
    if column is None:
        raise FileRefused(f"{path.name} has no column called `smiles`.", "Give the SMILES column that name.")
    label = next(
        (header.index(name) for name in ("name", "id", "compound", "title", "chembl_id") if name in header), None
    )
    return [
        (row[column].strip(), row[label].strip() if label is not None and label < len(row) else "")
        for row in rows[1:]
        if column < len(row) and row[column].strip()
    ]
