from __future__ import annotations

from typing import Any

import pytest
from biocopilot.model.errors import GrammarUnsatisfied
from biocopilot.model.grammar.meeting import NEVER, both
from biocopilot.model.grammar.reading import plain
from pydantic import BaseModel, Field


class Point(BaseModel):
    x: int = Field(ge=0, description="where")
    unit: str | None = None


class Path(BaseModel):
    points: list[Point]
    start: Point = Field(description="the first one")


class Tree(BaseModel):
    leaves: list[Tree] = []


def test_references_are_put_in_and_talk_is_left_out() -> None:
    read = plain(Path.model_json_schema())
    point = {
        "type": "object",
        "properties": {
            "x": {"type": "integer", "minimum": 0},
            "unit": {"anyOf": [{"type": "string", "patterns": []}, {"type": "null"}]},
        },
        "required": ["x"],
    }
    assert read["properties"] == {"points": {"type": "array", "items": point}, "start": point}


def test_a_schema_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(GrammarUnsatisfied, match="refers to itself"):
        plain(Tree.model_json_schema())


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "object", "additionalProperties": {"type": "string"}}, "keys are not named"),
        ({"not": {"type": "string"}}, "has not"),
        ({"type": "thing"}, "the type thing"),
        ({"$ref": "#/$defs/None"}, "does not hold"),
        ({"$ref": "https://example.org/x"}, "does not hold"),
    ],
)
def test_what_a_grammar_cannot_hold_is_named(schema: dict[str, Any], said: str) -> None:
    with pytest.raises(GrammarUnsatisfied, match=said):
        plain(schema)


def test_types_without_a_name_are_seen_by_their_keywords() -> None:
    assert plain({"maxLength": 3})["type"] == "string"
    assert plain({"minimum": 3})["type"] == "number"
    assert plain({"type": ["string", "null"]})["anyOf"][1] == {"type": "null"}
    assert plain({"const": 3}) == {"enum": [3]}
    assert plain({}) == {}


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 9},
            {"minimum": 3},
            {"type": "integer", "minimum": 3, "maximum": 9},
        ),
        ({"type": "string"}, {"type": "number"}, NEVER),
        ({"enum": ["a", 1, True]}, {"type": "integer"}, {"enum": [1]}),
        ({"enum": [1, 5]}, {"type": "integer", "maximum": 3}, {"enum": [1]}),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, {"type": "boolean"}, {"type": "boolean"}),
        ({"type": "boolean"}, {}, {"type": "boolean"}),
        ({"type": "boolean"}, {"const": True}, {"enum": [True]}),
    ],
)
def test_both_admits_what_each_admits(first: dict[str, Any], second: dict[str, Any], common: dict[str, Any]) -> None:
    assert both(plain(first), plain(second)) == common
    assert both(plain(second), plain(first)) == common


def test_alternatives_beside_properties_narrow_them() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"], "properties": {"b": False}}, {"required": ["b"]}],
    }
    one, other = plain(schema)["anyOf"]
    assert (one["required"], one["properties"]["b"]) == (["a"], NEVER)
    assert (other["required"], other["properties"]["b"]) == (["b"], {"type": "integer"})


def test_what_must_be_given_and_may_not_be_admits_nothing() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    assert plain({**schema, "allOf": [{"properties": {"a": False}}]}) == NEVER
