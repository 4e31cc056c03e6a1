"""Files mapped into memory, as tensors: pages are read when they are touched, and given back when they are no longer needed.

A mapping is private: writing to such a tensor changes memory, never the file. A file that shrinks while it is mapped
ends the process, as with every program that maps its files.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..errors import CheckpointError
from .entries import DTYPE_BYTES, TensorEntry

__all__ = ["MappedFiles"]

_NORESERVE = (
    getattr(mmap, "MAP_NORESERVE", 0x4000 if os.uname().sysname == "Linux" else 0) if hasattr(os, "uname") else 0
)
"""A file larger than the memory may be mapped: nothing of it is copied."""


class MappedFiles:
    """The files of a checkpoint; `parts` of one file, cut up, count as one."""

    def __init__(self, files: Sequence[Sequence[Path]]) -> None:
        self._files = [_Parts([_map(path) for path in parts]) for parts in files]

    @contextlib.contextmanager
    def borrowed(self, entry: TensorEntry) -> Iterator[Tensor]:
        """A tensor to copy from; what it was read from is given back afterwards, so that little is held at a time."""
        yield self.tensor(entry)
        self._files[entry.file].release(entry.offset, entry.span)

    def tensor(self, entry: TensorEntry) -> Tensor:
        """A tensor whose numbers lie in the file; a copy where they are not aligned, or lie across two parts."""
        dtype = getattr(torch, entry.dtype)
        if not entry.numbers:
            return torch.empty(entry.shape, dtype=dtype)
        flat = self._files[entry.file].bytes(entry.offset, entry.span)
        if flat.data_ptr() % DTYPE_BYTES[entry.dtype]:
            flat = flat.clone()
        return flat.view(dtype).as_strided(entry.shape, entry.strides)


class _Parts:
    def __init__(self, maps: list[mmap.mmap]) -> None:
        self._maps = maps
        self._starts = [0]
        for part in maps:
            self._starts.append(self._starts[-1] + len(part))

    def bytes(self, offset: int, length: int) -> Tensor:
        pieces = [
            torch.frombuffer(self._maps[part], dtype=torch.uint8, count=count, offset=start)
            for part, start, count in self._pieces(offset, length)
        ]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces)

    def release(self, offset: int, length: int) -> None:
        """Give back the whole pages in between; they are read again when they are touched again."""
        if not hasattr(mmap, "MADV_DONTNEED"):
            return
        for part, start, count in self._pieces(offset, length):
            first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
            past = (start + count) // mmap.PAGESIZE * mmap.PAGESIZE
            if past > first:
                self._maps[part].madvise(mmap.MADV_DONTNEED, first, past - first)

    def _pieces(self, offset: int, length: int) -> Iterator[tuple[int, int, int]]:
        """Part, first byte in it, and bytes of it, for each part that the span touches."""
        for part, (begins, ends) in enumerate(zip(self._starts, self._starts[1:], strict=False)):
            first, past = max(offset, begins), min(offset + length, ends)
            if first < past:
                yield part, first - begins, past - first


def _map(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            if hasattr(mmap, "MAP_PRIVATE"):
                flags, access = mmap.MAP_PRIVATE | _NORESERVE, mmap.PROT_READ | mmap.PROT_WRITE
                return mmap.mmap(file.fileno(), 0, flags=flags, prot=access)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}.", "Mend its permissions, or fetch it again.") from error
