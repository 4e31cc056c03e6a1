"""The source that computed properties of sequences name."""

from __future__ import annotations

from functools import cache

from ...memory.records import Source

__all__ = ["biopython_source"]


@cache
def biopython_source() -> Source:
    """Biopython with the version that is installed."""
    from Bio import __version__

    return Source(
        name="Biopython",
        release=__version__,
        licence="Biopython License / BSD-3-Clause",
        attribution="Biopython: Cock et al., Bioinformatics 25, 1422 (2009)",
        url="https://biopython.org/",
    )
