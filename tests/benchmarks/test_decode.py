"""The benchmark of decoding, on a model that is small enough."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are no installed package

from benchmarks import decode  # noqa: E402  # needs the line above

SHAPE = {**decode._SHAPE, "vocab_size": 320, "hidden_size": 256, "intermediate_size": 512, "num_attention_heads": 4}
LINEAR = 4 * (4 * 256 * 256 + 3 * 256 * 512)  # numbers of four layers


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_SHAPE", SHAPE)


def test_what_a_step_reads_is_every_weight_but_the_table_of_embeddings() -> None:
    model = decode._model(4, torch.device("cpu"))
    rest = 2 * (320 * 256 + 9 * 256)  # head and norms in 16 bits
    rest += sum(4 * held.numel() for held in model.model.rotary_emb.buffers())
    assert decode._read_bytes(model) == 2 * LINEAR + rest
    decode._quantise(model, "int8")
    assert decode._read_bytes(model) == LINEAR + 2 * 4 * (5 * 256 + 2 * 512) + rest
    decode._quantise(model, "int4")
    assert decode._read_bytes(model) == LINEAR // 2 + 4 * LINEAR // 64 + rest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is read from /proc")
def test_each_form_is_measured_beside_its_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_bandwidth", lambda _device: 1e9)
    monkeypatch.setattr(decode, "_cases", lambda _device, _quick: [decode._Case(2, 9, 4)])
    threads = torch.get_num_threads()
    try:
        measured = decode.measure(quick=True)
    finally:
        torch.set_num_threads(threads)
    assert [row.what for row in measured.rows] == [
        f"{form}, 2 × 9: {name}" for form in ("bf16", "int8", "int4") for name in ("Biocopilot", "transformers")
    ]
    assert all(row.repeats == 3 and row.median > 0 for row in measured.rows)
    assert len(measured.ratios) == 3
    assert len(measured.notes) == 1 + 6
    assert "4 of 32 layers" in measured.notes[0]
    weights = decode._read_bytes(decode._model(4, torch.device("cpu")))
    limit = 2e9 / (weights + 2 * 4 * 256 * 2 * 2 * 11)
    assert f"of the limit of {limit:,.1f};" in measured.notes[1]
