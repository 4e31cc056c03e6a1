from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.workflows.built_in.watch import STATE, watch
from biocopilot.copilot.workflows.contract import Finished, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.memory.errors import FileRefused, InvalidInput
from biocopilot.memory.records import Source
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.registry import all_tools, outside_a_session
from biocopilot.tools.workbench import Workbench
from pydantic import Field


class Query(ToolArguments):
    query: str = Field(description="Words.")
    most: int = Field(description="How many.")


def run(folder: Path, file: Path, since: Path | None = None, **more: Any) -> Finished:
    given = {"file": str(file), **({"since": str(since)} if since else {})}
    with Workbench() as bench:
        return asyncio.run(run_workflow(watch, given, folder, bench=bench, offline=True, **more))


def journal(articles: dict[str, str]) -> dict[str, Tool]:
    """All tools, with a literature that holds these articles, each with its standing."""

    @tool(title="Search literature", examples=({"query": "a", "most": 1},))
    async def literature_search(arguments: Query, context: ToolContext) -> Findings:
        """Search."""
        source = Source(name="Journal", release="1", licence="CC0", attribution="nobody")
        drafts = tuple(
            Draft({"type": "article", "label": label, "title": f"{arguments.query} in {label}", "year": 2024, "standing": standing,
                   "retracted": standing != "", "notices": []}, source, "live", label)
            for label, standing in articles.items()
        )  # fmt: skip
        return Findings(drafts, matched=len(drafts), returned=len(drafts))

    return {**outside_a_session(all_tools()), "literature_search": literature_search}


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    file = tmp_path / "targets.txt"
    file.write_text("\ufeffEGFR  # lung\r\n\r\nTYK2\r\nEGFR\r\n", encoding="utf-8")
    return file


def changed(state: Path, to: Path, change: Any) -> Path:
    held = json.loads(state.read_text(encoding="utf-8"))
    change(held["targets"])
    to.write_text(json.dumps(held), encoding="utf-8")
    return to


def test_the_first_run_takes_all_as_known_and_the_next_finds_nothing(tmp_path: Path, targets: Path) -> None:
    first = run(tmp_path / "one", targets)
    assert first.report.rows == ()
    state = tmp_path / "one" / STATE
    held = json.loads(state.read_text(encoding="utf-8"))["targets"]
    assert set(held) == {"P00533", "P29597"}
    assert "GEFITINIB" in held["P00533"]["drugs"]
    assert "papers" not in held["P00533"]  # the service was not asked, so nothing is known
    second = run(tmp_path / "two", targets, state)
    assert second.status == "unknown"
    assert second.report.sections[0].parts[0].text == "Nothing is new."  # type: ignore[union-attr]
    assert (tmp_path / "two" / STATE).read_bytes() == state.read_bytes()


def test_what_was_not_known_before_is_new_with_its_evidence(tmp_path: Path, targets: Path) -> None:
    run(tmp_path / "one", targets)

    def forget(held: dict[str, Any]) -> None:
        del held["P00533"]["drugs"]["OSIMERTINIB"]
        held["P00533"]["values"].pop("CHEMBL29197 IC50 0.0288 nM CHEMBL3616083")

    since = changed(tmp_path / "one" / STATE, tmp_path / "before.json", forget)
    finished = run(tmp_path / "two", targets, since)
    assert finished.status == "partial"  # something is new, and the literature was not asked
    (section,) = finished.report.sections
    heads = [part.header[0] for part in section.parts if isinstance(part, Table)]
    assert heads == ["new measured values", "new drugs"]
    assert [row["id"].value for row in finished.report.rows] == [
        "CHEMBL29197 IC50 0.0288 nM CHEMBL3616083",
        "OSIMERTINIB",
    ]
    assert all(cell.evidence for row in finished.report.rows for name, cell in row.items() if name != "what")


def test_a_new_paper_and_a_retraction_are_told(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("EGFR\n", encoding="utf-8")
    first = run(tmp_path / "one", file, tools=journal({"PMID 11": "", "PMID 12": ""}))
    assert first.status == "answered"
    tools = journal({"PMID 11": "RETRACTED: 2024", "PMID 12": "", "PMID 13": ""})
    second = run(tmp_path / "two", file, tmp_path / "one" / STATE, tools=tools)
    assert second.status == "answered"
    assert [(row["what"].value, row["id"].value) for row in second.report.rows] == [
        ("papers", "PMID 13"),
        ("standing", "PMID 11"),
    ]
    assert "RETRACTED: 2024" in str(second.report.rows[1]["value"].value)
    third = run(tmp_path / "three", file, tmp_path / "two" / STATE, tools=tools)
    assert third.status == "unknown"


def test_what_a_source_that_was_not_asked_knew_stays_known(tmp_path: Path, targets: Path) -> None:
    run(tmp_path / "one", targets)
    since = changed(
        tmp_path / "one" / STATE, tmp_path / "before.json", lambda held: held["P00533"].update(papers={"PMID 1": ""})
    )
    run(tmp_path / "two", targets, since)
    held = json.loads((tmp_path / "two" / STATE).read_text(encoding="utf-8"))["targets"]
    assert held["P00533"]["papers"] == {"PMID 1": ""}


def test_files_that_are_not_what_they_should_be_are_refused(tmp_path: Path, targets: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="names no target"):
        run(tmp_path / "one", empty)
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is not what a run of watch leaves"):
        run(tmp_path / "two", targets, other)
    with pytest.raises(FileRefused):
        run(tmp_path / "three", targets, empty)
