"""A BioMedGPT of a few thousand numbers in the official layout, and its language model as a Hugging Face folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LLM = {
    "model_type": "llama", "hidden_size": 128, "intermediate_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 4, "max_position_embeddings": 256, "rms_norm_eps": 1e-6, "bos_token_id": 1, "eos_token_id": 2,
    "pad_token_id": 0, "hidden_act": "silu", "tie_word_embeddings": False, "architectures": ["LlamaForCausalLM"],
}  # fmt: skip
ESM = {
    "model_type": "esm", "hidden_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 80,
    "max_position_embeddings": 130, "vocab_size": 33, "mask_token_id": 32, "pad_token_id": 1, "token_dropout": True,
    "position_embedding_type": "rotary", "emb_layer_norm_before": False, "layer_norm_eps": 1e-5,
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def torch() -> Any:
    found = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    found.set_num_threads(1)
    return found


@pytest.fixture(scope="session")
def golden() -> Path:
    folder = Path(__file__).parents[4] / "shared" / "golden" / "biomedgpt"
    if not folder.is_dir():
        pytest.skip("needs ../shared/golden/biomedgpt")
    return folder


@pytest.fixture(scope="session")
def weights(torch: Any, byte_fallback: Any) -> dict[str, Any]:
    """A flat dictionary with the official names: the network's own, and what the official file holds beside them."""
    from biocopilot.model.biomedgpt.configuration import BioMedGPTConfiguration
    from biocopilot.model.biomedgpt.network import BioMedGPT

    torch.manual_seed(7)
    rows = byte_fallback.get_vocab_size() + 1
    network = BioMedGPT(
        BioMedGPTConfiguration({**LLM, "vocab_size": rows}, ESM, gin_hidden=12, gin_layers=3, max_protein_tokens=128)
    )
    found = {
        name: torch.randn(t.shape) * 0.05 if t.is_floating_point() else t for name, t in network.state_dict().items()
    }
    for layer in range(3):
        found[f"mol_structure_encoder.batch_norms.{layer}.running_var"].abs_().add_(0.5)
    protein = "prot_structure_encoder."
    found.pop(f"{protein}rotary_embeddings.inv_freq")
    for layer in range(2):
        found[f"{protein}encoder.layer.{layer}.attention.self.rotary_embeddings.inv_freq"] = torch.full((5,), 9.0)
        found[f"llm.model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = torch.full((16,), 9.0)
    found[f"{protein}embeddings.position_embeddings.weight"] = torch.zeros(130, 40)
    found[f"{protein}pooler.dense.weight"] = torch.zeros(40, 40)
    found[f"{protein}contact_head.regression.weight"] = torch.zeros(1, 8)
    return found


@pytest.fixture(scope="session")
def small_files(byte_fallback: Any) -> Callable[[Path], Path]:
    """`small_files(folder)`: what lies beside the weights: two configurations and a tokenizer."""

    def put(folder: Path) -> Path:
        for name, content in (("llm", {**LLM, "vocab_size": byte_fallback.get_vocab_size()}), ("esm", ESM)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "config.json").write_text(json.dumps(content), "utf-8")
        byte_fallback.save(str(folder / "llm" / "tokenizer.json"))
        return folder

    return put


@pytest.fixture
def fusion(torch: Any, weights: dict[str, Any], small_files: Callable[[Path], Path], tmp_path: Path) -> Path:
    """The file as the authors publish it, with its small files beside it."""
    file = small_files(tmp_path / "fusion") / "biomedgpt_10b.pth"
    torch.save(weights, file)
    return file


@pytest.fixture
def language_model(torch: Any, weights: dict[str, Any], byte_fallback: Any, tmp_path: Path) -> Path:
    """A Hugging Face folder with one file of weights, of as many rows as the tokenizer has tokens."""
    from safetensors.torch import save_file

    folder = tmp_path / "lm"
    folder.mkdir()
    rows = byte_fallback.get_vocab_size()
    (folder / "config.json").write_text(json.dumps({**LLM, "vocab_size": rows}), "utf-8")
    byte_fallback.save(str(folder / "tokenizer.json"))
    own = {name.removeprefix("llm."): tensor for name, tensor in weights.items() if name.startswith("llm.")}
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        own[name] = own[name][:rows].clone()
    save_file(own, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
