"""Linear layers over quantised weights, by torch's own kernels where it has them; a stand-in for `nn.Linear`.

Meant for bf16 activations: torch's 8-bit CPU kernels and 4-bit kernels are fast in bf16 and slow in fp32 (measured).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .quantise import from_int4
from .shapes import GROUP

__all__ = ["Int4Linear", "Int8Linear", "QuantisedLinear"]

_FEW_ROWS = 48
"""Up to here torch's CPU kernels for one token are faster than widening the weights and multiplying matrices."""


class QuantisedLinear(nn.Module):
    """What both have: sizes as `nn.Linear` names them, and the bias."""

    bias: Tensor | None

    def __init__(self, columns: int, rows: int, bias: bool) -> None:
        super().__init__()
        self.in_features, self.out_features = columns, rows
        self.register_parameter("bias", nn.Parameter(torch.empty(rows), requires_grad=False) if bias else None)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"

    def prepare(self) -> None:
        """Bring the numbers into the layout of the device's kernel, once they are where they stay."""


class Int8Linear(QuantisedLinear):
    """8 bits, a scale a row."""

    weight_int8: Tensor
    scale: Tensor

    def __init__(self, columns: int, rows: int, bias: bool = False) -> None:
        super().__init__(columns, rows, bias)
        self.register_buffer("weight_int8", torch.empty(rows, columns, dtype=torch.int8))
        self.register_buffer("scale", torch.empty(rows, dtype=torch.bfloat16))

    def forward(self, x: Tensor) -> Tensor:
        """(…, K) → (…, N)."""
        scale = self.scale.to(x.dtype)
        if x.device.type == "cpu" and x.numel() <= _FEW_ROWS * self.in_features:
            flat = x.reshape(-1, self.in_features)
            y = torch._weight_int8pack_mm(flat, self.weight_int8, scale).reshape(*x.shape[:-1], self.out_features)
        else:  # a compiler joins the widening with the product
            y = F.linear(x, self.weight_int8.to(x.dtype)) * scale
        return y if self.bias is None else y + self.bias


class Int4Linear(QuantisedLinear):
    """4 bits, a scale and a zero for each group; `prepare` it where it stays, on the CPU or a CUDA device."""

    weight_int4: Tensor
    scales_and_zeros: Tensor

    def __init__(self, columns: int, rows: int, bias: bool = False, group: int = GROUP) -> None:
        super().__init__(columns, rows, bias)
        self.group = group
        self.prepared = False
        self.register_buffer("weight_int4", torch.empty(rows, columns // 2, dtype=torch.uint8))
        self.register_buffer("scales_and_zeros", torch.empty(columns // group, rows, 2, dtype=torch.bfloat16))

    @torch.no_grad()
    def prepare(self) -> None:
        """Bring the numbers into the layout of the device's kernel; afterwards `weight_int4` is for that kernel alone."""
        if self.prepared:
            return
        if self.weight_int4.is_cuda:
            tiles = next(tiles for tiles in (8, 4, 2) if self.in_features % (16 * tiles) == 0)
            self.weight_int4 = torch.ops.aten._convert_weight_to_int4pack(self.weight_int4, tiles)
            self.prepared = True
        elif self.weight_int4.device.type == "cpu":
            numbers = torch.stack((self.weight_int4 >> 4, self.weight_int4 & 15), -1).flatten(1).int()  # (N, K)
            self.weight_int4 = torch.ops.aten._convert_weight_to_int4pack_for_cpu(numbers, 1)
            self.prepared = True

    def forward(self, x: Tensor) -> Tensor:
        """(…, K) → (…, N)."""
        if self.prepared:
            flat = x.reshape(-1, self.in_features)
            if x.is_cuda:  # this kernel knows bf16 only
                y = torch.ops.aten._weight_int4pack_mm(
                    flat.bfloat16(), self.weight_int4, self.group, self.scales_and_zeros
                )
            else:
                y = torch.ops.aten._weight_int4pack_mm_for_cpu(
                    flat, self.weight_int4, self.group, self.scales_and_zeros.to(x.dtype)
                )
            y = y.to(x.dtype).reshape(*x.shape[:-1], self.out_features)
        else:
            y = F.linear(x, from_int4(self.weight_int4, self.scales_and_zeros, x.dtype))
        return y if self.bias is None else y + self.bias
