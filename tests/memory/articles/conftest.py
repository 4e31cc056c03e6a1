"""What tests of articles share."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest


def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture(scope="session")
def read() -> Callable[[Path], bytes]:
    """A file's bytes, unpacked where it is packed."""
    return _read
