"""The file of packed fingerprints beside a ChEMBL dump: how it is laid out, written whole and looked at.

Behind the header of `checked_file.py` an index (molregno, number of bits set, whether it is a salt that is left to its parent, checksums
of the blocks), then 256 bytes a structure, sorted by bits set and molregno. Not for the search, which is in
`tools/chemistry/engine/packed.py` and maps the file.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from .checked_file import HEADER_BYTES, FileKind

__all__ = ["BITS", "BLOCK_ROWS", "FINGERPRINT_BYTES", "KIND", "Batch", "FingerprintHeader", "read_header", "write_file"]

BITS = 2048
RADIUS = 2
FINGERPRINT_BYTES = BITS // 8
BLOCK_ROWS = 65_536
"""Structures that share a checksum; it is looked at when the first of them is compared."""

_PAGE = 4096


@dataclass(frozen=True)
class FingerprintHeader:
    """What a file says of itself."""

    rdkit: str
    source: str
    """The `fingerprint` of the dump that the structures are from."""
    count: int = 0
    salts: int = 0
    unreadable: int = 0
    """Structures of the dump that RDKit refused, so that they are not among the `count`."""
    index_crc: int = 0
    generator: str = "Morgan"
    radius: int = RADIUS
    bits: int = BITS
    block_rows: int = BLOCK_ROWS
    version: int = 1

    @property
    def blocks(self) -> int:
        """How many checksums there are."""
        return -(-self.count // self.block_rows)

    @property
    def index_offset(self) -> int:
        """Where the index begins."""
        return HEADER_BYTES

    @property
    def index_bytes(self) -> int:
        """Eight bytes of molregno, two of bits set and one of salt a structure, and four a block."""
        return 11 * self.count + 4 * self.blocks

    @property
    def bits_offset(self) -> int:
        """Where the fingerprints begin."""
        return -(-(HEADER_BYTES + self.index_bytes) // _PAGE) * _PAGE

    @property
    def bytes(self) -> int:
        """The size of the whole file."""
        return self.bits_offset + FINGERPRINT_BYTES * self.count


KIND = FileKind(
    name="fingerprints",
    magic=b"BIOCOPILOT-FP-1\n",
    header=FingerprintHeader,
    layout=("version", "generator", "radius", "bits", "block_rows"),
    mend="Give `biocopilot data add chembl FILE` again with the same file: it makes the fingerprints anew.",
)
read_header = KIND.read_header


@dataclass(frozen=True)
class Batch:
    """Some structures with their fingerprints end to end, by rising molregno."""

    molregnos: array[int]
    salts: bytes
    bits: bytes

    def rows(self) -> Iterator[tuple[int, int, int, bytes]]:
        """(bits set, molregno, salt, fingerprint), fewest bits first."""
        cut = (self.bits[at : at + FINGERPRINT_BYTES] for at in range(0, len(self.bits), FINGERPRINT_BYTES))
        rows = zip(self.molregnos, self.salts, cut, strict=True)
        counted = ((int.from_bytes(one).bit_count(), number, salt, one) for number, salt, one in rows)
        return iter(sorted(counted, key=lambda row: row[:2]))


def write_file(
    target: Path,
    batches: Callable[[], Iterable[Batch]],
    facts: FingerprintHeader,
    report: Callable[[int, int], None],
) -> FingerprintHeader:
    """Write the file under another name and put it in the old one's place when it is whole.

    Args:
        target: where it goes.
        batches: gives all structures by rising molregno; asked twice.
        facts: the header, its counts still to be filled in.
        report: told how many structures of how many are written.

    Raises:
        StorageError: the disk is full, or the file cannot be written; the old file stays.
        Cancelled: Ctrl-C; the old file stays.
    """
    return KIND.write(target, lambda file: _laid_out(file, batches, facts, report))


def _laid_out(
    file: BinaryIO,
    batches: Callable[[], Iterable[Batch]],
    facts: FingerprintHeader,
    report: Callable[[int, int], None],
) -> FingerprintHeader:
    of_each = [0] * (BITS + 1)
    for batch in batches():
        for popcount, _, _, _ in batch.rows():
            of_each[popcount] += 1
    count = sum(of_each)
    header = FingerprintHeader(**{**asdict(facts), "count": count})
    next_row = [sum(of_each[:popcount]) for popcount in range(BITS + 1)]
    molregnos, salts = array("q", bytes(8 * count)), bytearray(count)
    done = 0
    for batch in batches():
        begun, run = -1, list[bytes]()
        for popcount, molregno, salt, one in batch.rows():
            row = next_row[popcount]
            next_row[popcount] += 1
            molregnos[row], salts[row] = molregno, salt
            if row != begun + len(run):  # the rows of one popcount lie one after the other
                _put(file, header, begun, run)
                begun, run = row, []
            run.append(one)
        _put(file, header, begun, run)
        done += len(batch.salts)
        report(done, count)
    file.truncate(header.bytes)
    checksums = array("I")
    file.seek(header.bits_offset)
    for _ in range(header.blocks):
        checksums.append(zlib.crc32(file.read(BLOCK_ROWS * FINGERPRINT_BYTES)))
    popcounts = b"".join(struct.pack("<H", popcount) * n for popcount, n in enumerate(of_each))
    index = _little(molregnos) + popcounts + bytes(salts) + _little(checksums)
    header = FingerprintHeader(**{**asdict(header), "salts": sum(salts), "index_crc": zlib.crc32(index)})
    file.seek(header.index_offset)
    file.write(index)
    file.seek(0)
    file.write(KIND.header_bytes(header))
    return header


def _put(file: BinaryIO, header: FingerprintHeader, row: int, run: list[bytes]) -> None:
    if run:
        file.seek(header.bits_offset + row * FINGERPRINT_BYTES)
        file.write(b"".join(run))


def _little(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()
