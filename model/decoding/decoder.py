"""Answers from a causal language model, token by token: one prompt (`stream`) or many at once (`batch`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import ContextOverflow, EmptyPrompt
from .any_causal import AnyCausalEngine
from .contract import Cancel, Engine, Prompt, TokenChooser
from .llama import LlamaEngine
from .locks import locked
from .sampling import Picker, Sampling, checked, likeliest

__all__ = ["Decoder"]


@dataclass
class _Row:
    """A prompt that is being answered."""

    number: int
    prompt: Tensor  # ids [L] or embeddings [L, E]
    picker: Picker
    choose: TokenChooser | None
    answer: list[int] = field(default_factory=list)

    @property
    def position(self) -> int:
        """Where the last token of the answer will stand."""
        return len(self.prompt) + len(self.answer) - 1


class Decoder:
    """Decodes with one model. Several decoders of one model, and several threads, wait for one another.

    Args:
        llm: a causal language model of transformers, on its device and in its dtype. Llama has the fast path.
        max_tokens: the window, prompt and answer together; the model's own where none is given.
        max_batch: prompts decoded at the same time, at most.
        prefill_chunk: tokens of a prompt that go through the model at once, at most.
    """

    def __init__(
        self, llm: Any, *, max_tokens: int | None = None, max_batch: int = 8, prefill_chunk: int = 512
    ) -> None:
        self.llm = llm.eval()
        self.max_tokens = max_tokens or llm.config.max_position_embeddings
        self._engine: Engine = (
            LlamaEngine(llm, self.max_tokens, max_batch, prefill_chunk) if _is_llama(llm) else AnyCausalEngine(llm)
        )

    def stream(
        self,
        *,
        input_ids: Sequence[int] | Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        max_new_tokens: int,
        stop_ids: Sequence[int] = (),
        choose: TokenChooser | None = None,
        cancel: Cancel | None = None,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> Iterator[int]:
        """Token ids of the answer as they come; a stop id comes too, as the last. Close the iterator to end early.

        Args:
            input_ids: the prompt's tokens, or
            inputs_embeds: its embeddings [L, E] or [1, L, E].
            max_new_tokens: the answer is at most so long.
            stop_ids: tokens that end the answer.
            choose: a grammar; its `finished` ends the answer too.
            cancel: once set, no further token comes, and the answer just ends.
            temperature: 0 takes the likeliest token.
            top_p: where drawn, from the likeliest tokens that hold so much together.
            seed: makes drawing repeatable.

        Raises:
            EmptyPrompt: there is no token to go on from.
            ContextOverflow: prompt and answer do not fit into the window.
            NotEnoughMemory: not even in small pieces.
        """
        if (input_ids is None) == (inputs_embeds is None):
            raise ValueError("give either input_ids or inputs_embeds")
        prompt: Any = input_ids if input_ids is not None else inputs_embeds
        pairs = self.batch(
            [prompt],
            max_new_tokens=max_new_tokens,
            stop_ids=stop_ids,
            choose=None if choose is None else lambda _number: choose,
            cancel=cancel,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
        )
        return _seconds(pairs)

    def batch(
        self,
        prompts: Sequence[Prompt] | Tensor,
        *,
        attention_mask: Tensor | None = None,
        max_new_tokens: int,
        stop_ids: Sequence[int] = (),
        choose: Callable[[int], TokenChooser] | None = None,
        cancel: Cancel | None = None,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> Iterator[tuple[int, int]]:
        """(number of the prompt, token id) as they come, several prompts at once; a prompt that ends makes room for the next.

        Prompts are ids or embeddings, of any lengths; padded ones, on whichever side, with the mask [B, L] that is 1 at
        their tokens. `choose` makes a grammar for the prompt of a number.
        With a seed, what is drawn for a prompt does not hang on the others. Otherwise as `stream`.
        """
        sampling = Sampling(temperature, top_p, seed)
        if attention_mask is not None:
            prompts = [
                torch.as_tensor(prompt)[seen.bool()] for prompt, seen in zip(prompts, attention_mask, strict=True)
            ]
        rows = [self._row(number, prompt, max_new_tokens, sampling) for number, prompt in enumerate(prompts)]
        return self._decode(rows, max_new_tokens, frozenset(stop_ids), choose, cancel)

    def _row(self, number: int, prompt: Any, max_new_tokens: int, sampling: Sampling) -> _Row:
        tensor = _as_prompt(prompt, self.llm)
        length = len(tensor)
        if not length:
            raise EmptyPrompt("The prompt holds no token to go on from.", "Give some text.")
        if length + max_new_tokens > self.max_tokens:
            raise ContextOverflow(
                f"{length:,} tokens of prompt and {max_new_tokens:,} of answer are more than the model's window of"
                f" {self.max_tokens:,}.",
                "Shorten the prompt, or ask for a shorter answer.",
            )
        return _Row(number, tensor, Picker(sampling, number), None)

    def _decode(
        self,
        rows: Sequence[_Row],
        max_new_tokens: int,
        stop_ids: frozenset[int],
        choose: Callable[[int], TokenChooser] | None,
        cancel: Cancel | None,
    ) -> Iterator[tuple[int, int]]:
        if not rows or max_new_tokens <= 0:
            return
        engine, waiting = self._engine, deque(rows)
        for row in rows:
            row.choose = choose(row.number) if choose else None

        def ended(row: _Row) -> bool:
            return (
                row.answer[-1] in stop_ids
                or len(row.answer) >= max_new_tokens
                or (row.choose is not None and row.choose.finished)
            )

        with locked(self.llm, cancel) as mine, self._released_on_error():
            if not mine:
                return
            engine.open(min(len(rows), engine.max_slots), max(len(row.prompt) for row in rows) + max_new_tokens)
            active: list[_Row] = []  # the row in slot i
            while waiting or active:
                while waiting and len(active) < engine.max_slots:
                    if cancel is not None and cancel.is_set():
                        return
                    row = waiting.popleft()
                    yield row.number, _take(row, engine.prefill(len(active), row.prompt))
                    if not ended(row):
                        active.append(row)
                if not active:
                    continue
                if cancel is not None and cancel.is_set():
                    return
                logits = engine.step([row.answer[-1] for row in active], [row.position for row in active])
                for row, token in zip(active, _take_all(active, logits), strict=True):
                    yield row.number, token
                for slot in reversed(range(len(active))):
                    if ended(active[slot]):
                        last = active.pop()
                        if slot < len(active):
                            engine.move(len(active), slot)
                            active[slot] = last

    @contextmanager
    def _released_on_error(self) -> Iterator[None]:
        """What went wrong may stand in the cache."""
        try:
            yield
        except Exception:
            self._engine.release()
            raise


def _take_all(rows: Sequence[_Row], logits: Tensor) -> list[int]:
    """The next token of each row from logits [B, V]; the plain case brings all to the host at once."""
    if all(row.choose is None and row.picker.sampling.temperature == 0 for row in rows):
        for row, best in zip(rows, likeliest(logits), strict=True):
            row.answer.append(checked(*best))
        return [row.answer[-1] for row in rows]
    return [_take(row, logits[slot]) for slot, row in enumerate(rows)]


def _take(row: _Row, logits: Tensor) -> int:
    token = row.picker.pick(logits if row.choose is None else row.choose.mask(logits))
    if row.choose is not None:
        row.choose.accept(token)
    row.answer.append(token)
    return token


def _seconds(pairs: Iterator[tuple[int, int]]) -> Iterator[int]:
    try:
        for _number, token in pairs:
            yield token
    finally:
        pairs.close()  # type: ignore[attr-defined]  # a generator


def _is_llama(llm: Any) -> bool:
    from transformers import LlamaForCausalLM

    # A rotary table that changes with the length cannot be made beforehand.
    return type(llm) is LlamaForCausalLM and llm.config.rope_parameters["rope_type"] not in ("dynamic", "longrope")


def _as_prompt(prompt: Any, llm: Any) -> Tensor:
    tensor = torch.as_tensor(prompt).detach()
    embeddings = tensor.is_floating_point() and tensor.numel() > 0
    if tensor.dim() == (3 if embeddings else 2) and tensor.shape[0] == 1:
        tensor = tensor[0]
    if tensor.dim() != (2 if embeddings else 1):
        raise ValueError(f"a prompt is ids [L] or embeddings [L, E], not a tensor of shape {list(tensor.shape)}")
    return tensor.to(llm.device, llm.dtype if embeddings else torch.long)
