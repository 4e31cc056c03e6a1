from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from biocopilot.copilot.evaluation.answerers.contract import Reply
from biocopilot.copilot.evaluation.answerers.planned import LITERATURE, Planned
from biocopilot.copilot.evaluation.items import DataSet
from biocopilot.copilot.planner.contract import Aside, Break, Give
from biocopilot.copilot.planner.embedded import EmbeddedPlanner
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.settings import Settings
from biocopilot.memory.errors import ModelUnavailable
from biocopilot.memory.library.retrieval import Query
from biocopilot.tools.registry import all_tools

Data = Callable[[str], DataSet]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(workers=1)


@pytest.fixture
def with_literature(data: Data, settings: Settings) -> Iterator[Planned]:
    with closing(Planned(EmbeddedPlanner(), settings, True, data("pubmedqa").items)) as opened:
        yield opened


def test_the_embedded_planners_first_side_is_its_answer_and_without_one_it_abstains(
    with_literature: Planned, data: Data
) -> None:
    replies = [with_literature.answer(item, place) for place, item in enumerate(data("pubmedqa").items)]
    assert [(reply.status, reply.given) for reply in replies] == [
        ("answered", "yes"),
        ("answered", "no"),
        ("abstained", None),
    ]
    assert [reply.how for reply in replies] == ["one side quoted", "one side quoted", "no side quoted"]
    assert "reduced mortality" in replies[0].text


def test_the_conclusion_is_nowhere_in_the_library(with_literature: Planned) -> None:
    library = with_literature._copilot.bench.library_offline
    hits = library.search(Query(text="secret conclusion sepsis asthma hair", most=20)).hits
    texts = [hit.passage.text for hit in hits]
    assert any("Zorvastin" in text for text in texts)
    assert not [text for text in texts if "secret conclusion" in text]


def test_without_literature_the_tools_that_read_it_are_gone_and_the_embedded_planner_abstains(
    data: Data, settings: Settings
) -> None:
    assert all_tools().keys() >= LITERATURE
    with closing(Planned(EmbeddedPlanner(), settings, False, data("pubmedqa").items)) as planned:
        assert not LITERATURE & planned._copilot.tools.keys()
        assert {planned.answer(item, place).status for place, item in enumerate(data("pubmedqa").items)} == {
            "abstained"
        }


def test_tools_stay_offline_whatever_the_planner_needs(data: Data, settings: Settings) -> None:
    planner = ScriptedPlanner([Give(status="unknown")])
    planner.in_process = False  # type: ignore[attr-defined]  # as a planner whose model is asked over the network says
    with closing(Planned(planner, settings, False, data("medqa").items)) as planned:
        assert planned._copilot.offline
        assert planned.answer(data("medqa").items[0], 0).status == "abstained"


def asked(planner: ScriptedPlanner, data: Data, settings: Settings, task: str) -> Reply:
    with closing(Planned(planner, settings, False, data(task).items)) as planned:
        return planned.answer(data(task).items[0], 0)


def test_a_planner_that_concludes_is_asked_for_the_letter_and_read_also_where_it_was_struck(
    data: Data, settings: Settings
) -> None:
    planner = ScriptedPlanner([Give(text="The answer is A.")])
    reply = asked(planner, data, settings, "medqa")
    question = planner.states[0].question
    assert "A. Vitamin C" in question
    assert "letter" in question
    assert (reply.status, reply.given, reply.how) == ("answered", "A", "said, evidence holds not all of it")


def test_a_verdict_that_was_struck_is_read_without_the_marks(data: Data, settings: Settings) -> None:
    reply = asked(ScriptedPlanner([Give(text="Yes. It does.")]), data, settings, "pubmedqa")
    assert (reply.status, reply.given) == ("answered", "yes")


def test_of_both_sides_the_first_counts(data: Data, settings: Settings) -> None:
    sides = (Aside("Passages that say otherwise:"), Break(), Aside("Passages that say so:"))
    reply = asked(ScriptedPlanner([Give(parts=sides)], name="embedded"), data, settings, "pubmedqa")
    assert (reply.given, reply.how) == ("no", "both sides, the first")


@pytest.mark.parametrize(("text", "status"), [("I cannot tell.", "unparsed"), ("", "abstained")])
def test_a_verdict_is_asked_for_and_not_read_out_of_our_own_marks(
    text: str, status: str, data: Data, settings: Settings
) -> None:
    planner = ScriptedPlanner([Give(text=text)])
    reply = asked(planner, data, settings, "pubmedqa")  # a struck sentence ends in "(no evidence)"
    assert planner.states[0].question.endswith("Begin the answer with yes, no or maybe.")
    assert (reply.status, reply.given) == (status, None)


def test_a_description_is_what_evidence_holds_of_it(data: Data, settings: Settings) -> None:
    with closing(Planned(EmbeddedPlanner(), settings, False, data("chebi20").items)) as planned:
        reply = planned.answer(data("chebi20").items[0], 0)
    assert reply.status == "answered"
    assert reply.given
    assert not {"[", "|"} & set(reply.given)
    assert asked(ScriptedPlanner([Give(text="It is a fine alcohol.")]), data, settings, "chebi20").status == "abstained"


def test_a_planner_that_cannot_work_is_a_failure(data: Data, settings: Settings) -> None:
    def broken(_state: object) -> Give:
        raise ModelUnavailable("The model is gone.")

    with pytest.raises(ModelUnavailable):
        asked(ScriptedPlanner([broken]), data, settings, "medqa")
