"""Finds the files that a user named: files, folders, and what lies in zip archives. Nothing is unpacked to the disk.

Bounds on size and number hold before anything is read whole; a link that leads out of a named folder is not followed.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import FileRefused
from ..text import clean
from .reading.formats import SUFFIXES

__all__ = ["MOST_ARCHIVE_BYTES", "MOST_FILES", "MOST_FILE_BYTES", "FoundFile", "Refused", "find_files"]

MOST_FILE_BYTES = 200_000_000
MOST_ARCHIVE_BYTES = 2_000_000_000
"""What all members of one archive may hold together, unpacked."""
MOST_RATIO = 200
"""How many times its packed size something unpacked may have, from _SMALL on: text packs to a tenth, a bomb to a thousandth."""
MOST_FILES = 200_000
_SMALL = 10_000_000
_PACKED = ".gz"
_BLOCK = 1 << 20
_HINT_KINDS = f"Files may end in {', '.join(SUFFIXES)}, or be a folder or .zip of these."


def _shown(text: str) -> str:
    """A name, or a sentence with a name in it, in one line and without what could steer a terminal."""
    return clean(text).replace("\n", " ").replace("\t", " ")


@dataclass(frozen=True)
class Refused:
    """A file, or a document in it, that was not added, and why. Fit to be shown, whatever the file is called."""

    name: str
    reason: str
    hint: str = ""

    def __post_init__(self) -> None:
        for part in ("name", "reason", "hint"):
            object.__setattr__(self, part, _shown(getattr(self, part)))


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
        name = _shown(f"{self.path}!{self.member}" if self.member else self.path)
        return name[: -len(_PACKED)] if name.lower().endswith(_PACKED) else name


def find_files(paths: Iterable[Path]) -> Iterator[FoundFile | Refused]:
    """Every file that these name, each once, in a fixed order; what cannot be read stands in its place with the reason."""
    seen: set[tuple[str, str]] = set()
    archive = _OpenArchive()
    for path in paths:
        for found in _below(path, archive):
            if isinstance(found, FoundFile):
                place = (found.path, found.member)
                if place in seen:
                    continue
                seen.add(place)
                if len(seen) > MOST_FILES:
                    yield Refused(str(path), f"there are more than {MOST_FILES:,} files.", "Add them folder by folder.")
                    return
            yield found


def _below(path: Path, archive: _OpenArchive) -> Iterator[FoundFile | Refused]:
    try:
        whole = path.expanduser().resolve()
        is_folder, is_file, exists = whole.is_dir(), whole.is_file(), whole.exists()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a loop of links, a name too long
        yield _unseen(path, error)
        return
    if is_folder:
        yield from _folder(whole, archive)
    elif is_file:
        yield from _file(whole, archive)
    elif exists:
        yield Refused(str(path), "it is neither a file nor a folder.", _HINT_KINDS)
    else:
        yield Refused(str(path), "there is no such file or folder.", "Check its name.")


def _unseen(path: Path, error: Exception) -> Refused:
    said = getattr(error, "strerror", None) or error
    return Refused(str(path), f"it cannot be looked at: {said}.", "Check its name and permissions.")


def _folder(folder: Path, archive: _OpenArchive) -> Iterator[FoundFile | Refused]:
    trouble: list[Refused] = []

    def note(error: OSError) -> None:
        trouble.append(Refused(str(error.filename), f"it cannot be read: {error.strerror}.", "Mend its permissions."))

    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            yield from _linked_folder(Path(place, name), folder)
        for name in sorted(names):
            if not name.startswith(".") and _is_read(name):
                yield from _in_folder(Path(place, name), folder, archive)
        yield from trouble
        trouble.clear()
    yield from trouble


def _linked_folder(path: Path, folder: Path) -> Iterator[Refused]:
    """A link to a folder is not followed; told where what it leads to is not read anyway."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(folder):
            yield Refused(str(path), "it is a link that leads out of the folder.", "Add the folder that it leads to.")
    except (OSError, RuntimeError) as error:
        yield _unseen(path, error)


def _in_folder(file: Path, folder: Path, archive: _OpenArchive) -> Iterator[FoundFile | Refused]:
    try:
        leads_out = file.is_symlink() and not file.resolve().is_relative_to(folder)
        is_file = file.is_file()
    except (OSError, RuntimeError) as error:
        yield _unseen(file, error)
        return
    if leads_out:
        yield Refused(str(file), "it is a link that leads out of the folder.", "Add the file itself.")
    elif not is_file:
        yield Refused(str(file), "it is no file with content: a pipe, a device, or a link to nothing.", "Remove it.")
    else:
        yield from _file(file, archive)


def _is_read(name: str) -> bool:
    return name.lower().removesuffix(_PACKED).endswith((*SUFFIXES, ".zip"))


def _file(file: Path, archive: _OpenArchive) -> Iterator[FoundFile | Refused]:
    try:
        str(file).encode()
    except UnicodeEncodeError:
        yield Refused(str(file), "its name is not in UTF-8.", "Rename it.")
        return
    if file.suffix.lower() == ".zip":
        yield from _archive(file, archive)
    elif not _is_read(file.name) or file.name.lower().endswith(f".zip{_PACKED}"):
        yield Refused(str(file), f"files ending in {file.suffix or 'nothing'} are not read.", _HINT_KINDS)
    else:
        yield FoundFile(str(file), "", lambda: _read(file))


def _state(status: os.stat_result) -> tuple[int, int]:
    return status.st_mtime_ns, status.st_size


def _opener(name: str, flags: int) -> int:
    """Opens without waiting, should a pipe have taken the file's place."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _read(file: Path) -> bytes:
    """A file's bytes, which were the same before and after. Raises FileRefused."""
    try:
        with open(file, "rb", opener=_opener) as opened:
            before = os.fstat(opened.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise FileRefused(f"{file} is no file any more.", "Add it again when it is there.")
            if before.st_size > MOST_FILE_BYTES:
                raise _too_large(str(file))
            data = opened.read(MOST_FILE_BYTES + 1)
            after = os.fstat(opened.fileno())
    except OSError as error:
        raise FileRefused(
            f"{file} cannot be read: {error.strerror}.", "Mend its permissions, or add it again."
        ) from error
    if _state(before) != _state(after) or len(data) != after.st_size:
        raise FileRefused(f"{file} changed while it was read.", "Add it again when it is written whole.")
    return _unpacked(data, str(file)) if file.suffix.lower() == _PACKED else data


def _unpacked(data: bytes, name: str) -> bytes:
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                _check_size(size, len(data), name)
                parts.append(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused(f"{name} is damaged or cut short: {error}.", "Get it again.") from error
    return b"".join(parts)


def _check_size(size: int, packed: int, name: str) -> None:
    if size > MOST_FILE_BYTES:
        raise _too_large(name)
    if size > _SMALL and size > packed * MOST_RATIO:
        raise FileRefused(
            f"{name} unpacks to more than {MOST_RATIO} times its size, as only a bomb does.",
            "Unpack it yourself, and look.",
        )


# Archives ------------------------------------------------------------------------------------------------------------


class _OpenArchive:
    """The archive that was read from last, kept open: its directory is read once for all its members."""

    def __init__(self) -> None:
        self._key: tuple[Path, tuple[int, int]] | None = None
        self._opened: zipfile.ZipFile | None = None

    def at(self, file: Path, state: tuple[int, int]) -> zipfile.ZipFile:
        """It, as it was when its members were listed. Raises FileRefused where it has changed."""
        if self._opened is None or self._key != (file, state):
            if self._opened is not None:
                self._opened.close()
            self._opened, self._key = None, None
            if _state(file.stat()) != state:
                raise FileRefused(f"{file} changed while it was read.", "Add it again when it is written whole.")
            opened = zipfile.ZipFile(file)  # stays open until another is read
            self._opened, self._key = opened, (file, state)
        return self._opened


def _archive(file: Path, archive: _OpenArchive) -> Iterator[FoundFile | Refused]:
    try:
        with zipfile.ZipFile(file) as opened:
            members = [item for item in opened.infolist() if not item.is_dir()]
            state = _state(file.stat())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        yield Refused(str(file), f"it is no zip archive, or a damaged one: {error}.", "Pack it again.")
        return
    if len(members) > MOST_FILES:
        yield Refused(str(file), f"it holds more than {MOST_FILES:,} files.", "Pack them into several archives.")
        return
    told = 0
    taken: set[str] = set()
    for item in sorted(members, key=lambda member: member.filename):  # of one name, in the archive's order
        name = item.filename
        if (
            PurePosixPath(name.replace("\\", "/")).name.startswith(".")
            or name.startswith("__MACOSX/")
            or not _is_read(name)
        ):
            continue
        told += item.file_size
        if told > MOST_ARCHIVE_BYTES:
            yield Refused(f"{file}!{name}", "the archive is too large unpacked.", "Pack fewer files into one archive.")
            return
        if (why := _not_taken(item)) is not None:
            yield Refused(f"{file}!{name}", *why)
            continue
        while name in taken:  # two files of one name are two files
            name = f"again/{name}"
        taken.add(name)
        yield FoundFile(str(file), name, lambda item=item: _member(file, state, item, archive))  # type: ignore[misc]


def _not_taken(item: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Why a member is not read, by its name and its kind; None where it is."""
    name = item.filename
    if name.lower().removesuffix(_PACKED).endswith(".zip"):
        return "it is an archive in an archive.", "Unpack the outer one, and add what comes out."
    if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts:
        return "its name leads out of the archive.", "Pack it again without such names."
    if stat.S_ISLNK(item.external_attr >> 16):
        return "it is a link.", "Pack the file itself."
    return None


def _member(file: Path, state: tuple[int, int], item: zipfile.ZipInfo, archive: _OpenArchive) -> bytes:
    name = f"{file}!{item.filename}"
    if item.flag_bits & 1:
        raise FileRefused(f"{name} is encrypted.", "Unpack it with its password, and add what comes out.")
    parts, size = [], 0
    try:
        with archive.at(file, state).open(item) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)  # counted, since a bomb lies about its size
                _check_size(size, item.compress_size, name)
                parts.append(block)
    except OSError as error:
        raise FileRefused(f"{name} cannot be read: {error}.", "Add the archive again.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(f"{name} is damaged: {error}.", "Pack it again.") from error
    data = b"".join(parts)
    return _unpacked(data, name) if item.filename.lower().endswith(_PACKED) else data


def _too_large(name: str) -> FileRefused:
    return FileRefused(
        f"{name} is too large: more than {MOST_FILE_BYTES // 1_000_000} MB.", "Cut it into several files."
    )
