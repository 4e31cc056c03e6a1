"""The graph that the benchmark gives ChromaDB's embedder as its model file: the same weights, in ONNX Runtime's fused BERT operators.

ChromaDB downloads its file, which a benchmark must not. What ONNX Runtime makes of a plain export differs by exporter: attention
is fused or not. This graph has the fused one from the start, so that the peer is at its best. Not used by the package.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["write_peer_graph"]

_MICROSOFT = "com.microsoft"
_EPSILON = 1e-12
_LAYERS, _HEADS, _WIDTH = 6, 12, 384


def write_peer_graph(weights: Path, to: Path) -> None:
    """Write the model with the inputs and the output that ChromaDB's embedder expects."""
    from onnx import TensorProto, helper, save

    graph = _Graph(_read(weights))
    graph.op("Cast", "attention_mask", out="mask", to=TensorProto.INT32)
    graph.op("Cast", "input_ids", out="ids", to=TensorProto.INT32)
    graph.op("Cast", "token_type_ids", out="types", to=TensorProto.INT32)
    e = "embeddings."
    tables = [graph.weight(f"{e}{kind}_embeddings.weight") for kind in ("word", "position", "token_type")]
    norm = [graph.weight(f"{e}LayerNorm.{part}") for part in ("weight", "bias")]
    x = graph.op("EmbedLayerNormalization", "ids", "types", *tables, *norm, domain=_MICROSOFT, epsilon=_EPSILON)
    for layer in range(_LAYERS):
        x = _block(graph, f"encoder.layer.{layer}.", x)
    graph.op("Identity", x, out="last_hidden_state")
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", _WIDTH])
    made = helper.make_graph(graph.nodes, "peer", inputs, [output], graph.held)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    save(helper.make_model(made, opset_imports=opsets, ir_version=8), to)


def _block(graph: _Graph, name: str, x: str) -> str:
    own = f"{name}attention.self."
    parts = [(graph.tensors[f"{own}{kind}.weight"].T, graph.tensors[f"{own}{kind}.bias"]) for kind in _QKV]
    packed = graph.hold(f"{own}weights", np.concatenate([weight for weight, _ in parts], axis=1))
    biases = graph.hold(f"{own}biases", np.concatenate([bias for _, bias in parts]))
    attended = graph.op("Attention", x, packed, biases, "mask", domain=_MICROSOFT, num_heads=_HEADS)
    x = _added(graph, f"{name}attention.output.", attended, x)
    wide = graph.op("MatMul", x, graph.turned(f"{name}intermediate.dense.weight"))
    wide = graph.op("BiasGelu", wide, graph.weight(f"{name}intermediate.dense.bias"), domain=_MICROSOFT)
    return _added(graph, f"{name}output.", wide, x)


_QKV = ("query", "key", "value")


def _added(graph: _Graph, name: str, x: str, to: str) -> str:
    """A dense layer, its bias, the skip connection and the norm."""
    y = graph.op("MatMul", x, graph.turned(f"{name}dense.weight"))
    norm = [graph.weight(f"{name}{part}") for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
    return graph.op("SkipLayerNormalization", y, to, *norm, domain=_MICROSOFT, epsilon=_EPSILON)


class _Graph:
    """Nodes and held tensors, gathered."""

    def __init__(self, tensors: dict[str, Any]) -> None:
        self.tensors = tensors
        self.nodes: list[Any] = []
        self.held: list[Any] = []

    def op(self, kind: str, *inputs: str, out: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node; the name of its output."""
        from onnx import helper

        out = out or f"{kind}{len(self.nodes)}"
        outputs = [out, f"{out}_mask"] if kind == "EmbedLayerNormalization" else [out]  # it has to have both
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **attributes))
        return out

    def weight(self, name: str) -> str:
        """A tensor as it is."""
        return self.hold(name, self.tensors[name])

    def turned(self, name: str) -> str:
        """A matrix from (out, in) to (in, out)."""
        return self.hold(name, self.tensors[name].T)

    def hold(self, name: str, values: Any) -> str:
        """Keep a tensor in the file."""
        from onnx import numpy_helper

        self.held.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _read(path: Path) -> dict[str, Any]:
    """Tensors of a safetensors file of 32-bit floats."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    found = {}
    for name, about in header.items():
        if about.get("dtype") == "F32":
            begin, end = (8 + size + offset for offset in about["data_offsets"])
            found[name] = np.frombuffer(data[begin:end], np.float32).reshape(about["shape"])
    return found
