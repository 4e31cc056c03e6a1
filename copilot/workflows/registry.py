"""The workflows that ship, by name: where each is declared. They are imported when one is asked for.

A new one is a line here, a test, and a section in docs/workflows.md.
"""

from __future__ import annotations

from importlib import import_module

from ...memory.errors import InvalidInput
from ...memory.text import shorten
from .contract import Workflow

__all__ = ["NAMES", "built_in", "find_workflow"]

_HOMES: dict[str, str] = {
    "target-dossier": ".built_in.target_dossier:target_dossier",
    "compare-targets": ".built_in.compare_targets:compare_targets",
    "selectivity": ".built_in.selectivity:selectivity",
    "repurpose": ".built_in.repurpose:repurpose",
    "watch": ".built_in.watch:watch",
    "triage": ".triage.flow:triage",
}
"""Name to `module:attribute`, the module as seen from here."""

NAMES = tuple(_HOMES)


def built_in() -> tuple[Workflow, ...]:
    """All that ship, in the order of the list."""
    return tuple(find_workflow(name) for name in NAMES)


def find_workflow(name: str) -> Workflow:
    """The workflow of that name. Raises InvalidInput with the nearest names."""
    home = _HOMES.get(name)
    if home is None:
        from rapidfuzz import process

        nearest = [hit[0] for hit in process.extract(name, NAMES, limit=3, score_cutoff=50)]
        hint = f"Nearest: {', '.join(nearest)}." if nearest else "`biocopilot workflow list` names them all."
        raise InvalidInput(f"There is no workflow called {shorten(name, 60)!r}.", hint)
    module, _, attribute = home.partition(":")
    found: Workflow = getattr(import_module(module, __package__), attribute)
    return found
