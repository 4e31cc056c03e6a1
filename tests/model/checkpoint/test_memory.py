from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint import memory
from biocopilot.model.checkpoint.entries import TensorEntry, contiguous_strides
from biocopilot.model.checkpoint.forms import would_take
from biocopilot.model.checkpoint.memory import Machine, Placement, cache_bytes, place, weights_bytes
from biocopilot.model.errors import ModelError, NoAccelerator, NotEnoughMemory

GB = 10**9
NEEDS = {"float32": 40 * GB, "bfloat16": 21 * GB, "float16": 21 * GB}
SMALLER = {"int8": 14 * GB, "int4": 11 * GB}


def on(ram: int, gpu: int = 0, bf16: bool = True) -> Machine:
    return Machine(ram * GB, ram * GB, "H100" if gpu else "", gpu * GB or None, gpu * GB or None, bf16)


def chosen(here: Machine, stored: tuple[str, ...] = ("float16", "float32"), **wish: Any) -> tuple[str, str]:
    found = placed(here, stored, **wish)
    return found.device, found.dtype


def placed(here: Machine, stored: tuple[str, ...] = ("float16", "float32"), **wish: Any) -> Placement:
    return place(NEEDS, stored, here, what="It", would_fit=SMALLER, **wish)


def entry(name: str, shape: tuple[int, ...], dtype: str = "float16") -> TensorEntry:
    return TensorEntry(name, dtype, shape, contiguous_strides(shape), 0, 0)


def test_the_best_that_fits_is_chosen() -> None:
    assert chosen(on(ram=64)) == ("cpu", "float32")
    assert chosen(on(ram=32)) == ("cpu", "bfloat16")
    assert chosen(on(ram=64, gpu=80)) == ("cuda", "float16")
    assert chosen(on(ram=64, gpu=80), ("float32",)) == ("cuda", "bfloat16")
    assert chosen(on(ram=64, gpu=80, bf16=False), ("bfloat16",)) == ("cuda", "float16")
    assert chosen(on(ram=64), quantised=True) == ("cpu", "bfloat16")


def test_what_was_passed_over_is_said() -> None:
    found = placed(on(ram=64, gpu=16))
    assert (found.device, found.dtype) == ("cpu", "float32")
    assert "float16 on cuda needs 21.0 GB, and 16.0 GB are free" in found.why


def test_a_wish_is_followed_or_refused_and_never_replaced() -> None:
    assert chosen(on(ram=64, gpu=80), device="cpu", dtype="float16") == ("cpu", "float16")
    with pytest.raises(NotEnoughMemory):
        chosen(on(ram=64, gpu=16), device="cuda")
    with pytest.raises(NotEnoughMemory, match="float32 on cpu"):
        chosen(on(ram=32), dtype="float32")
    with pytest.raises(NoAccelerator):
        chosen(on(ram=64), device="cuda")
    with pytest.raises(ModelError, match="no device 'tpu'"):
        chosen(on(ram=64), device="tpu")


def test_the_hint_names_what_would_fit() -> None:
    with pytest.raises(NotEnoughMemory) as caught:
        chosen(on(ram=12))
    assert "bfloat16 on cpu needs 21.0 GB, and 12.0 GB are free" in caught.value.message
    assert "int4 (11.0 GB): biocopilot models convert NAME --to int4" in caught.value.hint
    assert "int8" not in caught.value.hint
    with pytest.raises(NotEnoughMemory) as caught:
        chosen(on(ram=32), dtype="float32")
    assert "bfloat16 (21.0 GB)" in caught.value.hint
    with pytest.raises(NotEnoughMemory) as caught:
        chosen(on(ram=4))
    assert "the least form needs 11.0 GB" in caught.value.hint


def test_where_the_memory_is_unknown_nothing_is_refused() -> None:
    assert chosen(Machine(None, None)) == ("cpu", "float32")


def test_sizes_are_those_of_the_specification() -> None:
    layer = {
        **{f"llm.model.layers.0.self_attn.{p}_proj.weight": (4096, 4096) for p in "qkvo"},
        **{f"llm.model.layers.0.mlp.{p}_proj.weight": (11008, 4096) for p in ("gate", "up")},
        "llm.model.layers.0.mlp.down_proj.weight": (4096, 11008),
    }
    entries: dict[str, TensorEntry] = {}
    for number in range(32):
        for name, shape in layer.items():
            key = name.replace("layers.0", f"layers.{number}")
            entries[key] = entry(key, shape)
    for key in ("llm.model.embed_tokens.weight", "llm.lm_head.weight"):
        entries[key] = entry(key, (32001, 4096))
    assert weights_bytes(entries.values(), "bfloat16") == pytest.approx(13.48e9, rel=1e-3)
    assert weights_bytes(entries.values(), "float32") == pytest.approx(26.95e9, rel=1e-3)
    smaller = would_take(entries)
    assert smaller["int8"] == pytest.approx(7.0e9, rel=5e-3)
    assert smaller["int4"] == pytest.approx(4.17e9, rel=5e-3)
    llm: Mapping[str, Any] = {
        "hidden_size": 4096,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "num_hidden_layers": 32,
    }
    assert cache_bytes(llm, "float16", 2048) == pytest.approx(1.07e9, rel=5e-3)


def test_parts_in_fp32_and_whole_numbers_keep_their_size() -> None:
    entries = [entry("proj_mol.weight", (10, 10)), entry("x.weight_int8", (10, 10), "int8"), entry("y", (10,))]
    assert weights_bytes(entries, "bfloat16", ("proj_mol",)) == 400 + 100 + 20


def test_a_containers_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (
        ("memory.max", "1000000"),
        ("memory.current", "700000"),
        ("memory.stat", "anon 1\ninactive_file 200000"),
    ):
        (tmp_path / name).write_text(text, "ascii")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    assert memory._ram() == (500_000, 1_000_000)
    (tmp_path / "memory.max").write_text("max", "ascii")
    free, total = memory._ram()
    assert total is None or total > 1_000_000
    assert free is None or free > 1_000_000


def test_whether_a_model_fits_is_said_without_loading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_ram", lambda: (10 * GB, 16 * GB))
    assert memory.fits_here(9 * GB) is True
    assert memory.fits_here(10 * GB) is False
    monkeypatch.setattr(memory, "_ram", lambda: (None, None))
    assert memory.fits_here(10 * GB) is None
