"""A figure with its 95 % interval: Wilson's for shares, the percentile bootstrap over items for everything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "bootstrapped", "wilson"]

_Z = 1.959963984540054
"""The normal distribution's 97.5 % point."""


@dataclass(frozen=True)
class Estimate:
    """A figure, and between what it lies with 95 % confidence where it is that of a sample."""

    value: float
    low: float
    high: float


def wilson(part: int, whole: int) -> Estimate:
    """A share with Wilson's score interval, which holds at 0 and 1 too. Raises ValueError where `whole` is 0."""
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole} is no share")
    share = part / whole
    shrink = 1 + _Z**2 / whole
    centre = (share + _Z**2 / (2 * whole)) / shrink
    half = _Z / shrink * math.sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    low = 0.0 if part == 0 else max(0.0, centre - half)
    high = 1.0 if part == whole else min(1.0, centre + half)
    return Estimate(share, low, high)


def bootstrapped(
    count: int, figure: Callable[[NDArray[np.int64]], float], *, seed: int = 0, samples: int = 1_000
) -> Estimate:
    """A figure of items with its bootstrap interval.

    Args:
        count: how many items there are.
        figure: the figure of the items at these positions, which may repeat.
        seed: of the resampling.
        samples: how many resamplings.
    """
    if count == 0:
        raise ValueError("there is nothing to measure")
    numbers = np.random.default_rng(seed)
    drawn = [figure(numbers.integers(0, count, count)) for _ in range(samples)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(figure(np.arange(count)), float(low), float(high))
