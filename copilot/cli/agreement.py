"""Asks the user before something is deleted."""

from __future__ import annotations

import sys

__all__ = ["agreed"]


def agreed(question: str) -> bool:
    """Whether the user says yes; no where there is nobody to ask."""
    sys.stderr.write(question)
    sys.stderr.flush()
    said = sys.stdin.readline()
    if not sys.stdin.isatty():
        sys.stderr.write("\n")
    return said.strip().casefold() in ("y", "yes")
