"""The step of fixed shapes that a GPU captures, run here without one: as it stands, compiled, and with a stand-in for CUDA."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.decoding import Decoder  # noqa: E402  # needs torch
from biocopilot.model.decoding import llama as llama_module  # noqa: E402  # likewise
from biocopilot.model.decoding.static_step import StaticStep  # noqa: E402  # likewise
from biocopilot.model.errors import NotEnoughMemory  # noqa: E402  # likewise
from biocopilot.model.quantised.layers import Int8Linear  # noqa: E402  # likewise
from biocopilot.model.quantised.quantise import to_int8  # noqa: E402  # likewise

from .conftest import tiny_llama  # noqa: E402  # likewise

PROMPTS = [torch.randint(3, 101, (n,), generator=torch.Generator().manual_seed(n)) for n in (3, 9, 1, 30, 12, 7, 22)]


@pytest.fixture
def not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_module, "compiled", lambda function, notify: function)


def together(pairs: Any) -> list[list[int]]:
    answers: dict[int, list[int]] = {}
    for number, token in pairs:
        answers.setdefault(number, []).append(token)
    return [answers[number] for number in sorted(answers)]


@pytest.mark.usefixtures("not_compiled")
@pytest.mark.parametrize("key_value_heads", [4, 2])
def test_fixed_shapes_give_the_tokens_of_transformers(
    key_value_heads: int, generated: Callable[..., list[int]]
) -> None:
    model = tiny_llama(key_value_heads)
    expected = [generated(model, prompt, 15) for prompt in PROMPTS]  # before its weights are fused
    decoder = Decoder(model, compile="always", max_batch=3)  # the cache has four slots
    assert together(decoder.batch(PROMPTS, max_new_tokens=15)) == expected
    assert list(decoder.stream(input_ids=PROMPTS[4], max_new_tokens=15)) == expected[4]
    assert [generated(model, prompt, 15) for prompt in PROMPTS] == expected  # the stock model still works
    assert decoder.notices == []


@pytest.mark.usefixtures("not_compiled")
def test_an_answer_may_grow_over_a_rounded_length(llama: Any, generated: Callable[..., list[int]]) -> None:
    prompt = torch.arange(3, 100).repeat(3)[:250]
    expected = generated(llama, prompt, 20)
    model = tiny_llama()
    assert list(Decoder(model, compile="always").stream(input_ids=prompt, max_new_tokens=20)) == expected


@pytest.mark.usefixtures("not_compiled")
def test_fused_weights_are_held_once_and_stay_the_stock_model_s() -> None:
    model = tiny_llama()
    weights = sum(held.numel() for held in model.parameters())
    named = {name: held.detach().clone() for name, held in model.state_dict().items()}
    decoder = Decoder(model, compile="always")
    storages = {held.untyped_storage().data_ptr(): held.untyped_storage().nbytes() for held in model.parameters()}
    assert sum(storages.values()) == 4 * weights
    assert all(torch.equal(held, named[name]) for name, held in model.state_dict().items())
    before = list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=10))
    again = Decoder(model, compile="always")
    assert model.model.layers[0].mlp.up_proj.weight.untyped_storage().data_ptr() in storages
    assert list(again.stream(input_ids=PROMPTS[0], max_new_tokens=10)) == before
    model.model.layers[0].self_attn.v_proj.weight.data.mul_(-1)
    changed = list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=10))
    assert changed != before
    assert list(again.stream(input_ids=PROMPTS[0], max_new_tokens=10)) == changed


@pytest.mark.usefixtures("not_compiled")
def test_eight_bit_layers_are_fused_too() -> None:
    model = tiny_llama()
    for layer in model.model.layers:
        for parent in (layer.self_attn, layer.mlp):
            for name, linear in list(parent.named_children()):
                if isinstance(linear, torch.nn.Linear):
                    eight = Int8Linear(linear.in_features, linear.out_features)
                    eight.weight_int8, eight.scale = to_int8(linear.weight.detach())
                    setattr(parent, name, eight)
    plain = list(Decoder(model, compile="never").stream(input_ids=PROMPTS[3], max_new_tokens=12))
    fused = Decoder(model, compile="always")
    assert list(fused.stream(input_ids=PROMPTS[3], max_new_tokens=12)) == plain
    attention = model.model.layers[0].self_attn
    q, v = attention.q_proj.weight_int8, attention.v_proj.weight_int8
    assert q.untyped_storage().data_ptr() == v.untyped_storage().data_ptr()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own
def test_compiled_code_gives_the_same_tokens_with_one_code_for_all_layers(
    generated: Callable[..., list[int]],
) -> None:
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    counters.clear()
    model = tiny_llama(2)
    expected = [generated(model, prompt, 12) for prompt in PROMPTS[:2]]
    decoder = Decoder(model, compile="always")
    answers = [list(decoder.stream(input_ids=prompt, max_new_tokens=12)) for prompt in PROMPTS[:2]]
    if decoder.notices:
        pytest.skip(f"no compiler here: {decoder.notices[0]}")
    assert answers == expected
    assert counters["stats"]["unique_graphs"] == 2  # a layer, and the logits


def test_without_a_compiler_decoding_goes_on_and_says_so(
    monkeypatch: pytest.MonkeyPatch, generated: Callable[..., list[int]]
) -> None:
    def broken(function: Any, **_options: Any) -> Any:
        def call(*_arguments: Any) -> Any:
            raise RuntimeError("no C compiler was found\nand more")

        return call

    monkeypatch.setattr(torch, "compile", broken)
    model, told = tiny_llama(), []
    expected = generated(model, PROMPTS[0], 8)
    decoder = Decoder(model, compile="always", notify=told.append)
    assert list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=8)) == expected
    assert set(told) == {"Decoding goes on without compiling, slower: no C compiler was found and more"}
    assert decoder.notices == told


class Graph:
    """Stands in for a captured CUDA graph: replays what ran while it was captured, by running it anew."""

    made: list[Graph]
    replayed = 0

    def __init__(self) -> None:
        Graph.made.append(self)

    def replay(self) -> None:
        Graph.replayed += 1
        self.run()

    def pool(self) -> str:
        return "pool"


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch, not_compiled: None) -> type[Graph]:
    """CUDA's names, with graphs that stand in."""
    Graph.made, Graph.replayed = [], 0
    current: list[Graph] = []

    @contextmanager
    def capture(graph: Graph, pool: Any, capture_error_mode: str) -> Iterator[None]:
        assert pool in (None, "pool")
        assert capture_error_mode == "thread_local"
        current.append(graph)
        yield
        current.clear()

    class Stream:
        def __init__(self, device: Any = None) -> None: ...
        def wait_stream(self, other: Any) -> None: ...

    made = StaticStep.__init__
    run = StaticStep._run

    def capturing(self: StaticStep, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        self._capture = True

    def noted(self: StaticStep, rows: int, places: int) -> None:
        if current:
            current[0].run = lambda: run(self, rows, places)  # type: ignore[attr-defined]
        run(self, rows, places)

    @contextmanager
    def stream(_stream: Any) -> Iterator[None]:
        yield

    monkeypatch.setattr(StaticStep, "__init__", capturing)
    monkeypatch.setattr(StaticStep, "_run", noted)
    for name, stand_in in (
        ("Stream", Stream),
        ("current_stream", Stream),
        ("stream", stream),
        ("CUDAGraph", Graph),
        ("graph", capture),
    ):
        monkeypatch.setattr(torch.cuda, name, stand_in)
    return Graph


def test_each_shape_is_captured_once_and_replayed(captured: type[Graph], generated: Callable[..., list[int]]) -> None:
    model = tiny_llama()
    prompts = [*PROMPTS, torch.arange(3, 100).repeat(3)[:250], PROMPTS[0]]
    expected = [generated(model, prompt, 15) for prompt in prompts]
    decoder = Decoder(model, compile="always", max_batch=4)
    assert together(decoder.batch(prompts, max_new_tokens=15)) == expected
    shapes = len(captured.made)
    assert shapes == 3  # four rows with 256 and 512 places, one row with 256
    assert captured.replayed > 20
    assert together(decoder.batch(prompts, max_new_tokens=15)) == expected
    assert len(captured.made) == shapes


def test_a_larger_cache_is_captured_anew(captured: type[Graph], generated: Callable[..., list[int]]) -> None:
    model = tiny_llama()
    prompt = torch.arange(3, 100).repeat(3)[:250]
    expected = generated(model, PROMPTS[0], 5), generated(model, prompt, 15)
    decoder = Decoder(model, compile="always")
    assert list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=5)) == expected[0]
    assert len(captured.made) == 1
    assert list(decoder.stream(input_ids=prompt, max_new_tokens=15)) == expected[1]
    assert list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=5)) == expected[0]
    assert len(captured.made) == 3


def test_where_capturing_fails_decoding_goes_on_and_says_so(
    captured: type[Graph], monkeypatch: pytest.MonkeyPatch, generated: Callable[..., list[int]]
) -> None:
    @contextmanager
    def failing(*_arguments: Any, **_named: Any) -> Iterator[None]:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing")
        yield

    monkeypatch.setattr(torch.cuda, "graph", failing)
    model = tiny_llama()
    expected = generated(model, PROMPTS[0], 5)
    decoder = Decoder(model, compile="always")
    assert list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=5)) == expected
    assert len(decoder.notices) == 1
    assert "without captured graphs" in decoder.notices[0]


def test_memory_that_ends_while_capturing_is_no_lack_of_graphs(
    captured: type[Graph], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def failing(*_arguments: Any, **_named: Any) -> Iterator[None]:
        raise torch.OutOfMemoryError("CUDA out of memory.")
        yield

    monkeypatch.setattr(torch.cuda, "graph", failing)
    decoder = Decoder(tiny_llama(), compile="always")
    with pytest.raises(NotEnoughMemory):
        list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=5))
    assert not any("captured" in notice for notice in decoder.notices)
