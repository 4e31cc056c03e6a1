"""How the next token is taken from logits: the likeliest, or drawn, repeatably where a seed is given."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import GrammarUnsatisfied, ModelError

__all__ = ["Picker", "Sampling", "checked", "likeliest"]


@dataclass(frozen=True)
class Sampling:
    """Temperature 0 takes the likeliest token; above it, one is drawn from the likeliest that hold `top_p` together."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError(f"temperature is 0 or more, not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is above 0 and at most 1, not {self.top_p}")


class Picker:
    """Takes tokens for one prompt. Its random numbers hang on the seed and the prompt's number alone, not on the batch."""

    def __init__(self, sampling: Sampling, number: int = 0) -> None:
        self.sampling = sampling
        self._random = torch.Generator()  # on the host, so that a seed gives the same draws on each device
        if sampling.seed is None:
            self._random.seed()
        else:
            self._random.manual_seed((sampling.seed + number) % 2**63)

    def pick(self, logits: Tensor) -> int:
        """A token from logits [V].

        Raises:
            GrammarUnsatisfied: none may come.
            ModelError: the logits are no numbers.
        """
        if self.sampling.temperature == 0:
            return checked(*likeliest(logits[None])[0])
        logits, tokens = logits.float().sort(descending=True)
        best = float(logits[0])
        checked(best, 0)
        held = torch.softmax((logits - best) / self.sampling.temperature, dim=-1).cumsum(-1)
        # A drawn share of what the nucleus holds: the smallest set of likeliest tokens that reaches top_p.
        last = int(torch.searchsorted(held, min(self.sampling.top_p, float(held[-1]))))
        drawn = torch.rand((), generator=self._random).item() * float(held[last])
        return int(tokens[min(int(torch.searchsorted(held, drawn, right=True)), last)])


def likeliest(logits: Tensor) -> list[tuple[float, int]]:
    """The largest logit and its token for each row of logits [B, V], brought to the host at once."""
    value, token = logits.max(dim=-1)
    both = torch.stack((value.float(), token.float())).tolist()  # float32 holds whole numbers to 16,777,216
    return [(value, int(token)) for value, token in zip(*both, strict=True)]


def checked(value: float, token: int) -> int:
    """The token, where its logit is one to go by."""
    if math.isnan(value):
        raise ModelError(
            "The model computed no numbers (its logits are NaN): float16 overflows in some models.",
            "Load it as bfloat16 or float32.",
        )
    if value == -math.inf:
        raise GrammarUnsatisfied("The grammar allows no token here.")
    return token
