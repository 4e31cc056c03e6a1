from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.configuration import BioMedGPTConfiguration  # noqa: E402  # needs torch
from biocopilot.model.biomedgpt.network import BioMedGPT, recompute_buffers  # noqa: E402

NEVER_EVALUATED = ("position_embeddings", "pooler", "contact_head", "inv_freq")


def on_meta(configuration: BioMedGPTConfiguration) -> BioMedGPT:
    with torch.device("meta"):
        return BioMedGPT(configuration)


def test_official_model_has_the_official_keys_and_shapes(shared: Path) -> None:
    layout = json.loads((shared / "golden/biomedgpt/key_layout_full.json").read_text("utf-8"))
    official = {key: shape for key, (shape, _) in layout.items() if not any(part in key for part in NEVER_EVALUATED)}
    mine = on_meta(BioMedGPTConfiguration.official()).state_dict()
    assert {key: list(value.shape) for key, value in mine.items() if "inv_freq" not in key} == official


def test_building_on_meta_takes_no_memory(tiny_configuration: Any) -> None:
    model = on_meta(tiny_configuration)
    assert {value.device.type for value in (*model.parameters(), *model.buffers())} == {"meta"}


def test_tables_are_made_in_fp32_whatever_went_before(tiny_configuration: Any, tiny: Any) -> None:
    model = on_meta(tiny_configuration)
    names = recompute_buffers(model, "cpu")
    assert "prot_structure_encoder.rotary_embeddings.inv_freq" in names
    model.load_state_dict(tiny.state_dict(), assign=True)
    model.half()
    frequencies = model.prot_structure_encoder.rotary_embeddings
    assert frequencies.inv_freq.dtype == torch.float16
    recompute_buffers(model, "cpu")
    wanted = 1 / 10_000 ** (torch.arange(0, 16, 2) / 16)
    assert frequencies.inv_freq.dtype == torch.float32
    assert torch.allclose(frequencies.inv_freq, wanted)
    assert torch.allclose(model.llm.model.rotary_emb.inv_freq, wanted)
    assert model.prot_structure_encoder.embeddings.position_ids.tolist() == [list(range(66))]


def test_soft_tokens_come_in_the_language_models_numbers(tiny_configuration: Any, tiny: Any) -> None:
    model = BioMedGPT(tiny_configuration)
    model.load_state_dict(tiny.state_dict())
    model.llm.bfloat16()
    none = torch.zeros(2, 0, dtype=torch.long)
    assert model.encode_atoms(torch.tensor([[5, 0]]), none, none.T).dtype == torch.bfloat16
    ids = torch.tensor([[0, 20, 2]])
    assert model.encode_residues(ids, torch.ones_like(ids)).dtype == torch.bfloat16
