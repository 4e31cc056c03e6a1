"""Memory that runs out while decoding: fewer prompts at once, smaller pieces, then a clear error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.decoding import Decoder  # noqa: E402  # needs torch
from biocopilot.model.decoding.llama import LlamaEngine  # noqa: E402  # likewise
from biocopilot.model.errors import NotEnoughMemory  # noqa: E402  # likewise

PROMPTS = [torch.randint(3, 101, (n,), generator=torch.Generator().manual_seed(n)) for n in (3, 9, 1, 30, 12, 7, 22)]
OUT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
]


def together(pairs: Any) -> list[list[int]]:
    answers: dict[int, list[int]] = {}
    for number, token in pairs:
        answers.setdefault(number, []).append(token)
    return [answers[number] for number in sorted(answers)]


@pytest.mark.parametrize("error", OUT, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("embedded", [False, True])
def test_fewer_prompts_at_once_give_the_same_answers(
    llama: Any, generated: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch, error: Exception, embedded: bool
) -> None:
    step, calls = LlamaEngine.step, []

    def scarce(self: Any, tokens: Any, positions: Any) -> Any:
        calls.append(len(tokens))
        if len(tokens) > 2 and len(calls) > 4:
            raise error
        return step(self, tokens, positions)

    monkeypatch.setattr(LlamaEngine, "step", scarce)
    decoder = Decoder(llama, max_batch=4)
    prompts = [llama.model.embed_tokens(prompt) for prompt in PROMPTS] if embedded else PROMPTS
    answers = together(decoder.batch(prompts, max_new_tokens=11))
    assert answers == [generated(llama, prompt, 11) for prompt in PROMPTS]
    assert calls[:4] == [4] * 4
    assert max(calls[5:]) == 2
    assert decoder.notices == ["Memory ran out while decoding; from here on at most 2 prompts at once."]


def test_no_room_for_the_cache_of_all_makes_a_smaller_one(
    llama: Any, generated: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, asked = LlamaEngine.open, []

    def scarce(self: Any, slots: int, tokens: int) -> None:
        asked.append(slots)
        if slots > 1:
            raise OUT[0]
        opened(self, slots, tokens)

    monkeypatch.setattr(LlamaEngine, "open", scarce)
    answers = together(Decoder(llama).batch(PROMPTS, max_new_tokens=5))
    assert answers == [generated(llama, prompt, 5) for prompt in PROMPTS]
    assert asked == [7, 3, 1]


def test_a_long_prompt_is_read_in_smaller_pieces(
    llama: Any, generated: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    prefill = LlamaEngine._prefill

    def scarce(self: Any, slot: int, x: Any, start: int) -> Any:
        if x.shape[1] > 70:
            raise OUT[0]
        return prefill(self, slot, x, start)

    monkeypatch.setattr(LlamaEngine, "_prefill", scarce)
    prompt = torch.arange(3, 101).repeat(4)[:300]
    decoder = Decoder(llama)
    assert list(decoder.stream(input_ids=prompt, max_new_tokens=9)) == generated(llama, prompt, 9)
    assert decoder.notices == ["Memory ran out while decoding; the prompt is read in smaller pieces from here on."] * 3


def test_too_little_for_one_prompt_is_an_error_that_says_so(llama: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    step = LlamaEngine.step

    def scarce(self: Any, tokens: Any, positions: Any) -> Any:
        raise OUT[0]

    monkeypatch.setattr(LlamaEngine, "step", scarce)
    decoder = Decoder(llama)
    with pytest.raises(NotEnoughMemory, match="room for 34 tokens"):
        together(decoder.batch(PROMPTS, max_new_tokens=4))
    monkeypatch.setattr(LlamaEngine, "step", step)
    assert len(list(decoder.stream(input_ids=[3], max_new_tokens=4))) == 4


def test_any_other_error_is_not_taken_for_memory(llama: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, tokens: Any, positions: Any) -> Any:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(LlamaEngine, "step", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        list(Decoder(llama).stream(input_ids=[3], max_new_tokens=4))
