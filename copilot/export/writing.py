"""Writing a file whole or not at all, and never over another one unless told to."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from ...memory.errors import FileRefused, StorageError

__all__ = ["write_new"]


def write_new(to: Path, text: str | Iterable[str], *, force: bool = False) -> Path:
    """Write `text`, whole or in pieces, and return the absolute path. What is there at the end is the old file, or the new one, complete.

    Raises:
        FileRefused: a file is there and `force` is not given, a folder is there, or the folder for it is missing.
        StorageError: the disk is full, or the folder cannot be written.
    """
    to = to.expanduser().absolute()
    if to.is_dir():
        raise FileRefused(f"{to} is a folder.", "Name a file.")
    if not to.parent.is_dir():
        raise FileRefused(f"There is no folder {to.parent}.", "Make it first, or name a file elsewhere.")
    if to.exists() and not force:
        raise _there_already(to)
    part = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "x", encoding="utf-8", newline="\n") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        _move(part, to, force)
    except FileExistsError as error:
        raise _there_already(to) from error
    except OSError as error:
        raise StorageError(f"{to} cannot be written: {error.strerror}.", "Check the folder and the disk.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return to


def _move(part: Path, to: Path, force: bool) -> None:
    """Put the finished file in its place; without `force` in a way that fails where a file has appeared meanwhile."""
    if force:
        os.replace(part, to)
        return
    try:
        os.link(part, to)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if to.exists():  # a file system without hard links
            raise FileExistsError(errno.EEXIST, "File exists") from error
        os.replace(part, to)


def _there_already(to: Path) -> FileRefused:
    return FileRefused(f"{to} is there already.", "Name another file, or add --force to write over it.")
