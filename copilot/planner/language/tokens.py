"""Counting tokens: by the model's own tokenizer where it runs here, else by characters, mended by what its server counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["WINDOW", "Counter", "window_of"]

WINDOW = 16_384
"""Tokens that a model is taken to read where nobody says; models run at home are mostly given as much."""

_CHARACTERS = 3.0
"""A token, in JSON, structures and identifiers; of plain English it would be four."""
_LEAST, _MOST = 1.5, 6.0


@dataclass
class Counter:
    """Counts tokens; an estimate learns from each reply whose server says how many it read.

    Args:
        exact: counts a text's tokens; None where only an estimate can be had.
    """

    exact: Callable[[str], int] | None = None
    characters: float = _CHARACTERS

    def __call__(self, text: str) -> int:
        return self.tokens(self.measure(text))

    def measure(self, text: str) -> int:
        """A text's size, which does not change while the estimate learns: tokens where they are exact, else characters."""
        return self.exact(text) if self.exact is not None else len(text)

    def tokens(self, size: int) -> int:
        """The tokens of a size."""
        return size if self.exact is not None else int(size / self.characters) + 1

    def learn(self, estimated: int, read: int) -> None:
        """Take from one reply how long this model's tokens are."""
        if self.exact is None and estimated > 200 and read > 0:
            self.characters = min(_MOST, max(_LEAST, self.characters * estimated / read))


def window_of(model: Any, wanted: int) -> int:
    """Tokens that the model reads at once: as wanted, else as its server was told, as LangChain or the loaded model knows, else `WINDOW`."""
    profile = getattr(model, "profile", None) or {}
    known = profile.get("max_input_tokens") if hasattr(profile, "get") else None
    here = getattr(getattr(getattr(model, "loaded", None), "model", None), "config", None)
    return wanted or getattr(model, "num_ctx", 0) or known or getattr(here, "max_position_embeddings", 0) or WINDOW
