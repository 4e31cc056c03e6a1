import pytest
from biocopilot.copilot.literature.effects import effects_of, hedged, not_significant, significant


def told(text: str) -> list[tuple[str, bool]]:
    return [(effect.kind, effect.denied) for effect in effects_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Statins reduced mortality.", [("less", False)]),
        ("Statins did not reduce mortality.", [("less", True)]),
        ("Zinc failed to shorten colds.", [("less", True)]),
        ("Age was not associated with outcome.", [("relation", True)]),
        ("There was no significant difference in outcome.", [("relation", True)]),
        ("Neither age, sex nor body weight was correlated with outcome.", [("relation", True)]),
        ("It was not only useful", [("better", False)]),
        ("It was without evident harm, was superior to placebo", [("worse", True), ("better", False)]),
        ("It was not tested, and improved survival", [("better", False)]),
        ("Inversely correlated with weight", [("less", False)]),
        ("Protection against malaria and reduced deaths", [("less", False), ("less", False)]),
        ("There is evidence against improved survival", [("better", True)]),
        ("In the absence of light growth was reduced", [("less", False)]),
        ("There was an absence of increased growth", [("more", True)]),
        ("The endpoint, defined as effect on symptoms", []),
        ("We assessed the efficacy of zinc", []),
    ],
)
def test_effects_with_what_is_denied(text: str, expected: list[tuple[str, bool]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("higher (p < 0.001)", True, False),
        ("higher (P = .03)", True, False),
        ("no change (p = 0.35)", False, True),
        ("P > 0.05", False, True),
        ("not statistically significant", False, True),
        ("significantly higher", True, False),
        ("age (p = 0.3) and weight (p < 0.01)", True, False),
        ("p = 0.05", False, False),
    ],
)
def test_significance_is_read(text: str, yes: bool, no: bool) -> None:
    assert (significant(text), not_significant(text)) == (yes, no)


def test_reserve_is_seen() -> None:
    assert hedged("It may reduce mortality")
    assert not hedged("It reduced mortality")
