"""Llama's forward for decoding, over the weights of a stock `LlamaForCausalLM`, which stay where they are.

What differs from transformers' own forward: keys and values go straight into a preallocated cache at their positions
(`KVCache`), so no mask for padding is needed; a step attends to a slice of the cache; only the last position's logits are
computed. All projections and norms are the stock module's own submodules, so quantised ones work unchanged.

Shapes: B slots, L tokens of a prompt, S places attended to, E hidden, H query heads, K key-value heads, G = H / K, D = head.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from .kv_cache import KVCache, bucket

__all__ = ["LlamaEngine"]


class LlamaEngine:
    """Prefill and step for a `LlamaForCausalLM`."""

    def __init__(self, llm: Any, max_tokens: int, max_slots: int = 8, prefill_chunk: int = 512) -> None:
        self.llm, self.max_tokens, self.max_slots, self.prefill_chunk = llm, max_tokens, max_slots, prefill_chunk
        self._cache: KVCache | None = None
        self._rope = _rope_tables(llm, max_tokens)

    def open(self, slots: int, tokens: int) -> None:
        """See `Engine`."""
        tokens = bucket(tokens, self.max_tokens)
        if self._cache is not None and self._cache.slots >= slots and self._cache.places >= tokens:
            return
        if self._cache is not None:
            slots, tokens = max(slots, self._cache.slots), max(tokens, self._cache.places)
        self.release()
        config = self.llm.config
        like = self.llm.model.embed_tokens.weight
        heads, size = config.num_key_value_heads, self.llm.model.layers[0].self_attn.head_dim
        self._cache = KVCache(config.num_hidden_layers, slots, heads, tokens, size, like)

    def release(self) -> None:
        """See `Engine`."""
        self._cache = None

    def move(self, source: int, target: int) -> None:
        """See `Engine`."""
        self._open.move(source, target)

    @property
    def _open(self) -> KVCache:
        if self._cache is None:
            raise RuntimeError("the engine was not opened")
        return self._cache

    @torch.no_grad()
    def prefill(self, slot: int, prompt: Tensor) -> Tensor:
        """See `Engine`. A long prompt goes in chunks, so that activations stay small."""
        x = prompt if prompt.is_floating_point() else self.llm.model.embed_tokens(prompt)  # [L, E]
        last = x
        for start in range(0, len(x), self.prefill_chunk):
            last = self._prefill(slot, x[None, start : start + self.prefill_chunk], start)
        return self.llm.lm_head(self.llm.model.norm(last[:, -1]))[0]

    def _prefill(self, slot: int, x: Tensor, start: int) -> Tensor:
        cache, length = self._open, x.shape[1]
        end = start + length
        cos, sin = (table[start:end] for table in self._rope)  # [L, D]
        # True where a token may look: at all earlier chunks, and at itself and before in its own.
        seen = torch.ones(length, end, dtype=torch.bool, device=x.device).tril(start) if start else None
        for layer, keys, values in zip(self.llm.model.layers, cache.keys, cache.values, strict=True):
            q, k, v = _project(layer, x, cos, sin)
            keys[slot, :, start:end] = k[0]
            values[slot, :, start:end] = v[0]
            past_k, past_v = keys[slot : slot + 1, :, :end], values[slot : slot + 1, :, :end]
            gqa = q.shape[1] != k.shape[1]
            out = F.scaled_dot_product_attention(q, past_k, past_v, seen, is_causal=seen is None, enable_gqa=gqa)
            x = _finish(layer, x, out.transpose(1, 2).reshape(1, length, -1))
        return x

    @torch.no_grad()
    def step(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """See `Engine`."""
        device = self._rope[0].device
        at = torch.tensor(positions, device=device)
        return self._step(torch.tensor(tokens, device=device), at, max(positions) + 1)

    def _step(self, tokens: Tensor, at: Tensor, span: int) -> Tensor:
        cache, slots = self._open, len(tokens)
        rows = torch.arange(slots, device=at.device)
        x = self.llm.model.embed_tokens(tokens)[:, None]  # [B, 1, E]
        cos, sin = (table[at][:, None, None] for table in self._rope)  # [B, 1, 1, D]
        seen = (torch.arange(span, device=at.device) <= at[:, None])[:, None, None]  # [B, 1, 1, S]
        for layer, keys, values in zip(self.llm.model.layers, cache.keys, cache.values, strict=True):
            q, k, v = _project(layer, x, cos, sin)
            keys[rows, :, at] = k[:, :, 0]
            values[rows, :, at] = v[:, :, 0]
            # The G query heads of a key-value head stand as G queries of one head: [B, K, G, D].
            grouped = q.reshape(slots, k.shape[1], -1, q.shape[-1])
            out = F.scaled_dot_product_attention(grouped, keys[:slots, :, :span], values[:slots, :, :span], seen)
            x = _finish(layer, x, out.reshape(slots, 1, -1))
        return self.llm.lm_head(self.llm.model.norm(x[:, 0]))


def _project(layer: Any, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries [B, H, L, D], keys and values [B, K, L, D], the first two rotated to their positions."""
    attention = layer.self_attn
    x = layer.input_layernorm(x)
    q, k, v = (
        project(x).view(*x.shape[:-1], -1, attention.head_dim).transpose(1, 2)
        for project in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    return _rotated(q, cos, sin), _rotated(k, cos, sin), v


def _finish(layer: Any, x: Tensor, attended: Tensor) -> Tensor:
    """The layer after attention: both residuals and the gated feed-forward."""
    x = x + layer.self_attn.o_proj(attended)
    return x + layer.mlp(layer.post_attention_layernorm(x))


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE in the convention that pairs dimension i with i + D/2, as Hugging Face's Llama weights need it."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def _rope_tables(llm: Any, tokens: int) -> tuple[Tensor, Tensor]:
    """cos and sin [S, D] of all positions, computed in float32 from the configuration and rounded once, as stock does.

    Not from the module's `inv_freq` buffer: a model that went through `.half()` holds a rounded one.
    """
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    like = llm.model.embed_tokens.weight
    with torch.no_grad():
        rotary = LlamaRotaryEmbedding(llm.config).to(like.device)
        cos, sin = rotary(like[:0], torch.arange(tokens, device=like.device)[None])
    return cos[0], sin[0]
