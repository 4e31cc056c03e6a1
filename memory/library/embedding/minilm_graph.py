"""Builds the computation of all-MiniLM-L6-v2 without its weights: the graphs name their places in `model.safetensors`.

    python -m biocopilot.memory.library.embedding.minilm_graph

ONNX Runtime maps the weights from there, so nothing of 90 MB is converted, copied or kept twice. One text of any length
goes in, as word pieces, and its vector comes out: no padding, no mask, no batch. `minilm.onnx` computes in 32 bits;
`minilm_int8.onnx` multiplies by matrices of 8 bits, which whoever opens it has to give it (`minilm_int8.py`).
A test builds both again and compares. Needs `onnx`; using the graphs does not.
SEE: https://arxiv.org/abs/1810.04805 (BERT), https://arxiv.org/abs/2002.10957 (MiniLM)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .minilm_files import WEIGHTS, find_minilm
from .minilm_int8 import INT8, SCALE, tensors_of

__all__ = ["GRAPH", "INT8_GRAPH", "build_graph"]

GRAPH = Path(__file__).with_name("minilm.onnx")
INT8_GRAPH = Path(__file__).with_name("minilm_int8.onnx")

_LAYERS, _HEADS, _WIDTH, _EPSILON = 6, 12, 384, 1e-12  # the model's config.json
_OPSET, _IR_VERSION = 18, 9  # as old as the operators allow, for old runtimes
_MICROSOFT = "com.microsoft"  # operators of ONNX Runtime itself
_GIVEN = "given"  # the place of tensors that are in no file


def build_graph(weights: Path, *, int8: bool = False) -> bytes:
    """The graph in ONNX format. L pieces, D = 384 wide; every tensor is (L, D) but where it says otherwise."""
    from onnx import TensorProto, helper

    graph = _Int8Graph(weights) if int8 else _Graph(weights)
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
    return graph.norm(graph.op("Add", graph.dense_of_gelu(wide, f"{name}output.dense"), x), f"{name}output.")


class _Graph:
    """Nodes and constants, gathered; an operation's name is that of its output."""

    def __init__(self, weights: Path) -> None:
        self._tensors = tensors_of(weights)
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

    def dense_of_gelu(self, x: str, name: str) -> str:
        """The same, of what GELU made."""
        return self.dense(x, name)

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation."""
        parts = [self.weight(f"{name}LayerNorm.{part}") for part in ("weight", "bias")]
        return self.op("LayerNormalization", x, *parts, axis=-1, epsilon=_EPSILON)

    def weight(self, name: str) -> str:
        """A tensor of the weights' file, by its place there."""
        from onnx import TensorProto

        shape, begin, length = self._tensors[name]
        return self._elsewhere(name, TensorProto.FLOAT, shape, location=WEIGHTS, offset=begin, length=length)

    def number(self, value: int) -> str:
        """A scalar."""
        return self._constant(f"number{value}", [], value)

    def _elsewhere(self, name: str, kind: int, shape: list[int], **place: object) -> str:
        from onnx import TensorProto

        held = TensorProto(name=name, data_type=kind, dims=shape)
        held.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            held.external_data.add(key=key, value=str(value))
        self.held[name] = held
        return name

    def _constant(self, name: str, shape: list[int], value: float) -> str:
        from onnx import TensorProto, helper

        kind = TensorProto.INT64 if isinstance(value, int) else TensorProto.FLOAT
        self.held[name] = helper.make_tensor(name, kind, shape, [value])
        return name


class _Int8Graph(_Graph):
    """What is multiplied is scaled to whole numbers as it comes, all rows alike; sums are whole numbers of 32 bits."""

    def dense(self, x: str, name: str) -> str:
        """x Wᵀ + b, with W given as (in, out)."""
        return self._product(x, name, self.weight(f"{name}.bias"))

    def dense_of_gelu(self, x: str, name: str) -> str:
        """Rows of these differ most in size, so each is brought to one first: half the error for a fiftieth of the time."""
        low = self._constant("low", [], 0.2)  # above all that GELU makes of what is negative
        most = self.op("Clip", self.op("ReduceMax", x, self._constant("last", [1], 1), keepdims=1), low)  # (L, 1)
        product = self._product(self.op("Div", x, most), name, "")
        return self.op("Add", self.op("Mul", product, most), self.weight(f"{name}.bias"))

    def _product(self, x: str, name: str, bias: str) -> str:
        from onnx import TensorProto, helper

        whole, scale, zero = (f"{x}.{part}" for part in ("whole", "scale", "zero"))
        if all(whole not in node.output for node in self.nodes):  # query, key and value are of one
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], [whole, scale, zero]))
        wide, deep = self._tensors[f"{name}.weight"][0]
        matrix = self._elsewhere(f"{name}.weight{INT8}", TensorProto.INT8, [deep, wide], location=_GIVEN)
        scales = self._elsewhere(f"{name}.weight{SCALE}", TensorProto.FLOAT, [wide], location=_GIVEN)
        return self.op("MatMulIntegerToFloat", whole, matrix, scale, scales, zero, "", bias, domain=_MICROSOFT)


def main() -> None:
    """Build both from the installed weights."""
    weights = find_minilm().folder / WEIGHTS
    GRAPH.write_bytes(build_graph(weights))
    INT8_GRAPH.write_bytes(build_graph(weights, int8=True))


if __name__ == "__main__":
    main()
