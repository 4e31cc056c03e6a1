"""Search of a file of screening patterns: the structures whose bits allow the query, then RDKit's own match of each."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from rdkit import Chem

from ....memory.stores.pattern_file import COLUMNS, GROUP_ROWS, KIND, LOOSE, SALT, unpack_group
from .mapped_file import MappedFile
from .screen import Query

__all__ = ["PatternFile"]


class PatternFile(MappedFile):
    """A mapped file of patterns. Raises StorageError where a byte that is needed is not what was written."""

    kind = KIND

    def __init__(self, path: str) -> None:
        super().__init__(path)
        header = self.header
        index = self.data[header.index_offset :]
        if zlib.crc32(index) != header.index_crc:
            raise self.damaged()
        places = 8 * header.count
        checksums = places + 8 * (header.groups + 1)
        self.molregnos: Any = np.frombuffer(index[:places], "<i8")
        self._places: list[int] = np.frombuffer(index[places:checksums], "<u8").tolist()
        self._checksums: Any = np.frombuffer(index[checksums:], "<u4").reshape(header.blocks, COLUMNS)
        self._checked: Any = np.zeros((header.blocks, COLUMNS), np.bool_)
        self._group = lru_cache(maxsize=4)(self._unpacked)

    def candidates(self, block: int, query: Query) -> Any:
        """Rows of a block that may hold the query, in order: what the bits forbid, and the salts, are left out."""
        allowed = self._all_set(block, query.bits)
        if query.loose_bits != query.bits:
            allowed = allowed | (self._all_set(block, query.loose_bits) & self._column(block, LOOSE))
        allowed = allowed & ~self._column(block, SALT)
        rows = np.flatnonzero(np.unpackbits(allowed.view(np.uint8), bitorder="little")) + block * self.header.block_rows
        return rows[rows < self.header.count]

    def matches(self, rows: Any, query: Query) -> list[int]:
        """Those of the rows that do hold it, as molregnos, in order."""
        return [int(self.molregnos[row]) for row in rows.tolist() if query.matches(self.molecule(row))]

    def molecule(self, row: int) -> Chem.Mol:
        """The molecule of a row."""
        group, place = divmod(row, GROUP_ROWS)
        return Chem.Mol(self._group(group)[place])

    def check_all(self) -> None:
        """Look at every byte. Raises StorageError."""
        for block in range(self.header.blocks):
            self._words(block, range(COLUMNS))
        for group in range(self.header.groups):
            self._unpacked(group)

    def _all_set(self, block: int, bits: tuple[int, ...]) -> Any:
        """A bit for each row of the block: whether all of these are set."""
        if not bits:
            return np.full(self.header.width(block) // 8, ~np.uint64(0))
        return np.bitwise_and.reduce(self._words(block, bits), axis=0)

    def _column(self, block: int, column: int) -> Any:
        return self._words(block, (column,))[0]

    def _words(self, block: int, columns: Any) -> Any:
        width = self.header.width(block)
        start = self.header.block_offset(block)
        whole = np.frombuffer(self.data[start : start + COLUMNS * width], "<u8").reshape(COLUMNS, width // 8)
        for column in columns:
            if not self._checked[block, column]:
                if zlib.crc32(whole[column]) != self._checksums[block, column]:
                    raise self.damaged()
                self._checked[block, column] = True
        return whole[np.array(columns)]

    def _unpacked(self, group: int) -> list[bytes]:
        start = self.header.molecules_offset
        first, end = (start + place for place in self._places[group : group + 2])
        count = min(GROUP_ROWS, self.header.count - group * GROUP_ROWS)
        try:
            return unpack_group(bytes(self.data[first:end]), count)
        except ValueError as error:
            raise self.damaged() from error
