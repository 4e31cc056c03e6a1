"""Weights as whole numbers of 8 or 4 bits: rounding to nearest, no data needed.

8 bits: one scale a row. 4 bits: a scale and a zero for each group of 64 numbers along the input. Scales are rounded to bf16
first and the numbers chosen for the rounded scale, so that keeping them in 16 bits costs nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .shapes import GROUP, fits_int4

__all__ = ["from_int4", "from_int8", "to_int4", "to_int8"]

_LEVELS = 15
_MIDDLE = 8  # torch's kernels compute (q - 8) * scale + zero
_SHRINK = (1.0, 0.94, 0.88, 0.82)
"""Parts of a group's range that are tried; the one of least squared error is taken. Large numbers of a group then end at its edge."""

_AT_ONCE = 1 << 23
"""Numbers worked on at a time, which bounds the memory for it; much smaller pieces were slower (measured)."""


def to_int8(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Round to 8 bits: (N, K) → int8 (N, K) and bf16 scales (N,)."""
    weight = weight.float()
    scale = (weight.abs().amax(1) / 127).clamp(min=torch.finfo(torch.bfloat16).tiny).to(torch.bfloat16)
    numbers = (weight / scale.float()[:, None]).round().clamp(-127, 127)
    return numbers.to(torch.int8), scale


def from_int8(numbers: Tensor, scale: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The weights that `to_int8` made into numbers, (N, K)."""
    return (numbers.float() * scale.float()[:, None]).to(dtype)


def to_int4(weight: Tensor, group: int = GROUP) -> tuple[Tensor, Tensor]:
    """Round to 4 bits.

    Args:
        weight: (N, K), of a shape that `fits_int4`.
        group: how many numbers along K share a scale.

    Returns:
        uint8 (N, K/2), the number of an even column in the high four bits; and bf16 (K/group, N, 2), scales and zeros.
    """
    rows, columns = weight.shape
    if not fits_int4(rows, columns, group):
        raise ValueError(f"a weight of {rows} × {columns} does not fit 4-bit kernels with groups of {group}")
    packed = torch.empty(rows, columns // 2, dtype=torch.uint8, device=weight.device)
    both = torch.empty(columns // group, rows, 2, dtype=torch.bfloat16, device=weight.device)
    step = max(1, _AT_ONCE // columns)
    for first in range(0, rows, step):
        some = slice(first, first + step)
        numbers, scale, zero = _rounded(weight[some].float().reshape(-1, columns // group, group))  # (n, K/G, G)
        pairs = numbers.to(torch.uint8).reshape(-1, columns // 2, 2)
        packed[some] = pairs[..., 0] << 4 | pairs[..., 1]
        both[:, some] = torch.cat((scale, zero), 2).transpose(0, 1)
    return packed, both


def _rounded(groups: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The best of the grids that are tried for each group: numbers, scale, zero."""
    numbers, scale, zero, least = _tried(groups, _SHRINK[0])
    for shrink in _SHRINK[1:]:
        *tried, error = _tried(groups, shrink)
        better = error < least
        least = torch.where(better, error, least)
        numbers, scale, zero = (
            torch.where(better, new, old) for new, old in zip(tried, (numbers, scale, zero), strict=True)
        )
    return numbers, scale, zero


def _tried(groups: Tensor, shrink: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Numbers on a grid over that part of each group's range, with scale and zero as bf16 holds them, and the squared error."""
    low, high = groups.amin(2, keepdim=True) * shrink, groups.amax(2, keepdim=True) * shrink
    scale = ((high - low) / _LEVELS).clamp(min=1e-8).bfloat16().float()
    zero = (low + scale * _MIDDLE).bfloat16().float()
    numbers = ((groups - zero) / scale).add_(_MIDDLE).round_().clamp_(0, _LEVELS)
    error = ((numbers - _MIDDLE) * scale).add_(zero).sub_(groups).square_().sum(2, keepdim=True)
    return numbers, scale, zero, error


def from_int4(packed: Tensor, scales_and_zeros: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The weights that `to_int4` made into numbers, (N, K)."""
    rows = packed.shape[0]
    numbers = torch.stack((packed >> 4, packed & 15), -1).reshape(rows, scales_and_zeros.shape[0], -1)  # (N, K/G, G)
    scale, zero = scales_and_zeros.float().transpose(0, 1).unsqueeze(-1).unbind(2)  # (N, K/G, 1) each
    return ((numbers.float() - _MIDDLE) * scale + zero).reshape(rows, -1).to(dtype)
