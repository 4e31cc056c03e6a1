"""Search of a file of packed fingerprints: the same similarities as RDKit's, over as few of the structures as suffices.

Structures with `p` bits set are at most min(p, q) / max(p, q) similar to one with `q`. The file is sorted by bits set, so the
search goes outward from `q` and ends where nothing can be better than what it has. What it reads is checked once a process.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ....memory.stores.fingerprint_file import BLOCK_ROWS, FINGERPRINT_BYTES, KIND
from .mapped_file import MappedFile

__all__ = ["PackedFile", "common_bits"]

ROWS_AT_ONCE = 4_096
"""A megabyte of fingerprints: it and what is computed of it stay in the processor's cache."""

_EVEN = np.uint64(0x00FF00FF00FF00FF)
_LANES = np.uint64(0x0001000100010001)


class PackedFile(MappedFile):
    """A mapped file of fingerprints. Raises StorageError where a byte that is needed is not what was written."""

    kind = KIND

    def __init__(self, path: str) -> None:
        super().__init__(path)
        count, data = self.header.count, self.data
        index = data[self.header.index_offset :][: self.header.index_bytes]
        if zlib.crc32(index) != self.header.index_crc:
            raise self.damaged()
        self.molregnos: Any = np.frombuffer(index[: 8 * count], "<i8")
        popcounts = np.frombuffer(index[8 * count : 10 * count], "<u2")
        self._salts: Any = np.frombuffer(index[10 * count : 11 * count], np.bool_)
        self._checksums: list[int] = np.frombuffer(index[11 * count :], "<u4").tolist()
        self._bits = data[self.header.bits_offset :]
        self._words: Any = np.frombuffer(self._bits, "<u8").reshape(count, FINGERPRINT_BYTES // 8)
        self._checked: set[int] = set()
        present, starts = np.unique(popcounts, return_index=True)
        ends = [*starts[1:].tolist(), count] if count else []
        self._runs = list(zip(present.tolist(), starts.tolist(), ends, strict=True))
        """(bits set, first row, row after the last)"""

    def compared(self, skip: Sequence[int] = ()) -> int:
        """How many structures a search goes over: not the salts, nor those to skip."""
        skipped = np.isin(self.molregnos, np.array(skip, "<i8")) & ~self._salts if skip else np.zeros(0, np.bool_)
        return int(self.header.count - self.header.salts - skipped.sum())

    def nearest(self, fingerprint: bytes, most: int, skip: Sequence[int] = ()) -> list[tuple[int, float]]:
        """(molregno, similarity) of the most similar, best first; ties by molregno.

        Args:
            fingerprint: 256 bytes.
            most: how many.
            skip: molregnos to leave out.
        """
        query = np.frombuffer(fingerprint, "<u8")
        bits = int.from_bytes(fingerprint, "little").bit_count()
        left_out = np.array(sorted(skip), "<i8")
        best: list[tuple[float, int]] = []
        bounded = sorted(((-_bound(bits, popcount), popcount, first, end) for popcount, first, end in self._runs))
        for falling, popcount, first, end in bounded:
            if len(best) >= most and -falling < -best[-1][0]:
                break
            for start in range(first, end, ROWS_AT_ONCE):
                stop = min(end, start + ROWS_AT_ONCE)
                common = self._common(query, start, stop)
                union = (popcount + bits) - common
                values = np.divide(common, union, out=np.zeros(len(common)), where=union > 0)
                kept = ~self._salts[start:stop]
                if len(left_out):
                    kept &= ~np.isin(self.molregnos[start:stop], left_out)
                if len(best) >= most:
                    kept &= values >= -best[-1][0]
                places = np.flatnonzero(kept)
                if len(places) > most:  # of these, none but the best can stay
                    order = np.lexsort((self.molregnos[start + places], -values[places]))
                    places = places[order[:most]]
                found = zip((-values[places]).tolist(), self.molregnos[start + places].tolist(), strict=True)
                best = sorted([*best, *found])[:most]
        return [(molregno, -falling) for falling, molregno in best]

    def check_all(self) -> None:
        """Look at every byte. Raises StorageError."""
        self._check(0, self.header.count)

    def _common(self, query: Any, start: int, stop: int) -> Any:
        """Bits that each row shares with the query."""
        self._check(start, stop)
        return common_bits(self._words[start:stop], query)

    def _check(self, start: int, stop: int) -> None:
        for block in range(start // BLOCK_ROWS, -(-stop // BLOCK_ROWS)):
            if block not in self._checked:
                size = BLOCK_ROWS * FINGERPRINT_BYTES
                if zlib.crc32(self._bits[block * size :][:size]) != self._checksums[block]:
                    raise self.damaged()
                self._checked.add(block)


def common_bits(words: Any, query: Any) -> Any:
    """How many bits each row of 32 words shares with those of the query."""
    # Up to 64 in each of 32 bytes a row: bytes are added up in pairs and words, all rows at once.
    each = np.bitwise_count(words & query).view("<u8")
    pairs = (each & _EVEN) + ((each >> np.uint64(8)) & _EVEN)
    sums = pairs[:, 0] + pairs[:, 1] + pairs[:, 2] + pairs[:, 3]
    return ((sums * _LANES) >> np.uint64(48)).astype(np.int64)


def _bound(bits: int, popcount: int) -> float:
    """No fingerprint with `popcount` bits set is more similar than this to one with `bits`."""
    return min(bits, popcount) / max(bits, popcount, 1)
