"""The frame of our own files beside a dump: a mark, a header in JSON with its checksum, then whatever the kind of file lays out.

Written under another name and put in the old one's place when whole; looked at by header and size. What follows the header is laid
out in `fingerprint_file.py` and `pattern_file.py`.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Generic, Protocol, TypeVar

from ..errors import Cancelled, StorageError
from .building import told_by_system

__all__ = ["HEADER_BYTES", "FileHeader", "FileKind"]

HEADER_BYTES = 4096


class FileHeader(Protocol):
    """What a file says of itself: a frozen dataclass of numbers and texts."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def rdkit(self) -> str:
        """The version that computed what is in it."""

    @property
    def source(self) -> str:
        """The `fingerprint` of the dump that the structures are from."""

    @property
    def bytes(self) -> int:
        """The size of the whole file."""


H = TypeVar("H", bound=FileHeader)


@dataclass(frozen=True)
class FileKind(Generic[H]):
    """A kind of file.

    Args:
        name: what it holds, in the plural, as messages say it.
        magic: its first bytes.
        header: the class of its header; version and dump come first, all else has a default.
        layout: fields of the header that must have their default, else it is of another version.
        mend: what a user does about a damaged one.
    """

    name: str
    magic: bytes
    header: Callable[..., H]
    layout: tuple[str, ...]
    mend: str

    def unreadable(self, path: Path | str, error: OSError) -> StorageError:
        """What to raise where the system refuses to read it."""
        return StorageError(f"The {self.name} {path} cannot be read: {error.strerror}.", self.mend)

    def damaged(self, path: Path | str, how: str = "damaged") -> StorageError:
        """What to raise where a byte is not what was written."""
        return StorageError(f"The {self.name} {path} are {how}.", self.mend)

    def read_header(self, path: Path) -> H:
        """What the file is, from its first bytes and its size.

        Raises:
            StorageError: it is damaged, or of another layout.
        """
        try:
            with path.open("rb") as file:
                start = file.read(HEADER_BYTES)
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise self.unreadable(path, error) from error
        try:
            crc, length = struct.unpack_from("<II", start, len(self.magic))
            text = start[len(self.magic) + 8 :][:length]
            if not start.startswith(self.magic) or zlib.crc32(text) != crc:
                raise ValueError("no header of ours")
            header = self.header(**json.loads(text))
            ours = self.header(header.rdkit, header.source)
            if any(getattr(header, name) != getattr(ours, name) for name in self.layout) or size != header.bytes:
                raise ValueError("another layout or size")
        except (struct.error, ValueError, TypeError) as error:
            raise self.damaged(path, "damaged, or of another version") from error
        return header

    def header_bytes(self, header: H) -> bytes:
        """The first bytes of a file with this header."""
        text = json.dumps(asdict(header)).encode()
        return self.magic + struct.pack("<II", zlib.crc32(text), len(text)) + text

    def write(self, target: Path, lay_out: Callable[[BinaryIO], H]) -> H:
        """Write a file under another name and put it in the old one's place when it is whole.

        Args:
            target: where it goes.
            lay_out: writes all of it, the header as well, and gives the header.

        Raises:
            StorageError: the disk is full, or the file cannot be written; the old file stays.
            Cancelled: Ctrl-C; the old file stays.
        """
        scratch = target.with_name(target.name + ".new")
        try:
            with told_by_system(scratch), scratch.open("w+b") as file:
                header = lay_out(file)
                file.flush()
                os.fsync(file.fileno())
            with told_by_system(scratch):
                os.replace(scratch, target)
        except KeyboardInterrupt as stop:
            raise Cancelled("Stopped.", "What was built is kept: the same command goes on from here.") from stop
        finally:
            scratch.unlink(missing_ok=True)
        return header
