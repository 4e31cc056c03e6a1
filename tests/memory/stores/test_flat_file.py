"""The flat file as a stream: the same bytes packed and plain, from any byte on, and damage told as such."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from biocopilot.memory.errors import FileRefused, StorageError
from biocopilot.memory.stores import flat_file
from biocopilot.memory.stores.flat_file import is_packed, opened_at

TEXT = b"ID   " + random.Random(1).randbytes(300_000)


def rest(path: Path, start: int) -> bytes:
    with opened_at(path, is_packed(path), start) as (stream, _file):
        return b"".join(iter(stream.read, b""))


@pytest.mark.parametrize("start", [0, 1, 70_000, 150_000, 299_999, len(TEXT)])
@pytest.mark.parametrize("packing", ["plain", "one member", "three members", "filled up", "small blocks"])
def test_the_bytes_from_a_place_on_are_those_of_the_file(
    tmp_path: Path, packing: str, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if packing == "small blocks":
        monkeypatch.setattr(flat_file, "_PACKED_BLOCK", 100)
    parts = (TEXT[:5], TEXT[5:150_000], TEXT[150_000:]) if packing == "three members" else (TEXT,)
    path = tmp_path / "x.dat"
    packed = b"".join(gzip.compress(part) for part in parts) + bytes(70_000 if packing == "filled up" else 0)
    path.write_bytes(TEXT if packing == "plain" else packed)
    assert rest(path, start) == TEXT[start:]


@pytest.mark.parametrize("what", ["cut", "checksum", "length", "something behind", "second member cut"])
def test_damage_is_refused_and_never_read_as_an_end(tmp_path: Path, what: str) -> None:
    data = gzip.compress(TEXT)
    path = tmp_path / "x.dat.gz"
    path.write_bytes({
        "cut": data[:-9],
        "checksum": data[:-8] + bytes([data[-8] ^ 1]) + data[-7:],
        "length": data[:-1] + bytes([data[-1] ^ 1]),
        "something behind": data + b"more",
        "second member cut": data + data[:-9],
    }[what])  # fmt: skip
    with pytest.raises(FileRefused, match="damaged or cut short"):
        rest(path, 0)


def test_what_the_system_cannot_read_is_its_trouble(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"), opened_at(tmp_path / "none", False, 0):
        pass
