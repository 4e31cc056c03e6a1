from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.answerers import Reply
from biocopilot.copilot.evaluation.answerers.contract import answered
from biocopilot.copilot.evaluation.items import DataSet, Item
from biocopilot.copilot.evaluation.run_file import Answered, opened_run
from biocopilot.copilot.evaluation.running import MOST_FAILURES, chosen, run_evaluation
from biocopilot.memory.errors import InvalidStructure, ModelUnavailable

Data = Callable[[str], DataSet]


class Scripted:
    """Answers with a label, or raises, by the item's place; `asked` holds the places."""

    name = setting = "scripted"

    def __init__(self, **raises: Exception) -> None:
        self.configuration: dict[str, Any] = {}
        self._raises = {int(place.removeprefix("at")): error for place, error in raises.items()}
        self.asked: list[int] = []

    def answer(self, item: Item, number: int) -> Reply:
        self.asked.append(number)
        if number in self._raises:
            raise self._raises[number]
        return answered("A", "A", "scripted")

    def close(self) -> None:
        pass


def run(
    data: DataSet, answerer: Scripted, folder: Path, told: Callable[[Answered], None] = lambda _a: None
) -> dict[int, Answered]:
    with opened_run(folder, {}, resume=True) as file:
        run_evaluation(data, range(len(data.items)), answerer, file, told)
        return dict(file.answers)


def test_each_item_is_asked_once_told_and_not_again(data: Data, tmp_path: Path) -> None:
    questions, first, told = data("medmcqa"), Scripted(), list[int]()
    answers = run(questions, first, tmp_path, lambda answer: told.append(answer.number))
    assert first.asked == told == [0, 1, 2, 3]
    assert [answers[place].gold for place in range(4)] == ["A", "B", "C", "D"]
    again = Scripted()
    assert run(questions, again, tmp_path) == answers
    assert again.asked == []


def test_an_item_that_cannot_be_answered_is_kept_with_its_reason_and_asked_again_when_it_goes_on(
    data: Data, tmp_path: Path
) -> None:
    answers = run(data("medmcqa"), Scripted(at1=InvalidStructure("No such atom.")), tmp_path)
    assert (answers[1].status, answers[1].trouble) == ("failed", "Not a valid structure: No such atom.")
    again = Scripted()
    assert run(data("medmcqa"), again, tmp_path)[1].status == "answered"
    assert again.asked == [1]


def test_it_stops_where_nothing_answers_three_times_and_keeps_what_was(data: Data, tmp_path: Path) -> None:
    gone = ModelUnavailable("gone")
    broken = Scripted(at1=gone, at2=gone, at3=gone)
    with pytest.raises(ModelUnavailable):
        run(data("medmcqa"), broken, tmp_path)
    assert MOST_FAILURES == 3
    answers = run(data("medmcqa"), again := Scripted(), tmp_path)
    assert again.asked == [1, 2, 3]
    assert {answer.status for answer in answers.values()} == {"answered"}


def test_items_that_cannot_be_answered_do_not_stop_it(data: Data, tmp_path: Path) -> None:
    bad = InvalidStructure("bad")
    answers = run(data("medmcqa"), Scripted(at0=bad, at1=bad, at2=bad, at3=bad), tmp_path)
    assert [answer.status for answer in answers.values()] == ["failed"] * 4


def test_a_failure_between_does_not_add_up(data: Data, tmp_path: Path) -> None:
    gone = ModelUnavailable("gone")
    assert len(run(data("medmcqa"), Scripted(at0=gone, at1=gone, at3=gone), tmp_path)) == 4


def test_a_limit_draws_by_the_seed_in_the_files_order(data: Data) -> None:
    many = DataSet("x", "1", data("medmcqa").items * 50)
    drawn = chosen(many, 20, 7)
    assert drawn == sorted(set(drawn)) == chosen(many, 20, 7)
    assert drawn != chosen(many, 20, 8)
    assert drawn[-1] > 100
    assert chosen(many, 900, 7) == chosen(many, None, 7) == list(range(200))
