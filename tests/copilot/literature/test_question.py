import pytest
from biocopilot.copilot.literature.question import asked_of


@pytest.mark.parametrize(
    ("question", "effect"),
    [
        ("Does zinc shorten colds?", "less"),
        ("Do mutations causing low HDL-C promote atherosclerosis?", "more"),
        ("Is hsCRP associated with carotid atherosclerosis?", "relation"),
        ("Is dexamethasone effective in croup?", "better"),
        ("Cold knife conization vs. LEEP. Are they the same procedure?", "sameness"),
        ("Is a rotation in surgery necessary?", "need"),
        ("Is aspirin an acid?", None),
    ],
)
def test_the_asserted_effect(question: str, effect: str | None) -> None:
    assert asked_of(question).effect == effect
    assert asked_of(question).yes_or_no


@pytest.mark.parametrize("question", ["How do PROTACs work?", "What causes gout?", "resistance to osimertinib"])
def test_open_questions_are_told_apart(question: str) -> None:
    assert not asked_of(question).yes_or_no


def test_verbless_questions_are_yes_or_no() -> None:
    assert asked_of("Aripiprazole: a new risk factor for gambling?").yes_or_no


def test_ends_names_bounds_and_directions() -> None:
    asked = asked_of("Is type 2 EGFR only associated with shorter survival than placebo?")
    assert asked.toward == "less"
    assert "egfr" in asked.must
    assert asked.bounds == {"only"}
    assert asked.numbered == ("type 2",)
    assert "placebo" in asked.than
    assert asked_of("Does zinc not help?").denies
    assert asked_of("Does zinc not taste?").denies is False  # `taste` states no effect here
    assert asked_of("Is zinc not associated with colds?").denies
