"""Where a tensor's numbers lie: what every format of checkpoint comes down to. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

__all__ = ["DTYPE_BYTES", "TensorEntry", "contiguous_strides"]

DTYPE_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1,
}  # fmt: skip
"""Types of numbers that a checkpoint may hold, by torch's names, with the bytes of one."""


@dataclass(frozen=True)
class TensorEntry:
    """A tensor that was not read yet.

    Args:
        name: its key.
        dtype: a name of `DTYPE_BYTES`.
        shape: its sizes; empty for a single number.
        strides: in numbers, as torch counts them.
        file: which of the checkpoint's files, by number.
        offset: of its first number, in bytes.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    file: int
    offset: int

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """Size in memory."""
        return self.numbers * DTYPE_BYTES[self.dtype]

    @property
    def span(self) -> int:
        """Bytes in the file from its first number to its last; more than `bytes` where it is a view with gaps."""
        if not self.numbers:
            return 0
        last = sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))
        return (last + 1) * DTYPE_BYTES[self.dtype]

    @property
    def contiguous(self) -> bool:
        """Whether its numbers lie in the file in their order."""
        kept = [(size, stride) for size, stride in zip(self.shape, self.strides, strict=True) if size != 1]
        plain = contiguous_strides([size for size, _ in kept])
        return [stride for _, stride in kept] == list(plain) or not self.numbers


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of a tensor whose last index runs fastest."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
