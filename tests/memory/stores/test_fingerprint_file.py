"""The file of fingerprints: sorted, checked, refused where a byte of it is another."""

from __future__ import annotations

import struct
import zlib
from array import array
from pathlib import Path
from random import Random

import pytest
from biocopilot.memory.errors import Cancelled, StorageError
from biocopilot.memory.stores import fingerprint_file
from biocopilot.memory.stores.fingerprint_file import Batch, FingerprintHeader, read_header, write_file

FACTS = FingerprintHeader(rdkit="2026.09.1", source="1-abc", count=0, salts=0, unreadable=2)


def batches(count: int, size: int = 7) -> list[Batch]:
    dice = Random(count)
    rows = [
        (number, number % 5 == 0, (dice.getrandbits(2048) & dice.getrandbits(2048)).to_bytes(256, "little"))
        for number in range(1, count + 1)
    ]
    cut = [rows[at : at + size] for at in range(0, count, size)]
    return [
        Batch(array("q", (row[0] for row in part)), bytes(row[1] for row in part), b"".join(row[2] for row in part))
        for part in cut
    ]


def written(path: Path, made: list[Batch]) -> FingerprintHeader:
    return write_file(path, lambda: made, FACTS, lambda _done, _of: None)


@pytest.mark.parametrize("count", [0, 1, 50, 300])
def test_rows_lie_by_bits_set_and_molregno(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path, made = tmp_path / "a.fingerprints", batches(count)
    header = written(path, made)
    assert read_header(path) == header
    assert (header.count, header.salts, header.unreadable) == (count, count // 5, 2)
    assert header.bytes == path.stat().st_size
    data = path.read_bytes()
    index = data[header.index_offset :][: header.index_bytes]
    assert zlib.crc32(index) == header.index_crc
    molregnos = struct.unpack_from(f"<{count}q", index)
    popcounts = struct.unpack_from(f"<{count}H", index, 8 * count)
    bits = {number: one for batch in made for _, number, _, one in batch.rows()}
    assert list(zip(popcounts, molregnos, strict=True)) == sorted(
        (int.from_bytes(one).bit_count(), number) for number, one in bits.items()
    )
    assert data[header.bits_offset :] == b"".join(bits[number] for number in molregnos)
    assert list(index[10 * count : 11 * count]) == [number % 5 == 0 for number in molregnos]
    assert [item.name for item in tmp_path.iterdir()] == ["a.fingerprints"]


@pytest.mark.parametrize("at", [0, 15, 17, 21, 30, 100])
def test_a_header_with_another_byte_is_refused_with_what_mends_it(tmp_path: Path, at: int) -> None:
    path = tmp_path / "a.fingerprints"
    written(path, batches(20))
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)
    with pytest.raises(StorageError, match="damaged") as caught:
        read_header(path)
    assert "data add chembl" in caught.value.hint


@pytest.mark.parametrize("size", [0, 10, 4096, -1])
def test_a_file_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.fingerprints"
    written(path, batches(20))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(StorageError, match="damaged"):
        read_header(path)


def test_another_layout_is_refused_and_so_is_what_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.fingerprints"
    write_file(path, lambda: batches(3), FingerprintHeader("x", "y", 0, 0, 0, version=2), lambda _done, _of: None)
    with pytest.raises(StorageError, match="another version"):
        read_header(path)
    with pytest.raises(StorageError, match="cannot be read"):
        read_header(tmp_path / "none")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(5, "Input/output error")])
@pytest.mark.parametrize("where", ["_put", "_little"])
def test_a_write_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, error: OSError, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.fingerprints"
    written(path, batches(20))
    before = path.read_bytes()

    def failing(*_given: object) -> None:
        raise error

    monkeypatch.setattr(fingerprint_file, where, failing)
    with pytest.raises(StorageError, match="full" if error.errno == 28 else "cannot be written"):
        written(path, batches(40))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.fingerprints"]


def test_ctrl_c_while_it_is_written_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.fingerprints"
    written(path, batches(20))
    before = path.read_bytes()

    def stop(done: int, _of: int) -> None:
        if done > 10:
            raise KeyboardInterrupt

    with pytest.raises(Cancelled):
        write_file(path, lambda: batches(40), FACTS, stop)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.fingerprints"]
