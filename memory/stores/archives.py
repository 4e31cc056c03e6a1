"""Takes the one database out of ChEMBL's .tar.gz, into the user's data folder, and nothing else.

The name under which it is written is ours, so that no name in an archive leads anywhere; an archive with links or with names
that lead out of it is refused all the same.
"""

from __future__ import annotations

import gzip
import os
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from ..errors import FileRefused, StorageError
from .building import Progress, Report, check_space, fingerprint

__all__ = ["is_gzip", "unpack_dump"]

_CHUNK = 4 << 20
_MOST_RATIO = 60
"""SQLite files shrink to a fifth or a tenth; what claims to grow sixtyfold is no dump."""
_MOST_BYTES = 300 << 30
_MOST_MEMBERS = 200

_AGAIN = "Download it again: `biocopilot data pull chembl`."


def is_gzip(path: Path) -> bool:
    """Whether it begins as gzip does. Raises StorageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.") from error


def unpack_dump(archive: Path, folder: Path, report: Report) -> Path:
    """The database of the archive, unpacked unless it was before.

    Returns:
        `folder/dump-FINGERPRINT.db`.

    Raises:
        FileRefused: no database in it, more than one, links, names that lead out, a bomb, or an archive that is not whole.
        StorageError: there is no room.
    """
    target = folder / f"dump-{fingerprint(archive)[-32:]}.db"
    if target.is_file():
        return target
    part = target.with_name(target.name + ".part")
    packed = archive.stat().st_size
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK) as members:
            found = False
            for number, member in enumerate(members):
                _check(archive, member, number, packed)
                if not (member.isfile() and member.name.endswith((".db", ".sqlite"))):
                    continue
                if found:
                    raise FileRefused(
                        f"{archive} has more than one database.", "Unpack it, and give the file you mean."
                    )
                found = True
                _write(members, member, part, report)
            # Tar stops at its end mark; gzip's own checksum stands behind it.
            while stream.read(_CHUNK):
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        part.unlink(missing_ok=True)
        raise FileRefused(f"{archive} is not whole, or no archive: {error}.", _AGAIN) from error
    except FileRefused:
        part.unlink(missing_ok=True)
        raise
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{archive} cannot be unpacked into {folder}: {error.strerror}.", "Free some space."
        ) from error
    if not found:
        raise FileRefused(
            f"{archive} has no SQLite database in it.", "Get the archive whose name ends in _sqlite.tar.gz."
        )
    os.replace(part, target)
    return target


def _check(archive: Path, member: tarfile.TarInfo, number: int, packed: int) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name or not (member.isfile() or member.isdir()):
        raise FileRefused(f"{archive} has a link or a name that leads out of it: {member.name}.", _AGAIN)
    if number >= _MOST_MEMBERS:
        raise FileRefused(f"{archive} has more than {_MOST_MEMBERS} files; ChEMBL's has two.", _AGAIN)
    if member.size > min(_MOST_BYTES, packed * _MOST_RATIO + _CHUNK):
        raise FileRefused(
            f"{archive} says that {member.name} has {member.size:,} bytes, which is too much for its own {packed:,}.",
            _AGAIN,
        )


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, part: Path, report: Report) -> None:
    check_space(part.parent, member.size)
    source = members.extractfile(member)
    if source is None:
        raise FileRefused(f"{member.name} cannot be taken out of the archive.", _AGAIN)
    written = 0
    with part.open("wb") as file:
        while block := source.read(_CHUNK):
            file.write(block)
            written += len(block)
            report(Progress("unpacking", written, member.size))
        file.flush()
        os.fsync(file.fileno())
    if written != member.size:
        raise FileRefused(f"{member.name} is cut short: {written:,} of {member.size:,} bytes.", _AGAIN)
