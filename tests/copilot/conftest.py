"""What tests of the copilot share: the question graders, and asking a graded row with its session."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.memory.records import Answer

AskRow = Callable[[Mapping[str, Any]], Answer]


def load_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def load() -> Callable[[Path], ModuleType]:
    """Loads a script that is no module of any package."""
    return load_module


@pytest.fixture(scope="session")
def browsing() -> ModuleType:
    """`started` and `opened`: pages in a real browser."""
    spec = importlib.util.spec_from_file_location("copilot_browser", Path(__file__).parent / "browser.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def grader() -> ModuleType:
    """`load_rows` and `grade_row` of the frozen set, which grade the open wordings too."""
    return load_module(Path(__file__).parent / "frozen" / "grade_frozen.py")


@pytest.fixture(scope="session")
def ask_row(copilot: Copilot) -> AskRow:
    """Asks a row's question, after the earlier questions of its session where it has one."""
    numbers = itertools.count()

    def ask(row: Mapping[str, Any]) -> Answer:
        if "session" not in row:
            return copilot.ask(row["question"])
        session = f"graded {next(numbers)}"
        for earlier in row["session"]:
            copilot.ask(earlier, session=session)
        return copilot.ask(row["question"], session=session)

    return ask
