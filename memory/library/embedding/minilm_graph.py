"""Builds `minilm.onnx`, the computation of all-MiniLM-L6-v2 without its weights: it names their places in `model.safetensors`.

    python -m biocopilot.memory.library.embedding.minilm_graph

ONNX Runtime maps the weights from there, so nothing of 90 MB is converted, copied or kept twice. One text of any length
goes in, as word pieces, and its vector comes out: no padding, no mask, no batch. A test builds it again and compares.
Needs `onnx`; using the graph does not. SEE: https://arxiv.org/abs/1810.04805 (BERT), https://arxiv.org/abs/2002.10957 (MiniLM)
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from .minilm_files import WEIGHTS, find_minilm

__all__ = ["GRAPH", "build_graph"]

GRAPH = Path(__file__).with_name("minilm.onnx")

_LAYERS, _HEADS, _WIDTH, _EPSILON = 6, 12, 384, 1e-12  # the model's config.json
_OPSET, _IR_VERSION = 18, 9  # as old as the operators allow, for old runtimes
_MICROSOFT = "com.microsoft"  # operators of ONNX Runtime itself


def build_graph(weights: Path) -> bytes:
    """The graph in ONNX format. L pieces, D = 384 wide; every tensor is (L, D) but where it says otherwise."""
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    pieces = graph.op("Shape", "pieces")  # (1,)
    places = graph.op("Range", graph.number(0), graph.op("Squeeze", pieces, graph.axis), graph.number(1))  # (L,)
    words = graph.op("Gather", graph.weight("embeddings.word_embeddings.weight"), "pieces")
    positions = graph.op("Gather", graph.weight("embeddings.position_embeddings.weight"), places)
    kind = graph.op("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.number(0))  # (D,)
    x = graph.norm(graph.op("Add", graph.op("Add", words, positions), kind), "embeddings.")
    for layer in range(_LAYERS):
        x = _block(graph, f"encoder.layer.{layer}.", x)
    mean = graph.op("ReduceMean", x, graph.axis, keepdims=0)  # (D,)
    graph.op("LpNormalization", mean, out="vector", axis=-1, p=2)
    made = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("pieces", TensorProto.INT32, ["length"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [_WIDTH])],
        list(graph.held.values()),
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString(deterministic=True))


def _block(graph: _Graph, name: str, x: str) -> str:
    """Attention and the two dense layers, each with its skip connection and norm behind it."""
    own = f"{name}attention.self."
    # The attention operator wants a batch: (1, L, D).
    heads = [graph.op("Unsqueeze", graph.dense(x, f"{own}{one}"), graph.axis) for one in ("query", "key", "value")]
    attended = graph.op("MultiHeadAttention", *heads, domain=_MICROSOFT, num_heads=_HEADS)
    attended = graph.dense(graph.op("Squeeze", attended, graph.axis), f"{name}attention.output.dense")
    x = graph.norm(graph.op("Add", attended, x), f"{name}attention.output.")
    wide = graph.op("Gelu", graph.dense(x, f"{name}intermediate.dense"), domain=_MICROSOFT)  # (L, 4 D)
    return graph.norm(graph.op("Add", graph.dense(wide, f"{name}output.dense"), x), f"{name}output.")


class _Graph:
    """Nodes and constants, gathered; an operation's name is that of its output."""

    def __init__(self, weights: Path) -> None:
        with weights.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            self._tensors: dict[str, Any] = json.loads(file.read(size))
        self._begin = 8 + size  # SEE: https://github.com/huggingface/safetensors#format
        self.nodes: list[Any] = []
        self.held: dict[str, Any] = {}
        self.axis = self._constant("axis", [1], 0)

    def op(self, kind: str, *inputs: str, out: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node."""
        from onnx import helper

        out = out or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], domain=domain, **attributes))
        return out

    def dense(self, x: str, name: str) -> str:
        """x Wᵀ + b: the file has W as (out, in)."""
        return self.op("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation."""
        parts = [self.weight(f"{name}LayerNorm.{part}") for part in ("weight", "bias")]
        return self.op("LayerNormalization", x, *parts, axis=-1, epsilon=_EPSILON)

    def weight(self, name: str) -> str:
        """A tensor of the weights' file, by its place there."""
        from onnx import TensorProto

        about = self._tensors[name]
        begin, end = about["data_offsets"]
        place = {"location": WEIGHTS, "offset": self._begin + begin, "length": end - begin}
        held = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=about["shape"])
        held.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            held.external_data.add(key=key, value=str(value))
        self.held[name] = held
        return name

    def number(self, value: int) -> str:
        """A scalar."""
        return self._constant(f"number{value}", [], value)

    def _constant(self, name: str, shape: list[int], value: int) -> str:
        from onnx import TensorProto, helper

        self.held[name] = helper.make_tensor(name, TensorProto.INT64, shape, [value])
        return name


def main() -> None:
    """Build it from the installed weights."""
    GRAPH.write_bytes(build_graph(find_minilm().folder / WEIGHTS))


if __name__ == "__main__":
    main()
