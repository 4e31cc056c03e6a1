"""One call: arguments checked, deadline kept, findings numbered, failures told, cancellation at once."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory.errors import Ambiguous, BiocopilotError, InvalidStructure, NotFound, UnknownTool, WorkerDied
from biocopilot.memory.records import DIGEST_CHARACTERS, Omitted, Source, ToolCall, ToolResult, record_sha256
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.execute import execute, explain_validation, find_tool, validate_arguments
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench
from pydantic import Field, ValidationError

SOURCE = Source(name="Test", release="1", licence="CC0", attribution="nobody")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
# A search for a ring of 41 atoms in a chain of small rings: minutes, if it is let.
SLOW = {"smarts": f"*1{'~*' * 40}~1", "molecules": ["C1CC2CC1C1CCC2C1" * 10]}


class Arguments(ToolArguments):
    """What to do."""

    do: str = "find"
    number: int = Field(default=1, ge=1)


def draft(summary: str = "found it", **record: Any) -> Draft:
    return Draft({"type": "test", **record}, SOURCE, "computed", summary)


BEHAVIOUR: dict[str, Callable[[], Findings]] = {
    "find": lambda: Findings((draft(value=(1, 2)),), matched=1, returned=1),
    "find two": lambda: Findings((draft("first"), draft("second")), matched=2, returned=2, warnings=("mind the gap",)),
    "find part": lambda: Findings((draft(),), partial=True),
    "find nothing": lambda: Findings(()),
    "find that there is nothing": lambda: Findings((draft("none"),), matched=0, empty=True),
    "cut": lambda: Findings((draft(),), matched=9, returned=1, omitted=Omitted(what="8 rows", tool="act", arguments={"number": 9})),
    "talk": lambda: Findings((draft("x" * 9_000),)),
}  # fmt: skip
FAILURES: dict[str, BiocopilotError] = {
    "miss": NotFound("There is no such thing.", "Look elsewhere.", ("this", "that")),
    "doubt": Ambiguous("There are two.", "Say which.", ("one", "two")),
    "break": InvalidStructure("It is broken.", "Mend it."),
    "die": WorkerDied("It died."),
}


@tool(title="Act", deadline_s=0.2, examples=({},))
async def act(arguments: Arguments, context: ToolContext) -> Findings:
    """Do as told."""
    if arguments.do == "sleep":
        await asyncio.sleep(30)
    if arguments.do == "fail ourselves":
        raise ZeroDivisionError
    if arguments.do in FAILURES:
        raise FAILURES[arguments.do]
    return BEHAVIOUR[arguments.do]()


@tool(title="Surf", needs_network=True, examples=({},))
async def surf(arguments: Arguments, context: ToolContext) -> Findings:
    """Go out."""
    return Findings((draft(),))


TOOLS: dict[str, Tool] = {"act": act, "surf": surf}


async def run(
    bench: Workbench, name: str = "act", *, offline: bool = True, deadline_s: float | None = None,
    tools: Mapping[str, Tool] = TOOLS, **arguments: Any,
) -> ToolResult:  # fmt: skip
    numbers = itertools.count(1)
    call = ToolCall(id="c1", tool=name, arguments=arguments)
    context = ToolContext(bench=bench, offline=offline)
    return await execute(call, tools, context, lambda: f"E{next(numbers)}", deadline_s=deadline_s, now=lambda: NOW)


async def test_a_finding_becomes_numbered_stamped_and_hashed_evidence(bench: Workbench) -> None:
    result = await run(bench, number=2)
    (item,) = result.evidence
    assert (item.id, item.tool, item.arguments, item.retrieved_at, item.backend) == (
        "E1",
        "act",
        {"number": 2},
        NOW,
        "computed",
    )
    assert item.record == {"type": "test", "value": [1, 2]}  # as JSON gives it back
    assert item.sha256 == record_sha256(item.record)
    assert (result.status, result.digest) == ("ok", "E1: found it")


async def test_several_findings_are_numbered_in_order_and_warnings_told(bench: Workbench) -> None:
    result = await run(bench, do="find two")
    assert [item.id for item in result.evidence] == ["E1", "E2"]
    assert result.digest == "E1: first\nE2: second\nwarning: mind the gap"


@pytest.mark.parametrize(
    ("do", "status"),
    [("find part", "partial"), ("find nothing", "empty"), ("find that there is nothing", "empty"), ("cut", "ok")],
)
async def test_the_status_says_how_complete_it_is(bench: Workbench, do: str, status: str) -> None:
    assert (await run(bench, do=do)).status == status


async def test_what_was_cut_is_told_with_the_call_that_shows_it(bench: Workbench) -> None:
    result = await run(bench, do="cut")
    assert result.omitted == Omitted(what="8 rows", tool="act", arguments={"number": 9})
    assert result.digest.endswith("not shown: 8 rows")


async def test_a_digest_is_bounded(bench: Workbench) -> None:
    result = await run(bench, do="talk")
    assert len(result.digest) == DIGEST_CHARACTERS
    assert result.digest.endswith("…")


async def test_not_found_is_an_empty_result_with_evidence_and_the_nearest_names(bench: Workbench) -> None:
    result = await run(bench, do="miss")
    (item,) = result.evidence
    assert (result.status, result.matched, result.error) == ("empty", 0, "")
    assert item.record == {
        "type": "not_found",
        "message": "There is no such thing.",
        "hint": "Look elsewhere.",
        "nearest": ["this", "that"],
    }
    assert result.digest == "E1: There is no such thing. Nearest: this; that. Look elsewhere."


async def test_an_ambiguous_name_lists_what_it_could_be(bench: Workbench) -> None:
    result = await run(bench, do="doubt")
    assert result.evidence[0].record["type"] == "ambiguous"
    assert "It could be: one; two." in result.digest


async def test_a_failure_is_a_result_with_class_message_and_hint(bench: Workbench) -> None:
    result = await run(bench, do="break")
    assert (result.status, result.error, result.digest) == ("failed", "InvalidStructure", "It is broken.\nMend it.")
    assert result.evidence == ()
    assert (await run(bench, do="die")).digest == "It died."


async def test_an_error_of_our_own_making_is_not_hidden(bench: Workbench) -> None:
    with pytest.raises(ZeroDivisionError):
        await run(bench, do="fail ourselves")


@pytest.mark.parametrize(("tighter", "told"), [(None, "0.2 s"), (0.05, "0.05 s"), (9, "0.2 s")])
async def test_the_tighter_deadline_is_kept(bench: Workbench, tighter: float | None, told: str) -> None:
    started = time.perf_counter()
    result = await run(bench, do="sleep", deadline_s=tighter)
    assert time.perf_counter() - started < 1
    assert (result.status, result.error) == ("failed", "DeadlineExceeded")
    assert told in result.digest


async def test_a_tool_that_needs_the_network_is_refused_offline(bench: Workbench) -> None:
    assert (await run(bench, "surf")).error == "OfflineRefused"
    assert (await run(bench, "surf", offline=False)).status == "ok"


async def test_an_unknown_tool_names_the_nearest(bench: Workbench) -> None:
    result = await run(bench, "scafold", tools=all_tools())
    assert (result.status, result.error) == ("failed", "UnknownTool")
    assert "scaffold" in result.digest
    with pytest.raises(UnknownTool, match="tools list"):
        find_tool("§" * 500, TOOLS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"number": 0}, "number"), ({"number": "x"}, "number"), ({"colour": 1}, "colour is no field of it"),
        ({"do": ["a"]}, "do"), ({"do": "a\x00"}, "control"), ({"x" * 5_000: 1}, "no field"),
    ],
)  # fmt: skip
async def test_wrong_arguments_are_refused_field_by_field_without_their_text(
    bench: Workbench, arguments: dict[str, Any], told: str
) -> None:
    result = await run(bench, **arguments)
    assert (result.status, result.error) == ("failed", "InvalidArguments")
    assert told in result.digest
    assert "tools show act" in result.digest
    assert len(result.digest) < 600


def test_a_missing_and_an_empty_field_are_said_in_plain_words() -> None:
    arguments = all_tools()["scaffold"].arguments
    for given, told in (({}, "molecule is missing"), ({"molecule": " "}, "molecule is empty")):
        with pytest.raises(ValidationError) as caught:
            arguments.model_validate(given)
        assert explain_validation(caught.value) == told


def test_arguments_are_validated_into_the_tools_model() -> None:
    assert validate_arguments(act, {"number": 3}) == Arguments(number=3)


# With the real tools and the real worker --------------------------------------------------------------------------


async def test_a_worker_past_its_deadline_is_replaced_and_the_next_call_works(bench: Workbench) -> None:
    result = await run(bench, "substructure_filter", tools=all_tools(), deadline_s=0.4, **SLOW)
    assert (result.status, result.error) == ("failed", "DeadlineExceeded")
    assert "0.4 s" in result.digest
    again = await run(bench, "substructure_filter", tools=all_tools(), smarts="c1ccccc1", molecules=["Oc1ccccc1"])
    assert again.status == "ok"


async def _busy(bench: Workbench) -> tuple[asyncio.Task[ToolResult], int]:
    """A running call, and the process that has it in hand."""
    await bench.chemistry.call("parse", {"structure": "C"})
    before = _cpu_seconds(bench)
    task = asyncio.create_task(run(bench, "substructure_filter", tools=all_tools(), **SLOW))
    for _ in range(200):
        await asyncio.sleep(0.01)
        busy = [pid for pid, spent in _cpu_seconds(bench).items() if spent - before.get(pid, spent) > 0.03]
        if busy:
            return task, busy[0]
    raise AssertionError("no worker became busy")


def _cpu_seconds(bench: Workbench) -> dict[int, float]:
    found = {}
    for pid in bench.chemistry.process_ids():
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        found[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc to see which process is busy")


@needs_proc
async def test_a_killed_worker_fails_its_call_with_a_reason_and_the_next_call_works(bench: Workbench) -> None:
    task, process = await _busy(bench)
    os.kill(process, signal.SIGKILL)
    result = await task
    assert (result.status, result.error) == ("failed", "WorkerDied")
    assert "substructure" in result.digest
    assert (await run(bench, "scaffold", tools=all_tools(), molecule="c1ccccc1C")).status == "ok"


@needs_proc
async def test_cancelling_reaches_the_running_tool_within_a_tenth_of_a_second(bench: Workbench) -> None:
    task, process = await _busy(bench)
    started = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.perf_counter() - started < 0.1
    for _ in range(100):
        if process not in bench.chemistry.process_ids():
            break
        await asyncio.sleep(0.01)
    assert process not in bench.chemistry.process_ids()


async def test_calls_side_by_side_have_ids_of_their_own(bench: Workbench) -> None:
    numbers = itertools.count(1)

    def one(molecule: str) -> Awaitable[ToolResult]:
        call = ToolCall(id=molecule, tool="scaffold", arguments={"molecule": molecule})
        return execute(call, all_tools(), ToolContext(bench=bench, offline=True), lambda: f"E{next(numbers)}")

    results = await asyncio.gather(*(one(f"{'C' * size}c1ccccc1") for size in range(1, 7)))
    assert sorted(item.id for result in results for item in result.evidence) == [f"E{number}" for number in range(1, 7)]
