"""What answers: a planner with its tools, a chat model, BioMedGPT-10B, or a baseline. Each is an `Answerer`."""

from __future__ import annotations

from .contract import Answerer, Reply

__all__ = ["Answerer", "Reply"]
