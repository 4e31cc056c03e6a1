from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.contract import State
from biocopilot.copilot.planner.frames import KINDS
from biocopilot.copilot.planner.language.tokens import Counter, window_of
from biocopilot.copilot.planner.language.tools_shown import TOOLS_OF, as_function, compact_schema, shown_tools
from biocopilot.copilot.planner.reading import read
from biocopilot.tools.registry import all_tools


def test_every_kind_has_tools_that_there_are() -> None:
    assert set(TOOLS_OF) == set(KINDS)
    assert {name for names in TOOLS_OF.values() for name in names} <= set(all_tools())


@pytest.mark.parametrize("name", list(all_tools()))
def test_a_compacted_schema_admits_the_tool_s_own_examples(name: str) -> None:
    tool = all_tools()[name]
    parameters = as_function(tool)["function"]["parameters"]
    assert set(parameters["properties"]) == set(tool.arguments.model_fields)
    for example in tool.examples:
        assert set(example) <= set(parameters["properties"])
        assert set(parameters.get("required", ())) <= set(example)
    text = json.dumps(parameters)
    assert '"title": "' not in text
    assert len(text) <= len(json.dumps(tool.schema()))


def test_a_field_called_title_is_no_title() -> None:
    schema = {"title": "X", "properties": {"title": {"title": "Title", "type": "string"}}, "type": "object"}
    assert compact_schema(schema) == {"properties": {"title": {"type": "string"}}, "type": "object"}


def test_an_optional_field_is_what_it_is_when_given() -> None:
    field = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": None, "description": "how many"}
    assert compact_schema(field) == {"type": "integer", "minimum": 1, "description": "how many"}


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("MW of aspirin?", "molecule_properties"),
        ("Which drugs act on BTK?", "drugs_for_target"),
        ("Translate ATGGCCTAA", "sequence_tools"),
        ("What does my library say about colloidal aggregators?", "search_library"),
        ("Is the crystal structure of BTK in the PDB?", "target_structures"),
        ("What safety liabilities has EGFR?", "target_safety"),
    ],
)
async def test_the_likeliest_tools_are_shown_first(copilot: Copilot, question: str, tool: str) -> None:
    state = State(question, (), (), copilot.tools, copilot.bench)
    frames = (await read(question, (), copilot.bench)).frames
    shown = shown_tools(state, frames, 4_000, Counter())
    assert tool in shown.names[:4]
    assert set(shown.names) | set(shown.others) == set(copilot.tools)
    assert shown.tokens <= 1_600


def test_an_estimate_learns_from_what_the_server_counts() -> None:
    count = Counter()
    assert count("x" * 3_000) == 1_001
    count.learn(1_000, 750)
    assert count("x" * 3_000) == 751
    count.learn(100, 1)  # too short to say anything
    assert count("x" * 3_000) == 751
    exact = Counter(lambda text: len(text.split()))
    exact.learn(1_000, 10)
    assert exact("three words here") == 3


def test_the_window_is_the_wish_then_what_is_known() -> None:
    class Known:
        profile: ClassVar = {"max_input_tokens": 8_192}

    class Told(Known):
        num_ctx = 4_096

    unknown: Any = object()
    assert window_of(Known(), 2_048) == 2_048
    assert window_of(Known(), 0) == 8_192
    assert window_of(Told(), 0) == 4_096
    assert window_of(unknown, 0) == 16_384
