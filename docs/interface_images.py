"""Pictures of the interface's main states, for docs/images: run it after a change that shows.

Writes an SVG a state; with `cairosvg` installed also the PNG that README.md shows.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from biocopilot.copilot import Copilot
from biocopilot.copilot.cli.interface import _set_up
from biocopilot.copilot.tui.app import CopilotApp
from textual.pilot import Pilot

FOLDER = Path(__file__).with_name("images")
QUESTION = "Is erlotinib drug-like, and how potent is it on EGFR?"
PICTURE = "answer"
"""The state that README.md shows."""
SIZE = (150, 44)


def _make(*_approve: Any) -> Copilot:
    return Copilot("embedded", offline=True, log=False)


async def _asked(app: CopilotApp, pilot: Pilot[int], question: str) -> None:
    app.ask(question)
    while app.under_way is not None:
        await pilot.pause(0.1)
    await pilot.pause(0.5)


async def _worked(app: CopilotApp, pilot: Pilot[int], folder: str) -> None:
    app.action_workflow(f"target-dossier BTK EGFR --out {folder}/btk-egfr")
    while app.under_way is None:
        await pilot.pause(0.1)
    while app.under_way is not None:
        await pilot.pause(0.1)
    await pilot.pause(0.5)


async def _pictures(home: str) -> None:
    app = CopilotApp(_make, "pictures", "embedded · offline", lambda: _set_up(offline=True))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(4)
        _keep(app, "empty")
        await _asked(app, pilot, QUESTION)
        app.chat.focus()
        await pilot.press("right_square_bracket")
        await pilot.pause(0.5)
        _keep(app, PICTURE)
        await pilot.press("f5")
        await pilot.pause(2)
        _keep(app, "molecule")
        await pilot.press("f1")
        await pilot.pause(0.5)
        _keep(app, "help")
        await pilot.press("escape", "ctrl+b")
        await pilot.pause(0.5)
        _keep(app, "table")
    app = CopilotApp(_make, "pictures", "embedded · offline")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await _worked(app, pilot, home)
        app.chat.focus()
        await pilot.press("right_square_bracket")
        await pilot.pause(0.5)
        _keep(app, "workflow", home)
    app = CopilotApp(_make, "pictures", "embedded · offline")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await _asked(app, pilot, "How selective is ibrutinib for BTK?")
        _keep(app, "narrow")


def _keep(app: CopilotApp, name: str, home: str = "") -> None:
    FOLDER.mkdir(exist_ok=True)
    svg = re.sub(r"terminal-\d+", "terminal-1", app.export_screenshot())  # else each run changes all of it
    svg = svg.replace(f"{home}/", "") if home else svg
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (FOLDER / f"{name}.svg").write_text(svg, "utf-8")
    if name == PICTURE:
        try:
            from cairosvg import svg2png  # type: ignore[import-not-found]  # no dependency of ours
        except ImportError:
            return
        plain = svg.replace("Fira Code", "DejaVu Sans Mono")
        svg2png(bytestring=plain.encode(), write_to=str(FOLDER / f"{name}.png"), output_width=1300)


if __name__ == "__main__":
    import os

    with TemporaryDirectory() as home:
        os.environ["BIOCOPILOT_HOME"] = home
        asyncio.run(_pictures(home))
