"""`items.jsonl`: every answer of an evaluation, a line each, behind a first line that says what is evaluated.

It is only ever added to, and each line is on the disk before the next item is asked. A line that a kill cut off is dropped when the
evaluation goes on; of two answers to one item the later counts. Another data file or another configuration does not go on from it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from ...memory.errors import InvalidInput, StorageError
from ...memory.stores.building import only_one
from ...memory.text import shorten

__all__ = ["Answered", "RunFile", "Status", "opened_run"]

Status = Literal["answered", "abstained", "unparsed", "failed"]
"""`unparsed`: something was said, but none of the options; `failed`: nothing was, for the reason in `trouble`."""


@dataclass(frozen=True)
class Answered:
    """What became of one item."""

    number: int
    """Its place among the file's items, counted from 0."""
    id: str
    gold: str
    status: Status
    given: str | None
    """The label that was chosen; of a caption the text."""
    text: str
    """All that was said."""
    how: str
    """How the answer was had, in a few words that are counted in the table."""
    trouble: str = ""
    seconds: float = 0.0
    similarity: float | None = None
    """Of the nearest training example, where the answer is that one's."""


class RunFile:
    """The open file. `answers` holds what it had when it was opened and what was added since, by item.

    Args:
        file: open for writing, at its end.
        answers: what it holds.
        dropped: whether a line that was cut off had to go.
    """

    def __init__(self, file: BinaryIO, answers: dict[int, Answered], dropped: bool) -> None:
        self._file = file
        self.answers = answers
        self.dropped = dropped

    def add(self, answer: Answered) -> None:
        """Keep an answer. Raises StorageError where the disk does not take it."""
        _write(self._file, asdict(answer))
        self.answers[answer.number] = answer


@contextmanager
def opened_run(folder: Path, configuration: Mapping[str, Any], resume: bool) -> Iterator[RunFile]:
    """The run in a folder, for this process alone.

    Args:
        folder: where it is, or will be.
        configuration: what is evaluated, in JSON's types.
        resume: whether an evaluation that is there goes on.

    Raises:
        InvalidInput: there is one and it is not to go on, or it is another one.
        StorageError: the folder cannot be written, the file is damaged, or another process is at work there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Name another folder: --out DIR.") from error
    with only_one(folder / "items.lock", f"the evaluation in {folder}"):
        path = folder / "items.jsonl"
        lines, whole, dropped = _lines(path)
        if lines and not resume:
            raise InvalidInput(
                f"{folder} holds an evaluation already ({len(lines) - 1:,} answers).",
                "Go on with --resume, or name another folder: --out DIR.",
            )
        answers = _answers(path, lines, configuration)
        try:
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(whole)
                file.seek(0, os.SEEK_END)
                if not lines:
                    _write(file, {"evaluation": 1, **configuration})
                yield RunFile(file, answers, dropped)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}.", "Name another folder: --out DIR."
            ) from error


def _write(file: BinaryIO, row: Mapping[str, Any]) -> None:
    try:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(
            f"An answer cannot be kept: {error.strerror}.", "Make room, then go on with --resume."
        ) from error


def _lines(path: Path) -> tuple[list[bytes], int, bool]:
    """The whole lines, how many bytes they are, and whether there was part of one behind them."""
    try:
        held = path.read_bytes()
    except FileNotFoundError:
        return [], 0, False
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.", "Name another folder: --out DIR.") from error
    whole = held.rfind(b"\n") + 1
    return held[:whole].splitlines(), whole, whole < len(held)


def _answers(path: Path, lines: list[bytes], configuration: Mapping[str, Any]) -> dict[int, Answered]:
    if not lines:
        return {}
    try:
        header = json.loads(lines[0])
        rows = [Answered(**json.loads(line)) for line in lines[1:]]
        if header.pop("evaluation") != 1:
            raise ValueError("of another version")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(f"{path} is damaged, or is no evaluation's.", "Name another folder: --out DIR.") from error
    _same(path, header, json.loads(json.dumps(configuration)))
    return {row.number: row for row in rows}


def _same(path: Path, kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise InvalidInput, naming what differs, where the file is of another evaluation."""
    differs = [
        f"{name} was {_short(kept.get(name))} and is {_short(wanted.get(name))}"
        for name in dict.fromkeys((*kept, *wanted))
        if kept.get(name) != wanted.get(name)
    ]
    if differs:
        raise InvalidInput(
            f"The evaluation in {path.parent} is another one: {'; '.join(differs)}.",
            "Ask for the same again, or name another folder: --out DIR.",
        )


def _short(value: Any) -> str:
    return shorten(json.dumps(value, ensure_ascii=False), 80)
