"""A run that rested in part on services, looked at again where they cannot be asked."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.workbench import Workbench

RUNS: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("test_verification.py")))
HERE, SERVICE = RUNS["SOURCE"], RUNS["SOURCE"].model_copy(update={"name": "service"})


class NoArguments(ToolArguments):
    pass


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    with Workbench() as opened:
        yield opened


def half(service: bool, here_now: bool = False) -> Tool:
    """A tool that compares this machine with a service, which offline it cannot ask: its record tells that too."""

    async def half(arguments: NoArguments, context: ToolContext) -> Findings:
        """Compare."""
        drafts = [Draft({"type": "compared", "asked": not context.offline}, HERE, "computed", "compared")]
        if service and not context.offline:
            drafts.append(Draft({"type": "row"}, SERVICE, "live", "row"))
        if here_now and context.offline:
            drafts.append(Draft({"type": "row"}, SERVICE, "local", "row"))
        lacking = context.offline and not here_now
        return Findings(
            tuple(drafts), matched=1, returned=1, filters={"not_asked": "service (offline)"} if lacking else {}
        )

    return tool(title="Half", kept_replies=True)(half)


def checked(bench: Workbench, declared: Tool, offline: bool) -> list[tuple[str, str]]:
    tools = {"half": declared}
    events = RUNS["record"](
        bench, CallTools((RUNS["call"]("half"),)), Give(status="unknown"), tools=tools, offline=offline
    )
    return [(check.outcome, check.reason) for check in RUNS["verify"](events, bench, tools).evidence]


@pytest.mark.parametrize("service", [True, False])
def test_where_a_service_that_had_a_part_cannot_be_asked_nothing_is_said_to_differ(
    bench: Workbench, service: bool
) -> None:
    found = checked(bench, half(service), offline=False)
    reason = "the service's reply is not kept here, and verification stays offline"
    assert found == [("not_rechecked", reason)] * (2 if service else 1)


def test_what_was_found_offline_is_compared(bench: Workbench) -> None:
    assert checked(bench, half(service=True), offline=True) == [("same", "")]


def test_where_a_store_registered_since_answers_it_is_said(bench: Workbench) -> None:
    found = checked(bench, half(service=True, here_now=True), offline=False)
    assert found == [("not_rechecked", "a local store answers this now, and the service's reply was not looked at")] * 2
