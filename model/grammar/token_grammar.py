"""Which tokens may come next so that the text follows a schema: llguidance over one tokenizer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import GrammarUnsatisfied, TokenizerMissing
from .bounded import bounded_schema
from .meeting import Schema, both
from .pattern import PLAIN
from .reading import plain

if TYPE_CHECKING:
    from llguidance import LLMatcher
    from torch import Tensor

__all__ = ["GrammarChooser", "TokenGrammar"]

_RULES = {"whitespace_flexible": False, "json_allowed_escapes": '"\\n'}
"""No white space between tokens of JSON, and no escape but of what needs one: `pattern.json_bytes` counts on it."""
_SLICES = [rf"[{PLAIN}]{count}" for count in ("{1,10}", "{1,30}", "+")]
"""Texts whose tokens llguidance looks up beforehand: with them a mask within free text takes a quarter of the time."""
_KEPT = 32
"""Compiled grammars that are kept; a planner asks for the same ones again and again."""


class TokenGrammar:
    """Grammars over one tokenizer. Making it reads the whole vocabulary (about a second for 32,000 pieces): keep it.

    Args:
        tokenizer: of transformers, or of the `tokenizers` library: byte-fallback BPE as Llama has it, or byte-level BPE.
        stop_ids: the tokens that end an answer; the tokenizer's own where none is given.

    Raises:
        TokenizerMissing: a tokenizer that is neither, or that has no token to end with.
    """

    def __init__(self, tokenizer: Any, stop_ids: Iterable[int] = ()) -> None:
        from llguidance import LLTokenizer

        ends = [int(stop) for stop in stop_ids] or _ends_of(tokenizer)
        if not ends:
            raise TokenizerMissing("The tokenizer has no token that ends a text.", "Name one (stop_ids).")
        self._vocabulary = LLTokenizer(_as_json(tokenizer), eos_token=ends, slices=_SLICES)
        self._kept: dict[str, LLMatcher] = {}

    @property
    def size(self) -> int:
        """Tokens of the vocabulary."""
        return int(self._vocabulary.vocab_size)

    def chooser(self, schema: Mapping[str, Any]) -> GrammarChooser:
        """Chooses tokens of one text that follows a bounded schema.

        Raises:
            GrammarUnsatisfied: the schema cannot be made into a grammar.
        """
        return GrammarChooser(self, dict(schema))

    def bytes_of(self, token: int) -> bytes:
        """What one token adds to a text."""
        return bytes(self._vocabulary.decode_bytes([token]))

    def text(self, tokens: Iterable[int]) -> str:
        """What tokens say, without the space that some tokenizers put first."""
        return str(self._vocabulary.decode_bytes(list(tokens)).decode("utf-8", "replace"))

    def compiled(self, schema: Schema, keep: bool = True) -> LLMatcher:
        """A matcher at its beginning; with `keep`, the grammar of a schema is made once."""
        key = json.dumps(schema, ensure_ascii=False)
        if key in self._kept:
            return self._kept[key].deep_copy()
        from llguidance import LLMatcher

        matcher = LLMatcher(self._vocabulary, LLMatcher.grammar_from_json_schema(key, overrides=_RULES), log_level=0)
        if matcher.is_error():
            raise GrammarUnsatisfied(f"No grammar can be made of the schema: {matcher.get_error().splitlines()[0]}")
        if keep:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = matcher.deep_copy()
        return matcher


class GrammarChooser:
    """A `TokenChooser` for one text. It gives each token's logit or minus infinity, and knows when the text is whole.

    Where the schema says that one number may not be below another (`x-ordered`), the second one's limit is set as soon as
    the first stands in the text.
    """

    def __init__(self, grammar: TokenGrammar, schema: Schema) -> None:
        self._grammar = grammar
        self._schema = schema
        self._matcher = grammar.compiled(schema)
        self._tokens: list[int] = []
        self._pairs = _ordered(schema)
        self._bits: Tensor | None = None

    @property
    def finished(self) -> bool:
        """The text is whole, and nothing more may come."""
        return bool(self._matcher.is_stopped())

    @property
    def text(self) -> str:
        """What was said so far."""
        return self._grammar.text(self._tokens)

    def mask(self, logits: Tensor) -> Tensor:
        """The logits [V], in place, with minus infinity for each token that may not come next."""
        import torch

        words = -(-self._grammar.size // 32)
        if self._bits is None:
            self._bits = torch.zeros(words, dtype=torch.int32)
        self._matcher.unsafe_compute_mask_ptr(self._bits.data_ptr(), words * 4)
        self._check()
        places = torch.arange(32, dtype=torch.int32, device=logits.device)
        barred = ((self._bits.to(logits.device)[:, None] >> places) & 1).reshape(-1) == 0  # (V/32, 32) -> (V)
        known = min(len(barred), len(logits))
        logits[:known].masked_fill_(barred[:known], float("-inf"))
        logits[known:] = float("-inf")  # rows beyond the vocabulary, which some checkpoints have
        return logits

    def accept(self, token: int) -> None:
        """Go on from a token.

        Raises:
            GrammarUnsatisfied: the token was not one of those allowed.
        """
        if not self._matcher.consume_token(token):
            raise GrammarUnsatisfied(f"The token {token} does not follow the grammar after {self.text[-40:]!r}.")
        self._tokens.append(token)
        if self._pairs and not self.finished:
            self._narrow()

    def _check(self) -> None:
        if self._matcher.is_error():
            raise GrammarUnsatisfied(f"The grammar failed after {self.text[-40:]!r}: {self._matcher.get_error()[:200]}")

    def _narrow(self) -> None:
        text = self.text
        for pair in self._pairs:
            hit = re.search(rf'[{{,]"{re.escape(pair[0])}":(-?[0-9.]+)[,}}]', text)
            if hit:
                self._pairs.remove(pair)
                self._schema = _not_below(self._schema, pair, json.loads(hit[1]))
                self._matcher = self._grammar.compiled(self._schema, keep=False)
                if not self._matcher.consume_tokens(self._tokens):
                    raise GrammarUnsatisfied(
                        f"{pair[1]} came with {pair[0]} and is below it, or the schema has no ends."
                    )
                return


def _ordered(schema: Any) -> list[tuple[str, str]]:
    """The pairs of numbers, wherever they stand in the schema, of which the second may not be below the first."""
    if isinstance(schema, list):
        return [pair for part in schema for pair in _ordered(part)]
    if not isinstance(schema, dict):
        return []
    own = [(low, high) for low, high in schema.get("x-ordered", ())]
    return list(dict.fromkeys((*own, *(pair for part in schema.values() for pair in _ordered(part)))))


def _not_below(schema: Any, pair: tuple[str, str], least: float) -> Any:
    """The schema with the second of a pair at least so large, wherever the pair stands."""
    if isinstance(schema, list):
        return [_not_below(part, pair, least) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _not_below(value, pair, least) for key, value in schema.items()}
    if list(pair) in [list(known) for known in schema.get("x-ordered", ())]:
        high = both(
            plain(made["properties"][pair[1]]), {"anyOf": [{"type": "number", "minimum": least}, {"type": "null"}]}
        )
        return bounded_schema({**made, "properties": {**made["properties"], pair[1]: high}})
    return made


def _as_json(tokenizer: Any) -> str:
    """The tokenizer as the `tokenizers` library writes it; padding and truncation are left out."""
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not hasattr(backend, "to_str"):
        raise TokenizerMissing(
            f"A grammar needs a tokenizer of the tokenizers library, and this is a {type(tokenizer).__name__}.",
            "Load the one from tokenizer.json.",
        )
    whole = json.loads(backend.to_str())
    return json.dumps({**whole, "padding": None, "truncation": None}, ensure_ascii=False)


def _ends_of(tokenizer: Any) -> list[int]:
    own = getattr(tokenizer, "eos_token_id", None)
    if own is not None:
        return [int(own)]
    find = getattr(tokenizer, "token_to_id", lambda _name: None)
    return [
        found for name in ("</s>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>") if (found := find(name)) is not None
    ]
