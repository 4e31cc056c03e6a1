"""What 8 and 4 bits cost in accuracy: a language model of the true widths with random weights and few layers.

    python -m benchmarks.quantised --layers 2

All forms are compared with the same model in fp32 on the same random tokens. No weights of a trained model are at hand: random
weights say what rounding does to the sums, not what it does to what was learnt. Logits of a random model lie close together, so that
its most likely token changes at a touch; a trained model's stand farther apart. torchao's own quantisation is the peer.
"""

from __future__ import annotations

import argparse
import copy
import gc
from collections.abc import Callable
from typing import Any

import torch
from biocopilot.model.biomedgpt.configuration import LLAMA_2_7B
from biocopilot.model.quantised.layers import Int4Linear, Int8Linear
from biocopilot.model.quantised.quantise import to_int4, to_int8
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM

from .measure import Measured, Row, report

__all__ = ["measure"]

_TOKENS = 64
_SEEDS = (0, 1)


def measure(quick: bool, layers: int = 0) -> Measured:
    """Differences from fp32 in per cent, and how often the most likely token stays."""
    layers = layers or (1 if quick else 2)
    seeds = _SEEDS[:1] if quick else _SEEDS
    config = LlamaConfig(**{**{k: v for k, v in LLAMA_2_7B.items() if k != "model_type"}, "num_hidden_layers": layers})
    found: dict[str, list[tuple[float, float, float]]] = {}
    notes = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config).eval()  # transformers draws them from N(0, 0.02)
        ids = torch.randint(3, 32_000, (1, _TOKENS))
        true = _logits(model, ids)
        model.to(torch.bfloat16)  # in place, tensor by tensor
        for name, change in _FORMS.items():
            changed = copy.deepcopy(model)
            try:
                change(changed, model)
            except Exception as error:  # a peer that does not run here is told, not hidden
                notes.append(f"{name} does not run here: {type(error).__name__}: {str(error)[:160]}")
                continue
            found.setdefault(name, []).append(_compared(true, _logits(changed, ids)))
            del changed
            gc.collect()
        del model
        gc.collect()
    rows = []
    for name, values in found.items():
        logits, divergence, kept = zip(*values, strict=True)
        rows.append(Row.of(f"{name}: difference of the logits, % of their size", [100 * v for v in logits]))
        rows.append(Row.of(f"{name}: KL from fp32, thousandths of a nat a token", [1000 * v for v in divergence]))
        rows.append(Row.of(f"{name}: most likely token is another one, %", [100 * (1 - v) for v in kept]))
    notes.append(
        f"{layers} layers of the true width, random weights, {_TOKENS} random tokens, {len(seeds)} models; no trained weights"
    )
    return Measured("quantised", "difference from fp32", tuple(rows), {}, tuple(dict.fromkeys(notes)))


@torch.no_grad()
def _logits(model: Any, ids: Tensor) -> Tensor:
    return model(ids).logits[0].float()


def _compared(true: Tensor, found: Tensor) -> tuple[float, float, float]:
    """Relative difference of the logits, mean KL, and the share of positions whose most likely token is the same."""
    difference = float((found - true).norm() / true.norm())
    divergence = F.kl_div(found.log_softmax(-1), true.log_softmax(-1), log_target=True, reduction="batchmean")
    return difference, float(divergence), float((found.argmax(-1) == true.argmax(-1)).float().mean())


def _swap(model: Any, made: Callable[[nn.Linear], nn.Module]) -> None:
    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, child in list(part.named_children()):
                if isinstance(child, nn.Linear):
                    setattr(part, name, made(child))


def _int8(linear: nn.Linear) -> nn.Module:
    layer = Int8Linear(linear.in_features, linear.out_features)
    layer.weight_int8, layer.scale = to_int8(linear.weight)
    return layer


def _int4(linear: nn.Linear) -> nn.Module:
    layer = Int4Linear(linear.in_features, linear.out_features)
    layer.weight_int4, layer.scales_and_zeros = to_int4(linear.weight)
    layer.prepare()
    return layer


def _torchao_int8(model: Any, _before: Any) -> None:
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    quantize_(model.model.layers, Int8WeightOnlyConfig())


def _torchao_int4(model: Any, _before: Any) -> None:
    from torchao.prototype.quantization.int4 import PrototypeInt4WeightOnlyConfig
    from torchao.quantization import quantize_

    quantize_(model.model.layers, PrototypeInt4WeightOnlyConfig(group_size=64, set_inductor_config=False))


_FORMS: dict[str, Callable[[Any, Any], None]] = {
    "bf16": lambda _model, _before: None,
    "int8": lambda model, _before: _swap(model, _int8),
    "int4": lambda model, _before: _swap(model, _int4),
    "peer: torchao int8": _torchao_int8,
    "peer: torchao int4 (its prototype for CPUs), groups of 64": _torchao_int4,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    report(measure(False, given.layers), given.keep)
