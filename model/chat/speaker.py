"""One loaded model, ready to speak: its decoder, its way of writing prompts, and its grammars. Not for messages."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from ..decoding import Decoder, TextStream
from ..errors import ContextOverflow
from ..grammar import TokenGrammar
from .offered import Offer
from .prompt_format import PromptFormat, format_of
from .turns import Turn

if TYPE_CHECKING:
    from ..decoding import Cancel
    from ..grammar import GrammarChooser

__all__ = ["Sampling", "Speaker", "Speech"]


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn; at temperature 0 the likeliest is taken."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


class Speech:
    """One answer while it is spoken: `tokens()` gives a token at a time; what it amounts to stands in the other fields."""

    def __init__(self, speaker: Speaker, prompt: Sequence[int], most: int, offer: Offer, stop: Sequence[str]) -> None:
        self._speaker = speaker
        self.prompt = prompt
        self.most = most
        self.offer = offer
        self.spoken = 0
        self.ended = False
        """The model ended by itself: by its last token, a stop text, or a grammar that was complete."""
        self.chooser: GrammarChooser | None = None
        self.text: TextStream | None = None
        if offer.schema is not None:
            self.chooser = speaker.grammar.chooser(offer.schema)
        else:
            self.text = TextStream(speaker.decode, (*speaker.format.stop, *stop))

    def tokens(self, sampling: Sampling, cancel: Cancel | None) -> Iterator[str]:
        """After each token the further text that is certain, often empty; under a grammar always empty, see `chooser`."""
        stream = self._speaker.decoder.stream(
            input_ids=self.prompt,
            max_new_tokens=self.most,
            stop_ids=self._speaker.stop_ids,
            choose=self.chooser,
            cancel=cancel,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
        )
        with closing(cast("Generator[int]", stream)):
            for token in stream:
                yield self._hear(token)
                if self.ended:
                    break
        if self.text is not None and (rest := self.text.end()):
            yield rest

    def _hear(self, token: int) -> str:
        self.spoken += 1
        if self.chooser is not None:
            self.ended = self.chooser.finished
        elif token in self._speaker.stop_ids:
            self.ended = True
        elif self.text is not None:
            piece = self.text.push(token)
            self.ended = self.text.stopped
            return piece
        return ""


class Speaker:
    """A model with what it needs to answer.

    Args:
        loaded: a `LoadedLM`, or whatever has a `model` of transformers and its `tokenizer`.
        prompts: how prompts are written; the tokenizer's own format, else BioMedGPT's, where None.
    """

    def __init__(self, loaded: Any, prompts: PromptFormat | None = None) -> None:
        self._tokenizer = loaded.tokenizer
        self.decoder = Decoder(loaded.model)
        self.format = prompts or format_of(loaded.tokenizer)
        self.stop_ids = _ends(loaded)

    @cached_property
    def grammar(self) -> TokenGrammar:
        """Grammars over the tokenizer, made when one is first needed."""
        return TokenGrammar(self._tokenizer, self.stop_ids)

    def prompt(self, turns: Sequence[Turn], instruction: str) -> list[int]:
        """Turns as tokens."""
        return self.format.ids(turns, instruction)

    def room(self, prompt: Sequence[int], asked: int | None, usual: int) -> int:
        """How many tokens an answer may have: as many as asked for, else a usual answer, or what of it fits.

        Raises:
            ContextOverflow: the prompt fills the window.
        """
        left = self.decoder.max_tokens - len(prompt)
        if left <= 0 or (asked is not None and asked > left):
            raise ContextOverflow(
                f"The prompt takes {len(prompt):,} tokens of a window of {self.decoder.max_tokens:,}"
                + (f", and {asked:,} are asked for." if asked else "."),
                "Ask about less at once, or start a new conversation.",
            )
        return min(left, usual) if asked is None else asked

    def encode(self, text: str) -> list[int]:
        """A text's tokens, without marks of its begin or end."""
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of tokens."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))


def _ends(loaded: Any) -> list[int]:
    """The tokens that end an answer: the model's own, which are several in some chat models, and the tokenizer's."""
    named = getattr(loaded.model.generation_config, "eos_token_id", None)
    of_model = [named] if isinstance(named, int) else list(named or ())
    own = loaded.tokenizer.eos_token_id
    return list(dict.fromkeys([*of_model, *([own] if own is not None else [])]))
