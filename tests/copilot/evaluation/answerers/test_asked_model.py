from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

pytest.importorskip("langchain_core", reason="the models are LangChain's")
from biocopilot.copilot.evaluation.answerers.asked_model import AskedModel
from biocopilot.copilot.evaluation.items import DataSet
from biocopilot.memory.errors import InvalidInput, ModelUnavailable
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import Field

Data = Callable[[str], DataSet]


REFUSALS = {"no schema": "response_format is not supported", "too long": "prompt is too long: maximum context length"}


class APIStatusError(Exception):
    """As OpenAI's client raises it."""

    status_code = 400


class Speaking(BaseChatModel):
    """Says its lines one after another, in words only. `heard` holds what it was asked."""

    lines: list[str]
    heard: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "speaking"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.heard.append(str(messages[-1].content))
        line = self.lines.pop(0)
        if line == "broken":
            raise ConnectionError("no route\nto host")
        if line in REFUSALS:
            raise APIStatusError(REFUSALS[line])
        return ChatResult(generations=[ChatGeneration(message=AIMessage(line))])


class Stalling(Speaking):
    """Never answers."""

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")


class Structured(Speaking):
    """Also gives JSON, as a server with structured outputs does; a line that is none is a parsing error."""

    schemas: list[dict[str, Any]] = Field(default_factory=list)

    def with_structured_output(self, schema: Any, *, include_raw: bool = False, **kwargs: Any) -> Runnable[Any, Any]:
        assert include_raw
        self.schemas.append(schema)

        def parsed(prompt: Any) -> dict[str, Any]:
            raw = self.invoke(prompt)
            try:
                return {"raw": raw, "parsed": json.loads(str(raw.content)), "parsing_error": None}
            except ValueError as error:
                return {"raw": raw, "parsed": None, "parsing_error": error}

        return RunnableLambda(parsed)


@pytest.fixture
def asked(data: Data) -> Callable[..., list[Any]]:
    """`asked(model, "medqa")`: the replies to that file's items."""

    def replies(model: BaseChatModel, task: str) -> list[Any]:
        items = data(task).items
        with closing(AskedModel(model, "fake", items)) as answerer:
            return [answerer.answer(item, place) for place, item in enumerate(items)]

    return replies


def test_a_model_that_only_speaks_is_read_and_what_is_no_option_is_counted(asked: Callable[..., list[Any]]) -> None:
    model = Speaking(lines=["The answer is A.", "I would think about it."])
    first, second = asked(model, "medqa")
    assert (first.status, first.given, first.how) == ("answered", "A", "text")
    assert (second.status, second.given, second.text) == ("unparsed", None, "I would think about it.")
    assert "B. Vitamin D" in model.heard[0]


def test_a_model_with_structured_output_answers_by_it(asked: Callable[..., list[Any]]) -> None:
    model = Structured(lines=['{"answer": "A"}', '{"answer": "B"}'])
    first, second = asked(model, "medqa")
    assert [(one.given, one.how) for one in (first, second)] == [("A", "structured"), ("B", "structured")]
    assert model.schemas[0]["properties"]["answer"]["enum"] == ["A", "B", "C", "D"]
    assert len(model.schemas) == 1


def test_structure_that_is_none_is_read_as_text_and_counted_as_such(asked: Callable[..., list[Any]]) -> None:
    first, second = asked(Structured(lines=["Answer: A", '{"answer": "Z"}']), "medqa")
    assert (first.given, first.how) == ("A", "text")
    assert (second.status, second.given) == ("unparsed", None)


def test_pubmedqas_abstract_is_in_the_prompt_and_its_conclusion_is_not(asked: Callable[..., list[Any]]) -> None:
    model = Speaking(lines=["Yes.", "No.", "Maybe."])
    assert [reply.given for reply in asked(model, "pubmedqa")] == ["yes", "no", "maybe"]
    assert "RESULTS: Zorvastin significantly reduced mortality" in model.heard[0]
    assert "secret" not in "".join(model.heard)


def test_structures_are_described_from_their_text(asked: Callable[..., list[Any]]) -> None:
    model = Speaking(lines=["It is an alcohol.", "", "c", "d", "e"])
    replies = asked(model, "chebi20")
    assert (replies[0].given, replies[1].status) == ("It is an alcohol.", "abstained")
    assert "SMILES: CCO" in model.heard[0]


def test_a_providers_own_error_is_a_failure_of_ours_on_one_line_after_some_tries(data: Data) -> None:
    waited: list[float] = []
    answerer = AskedModel(Speaking(lines=["broken"] * 5), "fake", data("medqa").items, sleep=waited.append)
    with closing(answerer), pytest.raises(ModelUnavailable, match="fake gave no answer: no route to host") as caught:
        answerer.answer(data("medqa").items[0], 0)
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert waited == [1.0, 2.0, 4.0, 8.0]


def test_what_passes_is_waited_out(data: Data) -> None:
    waited: list[float] = []
    answerer = AskedModel(Speaking(lines=["broken", "A"]), "fake", data("medqa").items, sleep=waited.append)
    with closing(answerer):
        assert answerer.answer(data("medqa").items[0], 0).given == "A"
    assert waited == [1.0]


def test_a_server_that_takes_no_schema_is_asked_in_words_from_then_on(data: Data) -> None:
    model = Structured(lines=["no schema", "B", "A"])
    with closing(AskedModel(model, "fake", data("medqa").items, sleep=_no_waiting)) as answerer:
        replies = [answerer.answer(item, place) for place, item in enumerate(data("medqa").items)]
    assert [(reply.given, reply.how) for reply in replies] == [("B", "text"), ("A", "text")]
    assert len(model.heard) == 3


def test_a_prompt_that_is_too_long_fails_its_item_only(data: Data) -> None:
    answerer = AskedModel(Speaking(lines=["too long"]), "fake", data("medqa").items, sleep=_no_waiting)
    with closing(answerer), pytest.raises(InvalidInput, match="longer than fake reads"):
        answerer.answer(data("medqa").items[0], 0)


def test_a_model_that_says_nothing_is_given_up(data: Data) -> None:
    answerer = AskedModel(Stalling(lines=[]), "fake", data("medqa").items, deadline_s=0.05, sleep=_no_waiting)
    with closing(answerer), pytest.raises(ModelUnavailable, match=r"no answer in 0\.05 s"):
        answerer.answer(data("medqa").items[0], 0)


def _no_waiting(seconds: float) -> None:
    raise AssertionError(f"waits {seconds} s")
