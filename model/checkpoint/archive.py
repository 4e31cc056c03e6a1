"""What `torch.save` writes: a zip archive of one pickle and a record for each storage; whole, unpacked, or cut in parts.

Records are stored, not compressed, so tensors are mapped where they lie in the archive. `pickled.py` reads the pickle.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CheckpointError
from .entries import DTYPE_BYTES, TensorEntry
from .pickled import PickledTensor, read_pickle

__all__ = ["entries_of_archive", "entries_of_folder", "is_archive_folder"]

_LOCAL_HEADER = 30
"""Bytes of a zip record's own header, before its name and extra field (APPNOTE 4.3.7)."""
_FETCH_AGAIN = "Fetch it again: biocopilot models pull compares checksums."


@dataclass(frozen=True)
class _Record:
    file: int
    offset: int
    bytes: int


def is_archive_folder(folder: Path) -> bool:
    """Whether it is an archive that was unpacked."""
    return (folder / "data.pkl").is_file()


def entries_of_archive(parts: Sequence[Path], file: int) -> list[TensorEntry]:
    """The tensors of a `.pth` or `.bin`.

    Args:
        parts: the file, or what it was cut into, in order.
        file: its number among the checkpoint's files.

    Raises:
        CheckpointError: truncated, damaged, compressed, another kind of file, or a pickle with code in it.
    """
    where = str(parts[0])
    with _Joined(parts) as joined:
        try:
            archive = zipfile.ZipFile(joined)
        except zipfile.BadZipFile as error:
            raise CheckpointError(f"{where} is truncated or no torch archive: {error}.", _FETCH_AGAIN) from error
        with archive:
            prefix = _prefix(archive, where)
            data = _read(archive, f"{prefix}data.pkl", where)
            if f"{prefix}byteorder" in archive.NameToInfo:
                _check_order(_read(archive, f"{prefix}byteorder", where), where)
            records = dict(_records(archive, joined, prefix, file, where))
    return _entries(read_pickle(data, where), records, where)


def entries_of_folder(folder: Path, first_file: int) -> tuple[list[TensorEntry], list[Path]]:
    """The tensors of an unpacked archive, and its files in the order of their numbers, counted from `first_file`.

    Raises:
        CheckpointError: a record is missing or too short, or a pickle has code in it.
    """
    order = folder / "byteorder"
    try:
        if order.is_file():
            _check_order(order.read_bytes(), str(folder))
        tensors = read_pickle((folder / "data.pkl").read_bytes(), str(folder / "data.pkl"))
        records: dict[str, _Record] = {}
        files: list[Path] = []
        for key in sorted({tensor.storage for tensor in tensors.values()}):
            path = folder / "data" / key
            if path.is_file() and path.stat().st_size:
                records[key] = _Record(first_file + len(files), 0, path.stat().st_size)
                files.append(path)
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be read: {error}.", "Mend its permissions.") from error
    return _entries(tensors, records, str(folder)), files


def _prefix(archive: zipfile.ZipFile, where: str) -> str:
    """What stands before the names of the records: the archive's own name."""
    names = [name for name in archive.NameToInfo if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(names) != 1:
        raise CheckpointError(
            f"{where} is a zip archive, but not one that torch wrote.", "Name the file of the weights."
        )
    prefix = names[0].removesuffix("data.pkl")
    if f"{prefix}constants.pkl" in archive.NameToInfo:
        raise CheckpointError(f"{where} is a TorchScript program, not weights.", "Name the file of the weights.")
    return prefix


def _read(archive: zipfile.ZipFile, name: str, where: str) -> bytes:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise CheckpointError(f"{where} is damaged: {error}.", _FETCH_AGAIN) from error


def _check_order(text: bytes, where: str) -> None:
    if text.strip() != b"little":
        raise CheckpointError(f"{where} was written on a machine of another byte order.", "Fetch the official file.")


def _records(
    archive: zipfile.ZipFile, joined: _Joined, prefix: str, file: int, where: str
) -> Iterator[tuple[str, _Record]]:
    for info in archive.infolist():
        key = info.filename.removeprefix(f"{prefix}data/")
        if key == info.filename or not key.isalnum():
            continue
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise CheckpointError(
                f"{where} was packed anew with compression or a password.", "Unpack it, and name the folder instead."
            )
        joined.seek(info.header_offset)
        header = joined.read(_LOCAL_HEADER)
        if header[:4] != b"PK\x03\x04":
            raise CheckpointError(f"{where} is damaged at byte {info.header_offset:,}.", _FETCH_AGAIN)
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = info.header_offset + _LOCAL_HEADER + names
        if start + info.file_size > joined.size:
            raise CheckpointError(f"{where} is truncated: record {key} ends after the file.", _FETCH_AGAIN)
        yield key, _Record(file, start, info.file_size)


def _entries(tensors: Mapping[str, PickledTensor], records: Mapping[str, _Record], where: str) -> list[TensorEntry]:
    found = []
    for name, tensor in tensors.items():
        size = DTYPE_BYTES[tensor.dtype]
        record = records.get(tensor.storage, _Record(0, 0, 0))
        entry = TensorEntry(
            name, tensor.dtype, tensor.shape, tensor.strides, record.file, record.offset + tensor.first * size
        )
        if tensor.first * size + entry.span > record.bytes or tensor.storage_numbers * size > record.bytes:
            raise CheckpointError(
                f"{where} holds {record.bytes:,} bytes for {name}, which needs more: a part is missing or cut off.",
                _FETCH_AGAIN,
            )
        found.append(entry)
    return found


class _Joined(io.RawIOBase):
    """Files read as if they were one, for the zip reader."""

    def __init__(self, parts: Sequence[Path]) -> None:
        super().__init__()
        self._files: list[io.BufferedReader] = []
        self._starts = [0]
        self._at = 0
        try:
            for path in parts:
                self._files.append(path.open("rb"))
                self._starts.append(self._starts[-1] + path.stat().st_size)
        except OSError as error:
            self.close()
            raise CheckpointError(f"{path} cannot be read: {error}.", "Mend its permissions.") from error

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return self._starts[-1]

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if self._at < 0:
            raise OSError("sought before the beginning")
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.size - self._at if size is None or size < 0 else size
        pieces = []
        for file, begins, ends in zip(self._files, self._starts, self._starts[1:], strict=False):
            if wanted > 0 and begins <= self._at < ends:
                file.seek(self._at - begins)
                pieces.append(file.read(min(wanted, ends - self._at)))
                self._at += len(pieces[-1])
                wanted -= len(pieces[-1])
        return b"".join(pieces)
