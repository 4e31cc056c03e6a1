"""Rules between arguments are in the exact schema of a tool and not in the one that services read."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from biocopilot.tools import all_tools
from biocopilot.tools.shapes import shape, with_rules

TOOLS = all_tools()


@pytest.mark.parametrize("name", TOOLS)
def test_the_schema_for_services_has_no_alternatives_at_its_top(name: str) -> None:
    assert not TOOLS[name].schema().keys() & {"anyOf", "oneOf", "allOf", "x-ordered"}


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_whose_validator_compares_arguments_says_so_in_its_exact_schema(name: str) -> None:
    arguments = TOOLS[name].arguments
    compares = bool(arguments.__pydantic_decorators__.model_validators)
    assert compares == bool(arguments.shapes or arguments.ordered), inspect.getfile(arguments)
    schema = TOOLS[name].exact_schema()
    for one in schema.get("anyOf", ()):
        assert one["properties"].keys() <= schema["properties"].keys()
    for pair in schema.get("x-ordered", ()):
        order = [field for field in schema["properties"] if field in pair]
        assert order == pair  # the first of a pair stands in front


def test_a_shape_says_what_is_given_left_out_and_fixed() -> None:
    made = shape("a", without=("b",), by="x")
    assert made["required"] == ["a"]
    assert made["properties"]["b"] is False
    assert made["properties"]["by"] == {"const": "x"}


def test_rules_leave_a_schema_without_any_as_it_is() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    assert with_rules(schema, (), ()) == schema
