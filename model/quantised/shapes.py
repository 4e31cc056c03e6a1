"""Which weights the 4-bit kernels take; needs no torch."""

from __future__ import annotations

__all__ = ["GROUP", "fits_int4"]

GROUP = 64
"""Numbers along the input that share a scale and a zero."""

_ROWS_INT4 = 16  # torch's kernels take rows by blocks of this


def fits_int4(rows: int, columns: int, group: int = GROUP) -> bool:
    """Whether torch's 4-bit kernels take a weight of this shape."""
    return rows % _ROWS_INT4 == 0 and columns % group == 0
