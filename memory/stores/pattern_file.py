"""The file of screening patterns and packed molecules beside a ChEMBL dump: how it is laid out, written whole and looked at.

Structures lie as a list of them is read: drugs by falling phase, named molecules, then the others, each from small to large. The
patterns lie turned: for a block of structures the bits of each position end to end, so that a search reads only the positions that
its query sets. Behind them the molecules as RDKit packs them, a few compressed together; last an index (molregnos, where each group
of molecules begins, checksums of the positions). Not for the search, which is in `tools/chemistry/engine/patterns.py`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from .checked_file import HEADER_BYTES, FileKind

__all__ = [
    "BITS",
    "BLOCK_ROWS",
    "COLUMNS",
    "GROUP_ROWS",
    "KIND",
    "LOOSE",
    "PATTERN_BYTES",
    "SALT",
    "PatternHeader",
    "Patterned",
    "pack_group",
    "read_header",
    "unpack_group",
    "write_patterns",
]

BITS = 1024
"""Twice as many let hardly fewer structures through."""
PATTERN_BYTES = BITS // 8
LOOSE, SALT = BITS, BITS + 1
"""Positions behind the pattern: whether a ring has a single bond between aromatic atoms; whether it is a salt left to its parent."""
COLUMNS = BITS + 2
BLOCK_ROWS = 65_536
GROUP_ROWS = 16
"""Molecules compressed together: to read one, all are unpacked, in 20 µs."""


@dataclass(frozen=True)
class PatternHeader:
    """What a file says of itself."""

    rdkit: str
    source: str
    """The `fingerprint` of the dump that the structures are from."""
    count: int = 0
    salts: int = 0
    unreadable: int = 0
    """Structures of the dump that RDKit refused, so that they are not among the `count`."""
    molecule_bytes: int = 0
    index_crc: int = 0
    generator: str = "RDKit pattern"
    bits: int = BITS
    block_rows: int = BLOCK_ROWS
    group_rows: int = GROUP_ROWS
    version: int = 1

    @property
    def blocks(self) -> int:
        """How many blocks of structures there are."""
        return -(-self.count // self.block_rows)

    @property
    def groups(self) -> int:
        """How many groups of molecules there are."""
        return -(-self.count // self.group_rows)

    def width(self, block: int) -> int:
        """Bytes of one position of a block: whole words of eight, the last filled up with zeros."""
        return -(-min(self.block_rows, self.count - block * self.block_rows) // 64) * 8

    def block_offset(self, block: int) -> int:
        """Where a block begins."""
        return HEADER_BYTES + block * COLUMNS * self.block_rows // 8

    @property
    def molecules_offset(self) -> int:
        """Where the molecules begin."""
        whole = self.count // self.block_rows
        return self.block_offset(whole) + (COLUMNS * self.width(whole) if whole < self.blocks else 0)

    @property
    def index_offset(self) -> int:
        """Where the index begins."""
        return self.molecules_offset + self.molecule_bytes

    @property
    def index_bytes(self) -> int:
        """Eight bytes of molregno a structure, eight of place a group and one more, four of checksum a position of a block."""
        return 8 * self.count + 8 * (self.groups + 1) + 4 * COLUMNS * self.blocks

    @property
    def bytes(self) -> int:
        """The size of the whole file."""
        return self.index_offset + self.index_bytes


KIND = FileKind(
    name="patterns",
    magic=b"BIOCOPILOT-SS-1\n",
    header=PatternHeader,
    layout=("version", "generator", "bits", "block_rows", "group_rows"),
    mend="Give `biocopilot data add chembl FILE` again with the same file: it makes the patterns anew.",
)
read_header = KIND.read_header


@dataclass(frozen=True)
class Patterned:
    """A structure as it goes into the file."""

    molregno: int
    salt: bool
    loose: bool
    pattern: bytes
    molecule: bytes


def write_patterns(
    target: Path, structures: Iterable[Patterned], facts: PatternHeader, report: Callable[[int, int], None]
) -> PatternHeader:
    """Write the file under another name and put it in the old one's place when it is whole.

    Args:
        target: where it goes.
        structures: all of them, in the order of the file.
        facts: the header, with the count.
        report: told how many structures of how many are written.

    Raises:
        StorageError: the disk is full, or the file cannot be written; the old file stays.
        Cancelled: Ctrl-C; the old file stays.
    """
    return KIND.write(target, lambda file: _laid_out(file, iter(structures), facts, report))


def _laid_out(
    file: BinaryIO, structures: Iterator[Patterned], facts: PatternHeader, report: Callable[[int, int], None]
) -> PatternHeader:
    import numpy as np

    molregnos, places, checksums = list[int](), [0], list[int]()
    salts = 0
    for block in range(facts.blocks):
        rows = list(islice(structures, BLOCK_ROWS))
        molregnos += (row.molregno for row in rows)
        salts += sum(row.salt for row in rows)
        columns = _turned(rows)
        checksums += (zlib.crc32(column) for column in columns)
        _put(file, facts.block_offset(block), columns.tobytes())
        for at in range(0, len(rows), GROUP_ROWS):
            group = pack_group([row.molecule for row in rows[at : at + GROUP_ROWS]])
            _put(file, facts.molecules_offset + places[-1], group)
            places.append(places[-1] + len(group))
        report(len(molregnos), facts.count)
    index = (
        np.array(molregnos, "<i8").tobytes() + np.array(places, "<u8").tobytes() + np.array(checksums, "<u4").tobytes()
    )
    changes = {"salts": salts, "molecule_bytes": places[-1], "index_crc": zlib.crc32(index)}
    header = PatternHeader(**{**asdict(facts), **changes})
    _put(file, header.index_offset, index)
    _put(file, 0, KIND.header_bytes(header))
    return header


def _turned(rows: list[Patterned]) -> Any:
    """Rows of bits as positions: (COLUMNS, width) bytes, a structure's bit in the place of its row, lowest first."""
    import numpy as np

    columns = np.zeros((COLUMNS, -(-len(rows) // 64) * 8), np.uint8)
    step = 8_192  # some megabytes of single bits at a time
    for at in range(0, len(rows), step):
        part = rows[at : at + step]
        packed = np.frombuffer(b"".join(row.pattern for row in part), np.uint8).reshape(len(part), PATTERN_BYTES)
        bits = np.packbits(np.unpackbits(packed, axis=1, bitorder="little").T, axis=1, bitorder="little")
        columns[:BITS, at // 8 : at // 8 + bits.shape[1]] = bits
    for place, flags in ((LOOSE, [row.loose for row in rows]), (SALT, [row.salt for row in rows])):
        bits = np.packbits(np.array(flags, np.bool_), bitorder="little")
        columns[place, : len(bits)] = bits
    return columns


def pack_group(molecules: list[bytes]) -> bytes:
    """Molecules compressed together, with their lengths before them."""
    lengths = struct.pack(f"<{len(molecules)}I", *(len(one) for one in molecules))
    return zlib.compress(lengths + b"".join(molecules))


def unpack_group(group: bytes, count: int) -> list[bytes]:
    """The molecules again. Raises ValueError where they are not what was packed."""
    try:
        data = zlib.decompress(group)
        at = 4 * count
        found = list[bytes]()
        for length in struct.unpack_from(f"<{count}I", data):
            found.append(data[at : at + length])
            at += length
    except (zlib.error, struct.error) as error:
        raise ValueError("no group of molecules") from error
    if at != len(data):
        raise ValueError("another number of molecules")
    return found


def _put(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)
