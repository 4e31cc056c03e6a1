"""What a run may spend, and what its planner's language model took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Budget", "ModelUse"]


@dataclass(frozen=True)
class Budget:
    """What one run may spend; meeting a bound is a notice, and the planner then answers from what it has."""

    calls: int = 40
    seconds: float = 120.0
    bytes: int = 2_000_000
    repeated: int = 2
    """How often an identical call may be asked for; it is run once, and answered from its first result after that."""


@dataclass(frozen=True)
class ModelUse:
    """What the planner's language model took in one run."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0

    def and_one_call(self, tokens_in: int, tokens_out: int, seconds: float) -> ModelUse:
        """With one more call of the model."""
        return ModelUse(
            self.calls + 1, self.tokens_in + tokens_in, self.tokens_out + tokens_out, self.seconds + seconds
        )

    def as_fields(self) -> dict[str, Any]:
        """As the fields of a `usage` event."""
        return {
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "model_calls": self.calls,
            "model_seconds": round(self.seconds, 6),
        }
