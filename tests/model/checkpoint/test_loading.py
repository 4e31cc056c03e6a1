from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint.memory import Machine
from biocopilot.model.errors import CheckpointError, NoAccelerator, NotEnoughMemory, TokenizerMissing

LARGE = Machine(ram_free=10**12, ram_total=10**12)


@pytest.fixture(autouse=True)
def _torch(torch: Any) -> None:
    """All of these need it."""


def test_a_fusion_file_gives_a_model_and_says_what_became_of_its_keys(
    fusion: Path, weights: dict[str, Any], torch: Any
) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    loaded = load_biomedgpt(fusion, here=LARGE)
    assert (loaded.device, loaded.dtype, loaded.form) == ("cpu", "float32", "")
    keys = loaded.report.keys
    assert len(keys.recomputed) == 4
    assert not keys.unknown
    assert not keys.missing
    assert {name.split(".")[-2] for name in keys.not_needed} == {
        "position_embeddings",
        "dense",
        "regression",
        "0",
        "1",
        "2",
    }
    own = loaded.model.state_dict()
    for name in keys.used:
        assert torch.equal(own[name], weights[name]), name
    assert (loaded.configuration.gin_hidden, loaded.configuration.gin_layers) == (12, 3)
    assert loaded.configuration.max_protein_tokens == 128
    assert loaded.report.copied_bytes == 0
    assert loaded.memory == loaded.report.mapped_bytes > 1_000_000


def test_rotary_tables_are_computed_and_never_read(fusion: Path, torch: Any) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    model = load_biomedgpt(fusion, dtype="float16", here=LARGE).model
    for table, width in (
        (model.llm.model.rotary_emb.inv_freq, 32),
        (model.prot_structure_encoder.rotary_embeddings.inv_freq, 10),
    ):
        expected = 1.0 / 10_000.0 ** (torch.arange(0, width, 2).float() / width)
        assert table.dtype == torch.float32
        assert torch.allclose(table, expected)


def test_in_16_bits_the_molecule_encoder_and_projectors_stay_in_fp32(fusion: Path, torch: Any) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    loaded = load_biomedgpt(fusion, dtype="bfloat16", here=LARGE)
    kinds = {name.split(".")[0]: set() for name, _ in loaded.model.named_parameters()}
    for name, tensor in loaded.model.named_parameters():
        kinds[name.split(".")[0]].add(tensor.dtype)
    half, whole = {torch.bfloat16}, {torch.float32}
    assert kinds == {
        "mol_structure_encoder": whole, "proj_mol": whole, "proj_prot": whole, "prot_structure_encoder": half, "llm": half,
    }  # fmt: skip
    assert loaded.report.copied_bytes > loaded.report.mapped_bytes > 0


def test_the_language_model_inside_is_the_one_alone(fusion: Path, language_model: Path, torch: Any) -> None:
    from biocopilot.model.checkpoint.loading import load_causal_lm

    inside, alone = load_causal_lm(fusion, here=LARGE), load_causal_lm(language_model, here=LARGE)
    ids = torch.tensor([[1, 5, 9, 300, 12]])
    rows = alone.model.config.vocab_size
    assert inside.model.config.vocab_size == rows + 1
    assert torch.equal(inside.model(ids).logits[..., :rows], alone.model(ids).logits)
    assert alone.model.config.use_cache
    text = "Aspirin is a drug."
    assert alone.tokenizer.decode(alone.tokenizer(text).input_ids) == text
    assert (alone.tokenizer.bos_token_id, alone.tokenizer.eos_token_id) == (1, 2)


def test_it_gives_the_logits_that_transformers_own_loading_gives(language_model: Path, torch: Any) -> None:
    from biocopilot.model.checkpoint.loading import load_causal_lm
    from transformers import AutoModelForCausalLM

    ids = torch.tensor([[1, 5, 9, 300, 12]])
    stock = AutoModelForCausalLM.from_pretrained(language_model, dtype=torch.float32)
    assert torch.equal(load_causal_lm(language_model, here=LARGE).model(ids).logits, stock(ids).logits)


def test_golden_answers_come_out_of_the_golden_file(golden: Path, torch: Any) -> None:
    from biocopilot.model.biomedgpt.answering import Chat
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    manifest = json.loads((golden / "manifest.json").read_text("utf-8"))
    case = next(case for case in manifest["cases"] if case["name"] == "prot_qa")
    for file in ("biomedgpt_tiny.pth", "biomedgpt_tiny.safetensors"):
        loaded = load_biomedgpt(golden / file, dtype="float32", here=LARGE)
        chat = Chat(loaded.model, loaded.tokenizer, parity=True)
        (_, sequence), (_, question) = case["steps"]
        chat.add_protein(sequence)
        assert chat.ask(question, max_new_tokens=case["max_new_tokens"]).read() == case["answer_text"]


def test_fewer_rows_than_the_fusion_model_has_are_taken(torch: Any, weights: dict[str, Any], fusion: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    fewer = dict(weights)
    for name in ("llm.model.embed_tokens.weight", "llm.lm_head.weight"):
        fewer[name] = weights[name][:-1]
    torch.save(fewer, fusion)
    loaded = load_biomedgpt(fusion, here=LARGE)
    assert loaded.model.llm.get_input_embeddings().num_embeddings == len(weights["llm.lm_head.weight"]) - 1


def test_a_missing_and_a_misshapen_tensor_are_named(torch: Any, weights: dict[str, Any], fusion: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    wrong = {**weights, "proj_prot.bias": torch.zeros(3), "extra.weight": torch.zeros(1)}
    del wrong["llm.model.norm.weight"]
    torch.save(wrong, fusion)
    with pytest.raises(CheckpointError) as caught:
        load_biomedgpt(fusion, here=LARGE)
    assert "1 tensors are missing (llm.model.norm.weight)" in caught.value.message
    assert "proj_prot.bias is 3, not 128" in caught.value.message
    assert "extra.weight" in caught.value.message


def test_another_models_weights_are_refused(torch: Any, fusion: Path, language_model: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt, load_causal_lm

    with pytest.raises(CheckpointError, match="no molecule encoder"):
        load_biomedgpt(language_model, here=LARGE)
    torch.save({"conv1.weight": torch.zeros(3, 3)}, fusion)
    with pytest.raises(CheckpointError, match="are missing"):
        load_causal_lm(fusion, here=LARGE)


def test_no_tokenizer_and_a_wrong_vocabulary(fusion: Path, language_model: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt, load_causal_lm
    from tokenizers import Tokenizer, models

    small = Tokenizer(models.BPE(vocab={"<unk>": 0, "<s>": 1, "</s>": 2, "a": 3}, merges=[], unk_token="<unk>"))
    for folder, load, where in (
        (fusion.parent / "llm", load_biomedgpt, fusion),
        (language_model, load_causal_lm, language_model),
    ):
        small.save(str(folder / "tokenizer.json"))
        with pytest.raises(TokenizerMissing, match="do not belong together"):
            load(where, here=LARGE)
        (folder / "tokenizer.json").unlink()
        with pytest.raises(TokenizerMissing, match=r"There is no tokenizer\.json"):
            load(where, here=LARGE)


def test_a_folder_without_a_configuration(language_model: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_causal_lm

    (language_model / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        load_causal_lm(language_model, here=LARGE)


def test_too_little_memory_is_said_before_any_tensor_is_read(
    fusion: Path, monkeypatch: pytest.MonkeyPatch, torch: Any
) -> None:
    from biocopilot.model.checkpoint import loading

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("something was loaded")

    monkeypatch.setattr(loading, "fill", never)
    with pytest.raises(NotEnoughMemory, match=r"float32 on cpu needs 0\.6 GB, and 0\.1 GB are free"):
        loading.load_biomedgpt(fusion, here=Machine(ram_free=10**8, ram_total=10**9))


def test_a_gpu_that_is_not_there(fusion: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    with pytest.raises(NoAccelerator):
        load_biomedgpt(fusion, device="cuda", here=LARGE)


def test_progress_ends_at_the_whole(fusion: Path) -> None:
    from biocopilot.model.checkpoint.loading import load_biomedgpt

    told: list[tuple[int, int]] = []
    load_biomedgpt(fusion, here=LARGE, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert told == sorted(told)


@pytest.mark.parametrize("form", ["safetensors", "int8", "int4"])
def test_each_converted_form_loads_and_is_close(
    form: str, fusion: Path, small_files: Callable[[Path], Path], tmp_path: Path, torch: Any
) -> None:
    from biocopilot.model.biomedgpt.network import FP32_PARTS
    from biocopilot.model.checkpoint.converting import convert
    from biocopilot.model.checkpoint.loading import load_biomedgpt, load_causal_lm
    from biocopilot.model.checkpoint.source import open_source
    from safetensors.torch import load_file

    target = small_files(tmp_path / form) / "model.safetensors"
    convert(open_source(fusion), target, form, name="tiny", fp32=FP32_PARTS)
    assert len(load_file(target)) > 20  # the library reads it
    before, after = load_biomedgpt(fusion, here=LARGE), load_biomedgpt(target, here=LARGE)
    ids = torch.tensor([[1, 5, 9, 300, 12, 44, 7]])
    x, edges, bonds = torch.tensor([[5, 0], [7, 0]]), torch.tensor([[0, 1], [1, 0]]), torch.tensor([[0, 0], [0, 0]])
    atoms = before.model.encode_atoms(x, edges, bonds)
    logits = before.model.llm(ids).logits
    difference = (after.model.llm(ids).logits.float() - logits).norm() / logits.norm()
    if form == "safetensors":
        assert difference == 0
        assert torch.equal(after.model.encode_atoms(x, edges, bonds), atoms)
    else:
        assert (after.form, after.dtype) == (form, "bfloat16")
        assert after.memory < before.memory
        assert difference < {"int8": 0.05, "int4": 0.4}[form]
        assert torch.allclose(after.model.encode_atoms(x, edges, bonds).float(), atoms, atol=2e-2)
    inside = load_causal_lm(target, here=LARGE)
    assert torch.equal(inside.model(ids).logits, after.model.llm(ids).logits)


def test_a_quantised_form_is_not_quantised_again(fusion: Path, tmp_path: Path) -> None:
    from biocopilot.model.checkpoint.converting import convert
    from biocopilot.model.checkpoint.source import open_source

    convert(open_source(fusion), tmp_path / "a.safetensors", "int8", name="tiny")
    with pytest.raises(CheckpointError, match="quantised already"):
        convert(open_source(tmp_path / "a.safetensors"), tmp_path / "b.safetensors", "int4", name="tiny")
    assert not list(tmp_path.glob("b*"))


def test_numbers_that_are_not_finite_are_not_quantised(torch: Any, weights: dict[str, Any], tmp_path: Path) -> None:
    from biocopilot.model.checkpoint.converting import convert
    from biocopilot.model.checkpoint.source import open_source

    name = "llm.model.layers.0.self_attn.q_proj.weight"
    torch.save({**weights, name: weights[name] / 0}, tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match="not finite"):
        convert(open_source(tmp_path / "a.pth"), tmp_path / "b.safetensors", "int4", name="tiny")
    assert not list(tmp_path.glob("b*"))
