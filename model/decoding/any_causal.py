"""Any causal language model of transformers, by its own forward and growing cache: one prompt at a time, not compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["AnyCausalEngine"]


class AnyCausalEngine:
    """Prefill and step by a stock forward. The cache is the model's own kind, since models differ in what they keep."""

    max_slots = 1

    def __init__(self, llm: Any) -> None:
        self.llm = llm
        self._past: Any = None

    def open(self, slots: int, tokens: int) -> None:
        """See `Engine`; nothing is made beforehand."""
        self._past = None

    def release(self) -> None:
        """See `Engine`."""
        self._past = None

    def move(self, source: int, target: int) -> None:
        """See `Engine`; there is one slot."""

    def smaller(self) -> bool:
        """See `Engine`; a prompt goes through whole."""
        return False

    @torch.no_grad()
    def embed(self, tokens: Tensor) -> Tensor:
        """See `Engine`."""
        return self.llm.get_input_embeddings()(tokens)

    @torch.no_grad()
    def prefill(self, slot: int, prompt: Tensor) -> Tensor:
        """See `Engine`."""
        self._past = None
        return self._forward(prompt)

    @torch.no_grad()
    def step(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """See `Engine`."""
        return self._forward(torch.tensor(tokens, device=self.llm.device))[None]

    def _forward(self, prompt: Tensor) -> Tensor:
        named = {"inputs_embeds" if prompt.is_floating_point() else "input_ids": prompt[None]}
        out = self.llm(**named, past_key_values=self._past, use_cache=True, logits_to_keep=1)
        self._past = out.past_key_values
        return out.logits[0, -1]
