from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
transformers = pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")


@dataclass(frozen=True)
class Loaded:
    """What a chat needs of a loaded model."""

    model: Any
    tokenizer: Any


CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="session")
def llama_tokenizer(byte_fallback: Any) -> Any:
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_fallback, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )


@pytest.fixture(scope="session")
def chatml_tokenizer(byte_level: Any) -> Any:
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=byte_level, eos_token="<|endoftext|>")
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    made.chat_template = CHATML
    return made


@pytest.fixture(scope="session")
def loaded(llama_tokenizer: Any, random_llama: Callable[..., Any]) -> Loaded:
    """A tiny Llama with random weights, of BioMedGPT-LM's kind."""
    return Loaded(random_llama(len(llama_tokenizer), window=4_096), llama_tokenizer)


@pytest.fixture(scope="session")
def another(chatml_tokenizer: Any, random_llama: Callable[..., Any]) -> Loaded:
    """Another one, with a chat template of its own."""
    return Loaded(random_llama(len(chatml_tokenizer), seed=1, window=4_096), chatml_tokenizer)


class Scripted(torch.nn.Module):
    """A causal language model that says one text, in whatever tokens it is allowed."""

    def __init__(self, text: str, pieces: list[bytes], end: int, window: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.config = SimpleNamespace(max_position_embeddings=window, model_type="scripted")
        self.generation_config = SimpleNamespace(eos_token_id=end)
        self.device = torch.device("cpu")
        self.text = text.encode()
        self.pieces = pieces
        self.end = end
        self.steps = 0
        self.paused = threading.Event()
        self.paused.set()
        self.seen: list[int] = []

    def forward(self, input_ids: Any, past_key_values: bytes | None = None, **_: Any) -> Any:
        assert self.paused.wait(20)
        said = past_key_values
        if said is None:
            said, self.seen = b"", input_ids[0].tolist()
        else:
            said += self.pieces[int(input_ids[0, -1])]
        self.steps += 1
        logits = torch.full((len(self.pieces),), -100.0)
        rest = self.text[len(said) :]
        for token, piece in enumerate(self.pieces):
            if piece and rest.startswith(piece):
                logits[token] = float(len(piece))
        if not rest:
            logits[self.end] = 100.0
        return SimpleNamespace(logits=logits[None, None], past_key_values=said)


@pytest.fixture(scope="session")
def scripted(llama_tokenizer: Any) -> Callable[..., Loaded]:
    """`scripted('{"answer":"yes"}')`: a loaded model that says just that."""
    from biocopilot.model.grammar import TokenGrammar

    grammar = TokenGrammar(llama_tokenizer)
    pieces = [grammar.bytes_of(token) for token in range(grammar.size)]
    for name in ("<unk>", "<s>", "</s>"):
        pieces[llama_tokenizer.convert_tokens_to_ids(name)] = b""

    def made(text: str, window: int = 2_048) -> Loaded:
        return Loaded(Scripted(text, pieces, llama_tokenizer.eos_token_id, window), llama_tokenizer)

    return made
