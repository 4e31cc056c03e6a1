import asyncio
import time
from pathlib import Path

import pytest
from biocopilot.copilot.loop import Budget, Run
from biocopilot.copilot.planner.contract import Aside, Break, CallTools, Give, Row, Sentence, Table
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.recorder import Recorder
from biocopilot.memory.errors import InvalidStructure, ModelUnavailable, NotFound, StorageError
from biocopilot.memory.events import (
    ApprovalGiven,
    ApprovalRequested,
    Notice,
    RunFinished,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from biocopilot.memory.records import Source, ToolCall
from biocopilot.memory.transcript import answer_of
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool
from biocopilot.tools.sources.sending import Sending

SOURCE = Source(name="test", release="1", licence="none", attribution="none")


class Number(ToolArguments):
    value: float = 1.0


class Place(ToolArguments):
    to: str | None = None


class _Store:
    source, backend = SOURCE, "starter"


class Bench:
    """Only what `execute` asks of a workbench when something is not found."""

    chembl = _Store()


@tool(title="Tell")
async def tell(arguments: Number, context: ToolContext) -> Findings:
    """Gives its argument back."""
    return Findings(
        (Draft({"type": "told", "value": arguments.value}, SOURCE, "computed", f"{arguments.value}"),), 1, 1
    )


@tool(title="Wait")
async def wait(arguments: Number, context: ToolContext) -> Findings:
    """Takes its time."""
    context.progress("waiting", 0, 1)
    await asyncio.sleep(arguments.value)
    return Findings((Draft({"type": "waited", "value": arguments.value}, SOURCE, "computed", "waited"),), 1, 1)


@tool(title="Fail")
async def fail(arguments: Number, context: ToolContext) -> Findings:
    """Refuses."""
    raise InvalidStructure("Atom 3 has five bonds.", "Check the SMILES.")


@tool(title="Miss")
async def miss(arguments: Number, context: ToolContext) -> Findings:
    """Finds nothing."""
    raise NotFound("No molecule called zorb.", "Check the name.", ("zorbamycin",))


@tool(title="Stubborn")
async def stubborn(arguments: Number, context: ToolContext) -> Findings:
    """Will not be cancelled."""
    end = time.monotonic() + arguments.value
    while time.monotonic() < end:
        try:
            await asyncio.sleep(end - time.monotonic())
        except asyncio.CancelledError:
            continue
    return Findings(())


@tool(title="Write", read_only=False)
async def write(arguments: Number, context: ToolContext) -> Findings:
    """Would write."""
    return Findings((Draft({"type": "written", "value": 1}, SOURCE, "computed", "written"),))


@tool(title="Net", needs_network=True)
async def net(arguments: Number, context: ToolContext) -> Findings:
    """Would connect."""
    return Findings((Draft({"type": "net"}, SOURCE, "live", "net"),))


TOOLS = {item.name: item for item in (tell, wait, fail, miss, stubborn, write, net)}


def call(name, id="c1", **arguments):
    return ToolCall(id=id, tool=name, arguments=arguments)


def run_of(*steps, budget=None, listener=None, log=None, **more):
    recorder = Recorder("r1", log, listener)
    return Run("q?", ScriptedPlanner(steps), TOOLS, Bench(), recorder, budget=budget or Budget(), **more)


async def test_calls_run_side_by_side_and_the_answer_cites_their_evidence():
    run = run_of(
        CallTools((call("wait", "c1", value=0.2), call("wait", "c2", value=0.2001)), plan="Wait twice."),
        Give((Sentence("It took 0.2 s.", ("E1",)), Break(), Table(("what", "s"), (Row(("x", "0.2001"), ("E2",)),)))),
    )
    started = time.perf_counter()
    answer = await run.answer()
    assert time.perf_counter() - started < 0.38
    assert answer.status == "answered"
    assert answer.text == "It took 0.2 s. [E1]\n\n| what | s | evidence |\n| --- | --- | --- |\n| x | 0.2001 | [E2] |"
    assert [claim.verdict for claim in answer.claims] == ["supported", "supported"]
    assert [item.status for item in answer.tool_calls] == ["ok", "ok"]
    assert [event.number for event in run.recorder.events] == list(range(1, len(run.recorder.events) + 1))
    assert answer_of(run.recorder.events) == answer


async def test_a_sentence_that_no_evidence_holds_is_struck_and_said():
    answer = await run_of(
        CallTools((call("tell", value=7.0),)),
        Give((Sentence("It is 7.", ("E1",)), Sentence("It is 8.", ("E1",)))),
    ).answer()
    assert answer.text == "It is 7. [E1] ~~It is 8. [E1]~~ (no evidence)"
    assert answer.status == "partial"
    assert "8" in answer.notices[0]


async def test_a_models_text_is_checked_sentence_by_sentence():
    answer = await run_of(
        CallTools((call("tell", value=7.0),)), Give(text="It is 7. [E1] It was made in 1999. Nobody knows 12 [E9].")
    ).answer()
    assert answer.text == "It is 7. [E1] ~~It was made in 1999.~~ (no evidence) ~~Nobody knows 12 [E9].~~ (no evidence)"
    assert answer.status == "partial"


async def test_a_sentence_that_a_model_says_twice_is_struck_in_both_places():
    answer = await run_of(
        CallTools((call("tell", value=7.0),)), Give(text="Nobody knows. It is 7. [E1] Nobody knows.")
    ).answer()
    assert answer.text == ("~~Nobody knows.~~ (no evidence) It is 7. [E1] ~~Nobody knows.~~ (no evidence)")


async def test_a_planner_tells_as_it_happens_and_counts_its_model():
    def asks(state):
        state.tell("The server is busy.", "fallback")
        state.spend(900, 20, 0.5)
        state.spend(100, 5, 0.25)
        return Give(text="It is.", thought="Hm.")

    run = run_of(asks)
    answer = await run.answer()
    assert answer.notices[0] == "The server is busy."
    thought, usage = (next(item for item in run.recorder.events if item.type == kind) for kind in ("thought", "usage"))
    assert thought.text == "Hm."
    assert (usage.tokens_in, usage.tokens_out, usage.model_calls, usage.model_seconds) == (1_000, 25, 2, 0.75)


async def test_an_aside_claims_nothing_and_alone_answers_nothing():
    run = run_of(Give((Aside("I can compute 25 properties."),)))
    answer = await run.answer()
    assert (answer.status, answer.claims) == ("unknown", ())
    assert run.recorder.events[-3].asides == ("I can compute 25 properties.",)


async def test_a_failed_tool_does_not_end_the_run():
    run = run_of(CallTools((call("fail"), call("tell", "c2", value=7))), Give((Sentence("It is 7.", ("E1",)),)))
    answer = await run.answer()
    assert answer.status == "answered"
    failed = next(event for event in run.recorder.events if isinstance(event, ToolFailed))
    assert (failed.error, failed.message, failed.hint) == (
        "InvalidStructure",
        "Atom 3 has five bonds.",
        "Check the SMILES.",
    )


async def test_something_not_found_is_evidence_of_the_search():
    answer = await run_of(
        CallTools((call("miss"),)), Give((Sentence("No molecule called zorb.", ("E1",)),), status="unknown")
    ).answer()
    assert answer.status == "unknown"
    assert answer.evidence[0].record["nearest"] == ["zorbamycin"]
    assert answer.tool_calls[0].status == "empty"


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("nothing", {}, "UnknownTool"),
        ("tell", {"value": "x"}, "InvalidArguments"),
        ("tell", {"valeu": 1}, "InvalidArguments"),
    ],
)
async def test_a_call_that_cannot_be_made_is_a_failed_call(name, arguments, error):
    run = run_of(CallTools((call(name, **arguments),)), Give(status="unknown"))
    await run.answer()
    assert next(event for event in run.recorder.events if isinstance(event, ToolFailed)).error == error


async def test_offline_refuses_tools_that_need_the_network():
    run = run_of(CallTools((call("net"),)), Give(status="unknown"), offline=True)
    await run.answer()
    assert next(event for event in run.recorder.events if isinstance(event, ToolFailed)).error == "OfflineRefused"


@pytest.mark.parametrize("tool_name", ["wait", "stubborn"])
async def test_cancelling_closes_open_calls_within_a_tenth_of_a_second(tool_name):
    run = run_of(CallTools((call(tool_name, value=1.0),)))
    task = asyncio.create_task(run.answer())
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.perf_counter() - started < 0.1
    kinds = [type(event) for event in run.recorder.events]
    assert kinds.count(ToolStarted) == kinds.count(ToolFailed) == 1
    end = run.recorder.events[-1]
    assert isinstance(end, RunFinished)
    assert end.status == "cancelled"
    answer = answer_of(run.recorder.events)
    assert answer.tool_calls[0].status == "cancelled"


async def test_a_spent_budget_of_calls_is_told_and_the_planner_answers():
    planner_saw = []

    def last(state):
        planner_saw.append((state.must_answer, state.calls_left))
        return Give((Sentence("It is 1.", ("E1",)),))

    run = run_of(CallTools((call("tell", value=1), call("tell", "c2", value=2))), last, budget=Budget(calls=1))
    answer = await run.answer()
    assert planner_saw == [(True, 0)]
    assert answer.status == "partial"
    assert any("1 tool calls" in notice for notice in answer.notices)


async def test_identical_calls_run_once_and_are_stopped_when_they_go_on():
    steps = [CallTools((call("tell", f"c{i}", value=1),)) for i in range(5)]
    run = run_of(*steps, Give((Sentence("It is 1.", ("E1",)),)), budget=Budget(repeated=3))
    await run.answer()
    assert sum(isinstance(event, ToolFinished) for event in run.recorder.events) == 1
    assert any("4 times" in event.text for event in run.recorder.events if isinstance(event, Notice))


async def test_seconds_are_a_budget_too():
    run = run_of(CallTools((call("wait", value=5),)), lambda state: Give(status="unknown"), budget=Budget(seconds=0.1))
    started = time.perf_counter()
    answer = await run.answer()
    assert time.perf_counter() - started < 1
    assert answer.status == "unknown"
    assert any("0.1 s" in notice for notice in answer.notices)


async def test_bytes_are_a_budget_too():
    run = run_of(CallTools((call("tell", value=1),)), lambda state: Give(status="unknown"), budget=Budget(bytes=5))
    assert any("5 bytes" in notice for notice in (await run.answer()).notices)


async def test_a_tool_that_writes_needs_approval():
    async def yes(_call):
        return True

    run = run_of(CallTools((call("write"),)), Give(status="unknown"))
    await run.answer()
    assert next(event for event in run.recorder.events if isinstance(event, ToolFailed)).error == "NotApproved"
    run = run_of(CallTools((call("write"),)), Give(status="unknown"), approve=yes)
    assert (await run.answer()).tool_calls[0].status == "ok"


async def test_a_tool_that_writes_only_where_told_needs_approval_only_then():
    @tool(title="Keep", read_only=False, write_field="to")
    async def keep(arguments: Place, context: ToolContext) -> Findings:
        """Keeps a number, in a file where one is named."""
        return Findings((Draft({"type": "kept"}, SOURCE, "computed", "kept"),), 1, 1)

    for arguments, status in (({}, "ok"), ({"to": "x.txt"}, "failed")):
        steps = [CallTools((call("keep", **arguments),)), Give(status="unknown")]
        run = Run("q?", ScriptedPlanner(steps), {"keep": keep}, Bench(), Recorder("r"))
        assert (await run.answer()).tool_calls[0].status == status


async def test_a_call_that_would_send_a_structure_asks_and_time_to_think_is_not_counted():
    @tool(title="Send", deadline_s=0.1)
    async def send(arguments: Number, context: ToolContext) -> Findings:
        """Asks whether it may send."""
        assert context.may_send is not None
        sent = await context.may_send(Sending("structure", "CCO", "ChEMBL", "www.ebi.ac.uk"))
        return Findings((Draft({"type": "sent", "value": sent}, SOURCE, "computed", f"{sent}"),), 1, 1)

    async def slowly(_call, sending):
        await asyncio.sleep(0.3)
        return sending.text == "CCO"

    steps = [CallTools((call("send"),)), Give(status="unknown")]
    budget = Budget(seconds=0.2)
    run = Run(
        "q?", ScriptedPlanner(steps), {"send": send}, Bench(), Recorder("r"), budget=budget, approve_sending=slowly
    )
    assert (await run.answer()).evidence[0].record["value"] is True
    told = [event for event in run.recorder.events if isinstance(event, ApprovalRequested | ApprovalGiven | Notice)]
    assert [type(event).__name__ for event in told] == ["ApprovalRequested", "ApprovalGiven"]
    assert told[0].reason == "It sends the structure CCO to ChEMBL (www.ebi.ac.uk)."


async def test_where_nobody_is_asked_the_setting_alone_rules():
    contexts = []

    @tool(title="Look")
    async def look(arguments: Number, context: ToolContext) -> Findings:
        """Looks."""
        contexts.append(context)
        return Findings((), 0, 0)

    steps = [CallTools((call("look"),)), Give(status="unknown")]
    await Run("q?", ScriptedPlanner(steps), {"look": look}, Bench(), Recorder("r")).answer()
    assert [context.may_send for context in contexts] == [None]


async def test_a_planner_that_cannot_work_ends_the_run_as_failed():
    def gone(_state):
        raise ModelUnavailable("No model.", "Get one.")

    run = run_of(gone)
    with pytest.raises(ModelUnavailable):
        await run.answer()
    end = run.recorder.events[-1]
    assert (end.status, end.error, end.hint) == ("failed", "ModelUnavailable", "Get one.")


async def test_a_log_that_fails_is_told_once_and_the_run_goes_on():
    class FullDisk:
        def __init__(self):
            self.kept = []

        def append(self, event):
            if len(self.kept) == 3:
                raise StorageError("The disk is full.", "Make room.")
            self.kept.append(event)

    log = FullDisk()
    answer = await run_of(CallTools((call("tell", value=1),)), Give((Sentence("It is 1.", ("E1",)),)), log=log).answer()
    assert answer.status == "answered"
    assert len(log.kept) == 3
    assert [notice for notice in answer.notices if "disk is full" in notice] == [answer.notices[0]]


async def test_events_reach_the_listener_in_order():
    heard = []
    run = run_of(CallTools((call("wait", value=0.01),)), Give(status="unknown"), listener=heard.append)
    await run.answer()
    assert heard == run.recorder.events
    assert "tool_progress" in [event.type for event in heard]


async def test_files_reach_the_tool(tmp_path: Path):
    seen = []

    @tool(title="Look")
    async def look(arguments: Number, context: ToolContext) -> Findings:
        """Looks at its context."""
        seen.append(context.files)
        return Findings(())

    run = Run(
        "q?",
        ScriptedPlanner([CallTools((call("look"),))]),
        {"look": look},
        Bench(),
        Recorder("r"),
        files=frozenset({tmp_path}),
    )
    await run.answer()
    assert seen == [frozenset({tmp_path})]
