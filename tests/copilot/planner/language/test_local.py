"""BioMedGPT's place as planner, held by a tiny Llama with random weights: whatever it says is valid, and every run comes to an end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.loop import Budget
from biocopilot.copilot.planner.language import local
from biocopilot.copilot.planner.language.choice import ModelChoice
from biocopilot.copilot.planner.language.local import LocalState, installed
from biocopilot.copilot.planner.resolve import resolve_planner
from biocopilot.memory.errors import MissingExtra, ModelUnavailable

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
transformers = pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")

DOUBTFUL = "aspirin bleeding"


def tiny() -> Any:
    """A Llama of 4,096 tokens' window and 300 pieces, random."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *map(chr, range(32, 127)), "▁"]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    made = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True, unk_token="<unk>"))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    torch.set_num_threads(1)
    torch.manual_seed(7)
    sizes = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=48, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=20_000, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    return SimpleNamespace(name="tiny", model=transformers.LlamaForCausalLM(sizes).eval(), tokenizer=tokenizer)


@pytest.fixture
def local_model(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tiny model installed as BioMedGPT-LM."""
    from biocopilot.copilot import local_models

    monkeypatch.setattr(local, "wanted_name", lambda: "biomedgpt-lm-7b")
    monkeypatch.setattr(local_models, "load_lm", lambda name: tiny())


def asked(copilot: Copilot, question: str, **choice: Any) -> tuple[Any, list[Any]]:
    made = Copilot(
        "biomedgpt", offline=True, log=False, budget=Budget(calls=4), model=ModelChoice(max_new_tokens=600, **choice)
    )
    made.bench = copilot.bench
    events: list[Any] = []
    return asyncio.run(made.aask(question, listener=events.append)), events


def test_it_chooses_where_there_is_something_to_choose(copilot: Copilot, local_model: Any) -> None:
    answer, events = asked(copilot, DOUBTFUL)
    assert answer.planner == "biomedgpt"
    assert "biomedgpt is being loaded." in answer.notices
    assert not [event for event in events if event.type == "notice" and event.kind == "fallback"]
    usage = next(event for event in events if event.type == "usage")
    assert usage.model_calls >= 1
    assert usage.tokens_out >= 1
    assert all(claim.verdict == "supported" for claim in answer.claims)


def test_it_is_not_loaded_for_a_clear_question(copilot: Copilot, local_model: Any) -> None:
    answer, events = asked(copilot, "MW of aspirin?")
    assert answer.status == "answered"
    assert "is being loaded" not in " ".join(answer.notices)
    assert next(event for event in events if event.type == "usage").model_calls is None


@pytest.mark.slow
def test_free_and_random_it_makes_valid_calls_and_comes_to_an_end(copilot: Copilot, local_model: Any) -> None:
    answer, events = asked(copilot, "Weigh aspirin.", mode="free", temperature=1.0, timeout_s=120.0)
    assert answer.status in ("partial", "unknown", "answered")
    assert events[-1].type == "run_finished"
    failed = [event.error for event in events if event.type == "tool_failed"]
    assert "UnknownTool" not in failed
    assert "InvalidArguments" not in failed


def test_nothing_is_installed_in_a_new_home() -> None:
    assert installed() == LocalState()
    with pytest.raises(ModelUnavailable, match="not installed"):
        resolve_planner("biomedgpt", offline=True)


def test_what_is_installed_and_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch, home: Any) -> None:
    from biocopilot.copilot import local_models
    from biocopilot.model.checkpoint import memory

    local_models.models_folder().mkdir(parents=True)
    assert installed() == LocalState()
    found = SimpleNamespace(least_bytes=13_500_000_000)

    def find(name: str) -> Any:
        if name == "biomedgpt-lm-7b":
            return found
        raise ModelUnavailable("BioMedGPT-10B is not installed.")

    monkeypatch.setattr(local_models, "find_model", find)
    monkeypatch.setattr(memory, "fits_here", lambda size: size < 10_000_000_000)
    assert installed() == LocalState(reason="BioMedGPT-LM-7B is installed and takes 13.5 GB, more than is free here.")
    found.least_bytes = 4_000_000_000
    assert installed() == LocalState("biomedgpt-lm-7b")
    monkeypatch.setattr(local, "find_spec", lambda name: None if name == "llguidance" else object())
    assert installed().reason.startswith(
        "BioMedGPT-LM-7B is installed. Models in this process need the package llguidance."
    )
    monkeypatch.setattr(local, "wanted_name", lambda: "biomedgpt-lm-7b")
    with pytest.raises(MissingExtra, match="llguidance"):
        resolve_planner("biomedgpt", offline=True)
