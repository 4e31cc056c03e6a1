"""A tool is declared once: name, text, arguments and annotations come from the function itself."""

from __future__ import annotations

import pytest
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from pydantic import Field, ValidationError


class EchoArguments(ToolArguments):
    """What to say."""

    text: str = Field(min_length=1, description="what to say")
    times: int = Field(default=1, ge=1, le=3)
    others: tuple[str, ...] = ()


@tool(title="Echo", cost="instant", deadline_s=2, idempotent=False, examples=({"text": "hm"},))
async def echo(arguments: EchoArguments, context: ToolContext) -> Findings:
    """Say it again.

    Use it for nothing.
    """
    return Findings(())


def test_the_declaration_takes_name_text_and_arguments_from_the_function() -> None:
    assert isinstance(echo, Tool)
    assert (echo.name, echo.title, echo.summary) == ("echo", "Echo", "Say it again.")
    assert echo.doc == "Say it again.\n\nUse it for nothing."
    assert echo.arguments is EchoArguments
    assert (echo.cost, echo.deadline_s, echo.idempotent, echo.read_only, echo.needs_network) == (
        "instant",
        2,
        False,
        True,
        False,
    )


def test_the_schema_is_the_arguments_json_schema() -> None:
    schema = echo.schema()
    assert schema["properties"]["times"]["maximum"] == 3
    assert schema["required"] == ["text"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"text": ""},
        {"text": "  "},
        {"text": "a", "times": 4},
        {"text": "a", "shout": True},
        {"text": 5},
        {"text": None},
    ],
)
def test_arguments_outside_the_model_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EchoArguments.model_validate(arguments)


def test_white_space_at_the_ends_is_dropped() -> None:
    assert EchoArguments(text="  a b ").text == "a b"


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31mred", "as\u200bpirin", "\u202eevil", "a\ud800", "bell\x07"])
def test_invisible_characters_are_refused_in_texts_and_lists(text: str) -> None:
    with pytest.raises(ValidationError):
        EchoArguments(text=text)
    with pytest.raises(ValidationError):
        EchoArguments(text="a", others=("b", text))


def test_line_breaks_and_every_script_are_allowed() -> None:
    assert EchoArguments(text="a\r\nb\tc").text
    assert EchoArguments(text="µM ≤ 5 Å²; TNF-α; 💊").text


def test_arguments_and_findings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        EchoArguments(text="a").text = "b"  # type: ignore[misc]  # that is the point
    with pytest.raises(AttributeError):
        Findings(()).empty = True  # type: ignore[misc]  # that is the point
    assert Draft.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by dataclass
