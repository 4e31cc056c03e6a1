from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def golden(shared: Path) -> Path:
    return shared / "golden" / "molfm"


@pytest.fixture(scope="session")
def figures(golden: Path) -> dict[str, Any]:
    """The reference's own figures."""
    held: dict[str, Any] = json.loads((golden / "metrics.json").read_text("utf-8"))
    return held
