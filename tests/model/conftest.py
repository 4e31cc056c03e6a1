"""Small tokenizers, trained on a text of this repository's own, and a Llama with random weights.

The text is a copy that stays as it is: with other pieces, random weights would say other things.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SPECIAL = ["<unk>", "<s>", "</s>"]


def _lines() -> list[str]:
    return Path(__file__).with_name("tokenizer_text.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def byte_fallback() -> Any:
    """BPE as Llama 2 has it: a space is `▁`, a text begins with one, and what has no piece is said in bytes."""
    import json

    from tokenizers import Tokenizer, decoders, models, normalizers, trainers

    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    of_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=1_500, special_tokens=_SPECIAL + of_bytes, show_progress=False, limit_alphabet=200
    )
    made.train_from_iterator(_lines(), trainer)
    written = json.loads(made.to_str())  # bytes are ordinary pieces, as in Llama's own file
    written["added_tokens"] = [added for added in written["added_tokens"] if added["content"] in _SPECIAL]
    return Tokenizer.from_str(json.dumps(written))


@pytest.fixture(scope="session")
def byte_level() -> Any:
    """BPE over bytes, as GPT-2 and Qwen have it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1_200,
        special_tokens=["<|endoftext|>"],
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    made.train_from_iterator(_lines(), trainer)
    return made


@pytest.fixture(scope="session")
def random_llama() -> Callable[..., Any]:
    """`random_llama(1500)`: a Llama with random weights and a vocabulary of that size."""
    torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    transformers = pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    torch.set_num_threads(1)

    def made(vocabulary: int, seed: int = 0, window: int = 2_048) -> Any:
        torch.manual_seed(seed)
        sizes = transformers.LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=window,
            bos_token_id=1,
            eos_token_id=2,
        )
        return transformers.LlamaForCausalLM(sizes).eval()

    return made
