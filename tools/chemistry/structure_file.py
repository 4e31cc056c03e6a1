"""Reading a user's list of structures: SMILES files, CSV and TSV tables, SDF. Only files that the user named.

Rows keep their order and number; a row without a readable structure stays in the list with an empty SMILES, so that
whoever counts rows counts what the file has. SDF blocks are parsed in the chemistry worker.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ...memory.errors import FileRefused
from ...memory.text import clean, shorten
from ..contract import ToolContext

__all__ = [
    "BLOCK_CHARACTERS",
    "COLUMNS",
    "LABELS",
    "SUFFIXES",
    "StructureFile",
    "block_title",
    "header_names",
    "label_column",
    "read_structures",
    "smiles_column",
]

SUFFIXES = (".smi", ".smiles", ".txt", ".csv", ".tsv", ".sdf")
BYTES = 20_000_000
ROWS = 100_000
COLUMNS = ("smiles", "canonical_smiles", "isomeric_smiles", "structure", "mol", "input")
LABELS = ("name", "id", "compound", "compound_name", "compound_id", "title", "chembl_id")
_BATCH = 1_000
BLOCK_CHARACTERS = 500_000

Pair = tuple[str, str]


@dataclass(frozen=True)
class StructureFile:
    """A file's structures in order, with a name where the row gives one; the SMILES is empty where there is none."""

    name: str
    sha256: str
    smiles: tuple[str, ...]
    names: tuple[str, ...]


async def read_structures(file: str, context: ToolContext) -> StructureFile:
    """Read a file that the user named.

    Raises:
        FileRefused: it was not named by the user, is of another kind, binary, too large, or has no SMILES column.
        DeadlineExceeded: the blocks of an SDF keep the chemistry worker too long.
    """
    path = _allowed(file, context)
    data = _read(path)
    text = clean(data.decode("utf-8", errors="replace"))
    match path.suffix.lower():
        case ".csv" | ".tsv":
            pairs = _from_table(text, path)
        case ".sdf":
            pairs = await _from_sdf(text, path, context)
        case _:
            lines = (line.strip() for line in text.splitlines())
            pairs = [_from_line(line) for line in lines if line and not line.startswith("#")]
            if pairs and pairs[0][0].casefold() in COLUMNS:
                pairs = pairs[1:]
    _check_rows(len(pairs), path)
    if not any(smiles for smiles, _ in pairs):
        raise FileRefused(
            f"{path.name} holds no structures.", "One SMILES a line, a table with a column `smiles`, or an SDF."
        )
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
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no plain file" if path.exists() else "not there"
        raise FileRefused(f"{path.name} is {what}.", "Give the path of a file.")
    return path


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(BYTES + 1)
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be read: {error.strerror}.", "Check the file.") from error
    if len(data) > BYTES:
        raise FileRefused(f"{path.name} has more than {BYTES:,} bytes, which is the most.", "Split the file.")
    if b"\0" in data:
        raise FileRefused(
            f"{path.name} is binary, or text in another encoding than UTF-8.", "Save it as UTF-8 text, and unpacked."
        )
    return data


def _check_rows(count: int, path: Path) -> None:
    if count > ROWS:
        raise FileRefused(f"{path.name} has {count:,} rows; {ROWS:,} is the most.", "Split the file.")


def _from_line(line: str) -> Pair:
    smiles, *rest = re.split(r"[\s,;]+", line, maxsplit=1)  # none of these occurs in a SMILES
    return smiles, "".join(rest).strip()


def _from_table(text: str, path: Path) -> list[Pair]:
    first = text.partition("\n")[0]
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    separator = max((usual, ",", ";", "\t"), key=first.count)  # spreadsheets of half the world write semicolons
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise FileRefused(f"{path.name} is no table that can be read: {error}.", "Save it as CSV again.") from error
    if not rows:
        return []
    header = header_names(rows[0])
    column = smiles_column(header)
    if column is None:
        raise FileRefused(f"{path.name} has no column called `smiles`.", "Give the SMILES column that name.")
    label = label_column(header)
    return [(_cell(row, column), _cell(row, label)) for row in rows[1:] if any(cell.strip() for cell in row)]


def header_names(cells: list[str]) -> list[str]:
    """The names of a table's columns in one spelling: small letters, words joined by `_`."""
    return [re.sub(r"[\W_]+", "_", cell.casefold()).strip("_") for cell in cells]


def label_column(header: list[str]) -> int | None:
    """Which column names the rows; None where none does."""
    return next((header.index(name) for name in LABELS if name in header), None)


def smiles_column(header: list[str]) -> int | None:
    """Which column holds the SMILES; None where that is not clear."""
    for name in COLUMNS:
        if name in header:
            return header.index(name)
    alike = [index for index, name in enumerate(header) if "smiles" in name]
    return alike[0] if len(alike) == 1 else None


def _cell(row: list[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


async def _from_sdf(text: str, path: Path, context: ToolContext) -> list[Pair]:
    blocks = re.split(r"^\$\$\$\$[^\n]*\n?", text, flags=re.MULTILINE)
    if not blocks[-1].strip():
        blocks = blocks[:-1]
    _check_rows(len(blocks), path)
    smiles: list[str] = []
    for start in range(0, len(blocks), _BATCH):
        batch = [block if len(block) <= BLOCK_CHARACTERS else "" for block in blocks[start : start + _BATCH]]
        smiles += await context.bench.chemistry.call("smiles_of_blocks", {"blocks": batch}, deadline_s=30)
        context.progress(f"reading {path.name}", len(smiles), len(blocks))
    return list(zip(smiles, map(block_title, blocks), strict=True))


def block_title(block: str) -> str:
    """A block's first line, or the data field that names it."""
    title = block.partition("\n")[0].strip()
    if title:
        return title
    fields = re.findall(r"^>[^<\n]*<([^>\n]+)>[^\n]*\n([^\n]*)", block, flags=re.MULTILINE)
    named = {re.sub(r"[\W_]+", "_", field.casefold()): value.strip() for field, value in fields}
    return next((named[label] for label in LABELS if named.get(label)), "")
