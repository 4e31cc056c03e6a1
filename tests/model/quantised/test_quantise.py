from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
torch.set_num_threads(1)

from biocopilot.model.quantised.layers import Int4Linear, Int8Linear  # noqa: E402  # after torch is known to be there
from biocopilot.model.quantised.quantise import from_int4, from_int8, to_int4, to_int8  # noqa: E402
from biocopilot.model.quantised.shapes import fits_int4  # noqa: E402


def weight(rows: int = 64, columns: int = 256, seed: int = 0) -> Any:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)) * 0.02


def error(found: Any, true: Any) -> float:
    return float((found - true).norm() / true.norm())


def layer8(w: Any, bias: Any = None) -> Int8Linear:
    made = Int8Linear(w.shape[1], w.shape[0], bias is not None)
    made.weight_int8, made.scale = to_int8(w)
    if bias is not None:
        made.bias = torch.nn.Parameter(bias, requires_grad=False)
    return made


def layer4(w: Any) -> Int4Linear:
    made = Int4Linear(w.shape[1], w.shape[0])
    made.weight_int4, made.scales_and_zeros = to_int4(w)
    return made


def test_8_bits_are_within_half_a_step_everywhere() -> None:
    w = weight()
    numbers, scale = to_int8(w)
    assert (numbers.dtype, scale.dtype) == (torch.int8, torch.bfloat16)
    assert ((from_int8(numbers, scale) - w).abs() <= scale.float()[:, None] * 0.5001 + 1e-9).all()
    assert error(from_int8(numbers, scale), w) < 0.012


def test_4_bits_cost_what_theory_says() -> None:
    w = weight(256, 512)
    packed, both = to_int4(w)
    assert (packed.dtype, packed.shape, both.shape) == (torch.uint8, (256, 256), (8, 256, 2))
    # Sixteen levels over the range of 64 normal numbers, some 4.7 deviations: a step of 0.31 / sqrt(12) = 0.09 of the deviation.
    assert 0.07 < error(from_int4(packed, both), w) < 0.09


def test_trying_smaller_ranges_makes_4_bits_better(monkeypatch: pytest.MonkeyPatch) -> None:
    from biocopilot.model.quantised import quantise

    w = weight(256, 512)
    chosen = error(from_int4(*to_int4(w)), w)
    monkeypatch.setattr(quantise, "_SHRINK", (1.0,))
    assert chosen < error(from_int4(*to_int4(w)), w) * 0.98


def test_4_bits_come_out_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    from biocopilot.model.quantised import quantise

    w = weight(48, 128)
    whole = to_int4(w)
    monkeypatch.setattr(quantise, "_AT_ONCE", 1_000)
    for one, other in zip(whole, to_int4(w), strict=True):
        assert torch.equal(one, other)


def test_numbers_on_the_grid_come_back_exactly() -> None:
    levels = torch.arange(16.0).repeat(16, 8)  # (16, 128): each group has every level
    assert torch.equal(from_int4(*to_int4(levels)), levels)
    rows = torch.arange(-127.0, 128.0).repeat(4, 1)
    assert torch.equal(from_int8(*to_int8(rows)), rows)


def test_rows_of_zeros_stay_zeros() -> None:
    zeros = torch.zeros(16, 64)
    assert torch.equal(from_int8(*to_int8(zeros)), zeros)
    assert from_int4(*to_int4(zeros)).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("rows", "columns", "fits"), [(16, 64, True), (17, 64, False), (16, 100, False), (4096, 11008, True)]
)
def test_which_shapes_fit(rows: int, columns: int, fits: bool) -> None:
    assert fits_int4(rows, columns) is fits
    if not fits:
        with pytest.raises(ValueError, match="does not fit"):
            to_int4(torch.zeros(rows, columns))


@pytest.mark.parametrize("rows", [1, 5, 200])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32", "float16"])
def test_both_layers_compute_the_product_with_the_weights_that_their_numbers_mean(rows: int, dtype: str) -> None:
    w, kind = weight(64, 256), getattr(torch, dtype)
    x = torch.randn(2, rows, 256, generator=torch.Generator().manual_seed(1)).to(kind)
    eight, plain, prepared = layer8(w), layer4(w), layer4(w)
    prepared.prepare()
    for layer, means in (
        (eight, from_int8(eight.weight_int8, eight.scale)),
        (plain, from_int4(plain.weight_int4, plain.scales_and_zeros)),
        (prepared, from_int4(plain.weight_int4, plain.scales_and_zeros)),
    ):
        y = layer(x)
        assert (y.dtype, y.shape) == (kind, (2, rows, 64))
        assert error(y.float(), x.float() @ means.T) < (0.01 if dtype != "float32" else 1e-3)


def test_a_bias_is_added() -> None:
    w, bias = weight(16, 64), torch.arange(16.0)
    x = torch.zeros(3, 64)
    assert torch.equal(layer8(w, bias)(x), bias.expand(3, 16))


def test_preparing_twice_is_preparing_once() -> None:
    layer = layer4(weight())
    layer.prepare()
    before = layer.weight_int4.clone()
    layer.prepare()
    assert torch.equal(layer.weight_int4, before)
