from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint.entries import TensorEntry, contiguous_strides
from biocopilot.model.checkpoint.forms import is_quantised
from biocopilot.model.checkpoint.keys import KeyReport, compare_keys
from biocopilot.model.errors import CheckpointError


def entry(name: str, shape: tuple[int, ...] = (2, 2)) -> TensorEntry:
    return TensorEntry(name, "float32", shape, contiguous_strides(shape), 0, 0)


def compared(names: list[str], wanted: list[str]) -> KeyReport:
    return compare_keys({name: entry(name) for name in names}, dict.fromkeys(wanted, (2, 2)))


def test_the_official_layout_fills_the_official_network(golden: Path, torch: Any) -> None:
    from biocopilot.model.biomedgpt.configuration import BioMedGPTConfiguration
    from biocopilot.model.biomedgpt.network import BioMedGPT

    layout = json.loads((golden / "key_layout_full.json").read_text("utf-8"))
    entries = {name: entry(name, tuple(shape)) for name, (shape, _dtype) in layout.items()}
    assert len(entries) == 1004
    with torch.device("meta"):
        network = BioMedGPT(BioMedGPTConfiguration.official())
    keys = compare_keys(entries, {name: tuple(t.shape) for name, t in network.state_dict().items()})
    assert keys.complete
    assert (len(keys.used), len(keys.recomputed), len(keys.not_needed), keys.unknown) == (926, 68, 10, ())
    assert sum(is_quantised(item, "int4") for item in entries.values()) == 32 * 7
    assert sum(item.numbers for item in entries.values() if is_quantised(item, "int8")) == 6_476_005_376


@pytest.mark.parametrize(
    "name",
    [
        "prot_structure_encoder.encoder.layer.3.attention.self.rotary_embeddings.inv_freq",
        "llm.model.layers.3.self_attn.rotary_emb.inv_freq",
        "model.rotary_emb.inv_freq",
        "prot_structure_encoder.embeddings.position_ids",
    ],
)
def test_tables_are_computed_anew_whether_they_are_there_or_not(name: str) -> None:
    assert compared([name, "a"], ["a"]).recomputed == (name,)
    assert compared(["a"], ["a", name]).complete


@pytest.mark.parametrize(
    "name",
    [
        "prot_structure_encoder.embeddings.position_embeddings.weight",
        "prot_structure_encoder.pooler.dense.bias",
        "prot_structure_encoder.contact_head.regression.weight",
        "mol_structure_encoder.batch_norms.0.num_batches_tracked",
    ],
)
def test_what_no_answer_depends_on_is_not_needed(name: str) -> None:
    assert compared([name, "a"], ["a"]).not_needed == (name,)
    assert compared(["a"], ["a", name]).complete


def test_the_rest_is_used_unknown_or_missing() -> None:
    keys = compared(["a", "b"], ["a", "c"])
    assert (keys.used, keys.unknown, keys.missing) == (("a",), ("b",), ("c",))
    with pytest.raises(CheckpointError, match=r"1 tensors are missing \(c\); 1 are not of this model \(b\)"):
        keys.check("it")


def test_another_shape_is_told_with_both_shapes() -> None:
    keys = compare_keys({"a": entry("a", (3, 4))}, {"a": (3, 5)})
    with pytest.raises(CheckpointError, match="a is 3 × 4, not 3 × 5"):
        keys.check("it")


def test_many_names_are_cut_short() -> None:
    keys = compared(["a"], ["a", *(f"w{n}" for n in range(30))])
    with pytest.raises(CheckpointError, match=r"30 tensors are missing .* and 26 more"):
        keys.check("it")
