"""A call that writes or sends a structure asks in place: what it would do is on the screen in full, and three keys answer."""

from __future__ import annotations

import asyncio
import runpy
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.loop import Approve, ApproveSending
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.memory.response_cache import ResponseCache

from .driving import answered, call, opened, screen, typed, until

_SOURCES = Path(__file__).parents[2] / "tools" / "sources"
_wire = runpy.run_path(str(_SOURCES / "conftest.py"))
fresh_hosts, faulty, pass_time = _wire["fresh_hosts"], _wire["faulty"], _wire["pass_time"]
make_transport = _wire["make_transport"]

ALANINE = "C[C@@H](N)C(=O)O"
OWN = "CCCCCCCCCCCCCCc1ccc(F)cc1"


@pytest.mark.parametrize(("key", "state"), [("y", "ok"), ("n", "failed")])
async def test_a_structure_and_where_it_goes_stand_in_full_and_one_key_answers(key: str, state: str) -> None:
    async with opened([CallTools((call("send"),)), Give(status="unknown")]) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "It sends this structure to ChEMBL (chembl.test):" in screen(app))
        assert ALANINE in screen(app)
        await pilot.press(key)
        await answered(app, pilot)
        assert app.story is not None
        assert next(iter(app.story.calls)).state == state
        assert "It sends this" not in screen(app)


async def test_a_yes_for_the_session_holds_for_one_service() -> None:
    calls = (
        CallTools((call("send", "a"),)),
        CallTools((call("send", "b", structure="CCO"),)),
        CallTools((call("send", "c", service="PubChem"),)),
    )
    async with opened([*calls, Give(status="unknown")]) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "to ChEMBL" in screen(app))
        await pilot.press("s")
        await until(pilot, lambda: "to PubChem" in screen(app))
        await pilot.press("n")
        await answered(app, pilot)
        assert app.story is not None
        assert [item.state for item in app.story.calls] == ["ok", "ok", "failed"]


async def test_calls_side_by_side_are_asked_about_one_after_the_other() -> None:
    together = CallTools((call("send", "a"), call("write", "b", value=2), call("send", "c", structure="CCO")))
    async with opened([together, Give(status="unknown")]) as (app, pilot):
        await typed(app, pilot, "q?")
        for key in "ynn":
            await until(pilot, lambda: " once" in screen(app))
            await pilot.press(key)
            await pilot.pause(0.2)
        await asyncio.wait_for(answered(app, pilot), 5)
        assert app.story is not None
        assert sorted(item.state for item in app.story.calls) == ["failed", "failed", "ok"]


async def test_a_new_session_asks_again() -> None:
    steps = [CallTools((call("send"),)), Give(status="unknown"), CallTools((call("send"),)), Give(status="unknown")]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "to ChEMBL" in screen(app))
        await pilot.press("s")
        await answered(app, pilot)
        await typed(app, pilot, "/new")
        await until(pilot, lambda: app.session != "s")
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "to ChEMBL" in screen(app))
        await pilot.press("n")
        await answered(app, pilot)


async def test_a_real_tool_sends_nothing_to_its_service_before_the_yes(
    faulty: Any, make_transport: Any, tmp_path: Path
) -> None:
    step = CallTools((call("chembl_analogues", molecule=OWN),))
    cache = ResponseCache(tmp_path / "replies.sqlite")

    def make(approve: Approve, approve_sending: ApproveSending, /) -> Copilot:
        planner = ScriptedPlanner([step, Give(status="unknown")])
        copilot = Copilot(
            planner, tools=["chembl_analogues"], log=False, approve=approve, approve_sending=approve_sending
        )
        copilot.bench.transport = make_transport(cache=cache, per_second={"chembl": 1000})
        return copilot

    faulty.serve("/chembl/status.json", {"status": "UP", "chembl_db_version": "ChEMBL_36"})
    app = CopilotApp(make, "s")
    async with app.run_test(size=(140, 40)) as pilot:
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "It sends this structure to ChEMBL" in screen(app))
        assert OWN in screen(app)
        await pilot.press("n")
        await answered(app, pilot)
        assert app.story is not None
        assert "was not sent to" in next(iter(app.story.calls)).message
    assert not any("Cc1ccc" in heard.target or b"Cc1ccc" in heard.body for heard in faulty.heard)
