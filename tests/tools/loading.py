"""Loads another folder's conftest.py, so that its servers and rows can be used here under names of one's own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

SOURCES = Path(__file__).parent / "sources"


def fixtures_of(path: Path, name: str) -> ModuleType:
    """The module at `path`, loaded anew as `name`."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
