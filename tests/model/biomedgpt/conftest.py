"""A BioMedGPT of a few thousand numbers, all random, and a tokenizer that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def tokenizer(byte_fallback: Any) -> Any:
    """`byte_fallback` of the folder above, as BioMedGPT reads it."""
    from biocopilot.model.biomedgpt.tokenizer import Tokenizer

    return Tokenizer(byte_fallback.to_str())


@pytest.fixture(scope="session")
def tiny_configuration(tokenizer: Any) -> Any:
    from biocopilot.model.biomedgpt.configuration import ESM2_3B, LLAMA_2_7B, BioMedGPTConfiguration

    narrow = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    return BioMedGPTConfiguration(
        llm={
            **LLAMA_2_7B,
            **narrow,
            "num_key_value_heads": 2,
            "vocab_size": tokenizer.rows,
            "max_position_embeddings": 512,
        },
        protein={**ESM2_3B, **narrow, "max_position_embeddings": 66},
        gin_hidden=12,
        gin_layers=3,
        max_protein_tokens=64,
    )


@pytest.fixture(scope="session")
def tiny(tiny_configuration: Any) -> Any:
    """The network, on the CPU in fp32."""
    torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    from biocopilot.model.biomedgpt.network import BioMedGPT

    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = BioMedGPT(tiny_configuration)
    with torch.no_grad():  # as after training: no running mean of 0, no norm that does nothing
        for parameter in (*model.mol_structure_encoder.parameters(), *model.prot_structure_encoder.parameters()):
            parameter.add_(torch.randn_like(parameter) * 0.1)
        for norm in model.mol_structure_encoder.batch_norms:
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2.0)
    return model


@pytest.fixture
def chat(tiny: Any, tokenizer: Any) -> Callable[..., Any]:
    """`chat(parity=True)`: a conversation that is about to begin."""
    from biocopilot.model.biomedgpt.answering import Chat

    return lambda **options: Chat(tiny, tokenizer, **options)


@pytest.fixture(scope="session")
def golden(shared: Path) -> Path:
    """The vectors recorded from the reference."""
    pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    return shared / "golden" / "biomedgpt"
