"""Which tokens are drawn, and how often."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")

from biocopilot.model.decoding.sampling import Picker, Sampling  # noqa: E402  # needs torch

LOGITS = torch.log(torch.tensor([0.1, 0.4, 0.05, 0.3, 0.15]))


def drawn(**options: Any) -> dict[int, float]:
    picker = Picker(Sampling(seed=3, **options))
    counts = Counter(picker.pick(LOGITS) for _ in range(4_000))
    return {token: count / 4_000 for token, count in counts.items()}


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    shares = drawn(temperature=1.0)
    assert shares == {token: pytest.approx(share, abs=0.03) for token, share in enumerate(LOGITS.exp().tolist())}


def test_a_low_temperature_sharpens() -> None:
    squared = (LOGITS.exp() ** 2 / (LOGITS.exp() ** 2).sum()).tolist()
    shares = drawn(temperature=0.5)
    assert shares == {token: pytest.approx(share, abs=0.03) for token, share in enumerate(squared)}


def test_the_nucleus_is_the_smallest_set_that_reaches_top_p() -> None:
    assert drawn(temperature=1.0, top_p=0.65) == {1: pytest.approx(4 / 7, abs=0.03), 3: pytest.approx(3 / 7, abs=0.03)}
    assert set(drawn(temperature=1.0, top_p=0.75)) == {1, 3, 4}
    assert drawn(temperature=1.0, top_p=0.01) == {1: 1.0}


def test_temperature_zero_takes_the_likeliest() -> None:
    assert drawn(temperature=0.0) == {1: 1.0}


def test_a_masked_token_is_never_drawn() -> None:
    masked = LOGITS.clone()
    masked[1] = masked[3] = -torch.inf
    picker = Picker(Sampling(temperature=5.0, seed=1))
    assert {picker.pick(masked) for _ in range(300)} == {0, 2, 4}


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.5}]
)
def test_what_no_sampling_can_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sampling(**wrong)
