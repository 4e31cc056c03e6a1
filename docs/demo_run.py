"""Records the run that `biocopilot tui --demo` plays: a question of the starter set, answered offline by the embedded planner."""

from __future__ import annotations

import asyncio
import json

from biocopilot.copilot import Copilot
from biocopilot.copilot.tui.demo import RECORDING
from biocopilot.memory.events import Event

QUESTION = "Is erlotinib drug-like, and how potent is it on EGFR?"

if __name__ == "__main__":
    events: list[Event] = []
    with Copilot("embedded", offline=True, log=False) as copilot:
        copilot.ask(QUESTION)  # so that no import stands in the times
        asyncio.run(copilot.aask(QUESTION, listener=events.append))
    lines = ",\n".join(json.dumps(event.model_dump(mode="json"), ensure_ascii=False) for event in events)
    RECORDING.write_text(f"[\n{lines}\n]\n", "utf-8")
