from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
