"""What planners are handed of a session: the newest turns, within both bounds, the oldest left out first, and as text."""

import pytest
from biocopilot.copilot.planner.history import EARLIER_CHARACTERS, EARLIER_TURNS, bounded, history_text
from biocopilot.memory.sessions import EarlierResult, Turn


def turn(number: int, answer: str = "a", results: int = 1) -> Turn:
    found = tuple(EarlierResult(f"R{number}.E{n}", "find", f"thing {n}") for n in range(1, results + 1))
    return Turn(f"q{number}?", answer, number, results=found)


def test_no_more_than_the_newest_turns_are_handed_on():
    kept = bounded([turn(number) for number in range(1, EARLIER_TURNS + 4)])
    assert [item.number for item in kept] == list(range(4, EARLIER_TURNS + 4))


def test_no_more_than_so_many_characters_are_handed_on_and_the_oldest_go_first():
    long = "x" * (EARLIER_CHARACTERS // 3)
    kept = bounded([turn(1, "short"), turn(2, long), turn(3, long), turn(4, long)])
    assert [item.number for item in kept] == [3, 4]
    assert len(history_text(kept)) <= EARLIER_CHARACTERS


@pytest.mark.parametrize(
    "big",
    [
        turn(1, "| row |\n" * 5_000),
        turn(1, "x" * 50_000, results=40),
        turn(1, "a", results=2_000),
        Turn("q" * 50_000, "a" * 50_000, 1),
    ],
)
def test_a_newest_turn_that_is_too_long_is_cut_and_says_so(big: Turn):
    (kept,) = bounded([turn(7), big])
    assert len(history_text([kept])) <= EARLIER_CHARACTERS
    assert (kept.number, kept.cut) == (1, kept.answer != big.answer)
    assert kept.answer.endswith("… (cut here)") == kept.cut
    if "row" in big.answer:
        assert set(kept.answer.splitlines()) == {"| row |", "| row |… (cut here)"}


def test_the_text_names_runs_and_handles_and_what_was_left_out():
    text = history_text([turn(3, "It is 5. [E1]")], left_out=2)
    assert text.splitlines() == [
        "2 earlier questions are left out here; recall_result reaches their results: R1.E1, R1.E2, …",
        "",
        "R3 question: q3?",
        "R3 answer (answered): It is 5. [E1]",
        "R3.E1 find: thing 1",
    ]
    assert history_text([]) == ""
    assert "1 earlier question is left out" in history_text([turn(2)], 1)
