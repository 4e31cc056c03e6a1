"""BioMedGPT-10B installed, in the size of a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import making


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> making.Made:
    """The model's files, made once."""
    pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    return making.make(tmp_path_factory.mktemp("biomedgpt"))


@pytest.fixture
def installed(taught: making.Made, home: Path) -> making.Made:
    """The model, installed in this test's home."""
    making.install(taught, home / "data" / "models")
    return taught
