"""Keys and values of all tokens so far, in buffers made once, so that a step allocates nothing and a graph can hold it."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["KVCache", "bucket"]

_LEAST = 256


def bucket(tokens: int, most: int) -> int:
    """A length from few: the next power of two from 256, at most `most`. Each length that a graph sees costs a capture."""
    size = _LEAST
    while size < tokens:
        size *= 2
    return max(tokens, min(size, most))


class KVCache:
    """Per layer, keys and values [B, H, S, D]: B slots, H key-value heads, S places, D numbers a head.

    A token's place is its position. Places behind a slot's last token hold anything and are never looked at.
    """

    def __init__(self, layers: int, slots: int, heads: int, places: int, size: int, like: Tensor) -> None:
        self.slots, self.places = slots, places
        shape = (layers, 2, slots, heads, places, size)
        # Zeros, since what a mask hides is still multiplied by zero, and zero times "not a number" is not zero.
        self._both = torch.zeros(shape, dtype=like.dtype, device=like.device)
        self.keys = [self._both[layer, 0] for layer in range(layers)]
        self.values = [self._both[layer, 1] for layer in range(layers)]

    @property
    def bytes(self) -> int:
        """Memory of the buffers."""
        return self._both.numel() * self._both.element_size()

    def move(self, source: int, target: int) -> None:
        """Copy a slot over another."""
        self._both[:, :, target].copy_(self._both[:, :, source])
