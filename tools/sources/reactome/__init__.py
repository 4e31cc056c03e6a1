"""Reactome live: `ReactomeLive` (live.py) asks for the pathways of a protein; `Pathway` (pathway.py) comes in `Found`."""

from __future__ import annotations

from .live import ReactomeLive
from .pathway import Pathway

__all__ = ["Pathway", "ReactomeLive"]
