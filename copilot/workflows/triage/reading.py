"""A file of structures as rows, one after the other, in bounded memory: SMILES files, CSV and TSV tables, SDF; packed with gzip or not.

Every line or record of the file that is meant as a structure is a row, with the number it has in the file; what is wrong with one
is found out where it is read as chemistry, and costs that row only.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from ....memory.errors import FileRefused
from ....memory.text import shorten
from ....tools.chemistry.structure_file import (
    BLOCK_CHARACTERS,
    COLUMNS,
    SUFFIXES,
    block_title,
    header_names,
    label_column,
    smiles_column,
)

__all__ = ["InputRow", "read_rows"]

_LINE_CHARACTERS = 100_000
_SEPARATOR_TOLD = re.compile(r"sep=([^\w\"])", re.IGNORECASE)
"""The first line of a table that a spreadsheet wrote to be read by itself."""
_QUOTED_LINES = 20
"""How many lines a quoted cell may go over; a quote that is not closed by then is a slip of one line."""


@dataclass(frozen=True, slots=True)
class InputRow:
    """A row as the file has it: `text` is a SMILES, or a molfile where the kind is `block`."""

    number: int
    """Counted from 1: lines with something on them below the header, or records."""
    name: str
    kind: Literal["smiles", "block"]
    text: str


def read_rows(path: Path) -> Iterator[InputRow]:
    """The rows of a file.

    Raises:
        FileRefused: another kind of file, binary, unreadable, or a table without a column of SMILES.
    """
    packed = path.name.lower().endswith(".gz")
    kind = Path(path.name.lower().removesuffix(".gz")).suffix
    if kind not in SUFFIXES:
        raise FileRefused(
            f"{path.name} is of a kind that is not read.", f"Kinds that are: {', '.join(SUFFIXES)}, also with .gz."
        )
    try:
        _refuse_binary(path, packed)
        with _opened(path, packed) as file:
            match kind:
                case ".csv" | ".tsv":
                    yield from _of_table(file, path, "\t" if kind == ".tsv" else ",")
                case ".sdf":
                    yield from _of_sdf(file)
                case _:
                    yield from _of_lines(file)
    except (OSError, EOFError) as error:
        raise FileRefused(f"{path.name} cannot be read ({error}).", "Check the file, or unpack it.") from error


def _opened(path: Path, packed: bool) -> TextIO:
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
    return path.open(encoding="utf-8-sig", errors="replace")


def _refuse_binary(path: Path, packed: bool) -> None:
    with gzip.open(path) if packed else path.open("rb") as file:
        if b"\0" in file.read(8_192):
            raise FileRefused(
                f"{path.name} is binary, or text in another encoding than UTF-8.", "Save it as UTF-8 text."
            )


def _lines(file: TextIO) -> Iterator[str]:
    """Lines without their ends; what goes on beyond the longest line that is read is dropped."""
    while line := file.readline(_LINE_CHARACTERS):
        text = line
        while not text.endswith("\n") and (text := file.readline(_LINE_CHARACTERS)):
            pass
        yield line.rstrip("\r\n")


def _of_lines(file: TextIO) -> Iterator[InputRow]:
    number = 0
    for line in _lines(file):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        smiles, *rest = re.split(r"[\s,;]+", text, maxsplit=1)
        smiles, name = smiles.strip("\"'"), "".join(rest).strip().strip("\"'")
        if number == 0 and smiles.casefold() in COLUMNS:
            continue
        number += 1
        yield InputRow(number, name, "smiles", smiles)


def _of_table(file: TextIO, path: Path, usual: str) -> Iterator[InputRow]:
    lines = _lines(file)
    first = next((line for line in lines if line.strip()), "")
    if told := _SEPARATOR_TOLD.fullmatch(first):
        separator = told[1]
        first = next((line for line in lines if line.strip()), "")
    else:
        separator = max((usual, ",", ";", "\t"), key=first.count)
    cells = _cells(first, separator)
    header = header_names(cells)
    column, label = smiles_column(header), label_column(header)
    if column is None:
        there = ", ".join(shorten(cell.strip(), 40) or "(no name)" for cell in cells[:20])
        raise FileRefused(
            f"{path.name} has no column that is clearly the SMILES; its columns are: {there}.",
            "Call the column of SMILES `smiles`.",
        )
    for number, row in enumerate(_table_rows(lines, separator), 1):
        smiles = row[column].strip() if column < len(row) else ""
        name = row[label].strip() if label is not None and label < len(row) else ""
        yield InputRow(number, name, "smiles", smiles)


def _table_rows(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    """Rows of cells. A quoted cell may hold line ends; a quote that is never closed costs its line and no other."""
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        if not line.strip():
            continue
        whole, taken = line, 0
        while whole.count('"') % 2 and taken < _QUOTED_LINES:
            if taken == len(waiting):
                further = next(lines, None)
                if further is None:
                    break
                waiting.append(further)
            whole += "\n" + waiting[taken]
            taken += 1
        if whole.count('"') % 2:
            yield _cells(line.replace('"', ""), separator)
            continue
        del waiting[:taken]
        yield _cells(whole, separator)


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator) if "\n" not in text else csv.reader(
            text.splitlines(keepends=True), delimiter=separator), [])  # fmt: skip
    except csv.Error:
        return text.split(separator)


def _of_sdf(file: TextIO) -> Iterator[InputRow]:
    number, block, size = 0, [], 0
    for line in _lines(file):
        if not line.startswith("$$$$"):
            size += len(line) + 1
            if size <= BLOCK_CHARACTERS:
                block.append(line)
            continue
        number += 1
        yield _record(number, block, size)
        block, size = [], 0
    if any(line.strip() for line in block):
        yield _record(number + 1, block, size)


def _record(number: int, lines: list[str], size: int) -> InputRow:
    block = "\n".join(lines) + "\n"
    return InputRow(number, shorten(block_title(block), 200), "block", block if size <= BLOCK_CHARACTERS else "")
