"""What a decoder meets at its seams: who chooses tokens, who cancels, and what computes logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from torch import Tensor

__all__ = ["Cancel", "Compile", "Engine", "Prompt", "TokenChooser"]

Compile: TypeAlias = Literal["auto", "always", "never"]
"""Whether the step is compiled: on a GPU only, anywhere, nowhere."""


Prompt: TypeAlias = Sequence[int] | Tensor
"""Token ids (a sequence, or a tensor [L] or [1, L]) or embeddings (a floating tensor [L, E] or [1, L, E])."""


class TokenChooser(Protocol):
    """Says which tokens may come next: a grammar. One chooser serves one answer."""

    def mask(self, logits: Tensor) -> Tensor:
        """The logits [V] with what may not come at minus infinity; the given tensor may be changed in place."""
        ...

    def accept(self, token: int) -> None:
        """The token that was taken."""
        ...

    @property
    def finished(self) -> bool:
        """Nothing more may come; asked after each accepted token."""
        ...


class Cancel(Protocol):
    """What `threading.Event` has: once set, decoding ends before its next token."""

    def is_set(self) -> bool: ...


class Engine(Protocol):
    """Computes logits over a cache with a fixed number of slots, one prompt each.

    Tokens of a slot stand in the cache at their positions, without padding, so a position is also a place in the cache.
    """

    max_slots: int

    def open(self, slots: int, tokens: int) -> None:
        """Have room for so many slots of so many tokens; what an earlier call made is used again where it suffices."""
        ...

    def prefill(self, slot: int, prompt: Tensor) -> Tensor:
        """Put a prompt, ids [L] or embeddings [L, E], into a slot: logits [V] of what follows it."""
        ...

    def step(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """Put one token into each of the first slots, at its position: logits [slots, V] of what follows."""
        ...

    def move(self, source: int, target: int) -> None:
        """Let a slot's content stand in another slot."""
        ...

    def embed(self, tokens: Tensor) -> Tensor:
        """Embeddings [L, E] of ids [L]."""
        ...

    def release(self) -> None:
        """Give the cache's memory back."""
        ...

    def smaller(self) -> bool:
        """Work in smaller pieces from now on; False where there are none."""
        ...
