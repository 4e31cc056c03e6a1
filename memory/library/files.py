"""Finds the files that a user named: files, folders, and what lies in zip archives. Nothing is unpacked to the disk.

Bounds on size and number hold before anything is read whole; a link that leads out of a named folder is not followed.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import FileRefused
from .reading.formats import SUFFIXES

__all__ = ["MOST_ARCHIVE_BYTES", "MOST_FILES", "MOST_FILE_BYTES", "FoundFile", "Refused", "find_files"]

MOST_FILE_BYTES = 200_000_000
MOST_ARCHIVE_BYTES = 2_000_000_000
"""What all members of one archive may hold together, unpacked."""
MOST_RATIO = 200
"""How many times its packed size a member may have: text packs to a tenth, a bomb to a thousandth."""
MOST_FILES = 200_000
_PACKED = ".gz"
_BLOCK = 1 << 20
_HINT_KINDS = f"Files may end in {', '.join(SUFFIXES)}, or be a folder or .zip of these."


@dataclass(frozen=True)
class Refused:
    """A file, or a document in it, that was not added, and why."""

    name: str
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class FoundFile:
    """A file to be read. `path` is absolute; `member` is its name inside an archive, else empty."""

    path: str
    member: str
    load: Callable[[], bytes]
    """Its bytes, unpacked. Raises FileRefused."""

    @property
    def name(self) -> str:
        """As it is told to the user; it ends in what says its kind."""
        name = f"{self.path}!{self.member}" if self.member else self.path
        return name.removesuffix(_PACKED)


def find_files(paths: Iterable[Path]) -> Iterator[FoundFile | Refused]:
    """Every file that these name, each once, in a fixed order; what cannot be read stands in its place with the reason."""
    seen: set[tuple[str, str]] = set()
    for path in paths:
        for found in _below(path):
            if isinstance(found, FoundFile):
                place = (found.path, found.member)
                if place in seen:
                    continue
                seen.add(place)
                if len(seen) > MOST_FILES:
                    yield Refused(str(path), f"there are more than {MOST_FILES:,} files.", "Add them folder by folder.")
                    return
            yield found


def _below(path: Path) -> Iterator[FoundFile | Refused]:
    try:
        whole = path.expanduser().resolve()
        if whole.is_dir():
            yield from _folder(whole)
        elif whole.is_file():
            yield from _file(whole)
        elif whole.exists():
            yield Refused(str(path), "it is neither a file nor a folder.", _HINT_KINDS)
        else:
            yield Refused(str(path), "there is no such file or folder.", "Check its name.")
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a loop of links, a name too long
        yield Refused(
            str(path), f"it cannot be looked at: {getattr(error, 'strerror', None) or error}.", "Check its name."
        )


def _folder(folder: Path) -> Iterator[FoundFile | Refused]:
    trouble: list[Refused] = []

    def note(error: OSError) -> None:
        trouble.append(Refused(str(error.filename), f"it cannot be read: {error.strerror}.", "Mend its permissions."))

    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or not _is_read(name):
                continue
            file = Path(place, name)
            if file.is_symlink() and not file.resolve().is_relative_to(folder):
                yield Refused(str(file), "it is a link that leads out of the folder.", "Add the file itself.")
            elif file.is_file():
                yield from _file(file)
        yield from trouble
        trouble.clear()


def _is_read(name: str) -> bool:
    return name.lower().removesuffix(_PACKED).endswith((*SUFFIXES, ".zip"))


def _file(file: Path) -> Iterator[FoundFile | Refused]:
    if file.suffix.lower() == ".zip":
        yield from _archive(file)
    elif not _is_read(file.name):
        yield Refused(str(file), f"files ending in {file.suffix or 'nothing'} are not read.", _HINT_KINDS)
    else:
        yield FoundFile(str(file), "", lambda: _read(file))


def _read(file: Path) -> bytes:
    """A file's bytes, which were the same before and after. Raises FileRefused."""
    try:
        before = file.stat()
        if before.st_size > MOST_FILE_BYTES:
            raise _too_large(file.name)
        with file.open("rb") as opened:
            data = opened.read(MOST_FILE_BYTES + 1)
        after = file.stat()
    except OSError as error:
        raise FileRefused(f"{file} cannot be read: {error.strerror}.", "Mend its permissions.") from error
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size) or len(data) != after.st_size:
        raise FileRefused(f"{file} changed while it was read.", "Add it again when it is written whole.")
    return _unpacked(data, str(file)) if file.suffix.lower() == _PACKED else data


def _unpacked(data: bytes, name: str) -> bytes:
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > MOST_FILE_BYTES or size > max(_BLOCK, len(data)) * MOST_RATIO:
                    raise _too_large(name)
                parts.append(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused(f"{name} is damaged or cut short: {error}.", "Get it again.") from error
    return b"".join(parts)


def _archive(file: Path) -> Iterator[FoundFile | Refused]:
    try:
        with zipfile.ZipFile(file) as opened:
            members = [item for item in opened.infolist() if not item.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        yield Refused(str(file), f"it is no zip archive, or a damaged one: {error}.", "Pack it again.")
        return
    if len(members) > MOST_FILES:
        yield Refused(str(file), f"it holds more than {MOST_FILES:,} files.", "Pack them into several archives.")
        return
    told = 0
    for item in sorted(members, key=lambda member: member.filename):
        name = item.filename
        if (
            PurePosixPath(name).name.startswith(".")
            or name.startswith("__MACOSX/")
            or not _is_read(name)
            or name.lower().endswith(".zip")
        ):
            continue
        told += item.file_size
        shown = f"{file}!{name}"
        if told > MOST_ARCHIVE_BYTES:
            yield Refused(shown, "the archive is too large unpacked.", "Pack fewer files into one archive.")
            return
        if name.startswith("/") or ".." in PurePosixPath(name.replace("\\", "/")).parts:
            yield Refused(shown, "its name leads out of the archive.", "Pack it again without such names.")
        else:
            yield FoundFile(str(file), name, lambda item=item: _member(file, item))  # type: ignore[misc]


def _member(file: Path, item: zipfile.ZipInfo) -> bytes:
    name = f"{file}!{item.filename}"
    if item.flag_bits & 1:
        raise FileRefused(f"{name} is encrypted.", "Unpack it with its password, and add what comes out.")
    parts, size = [], 0
    try:
        with zipfile.ZipFile(file) as opened, opened.open(item) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)  # counted, since a bomb lies about its size
                if size > MOST_FILE_BYTES or size > max(_BLOCK, item.compress_size) * MOST_RATIO:
                    raise _too_large(name)
                parts.append(block)
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(f"{name} is damaged: {error}.", "Pack it again.") from error
    data = b"".join(parts)
    return _unpacked(data, name) if item.filename.lower().endswith(_PACKED) else data


def _too_large(name: str) -> FileRefused:
    return FileRefused(
        f"{name} is too large: more than {MOST_FILE_BYTES // 1_000_000} MB.", "Cut it into several files."
    )
