"""One layer of Llama as decoding needs it: the stock layer's own modules, and what stands before and after attention.

The stock model stays the only holder of the weights. Projections of the same input may be fused into one product, which a
GPU multiplies faster at batch 1; the stock modules' weights then become views of the fused one, so nothing is held twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..quantised.layers import Int8Linear

__all__ = ["LlamaLayer", "rope_tables"]


class LlamaLayer(nn.Module):
    """Shapes: B slots, L tokens, E hidden, H query heads, K key-value heads, D numbers a head."""

    def __init__(self, stock: Any, fuse: bool) -> None:
        super().__init__()
        attention, mlp = stock.self_attn, stock.mlp
        self.head = attention.head_dim
        self.norm_before, self.norm_after = stock.input_layernorm, stock.post_attention_layernorm
        self.qkv = _fused((attention.q_proj, attention.k_proj, attention.v_proj), fuse)
        self.gate_up = _fused((mlp.gate_proj, mlp.up_proj), fuse)
        self.out, self.down, self.activation = attention.o_proj, mlp.down_proj, mlp.act_fn

    def before(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x [B, L, E] → queries [B, H, L, D], keys and values [B, K, L, D]; queries and keys rotated to their positions."""
        shape = (*x.shape[:-1], -1, self.head)
        q, k, v = (part.view(shape).transpose(1, 2) for part in _parts(self.qkv, self.norm_before(x)))
        return _rotated(q, cos, sin), _rotated(k, cos, sin), v

    def after(self, x: Tensor, attended: Tensor) -> Tensor:
        """x and what attention gave, both [B, L, E]: residual, gated feed-forward, residual."""
        x = x + self.out(attended)
        gate, up = _parts(self.gate_up, self.norm_after(x))
        return x + self.down(self.activation(gate) * up)


class _Fused(nn.Module):
    """Several linear layers of one input as one product, whose result is cut apart."""

    def __init__(self, joint: nn.Module, widths: Sequence[int]) -> None:
        super().__init__()
        self.joint, self.widths = joint, list(widths)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return self.joint(x).split(self.widths, dim=-1)


def _parts(projections: Any, x: Tensor) -> Sequence[Tensor]:
    return projections(x) if isinstance(projections, _Fused) else [project(x) for project in projections]


def _fused(linears: Sequence[Any], fuse: bool) -> nn.Module:
    """One module for all, where their kind can be joined along its rows; else the modules as they are."""
    kind = type(linears[0])
    if not fuse or kind not in (nn.Linear, Int8Linear) or any(type(linear) is not kind for linear in linears):
        return nn.ModuleList(linears)
    widths = [linear.out_features for linear in linears]
    biased = linears[0].bias is not None
    with torch.device("meta"):
        joint = kind(linears[0].in_features, sum(widths), bias=biased)
    for name, _ in [*joint.named_parameters(), *joint.named_buffers()]:
        whole = _joined([getattr(linear, name).detach() for linear in linears])
        for linear, part in zip(linears, whole.split(widths), strict=True):
            held = getattr(linear, name)
            if isinstance(held, nn.Parameter):
                held.data = part
            else:
                setattr(linear, name, part)
        held = getattr(joint, name)
        setattr(joint, name, nn.Parameter(whole, requires_grad=False) if isinstance(held, nn.Parameter) else whole)
    if whole.is_cuda:
        torch.cuda.empty_cache()  # the parts' memory is in pieces too small for the next whole: it would be held for nothing
    return _Fused(joint.eval(), widths)


def _joined(parts: Sequence[Tensor]) -> Tensor:
    """The parts one below another; the tensor that they are views of, where an earlier decoder joined them already."""
    first, ends_at = parts[0], parts[0].storage_offset()
    for part in parts:
        same = part.untyped_storage().data_ptr() == first.untyped_storage().data_ptr() and part.is_contiguous()
        if not same or part.storage_offset() != ends_at:
            return torch.cat(list(parts))
        ends_at += part.numel()
    rows = sum(len(part) for part in parts)
    return first.as_strided((rows, *first.shape[1:]), first.stride(), first.storage_offset())


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE in the convention that pairs dimension i with i + D/2, as Hugging Face's Llama weights need it."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def rope_tables(llm: Any, tokens: int) -> tuple[Tensor, Tensor]:
    """cos and sin [S, D] of all positions, computed in float32 from the configuration and rounded once, as stock does.

    Not from the module's `inv_freq` buffer: a model that went through `.half()` holds a rounded one.
    """
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    like = llm.model.embed_tokens.weight
    with torch.no_grad():
        rotary = LlamaRotaryEmbedding(llm.config).to(like.device)
        cos, sin = rotary(like[:0], torch.arange(tokens, device=like.device)[None])
    return cos[0], sin[0]
