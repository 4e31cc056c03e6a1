"""Answers from a causal language model, token by token: one prompt (`stream`) or many at once (`batch`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ..errors import ContextOverflow, EmptyPrompt
from .any_causal import AnyCausalEngine
from .batching import Row, answers
from .contract import Cancel, Compile, Engine, Prompt, TokenChooser
from .llama import LlamaEngine
from .locks import locked
from .sampling import Picker, Sampling

__all__ = ["Decoder"]


class Decoder:
    """Decodes with one model. Several decoders of one model, and several threads, wait for one another.

    Each decoder holds a cache of its own, so one per model is best.

    Args:
        llm: a causal language model of transformers, on its device and in its dtype. Llama has the fast path.
        max_tokens: the window, prompt and answer together; the model's own where none is given.
        max_batch: prompts decoded at the same time, at most.
        prefill_chunk: tokens of a prompt that go through the model at once, at most; chosen by the device by default.
        compile: "auto" compiles the step and captures it as a CUDA graph on a GPU; "always" compiles it anywhere, "never"
            nowhere. Where it cannot be had, decoding goes on without and says so.
        notify: is told, in a sentence, of each thing that could not be had; `notices` keeps them too.
    """

    def __init__(
        self,
        llm: Any,
        *,
        max_tokens: int | None = None,
        max_batch: int = 8,
        prefill_chunk: int | None = None,
        compile: Compile = "auto",
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self.llm = llm.eval()
        self.max_tokens = max_tokens or llm.config.max_position_embeddings
        self.notices: list[str] = []
        self._tell = notify
        self._engine: Engine = (
            LlamaEngine(llm, self.max_tokens, max_batch, prefill_chunk, compile, self._notify)
            if _is_llama(llm)
            else AnyCausalEngine(llm)
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
        return _tokens(pairs)

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
        """(number of the prompt, token id) as they come, several prompts at once; one that ends makes room for the next.

        Prompts are ids or embeddings, of any lengths; padded ones, on whichever side, with the mask [B, L] that is 1 at
        their tokens. `choose` makes a grammar for the prompt of a number. With a seed, what is drawn for a prompt does not
        hang on the others. Otherwise as `stream`.
        """
        sampling = Sampling(temperature, top_p, seed)
        if attention_mask is not None:
            prompts = [
                torch.as_tensor(prompt)[seen.bool()] for prompt, seen in zip(prompts, attention_mask, strict=True)
            ]
        tensors = [self._checked(_as_prompt(prompt, self.llm), max_new_tokens) for prompt in prompts]
        rows = [
            Row(
                number,
                prompt,
                Picker(sampling, number),
                choose(number) if choose else None,
                frozenset(stop_ids),
                max_new_tokens,
            )
            for number, prompt in enumerate(tensors)
        ]
        return self._decode(rows, cancel)

    def _checked(self, prompt: Tensor, max_new_tokens: int) -> Tensor:
        length = len(prompt)
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens is 1 or more, not {max_new_tokens}")
        if not length:
            raise EmptyPrompt("The prompt holds no token to go on from.", "Give some text.")
        if length + max_new_tokens > self.max_tokens:
            raise ContextOverflow(
                f"{length:,} tokens of prompt and {max_new_tokens:,} of answer are more than the model's window of"
                f" {self.max_tokens:,}.",
                "Shorten the prompt, or ask for a shorter answer.",
            )
        return prompt

    def _decode(self, rows: Sequence[Row], cancel: Cancel | None) -> Iterator[tuple[int, int]]:
        if not rows:
            return
        with locked(self.llm, cancel) as mine:
            if not mine:
                return
            try:
                yield from answers(self._engine, rows, cancel, self._notify)
            except Exception:
                self._engine.release()  # what went wrong may stand in the cache
                raise

    def _notify(self, notice: str) -> None:
        self.notices.append(notice)
        if self._tell is not None:
            self._tell(notice)


def _tokens(pairs: Iterator[tuple[int, int]]) -> Iterator[int]:
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
