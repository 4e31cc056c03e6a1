from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import pytest
from biocopilot.model.errors import GrammarUnsatisfied
from biocopilot.model.grammar import Bounds, bounded_schema, fitted_schema, worst_case_tokens
from biocopilot.model.grammar.pattern import text_pattern
from pydantic import BaseModel, Field


class Series(BaseModel):
    name: str
    handle: str = Field(pattern="^E[0-9]{1,4}$")
    loose: str = Field(pattern="[0-9]x", max_length=30)
    values: list[float]
    count: int = Field(ge=0)
    above: float | None = Field(default=None, gt=0)
    kind: Literal["IC50", "Ki"] | None = None
    pair: tuple[int, bool] = (1, True)
    day: date | None = None
    time: datetime | None = None
    id: UUID | None = None
    whatever: Any = None


@pytest.fixture(scope="module")
def series() -> dict[str, Any]:
    return bounded_schema(Series.model_json_schema())


def test_everything_gets_an_end(series: dict[str, Any]) -> None:
    of = series["properties"]
    assert series["additionalProperties"] is False
    assert of["handle"] == {"type": "string", "pattern": "^E[0-9]{1,4}$"}
    assert of["count"] == {"type": "integer", "minimum": 0, "maximum": 10**9}
    assert of["values"]["maxItems"] == Bounds().items
    assert of["values"]["items"]["multipleOf"] == 1e-9
    assert of["above"]["anyOf"][0]["exclusiveMinimum"] == 0
    assert of["loose"]["allOf"][0] == {"pattern": "[0-9]x"}
    assert of["pair"]["prefixItems"][0]["type"] == "integer"
    assert worst_case_tokens(series) < 2_500


def test_what_is_bounded_stays_as_it_is(series: dict[str, Any]) -> None:
    assert bounded_schema(series) == series


def test_tighter_limits_of_the_schema_hold() -> None:
    made = bounded_schema({"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2})
    assert (made["maxItems"], worst_case_tokens(made)) == (2, 2 + 2 * (2 + 6) + 1)


def test_a_limit_from_below_moves_the_bound() -> None:
    made = bounded_schema({"type": "array", "items": {"type": "boolean"}, "minItems": 20})
    assert (made["minItems"], made["maxItems"]) == (20, 20)
    assert bounded_schema({"type": "integer", "minimum": 10**12})["maximum"] == 10**12


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"anyOf": []},
    ],
)
def test_a_schema_that_nothing_satisfies_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(GrammarUnsatisfied, match="Nothing satisfies"):
        bounded_schema(schema)


@pytest.mark.parametrize("budget", [500, 700, 900])
def test_a_schema_is_fitted_to_a_budget(budget: int) -> None:
    made = fitted_schema(Series.model_json_schema(), budget, Bounds(items=4))
    assert budget * 0.9 < worst_case_tokens(made) <= budget


def test_a_wide_budget_leaves_the_bounds_as_they_are() -> None:
    schema = Series.model_json_schema()
    assert fitted_schema(schema, 10_000) == bounded_schema(schema)


def test_what_must_be_given_gets_more_than_what_may() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    texts = [value["pattern"] for value in fitted_schema(schema, 400)["properties"].values()]
    assert texts == [text_pattern(0, 128), text_pattern(0, 64)]


def test_special_characters_become_few_and_lists_short_before_strings_become_too_short() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    most = {budget: fitted_schema(schema, budget) for budget in (1_700, 900, 300, 110)}
    assert [made["maxItems"] for made in most.values()] == [8, 8, 4, 2]
    assert ["allOf" in made["items"] for made in most.values()] == [False, False, True, True]


def test_a_budget_that_is_too_small_is_refused_with_what_it_takes() -> None:
    with pytest.raises(GrammarUnsatisfied, match=r"may take 71 tokens, and 60 are allowed.*max_tokens"):
        fitted_schema({"type": "array", "items": {"type": "string"}, "minItems": 2}, 60)


def test_what_is_required_and_not_described_is_refused() -> None:
    with pytest.raises(GrammarUnsatisfied, match='requires "a"'):
        bounded_schema({"type": "object", "properties": {}, "required": ["a"]})


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}, {}, {"type": "integer"}]
)
def test_a_schema_without_an_end_has_no_worst_case(schema: dict[str, Any]) -> None:
    with pytest.raises(GrammarUnsatisfied, match="not known"):
        worst_case_tokens(schema)
