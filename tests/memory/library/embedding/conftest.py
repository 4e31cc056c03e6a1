"""The installed weights, or a skip that says how to get them; opened once, since opening takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from biocopilot.memory.errors import ModelUnavailable
from biocopilot.memory.library.embedding.minilm import MiniLm
from biocopilot.memory.library.embedding.minilm_files import MiniLmFiles, find_minilm


@pytest.fixture(scope="session")
def files() -> MiniLmFiles:
    try:
        return find_minilm()
    except ModelUnavailable as error:
        if "not installed" not in error.message:
            raise
        pytest.skip(f"{error.message} {error.hint}")


@pytest.fixture(scope="session")
def minilm(files: MiniLmFiles) -> Iterator[MiniLm]:
    opened = MiniLm(1, files)
    yield opened
    opened.close()
