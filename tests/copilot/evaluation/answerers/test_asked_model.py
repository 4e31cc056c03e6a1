from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("langchain_core", reason="the models are LangChain's")
from biocopilot.copilot.evaluation.answerers.asked_model import AskedModel
from biocopilot.copilot.evaluation.items import DataSet
from biocopilot.memory.errors import ModelUnavailable
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import Field

Data = Callable[[str], DataSet]


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
        return ChatResult(generations=[ChatGeneration(message=AIMessage(line))])


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
        answerer = AskedModel(model, "fake", items)
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


def test_a_providers_own_error_is_a_failure_of_ours_on_one_line(asked: Callable[..., list[Any]]) -> None:
    with pytest.raises(ModelUnavailable, match="fake gave no answer") as caught:
        asked(Speaking(lines=["broken"]), "medqa")
    assert "ConnectionError: no route to host" in caught.value.message
    assert isinstance(caught.value.__cause__, ConnectionError)
