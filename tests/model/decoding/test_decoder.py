"""Answers of the decoder beside those of transformers' `generate`, and how they end."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.decoding import Decoder  # noqa: E402  # needs torch
from biocopilot.model.errors import (  # noqa: E402  # likewise
    ContextOverflow,
    EmptyPrompt,
    GrammarUnsatisfied,
    ModelError,
)

from .conftest import tiny_llama  # noqa: E402  # likewise

PROMPTS = [torch.randint(3, 101, (n,), generator=torch.Generator().manual_seed(n)) for n in (3, 9, 1, 30, 12, 7, 22)]


class OnlyEven:
    """Allows even tokens, and ends after a few."""

    def __init__(self, length: int) -> None:
        self.taken: list[int] = []
        self.length = length

    def mask(self, logits: Any) -> Any:
        logits[1::2] = -torch.inf
        return logits

    def accept(self, token: int) -> None:
        self.taken.append(token)

    @property
    def finished(self) -> bool:
        return len(self.taken) == self.length


def together(pairs: Any) -> dict[int, list[int]]:
    answers: dict[int, list[int]] = {}
    for number, token in pairs:
        answers.setdefault(number, []).append(token)
    return answers


@pytest.mark.parametrize("key_value_heads", [4, 2, 1])
def test_greedy_tokens_are_those_of_transformers(key_value_heads: int, generated: Callable[..., list[int]]) -> None:
    model = tiny_llama(key_value_heads)
    decoder = Decoder(model)
    for prompt in PROMPTS:
        expected = generated(model, prompt, 24)
        assert list(decoder.stream(input_ids=prompt, max_new_tokens=24)) == expected
        embeddings = model.model.embed_tokens(prompt)
        assert list(decoder.stream(inputs_embeds=embeddings[None], max_new_tokens=24)) == expected


def test_prompts_of_many_lengths_at_once_get_their_own_answers(llama: Any, generated: Callable[..., list[int]]) -> None:
    expected = {number: generated(llama, prompt, 17) for number, prompt in enumerate(PROMPTS)}
    for slots in (1, 3, 8):
        assert together(Decoder(llama, max_batch=slots).batch(PROMPTS, max_new_tokens=17)) == expected


def test_prompts_of_one_length_get_their_own_answers(llama: Any, generated: Callable[..., list[int]]) -> None:
    alike = [PROMPTS[3], PROMPTS[3].flip(0), PROMPTS[3].roll(5)]
    answers = together(Decoder(llama).batch(alike, max_new_tokens=17))
    assert answers == {number: generated(llama, prompt, 17) for number, prompt in enumerate(alike)}


@pytest.mark.parametrize("side", ["left", "right"])
def test_batch_answers_are_those_of_a_padded_batch_of_transformers(llama: Any, side: str) -> None:
    longest = max(map(len, PROMPTS))
    padded = torch.zeros(len(PROMPTS), longest, dtype=torch.long)
    mask = torch.zeros_like(padded)
    for row, prompt in enumerate(PROMPTS):
        where = slice(longest - len(prompt), None) if side == "left" else slice(len(prompt))
        padded[row, where], mask[row, where] = prompt, 1
    answers = together(Decoder(llama).batch(padded, attention_mask=mask, max_new_tokens=9))
    if side == "right":  # transformers answers from the last place, so it is asked with its padding on the left
        rolled = [torch.cat((torch.zeros(longest - len(p), dtype=torch.long), p)) for p in PROMPTS]
        padded, mask = torch.stack(rolled), mask.flip(1)
    theirs = llama.generate(
        padded, attention_mask=mask, max_new_tokens=9, do_sample=False, eos_token_id=None, pad_token_id=0
    )
    assert [answers[row] for row in range(len(PROMPTS))] == theirs[:, longest:].tolist()


def test_embeddings_and_ids_may_stand_in_one_batch(llama: Any, generated: Callable[..., list[int]]) -> None:
    mixed = [llama.model.embed_tokens(p).detach() if i % 2 else p.tolist() for i, p in enumerate(PROMPTS)]
    answers = together(Decoder(llama).batch(mixed, max_new_tokens=6))
    assert answers == {number: generated(llama, prompt, 6) for number, prompt in enumerate(PROMPTS)}


def test_a_prompt_in_chunks_gives_the_same(llama: Any, generated: Callable[..., list[int]]) -> None:
    prompt = torch.arange(3, 99)
    expected = generated(llama, prompt, 12)
    for chunk in (7, 32, 96, 500):
        assert list(Decoder(llama, prefill_chunk=chunk).stream(input_ids=prompt, max_new_tokens=12)) == expected


def test_any_other_causal_model_is_decoded_by_its_own_forward(generated: Callable[..., list[int]]) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(1)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=101, n_embd=32, n_layer=2, n_head=2, n_positions=64)).eval()
    for weights in model.parameters():
        weights.data.normal_(0, 0.2)
    decoder = Decoder(model)
    assert together(decoder.batch(PROMPTS, max_new_tokens=8)) == {
        number: generated(model, prompt, 8) for number, prompt in enumerate(PROMPTS)
    }
    embeddings = model.transformer.wte(PROMPTS[1]).detach()
    assert list(decoder.stream(inputs_embeds=embeddings, max_new_tokens=8)) == generated(model, PROMPTS[1], 8)


def test_a_stop_id_ends_the_answer_and_is_its_last(llama: Any, generated: Callable[..., list[int]]) -> None:
    expected = generated(llama, PROMPTS[0], 20)
    stop = expected[7]
    cut = expected[: expected.index(stop) + 1]
    assert list(Decoder(llama).stream(input_ids=PROMPTS[0], max_new_tokens=20, stop_ids=[stop, 99])) == cut
    assert generated(llama, PROMPTS[0], 20, eos_token_id=stop) == cut


def test_answers_that_end_early_leave_the_others_as_they_are(llama: Any, generated: Callable[..., list[int]]) -> None:
    whole = [generated(llama, prompt, 20) for prompt in PROMPTS]
    stops = [whole[1][4], whole[3][9]]
    cut = [generated(llama, prompt, 20, eos_token_id=stops) for prompt in PROMPTS]
    assert len({len(answer) for answer in cut}) >= 3
    for slots in (3, 8):
        answers = together(Decoder(llama, max_batch=slots).batch(PROMPTS, max_new_tokens=20, stop_ids=stops))
        assert answers == dict(enumerate(cut))


def test_one_token_may_be_all(llama: Any, generated: Callable[..., list[int]]) -> None:
    answers = together(Decoder(llama, max_batch=2).batch(PROMPTS, max_new_tokens=1))
    assert answers == {number: generated(llama, prompt, 1) for number, prompt in enumerate(PROMPTS)}


def test_a_grammar_masks_and_ends_the_answer(llama: Any) -> None:
    choosers = [OnlyEven(5), OnlyEven(2), OnlyEven(30)]
    answers = together(Decoder(llama).batch(PROMPTS[:3], max_new_tokens=10, choose=choosers.__getitem__))
    assert [len(answers[number]) for number in range(3)] == [5, 2, 10]
    for number, chooser in enumerate(choosers):
        assert answers[number] == chooser.taken
        assert all(token % 2 == 0 for token in chooser.taken)
    alone = OnlyEven(5)
    assert list(Decoder(llama).stream(input_ids=PROMPTS[0], max_new_tokens=10, choose=alone)) == choosers[0].taken


def test_a_grammar_that_allows_nothing_is_an_error(llama: Any) -> None:
    class Nothing(OnlyEven):
        def mask(self, logits: Any) -> Any:
            return torch.full_like(logits, -torch.inf)

    for temperature in (0.0, 1.0):
        with pytest.raises(GrammarUnsatisfied):
            list(
                Decoder(llama).stream(
                    input_ids=[3], max_new_tokens=4, choose=Nothing(9), temperature=temperature, seed=1
                )
            )


def test_logits_that_are_no_numbers_are_an_error_and_leave_no_trace(generated: Callable[..., list[int]]) -> None:
    model = tiny_llama()
    decoder = Decoder(model)
    held = model.model.layers[0].self_attn.v_proj.weight.data
    kept = held.clone()
    held.fill_(torch.nan)
    with pytest.raises(ModelError, match="no numbers"):
        list(decoder.stream(input_ids=PROMPTS[3], max_new_tokens=4))
    held.copy_(kept)
    assert list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=4)) == generated(model, PROMPTS[0], 4)


def test_cancelling_ends_before_the_next_token(llama: Any) -> None:
    cancel = threading.Event()
    got = []
    for token in Decoder(llama).stream(input_ids=PROMPTS[0], max_new_tokens=50, cancel=cancel):
        got.append(token)
        if len(got) == 3:
            cancel.set()
    assert len(got) == 3


def test_a_closed_answer_lets_the_next_one_in(llama: Any, generated: Callable[..., list[int]]) -> None:
    decoder = Decoder(llama)
    first = decoder.stream(input_ids=PROMPTS[0], max_new_tokens=50)
    next(first)
    with pytest.raises(RuntimeError, match="another answer"):
        next(Decoder(llama).stream(input_ids=PROMPTS[1], max_new_tokens=5))
    first.close()
    assert list(decoder.stream(input_ids=PROMPTS[1], max_new_tokens=5)) == generated(llama, PROMPTS[1], 5)
    second = decoder.stream(input_ids=PROMPTS[0], max_new_tokens=50)
    next(second)
    del second
    gc.collect()
    assert next(decoder.stream(input_ids=PROMPTS[1], max_new_tokens=5)) == generated(llama, PROMPTS[1], 1)[0]


def test_threads_take_turns_with_one_model(llama: Any, generated: Callable[..., list[int]]) -> None:
    answers: dict[int, list[int]] = {}

    def ask(number: int) -> None:
        answers[number] = list(Decoder(llama).stream(input_ids=PROMPTS[number], max_new_tokens=20))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {number: generated(llama, PROMPTS[number], 20) for number in range(4)}


def test_waiting_for_the_model_can_be_cancelled(llama: Any) -> None:
    first = Decoder(llama).stream(input_ids=PROMPTS[0], max_new_tokens=50)
    next(first)
    cancel, got = threading.Event(), []
    waiting = threading.Thread(
        target=lambda: got.extend(Decoder(llama).stream(input_ids=[3], max_new_tokens=3, cancel=cancel))
    )
    waiting.start()
    cancel.set()
    waiting.join(10)
    assert not waiting.is_alive()
    assert got == []
    first.close()


def test_a_seed_repeats_what_is_drawn_in_whatever_company(llama: Any) -> None:
    options: dict[str, Any] = {"max_new_tokens": 12, "temperature": 1.5, "top_p": 0.9, "seed": 7}
    decoder = Decoder(llama)
    all_at_once = together(decoder.batch(PROMPTS, **options))
    assert all_at_once == together(Decoder(llama, max_batch=2).batch(PROMPTS, **options))
    assert all_at_once[0] == list(decoder.stream(input_ids=PROMPTS[0], **options))
    assert all_at_once[0] != list(decoder.stream(input_ids=PROMPTS[0], **{**options, "seed": 8}))
    twice = together(decoder.batch([PROMPTS[0], PROMPTS[0]], **options))
    assert twice[0] == all_at_once[0] != twice[1]


def test_an_empty_prompt_and_one_too_long_are_refused(llama: Any) -> None:
    decoder = Decoder(llama, max_tokens=40)
    with pytest.raises(EmptyPrompt):
        decoder.stream(input_ids=[], max_new_tokens=3)
    with pytest.raises(ContextOverflow, match="38 tokens of prompt and 3 of answer"):
        decoder.stream(input_ids=[5] * 38, max_new_tokens=3)
    assert len(list(decoder.stream(input_ids=[5] * 38, max_new_tokens=2))) == 2
    with pytest.raises(ValueError, match="either"):
        decoder.stream(max_new_tokens=3)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_sixteen_bit_weights_answer_in_sixteen_bits(dtype: Any) -> None:
    model = tiny_llama().to(dtype)
    decoder = Decoder(model)
    answer = list(decoder.stream(input_ids=PROMPTS[0], max_new_tokens=6))
    ids = torch.cat((PROMPTS[0], torch.tensor(answer)))
    with torch.no_grad():
        logits = model(ids[None]).logits[0, len(PROMPTS[0]) - 1 : -1].float()
    # In 16 bits, another order of sums may turn a tie; each token must be within rounding of the likeliest.
    chosen = logits.gather(1, torch.tensor(answer)[:, None])[:, 0]
    assert (logits.max(dim=1).values - chosen).max() < 0.05
