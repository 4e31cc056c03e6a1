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
    groups = weight.float().reshape(rows, columns // group, group)  # (N, K/G, G)
    best = least = None
    for shrink in _SHRINK:
        scale, zero = _grid(groups, shrink)
        numbers = _nearest(groups, scale, zero)
        error = ((numbers - _MIDDLE) * scale + zero).sub_(groups).square_().sum(2, keepdim=True)
        if best is None or least is None:
            best, least = (numbers, scale, zero), error
        else:
            better = error < least
            best = tuple(torch.where(better, new, old) for new, old in zip((numbers, scale, zero), best, strict=True))
            least = torch.where(better, error, least)
    numbers, scale, zero = best  # type: ignore[misc]  # _SHRINK is not empty
    pairs = numbers.to(torch.uint8).reshape(rows, columns // 2, 2)
    both = torch.cat((scale, zero), 2).transpose(0, 1).contiguous()  # (K/G, N, 2)
    return pairs[..., 0] << 4 | pairs[..., 1], both.to(torch.bfloat16)


def from_int4(packed: Tensor, scales_and_zeros: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The weights that `to_int4` made into numbers, (N, K)."""
    rows = packed.shape[0]
    numbers = torch.stack((packed >> 4, packed & 15), -1).reshape(rows, scales_and_zeros.shape[0], -1)  # (N, K/G, G)
    scale, zero = scales_and_zeros.float().transpose(0, 1).unsqueeze(-1).unbind(2)  # (N, K/G, 1) each
    return ((numbers.float() - _MIDDLE) * scale + zero).reshape(rows, -1).to(dtype)


def _grid(groups: Tensor, shrink: float) -> tuple[Tensor, Tensor]:
    """Scale and zero (N, K/G, 1) of a grid over that part of each group's range, as bf16 holds them."""
    low, high = groups.amin(2, keepdim=True) * shrink, groups.amax(2, keepdim=True) * shrink
    scale = ((high - low) / _LEVELS).clamp(min=1e-8).bfloat16().float()
    return scale, (low + scale * _MIDDLE).bfloat16().float()


def _nearest(groups: Tensor, scale: Tensor, zero: Tensor) -> Tensor:
    return ((groups - zero) / scale + _MIDDLE).round_().clamp_(0, _LEVELS)
