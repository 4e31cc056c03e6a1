"""Records: frozen, strict, the same after JSON; and the one way to hash them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory.records import (
    Answer,
    Claim,
    Evidence,
    Omitted,
    Quantity,
    Source,
    Support,
    ToolCall,
    ToolCallSummary,
    ToolResult,
    canonical_json,
    record_sha256,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

SOURCE = Source(
    name="RDKit", release="2026.09.1", licence="BSD-3-Clause", attribution="RDKit", url="https://www.rdkit.org/"
)
RECORD = {"type": "molecule_properties", "tpsa": 20.23, "unit": "Å²"}
EVIDENCE = Evidence(
    id="E1",
    tool="molecule_properties",
    arguments={"molecule": "CCO"},
    source=SOURCE,
    retrieved_at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC),
    backend="computed",
    record=RECORD,
    sha256=record_sha256(RECORD),
)
EXAMPLES: list[BaseModel] = [
    Quantity(value=3, unit="count", kind="hbd", convention="SMARTS"),
    Quantity(value=0.5, unit="nM", relation="<", kind="IC50", convention="as given"),
    SOURCE,
    EVIDENCE,
    ToolCall(id="c1", tool="scaffold", arguments={"molecule": "CCO"}),
    Omitted(what="3 more rows", tool="scaffold", arguments={"most": 9}),
    ToolResult(status="ok", evidence=(EVIDENCE,), matched=1, returned=1, warnings=("so so",)),
    ToolResult(status="failed", error="InvalidStructure", digest="no"),
    Support(token="20.23", evidence="E1", path="/tpsa"),
    Claim(text="TPSA is 20.23 Å². [E1]", evidence=("E1",), verdict="supported"),
    ToolCallSummary(id="c1", tool="scaffold", arguments={}, status="cancelled", seconds=0.1),
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def answer(**changes: Any) -> Answer:
    fields = {
        "run_id": "r",
        "question": "q",
        "status": "answered",
        "planner": "embedded",
        "answer": "An answer. [E1]\n",
    }
    return Answer(**{**fields, **changes})


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: type(record).__name__)
def test_a_record_is_the_same_after_json(record: BaseModel) -> None:
    assert type(record).model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: type(record).__name__)
def test_a_record_cannot_be_changed_and_takes_no_other_field(record: BaseModel) -> None:
    field = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError):
        setattr(record, field, getattr(record, field))
    with pytest.raises(ValidationError):
        type(record).model_validate({**record.model_dump(), "surprise": 1})


def test_canonical_json_sorts_keys_leaves_no_space_and_keeps_unicode() -> None:
    assert canonical_json({"b": 1, "a": ["µM", None, 1.5]}) == '{"a":["µM",null,1.5],"b":1}'


@given(json_values)
def test_equal_values_have_equal_canonical_json_in_whatever_order(value: Any) -> None:
    def turned(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(list(item))}
        return [turned(part) for part in item] if isinstance(item, list) else item

    text = canonical_json(value)
    assert canonical_json(turned(value)) == text
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"value": value})
    with pytest.raises(ValidationError, match="finite"):
        Quantity(value=value, unit="nM", kind="IC50", convention="as given")


def test_the_hash_is_sha256_over_the_canonical_json() -> None:
    assert record_sha256({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert record_sha256({"a": 1}) != record_sha256({"a": 2})


def test_a_count_stays_a_whole_number_and_a_value_a_fraction() -> None:
    count = Quantity.model_validate_json('{"value": 3, "unit": "count", "kind": "hbd", "convention": "c"}')
    assert type(count.value) is int
    value = Quantity.model_validate_json('{"value": 3.0, "unit": "nM", "kind": "Ki", "convention": "c"}')
    assert type(value.value) is float


@pytest.mark.parametrize("relation", [">=", "≤", "", "about"])
def test_other_relations_are_refused(relation: str) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({"value": 1, "unit": "nM", "relation": relation, "kind": "Ki", "convention": "c"})


@pytest.mark.parametrize("changes", [{"id": "1"}, {"id": "E"}, {"sha256": "abc"}, {"backend": "guessed"}])
def test_evidence_with_a_wrong_id_hash_or_backend_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Evidence.model_validate({**EVIDENCE.model_dump(), **changes})


def test_a_result_that_is_ok_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="must hold evidence"):
        ToolResult(status="ok")
    assert ToolResult(status="empty").evidence == ()


def test_an_answer_finds_its_evidence_by_id() -> None:
    found = answer(evidence=(EVIDENCE,))
    assert found.evidence_by_id("E1") is found.evidence[0]
    with pytest.raises(KeyError):
        found.evidence_by_id("E2")


def test_markdown_lists_evidence_with_source_licence_and_address_then_notices() -> None:
    text = answer(evidence=(EVIDENCE,), notices=("A source is missing.",)).to_markdown()
    assert text.startswith("An answer. [E1]\n")
    assert (
        '- **E1** `molecule_properties` `{"molecule":"CCO"}`: RDKit 2026.09.1 (BSD-3-Clause, computed). <https://'
        in text
    )
    assert text.endswith("### Notices\n\n- A source is missing.\n")
    assert answer().to_markdown() == "An answer. [E1]\n"


def test_text_is_another_name_of_the_answer() -> None:
    assert answer().text == answer().answer
