"""The files that a user let a run read, with their hashes: so that a later check knows whether they are still the same."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path

__all__ = ["file_sha256", "hashed"]

LARGEST_BYTES = 64_000_000
"""A larger file is not hashed; no tool reads one that large."""


def file_sha256(path: Path) -> str:
    """SHA-256 in hexadecimal; empty where there is no such file, or it is too large or cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            return ""
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def hashed(paths: Iterable[Path]) -> dict[str, str]:
    """Each path with its file's hash, in the order of the paths' names; what is no text in a name becomes `?`."""
    return {str(path).encode("utf-8", "replace").decode(): file_sha256(path) for path in sorted(paths)}
