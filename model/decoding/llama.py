"""Llama's forward for decoding, over the weights of a stock `LlamaForCausalLM`.

What differs from transformers' own forward: keys and values go straight into a preallocated cache at their positions
(`KVCache`), so no mask for padding is needed; a step attends to a slice of the cache; only the last position's logits are
computed. All projections and norms are the stock module's own submodules, so quantised ones work unchanged.

Shapes: B slots, L tokens of a prompt, S places attended to, E hidden, H query heads, K key-value heads, G = H / K, D = head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from .compiling import compiled
from .contract import Compile
from .kv_cache import KVCache, bucket
from .llama_layer import LlamaLayer, rope_tables
from .static_step import StaticStep

__all__ = ["LlamaEngine"]

_LEAST_CHUNK = 64


class LlamaEngine:
    """Prefill and step for a `LlamaForCausalLM`.

    Args:
        llm: the model.
        max_tokens: the window.
        max_slots: prompts at once.
        prefill_chunk: tokens of a prompt that go through the model at once; 2,048 on a GPU and 512 elsewhere by default.
        compile: "auto" compiles and captures on a GPU and runs operator by operator elsewhere; "always" compiles anywhere;
            "never" nowhere.
        notify: is told of what cannot be had.
    """

    def __init__(
        self,
        llm: Any,
        max_tokens: int,
        max_slots: int = 8,
        prefill_chunk: int | None = None,
        compile: Compile = "auto",
        notify: Callable[[str], None] = lambda _notice: None,
    ) -> None:
        self.llm, self.max_tokens, self.max_slots = llm, max_tokens, max_slots
        self._like = llm.model.embed_tokens.weight
        self._static = compile == "always" or (compile == "auto" and self._like.is_cuda)
        self.prefill_chunk = prefill_chunk or (2048 if self._like.is_cuda else 512)
        self._notify = notify
        self._layers = [LlamaLayer(stock, fuse=self._static) for stock in llm.model.layers]
        self._rope = rope_tables(llm, max_tokens)
        self._layer: Callable[..., Tensor] = _layer_at_a_step
        self._head: Callable[..., Tensor] = _logits
        if self._static:
            self._layer, self._head = compiled(_layer_at_a_step, notify), compiled(_logits, notify)
        self._cache: KVCache | None = None
        self._run: Callable[[Sequence[int], Sequence[int]], Tensor] = self._exact_step

    def open(self, slots: int, tokens: int) -> None:
        """See `Engine`."""
        tokens = bucket(tokens, self.max_tokens)
        if self._static:
            slots = StaticStep.slots(slots)
        if self._cache is not None and self._cache.slots >= slots and self._cache.places >= tokens:
            return
        self.release()
        config = self.llm.config
        heads, size = config.num_key_value_heads, self._layers[0].head
        self._cache = KVCache(len(self._layers), slots, heads, tokens, size, self._like)
        if self._static:
            self._run = StaticStep(self._step, slots, tokens, self.llm.lm_head.out_features, self._like, self._notify)

    def release(self) -> None:
        """See `Engine`. Captured graphs go too, since they hold the cache's addresses."""
        self._cache, self._run = None, self._exact_step

    def move(self, source: int, target: int) -> None:
        """See `Engine`."""
        self._open.move(source, target)

    def smaller(self) -> bool:
        """See `Engine`."""
        if self.prefill_chunk <= _LEAST_CHUNK:
            return False
        self.prefill_chunk //= 2
        return True

    @torch.no_grad()
    def embed(self, tokens: Tensor) -> Tensor:
        """See `Engine`."""
        return self.llm.model.embed_tokens(tokens)

    @property
    def _open(self) -> KVCache:
        if self._cache is None:
            raise RuntimeError("the engine was not opened")
        return self._cache

    @torch.no_grad()
    def prefill(self, slot: int, prompt: Tensor) -> Tensor:
        """See `Engine`. A long prompt goes in chunks, so that activations stay small."""
        x = prompt if prompt.is_floating_point() else self.embed(prompt)  # [L, E]
        last = x
        for start in range(0, len(x), self.prefill_chunk):
            last = self._prefill(slot, x[None, start : start + self.prefill_chunk], start)
        return _logits(self.llm, last)[0]

    def _prefill(self, slot: int, x: Tensor, start: int) -> Tensor:
        cache, length = self._open, x.shape[1]
        end = start + length
        cos, sin = (table[start:end] for table in self._rope)  # [L, D]
        # True where a token may look: at all earlier chunks, and at itself and before in its own.
        seen = torch.ones(length, end, dtype=torch.bool, device=x.device).tril(start) if start else None
        for layer, keys, values in zip(self._layers, cache.keys, cache.values, strict=True):
            q, k, v = layer.before(x, cos, sin)
            keys[slot, :, start:end] = k[0]
            values[slot, :, start:end] = v[0]
            past_k, past_v = keys[slot : slot + 1, :, :end], values[slot : slot + 1, :, :end]
            gqa = q.shape[1] != k.shape[1]
            out = F.scaled_dot_product_attention(q, past_k, past_v, seen, is_causal=seen is None, enable_gqa=gqa)
            x = layer.after(x, out.transpose(1, 2).flatten(2))
        return x

    @torch.no_grad()
    def step(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """See `Engine`."""
        return self._run(tokens, positions)

    def _exact_step(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        device, places = self._like.device, max(positions) + 1
        given = torch.tensor(tokens, device=device)
        if (
            min(positions) == places - 1
        ):  # all slots stand at one position, as a single one does: nothing is to be hidden
            return self._step(given, torch.tensor([places - 1], device=device), places, alike=True)
        return self._step(given, torch.tensor(positions, device=device), places)

    def _step(self, tokens: Tensor, at: Tensor, places: int, alike: bool = False) -> Tensor:
        cache, slots = self._open, len(tokens)
        x = self.embed(tokens)[:, None]  # [B, 1, E]
        cos, sin = (table[at][:, None, None] for table in self._rope)  # [B, 1, 1, D]
        seen = None
        where: tuple[Any, Any] = slice(None), places - 1
        if not alike:
            seen = (torch.arange(places, device=at.device) <= at[:, None])[:, None, None]  # [B, 1, 1, S]
            where = torch.arange(slots, device=at.device), at
        for layer, keys, values in zip(self._layers, cache.keys, cache.values, strict=True):
            k, v = keys[:slots, :, :places], values[:slots, :, :places]
            if self._static:  # one code for all lengths
                for dimension, tensor in ((2, k), (2, v), (3, seen)):
                    torch._dynamo.maybe_mark_dynamic(tensor, dimension)
            x = self._layer(layer, x, cos, sin, k, v, *where, seen)
        return self._head(self.llm, x)


def _logits(llm: Any, x: Tensor) -> Tensor:
    """Logits [B, V] of what follows the last of x [B, L, E]."""
    return llm.lm_head(llm.model.norm(x[:, -1]))


def _layer_at_a_step(
    layer: LlamaLayer,
    x: Tensor,
    cos: Tensor,
    sin: Tensor,
    keys: Tensor,
    values: Tensor,
    rows: Any,
    at: Any,
    seen: Tensor | None,
) -> Tensor:
    """x [B, 1, E] through a layer: its keys and values go into the cache [B, K, S, D], in each row of `rows` at its own `at`."""
    q, k, v = layer.before(x, cos, sin)
    keys[rows, :, at] = k[:, :, 0]
    values[rows, :, at] = v[:, :, 0]
    # The G query heads of a key-value head stand as G queries of one head: [B, K, G, D].
    grouped = q.reshape(q.shape[0], k.shape[1], -1, layer.head)
    out = _attended(grouped, keys, values, seen)
    return layer.after(x, out.reshape(x.shape))


def _attended(q: Tensor, keys: Tensor, values: Tensor, seen: Tensor | None) -> Tensor:
    """Attention of few queries [B, K, G, D] to all places [B, K, S, D] that are seen.

    On a GPU the fused kernels give one query of a head to one multiprocessor, which leaves most of them idle; written out,
    a compiler spreads it over all.
    """
    if not (q.is_cuda or torch.compiler.is_compiling()):
        return F.scaled_dot_product_attention(q, keys, values, seen)
    scores = (q @ keys.transpose(-1, -2)).float() * q.shape[-1] ** -0.5  # [B, K, G, S]
    if seen is not None:
        scores = scores.masked_fill(~seen, -torch.inf)
    return scores.softmax(-1).to(q.dtype) @ values
