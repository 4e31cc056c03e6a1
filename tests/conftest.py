"""Fixtures for all tests: a home of their own, the shared material where it lies beside the checkout, one copilot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.copilot import Copilot

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home that no other test has touched."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder `shared` with real records is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def copilot() -> Iterator[Copilot]:
    """One offline copilot for all tests that only ask; nothing is recorded."""
    with Copilot(planner="embedded", offline=True, log=False) as opened:
        yield opened
