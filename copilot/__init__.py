"""Copilot: the loop, the planners, the answers and the ways in.

    from biocopilot.copilot import Copilot

The main path is three hops: `cli/` → `agent.py` (`Copilot`) → `loop.py` (plan → call → observe → answer) → the tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..memory.records import Answer, Claim, Evidence
    from . import workflows
    from .agent import Copilot
    from .loop import Budget

__all__ = ["Answer", "Budget", "Claim", "Copilot", "Evidence", "workflows"]

_HOMES = {
    "Answer": "..memory.records",
    "Budget": ".loop",
    "Claim": "..memory.records",
    "Copilot": ".agent",
    "Evidence": "..memory.records",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "workflows":
        return import_module(".workflows", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
