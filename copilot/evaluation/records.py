"""A data file as records, each with the place where it stands: JSON, JSON lines or a table with tabs, also packed with gzip.

What the file is, is told from its content, not from its name.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...memory.errors import FileRefused
from .items import BadRecord

__all__ = ["Record", "Records", "read_records"]

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Record:
    """One record: `line 12`, `record 3` or the key under which it stands, and its fields."""

    where: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """A file's records, in order, and the lines that are none."""

    path: Path
    sha256: str
    """Of the file as it is on the disk."""
    records: tuple[Record, ...]
    bad: tuple[BadRecord, ...] = ()


def read_records(path: Path) -> Records:
    """Read a file. Raises FileRefused where it is not there, empty, cut short or nothing of these."""
    try:
        held = path.read_bytes()
        text = (gzip.decompress(held) if held.startswith(_GZIP) else held).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileRefused(f"There is no file {str(path)!r}.", "Give the path of a file that exists.") from error
    except UnicodeDecodeError as error:
        raise FileRefused(f"{path.name} is no text in UTF-8.", "Give the data set's own file.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused(f"{path.name} is cut short or damaged: {error}.", "Fetch it again.") from error
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.", "Give the path of a file.") from error
    if not text.strip():
        raise FileRefused(f"{path.name} is empty.", "Fetch it again.")
    digest = hashlib.sha256(held).hexdigest()
    if text.lstrip()[0] not in "{[":
        return Records(path, digest, *_of_table(text))
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        return Records(path, digest, *_of_lines(path, text, error))
    return Records(path, digest, *_of_whole(whole))


def _of_whole(whole: Any) -> tuple[tuple[Record, ...], tuple[BadRecord, ...]]:
    if isinstance(whole, dict) and not all(isinstance(value, dict) for value in whole.values()):
        return (Record("line 1", whole),), ()
    pairs = list(whole.items()) if isinstance(whole, dict) else [(f"record {n}", one) for n, one in enumerate(whole, 1)]
    good = tuple(Record(str(where), value) for where, value in pairs if isinstance(value, dict))
    return good, tuple(BadRecord(where, "it is no object") for where, value in pairs if not isinstance(value, dict))


def _of_lines(path: Path, text: str, trouble: json.JSONDecodeError) -> tuple[tuple[Record, ...], tuple[BadRecord, ...]]:
    good, bad = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            value = None
        if isinstance(value, dict):
            good.append(Record(f"line {number}", value))
        else:
            bad.append(BadRecord(f"line {number}", "it is no JSON object"))
    if not good:
        raise FileRefused(
            f"{path.name} is neither JSON nor lines of JSON ({trouble.msg}, line {trouble.lineno}).",
            "It may be cut short: fetch it again.",
        )
    return tuple(good), tuple(bad)


def _of_table(text: str) -> tuple[tuple[Record, ...], tuple[BadRecord, ...]]:
    """A table's rows by its first line; quotes are characters like others, as the data sets have it."""
    lines = text.split("\n")
    names = [name.strip() for name in lines[0].rstrip("\r").split("\t")]
    good, bad = [], []
    for number, line in enumerate(lines[1:], 2):
        cells = line.rstrip("\r").split("\t")
        if not line.strip():
            continue
        if len(cells) == len(names):
            good.append(Record(f"line {number}", dict(zip(names, cells, strict=True))))
        else:
            bad.append(BadRecord(f"line {number}", f"it has {len(cells)} fields instead of {len(names)}"))
    return tuple(good), tuple(bad)
