"""A file beside the dump, mapped into the worker: opened once, and again when it is replaced. What it reads is checked once a process.

For `packed.py` and `patterns.py`, which know what follows the header.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from ....memory.errors import StorageError
from ....memory.stores.checked_file import FileKind
from .parsing import rdkit_version

__all__ = ["MappedFile"]

_F = TypeVar("_F", bound="MappedFile")
_OPENED: dict[type[MappedFile], tuple[str, tuple[int, ...], MappedFile]] = {}
"""The newest of each kind, with its path and what tells it from another under that path."""


class MappedFile:
    """A mapped file. Raises StorageError where a byte that is needed is not what was written."""

    kind: ClassVar[FileKind[Any]]

    def __init__(self, path: str) -> None:
        self.path = path
        self.header = self.kind.read_header(Path(path))
        try:
            with open(path, "rb") as file:
                self.data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise self.kind.unreadable(path, error) from error
        if len(self.data) != self.header.bytes:
            raise self.damaged()

    @classmethod
    def opened(cls: type[_F], path: str) -> _F:
        """The file, kept open until it is replaced.

        Raises:
            StorageError: it is damaged, or what is in it is of another RDKit.
        """
        try:
            found = Path(path).stat()
        except OSError as error:
            raise cls.kind.unreadable(path, error) from error
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
        kept = _OPENED.get(cls)
        if kept is not None and kept[:2] == (path, stamp) and isinstance(kept[2], cls):
            return kept[2]
        _OPENED.pop(cls, None)
        file = cls(path)
        if file.header.rdkit != rdkit_version():
            raise cls.kind.damaged(path, f"of RDKit {file.header.rdkit}; this is {rdkit_version()}")
        _OPENED[cls] = path, stamp, file
        return file

    def damaged(self) -> StorageError:
        """What to raise where a byte is not what was written."""
        return self.kind.damaged(self.path)
