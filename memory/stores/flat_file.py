"""Opens UniProt's flat file, plain or gzipped, as a stream of bytes that may begin anywhere.

Not for what the bytes say: `swissprot_scan` reads the entries.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from ..errors import FileRefused, StorageError

try:  # the same functions by Intel's library, several times as fast
    from isal import isal_zlib as inflate
except ImportError:  # no wheel for this machine
    import zlib as inflate

__all__ = ["ByteReader", "is_packed", "opened_at"]

_GET_ONE = "Get uniprot_sprot.dat.gz: `biocopilot data pull uniprot`."
_PACKED_BLOCK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


class ByteReader(Protocol):
    """What entries are read from: as many bytes as it likes to give, none at the end."""

    def read(self, size: int = ..., /) -> bytes: ...


def is_packed(file: Path) -> bool:
    """Whether it is gzipped. Raises FileRefused where it cannot be a flat file."""
    if file.is_dir():
        raise FileRefused(f"{file} is a folder.", _GET_ONE)
    try:
        with file.open("rb") as plain:
            head = plain.read(5)
            packed = head[:2] == b"\x1f\x8b"
            if packed:
                plain.seek(0)
                with gzip.GzipFile(fileobj=plain) as stream:
                    head = stream.read(5)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _not_whole(file, error) from error
    except OSError as error:
        raise FileRefused(f"{file} cannot be read: {error.strerror}.", _GET_ONE) from error
    if not head:
        raise FileRefused(f"{file} is empty.", _GET_ONE)
    if head != b"ID   ":
        what = "a SQLite database" if head == b"SQLit" else "XML" if head == b"<?xml" else "something else"
        raise FileRefused(f"{file} is no flat file of UniProt: it is {what}.", _GET_ONE)
    return packed


@contextmanager
def opened_at(file: Path, packed: bool, start: int) -> Iterator[tuple[ByteReader, BinaryIO]]:
    """The unpacked bytes from `start` on, and the file itself, whose position tells how far it is.

    Raises:
        FileRefused: it is damaged or cut short; also while it is read.
        StorageError: the system cannot read it.
    """
    try:
        with file.open("rb") as plain:
            stream: ByteReader
            if packed:
                stream = _passed(_Unpacked(plain), start)
            else:
                stream = plain
                plain.seek(start)
            yield stream, plain
    except (EOFError, zlib.error, inflate.error) as error:
        raise _not_whole(file, error) from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}.", _GET_ONE) from error


class _Unpacked:
    """What is in a gzip file, checksums compared, in blocks as they come: half the work of `gzip.GzipFile`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._member = inflate.decompressobj(_GZIP)
        self._packed = b""
        self.held = b""
        """Given out before anything else."""

    def read(self, _size: int = -1, /) -> bytes:
        if self.held:
            block, self.held = self.held, b""
            return block
        while packed := self._packed or self._file.read(_PACKED_BLOCK):
            if self._member.eof:  # a further member, or zeros that fill up a tape's block
                packed = packed.lstrip(b"\0")
                self._packed = b""
                if not packed:
                    continue
                self._member = inflate.decompressobj(_GZIP)
            given: bytes = self._member.decompress(packed)
            self._packed = self._member.unused_data
            if given:
                return given
        if not self._member.eof:
            raise EOFError("it ends before its end mark")
        return b""


def _passed(stream: _Unpacked, wanted: int) -> _Unpacked:
    """Read and forget that many bytes: a gzip file has no other way to its middle."""
    while wanted and (block := stream.read()):
        stream.held = block[wanted:]
        wanted -= min(wanted, len(block))
    return stream


def _not_whole(file: Path, error: Exception) -> FileRefused:
    return FileRefused(
        f"{file} is damaged or cut short: {error}.", "Download it again: `biocopilot data pull uniprot`."
    )
