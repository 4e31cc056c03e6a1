from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.workflows.contract import Workflow
from biocopilot.copilot.workflows.registry import NAMES, built_in, find_workflow
from biocopilot.memory.errors import InvalidInput
from biocopilot.tools.registry import declared_tools, outside_a_session

PAGE = Path(__file__).parents[3] / "docs" / "workflows.md"


@pytest.mark.parametrize("flow", built_in(), ids=lambda flow: flow.name)
def test_each_that_ships_can_be_shown_and_is_documented(flow: Workflow) -> None:
    assert find_workflow(flow.name) is flow
    assert set(flow.tools) <= set(outside_a_session(declared_tools()))
    assert flow.summary.endswith(".")
    for name, field in flow.schema()["properties"].items():
        assert field.get("description"), name
    assert f"`{flow.name} " in PAGE.read_text("utf-8"), f"docs/workflows.md says nothing of {flow.name}"


def test_a_name_that_is_nearly_one_is_told_which() -> None:
    with pytest.raises(InvalidInput, match="no workflow called 'target-dosier'") as caught:
        find_workflow("target-dosier")
    assert "target-dossier" in caught.value.hint
    assert "target-dossier" in NAMES
