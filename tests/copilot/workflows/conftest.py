"""What tests of workflows share: the scripted tools and the workflow over them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def scripted() -> ModuleType:
    path = Path(__file__).parent / "scripted.py"
    spec = importlib.util.spec_from_file_location("workflows_scripted", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pydantic and dataclasses look up annotations there
    spec.loader.exec_module(module)
    return module
