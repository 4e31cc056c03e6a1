"""The session's earlier turns as text within so many tokens, the oldest left out first."""

from __future__ import annotations

from collections.abc import Callable

from ..contract import State
from ..history import history_text
from .prompt import as_data

__all__ = ["shown_history"]


def shown_history(state: State, room: int, count: Callable[[str], int]) -> str:
    """The turns that fit, fenced as data; empty where there are none, or none fits."""
    for first in range(len(state.history)):
        kept = state.history[first:]
        text = f"<earlier>\n{as_data(history_text(kept, state.left_out + first)).strip()}\n</earlier>\n\n"
        if count(text) <= room:
            return text
    return ""
