"""Tiny random Llamas in float32, and transformers' own answers to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


def tiny_llama(key_value_heads: int = 4, seed: int = 0, **changed: Any) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    sizes: dict[str, Any] = {
        "vocab_size": 101,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": key_value_heads,
        "max_position_embeddings": 512,
        **changed,
    }
    model = LlamaForCausalLM(LlamaConfig(**sizes)).eval()
    for weights in model.parameters():
        weights.data.normal_(0, 0.1)  # wide enough that the likeliest tokens are no ties
    return model


@pytest.fixture(scope="session")
def llama() -> Any:
    return tiny_llama()


@pytest.fixture(scope="session")
def generated() -> Callable[..., list[int]]:
    """`generated(model, prompt, 20)`: what transformers' greedy `generate` adds."""

    def answer(model: Any, prompt: Sequence[int] | Any, tokens: int, **options: Any) -> list[int]:
        ids = torch.as_tensor(prompt).reshape(1, -1)
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=tokens,
            do_sample=False,
            eos_token_id=options.pop("eos_token_id", None),
            pad_token_id=0,
            **options,
        )
        return out[0, ids.shape[1] :].tolist()

    return answer
