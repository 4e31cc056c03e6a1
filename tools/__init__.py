"""Tools: what the copilot can do. Declared once (`contract.py`), listed in `registry.py`, run by `execute.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .contract import Findings, Tool, ToolArguments, ToolContext, tool
    from .langchain import as_langchain_tools
    from .registry import all_tools
    from .workbench import Workbench

__all__ = ["Findings", "Tool", "ToolArguments", "ToolContext", "Workbench", "all_tools", "as_langchain_tools", "tool"]

_HOMES = {
    "Findings": "contract",
    "Tool": "contract",
    "ToolArguments": "contract",
    "ToolContext": "contract",
    "Workbench": "workbench",
    "all_tools": "registry",
    "as_langchain_tools": "langchain",
    "tool": "contract",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
