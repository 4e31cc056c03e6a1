from __future__ import annotations

import pytest
from biocopilot.memory.library.alike import say_the_same

SAID = "Erlotinib inhibited the growth of EGFR mutant cells with an IC50 of 12 nM after 72 hours in three experiments of four"


def test_equal_texts_say_the_same_also_without_vectors() -> None:
    assert say_the_same(SAID, SAID, None)
    assert not say_the_same(SAID, f"{SAID}.", None)


def test_small_changes_say_the_same() -> None:
    assert say_the_same(SAID, f"RESULTS: {SAID}.", 0.99)


@pytest.mark.parametrize(
    ("other", "cosine"),
    [
        (SAID.replace("12", "21"), 0.999),
        (SAID.replace("after", "post"), 0.9),
        (f"{SAID} {SAID}", 0.99),
        (
            SAID.replace("Erlotinib inhibited", "Gefitinib slowed")
            .replace("growth", "spread")
            .replace("mutant", "bearing"),
            0.99,
        ),
    ],
    ids=["another number", "far apart", "twice as long", "other words"],
)
def test_what_differs_is_not_folded(other: str, cosine: float) -> None:
    assert not say_the_same(SAID, other, cosine)
