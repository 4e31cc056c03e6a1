import asyncio
import threading
from pathlib import Path

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.agent import QUESTION_CHARACTERS
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.errors import FileRefused, InvalidInput, ModelUnavailable, UnknownTool
from biocopilot.memory.records import Source, ToolCall
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool

SOURCE = Source(name="test", release="1", licence="none", attribution="none")
SEEN: list[frozenset[Path]] = []


class Nap(ToolArguments):
    seconds: float = 0.0


@tool(title="Nap")
async def nap(arguments: Nap, context: ToolContext) -> Findings:
    """Sleeps, then tells how long."""
    SEEN.append(context.files)
    await asyncio.sleep(arguments.seconds)
    return Findings((Draft({"type": "nap", "seconds": arguments.seconds}, SOURCE, "computed", "slept"),), 1, 1)


def sleepy(seconds: float = 0.0, log: bool = False, **options) -> Copilot:
    call = ToolCall(id="c1", tool="nap", arguments={"seconds": seconds})
    steps = [CallTools((call,)), Give((Sentence(f"It slept {seconds} s.", ("E1",)),))] * 3
    return Copilot(planner=ScriptedPlanner(steps), tools=[nap], log=log, **options)


def test_ask_gives_an_answer_with_evidence():
    with sleepy() as copilot:
        answer = copilot.ask("Sleep.")
    assert (answer.status, answer.text) == ("answered", "It slept 0.0 s. [E1]")
    assert answer.evidence_by_id("E1").record["seconds"] == 0.0
    assert "**E1** `nap`" in answer.to_markdown()
    with pytest.raises(KeyError):
        answer.evidence_by_id("E2")


def test_ask_works_in_threads_and_inside_a_running_loop():
    with sleepy() as copilot:
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(copilot.ask("Sleep.").status)) for _ in range(1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        async def notebook() -> str:
            return copilot.ask("Sleep.").status

        answers.append(asyncio.run(notebook()))
    assert answers == ["answered", "answered"]


async def test_stream_gives_the_events_in_order_to_the_end():
    with sleepy() as copilot:
        events = [event async for event in copilot.stream("Sleep.")]
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert (events[0].type, events[-1].type) == ("run_started", "run_finished")


async def test_closing_the_stream_cancels_the_run():
    with sleepy(30, log=True) as copilot:
        stream = copilot.stream("Sleep.")
        async for event in stream:
            if event.type == "tool_started":
                run_id = event.run_id
                break
        await asyncio.wait_for(stream.aclose(), 1)
        log, _ = copilot._log()
        assert log is not None
        assert log.events(run_id)[-1].status == "cancelled"


@pytest.mark.parametrize("question", ["", "   \n\t", "?!…", "\x00\x1b[2J\u200b"])
def test_a_question_with_nothing_in_it_is_refused(question):
    with sleepy() as copilot, pytest.raises(InvalidInput, match="no question"):
        copilot.ask(question)


def test_a_question_that_is_too_long_is_refused_with_its_length():
    with sleepy() as copilot, pytest.raises(InvalidInput, match="50,001"):
        copilot.ask("a" * (QUESTION_CHARACTERS + 1))


def test_control_characters_and_markup_are_cleaned_not_followed():
    with sleepy() as copilot:
        answer = copilot.ask("\x1b]0;title\x07Sleep [bold]now[/bold]\x1b[31m!")
    assert answer.question == "Sleep [bold]now[/bold]!"


def test_files_named_or_given_are_allowed_and_others_are_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hits.smi").write_text("CCO\n")
    (tmp_path / "given.csv").write_text("smiles\nCCO\n")
    (tmp_path / "other.smi").write_text("CCC\n")
    with sleepy() as copilot:
        copilot.ask("Which of hits.smi and missing.smi sleep?", files=["given.csv"])
        assert SEEN[-1] == {(tmp_path / "hits.smi").resolve(), (tmp_path / "given.csv").resolve()}
        with pytest.raises(FileRefused, match=r"nowhere\.csv"):
            copilot.ask("Sleep.", files=["nowhere.csv"])


def test_a_file_that_a_question_names_is_left_alone_where_others_ask(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("smiles\nCCO\n")
    (tmp_path / "given.csv").write_text("smiles\nCCO\n")
    with sleepy(named_files=False) as copilot:
        copilot.ask("Which of secret.csv sleep?", files=["given.csv"])
    assert SEEN[-1] == {(tmp_path / "given.csv").resolve()}


def test_a_session_is_remembered_within_and_across_copilots():
    with sleepy(log=True) as copilot:
        copilot.ask("First.", session="s")
        copilot.ask("Second.", session="s")
        assert [turn.question for turn in copilot.planner.states[-1].history] == ["First."]
    with sleepy(log=True) as later:
        later.ask("Third.", session="s")
        later.ask("Elsewhere.", session="t")
        histories = [[turn.question for turn in state.history] for state in later.planner.states]
    assert histories == [["First.", "Second."]] * 2 + [[]] * 2


def test_an_unknown_planner_or_tool_is_named():
    with pytest.raises(ModelUnavailable, match="gpt-9"):
        Copilot(planner="gpt-9")
    with pytest.raises(UnknownTool, match="molecule_propertys") as caught:
        Copilot(tools=["molecule_propertys"])
    assert "molecule_properties" in caught.value.hint


def test_a_home_that_cannot_be_written_is_told_and_does_not_stop_the_answer(home, monkeypatch):
    blocked = home / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(blocked))
    with sleepy(log=True) as copilot:
        answer = copilot.ask("Sleep.")
    assert answer.status == "answered"
    assert "not recorded" in answer.notices[0]


def test_as_runnable_asks_with_and_without_a_session():
    pytest.importorskip("langchain_core")
    with sleepy() as copilot:
        runnable = copilot.as_runnable()
        assert runnable.invoke("Sleep.").status == "answered"
        assert asyncio.run(runnable.ainvoke({"question": "Sleep.", "session": "s"})).status == "answered"
