"""Evaluate something of your own on a question set: an answerer is a name, a setting, a configuration and `answer`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biocopilot.copilot.evaluation.answerers import Reply
from biocopilot.copilot.evaluation.items import Choice, Item
from biocopilot.copilot.evaluation.results import counted
from biocopilot.copilot.evaluation.run_file import opened_run
from biocopilot.copilot.evaluation.running import chosen, run_evaluation
from biocopilot.copilot.evaluation.table import table
from biocopilot.copilot.evaluation.tasks import TASKS, read_data

QUESTIONS = (  # in the shape of MedQA's file; the real one is read the same way
    {"question": "Which vitamin cures scurvy?", "options": {"A": "Vitamin C", "B": "Vitamin D"}, "answer_idx": "A"},
    {"question": "Which mineral hardens bone?", "options": {"A": "Tin", "B": "Calcium"}, "answer_idx": "B"},
)


class Longest:
    """Takes the longest option, which is right more often than it should be."""

    name = "longest"
    setting = "always the longest option"
    configuration: Mapping[str, Any] = {}

    def answer(self, item: Item, number: int) -> Reply:
        """The reply to one item."""
        assert isinstance(item, Choice)
        label = max(item.options, key=lambda name: len(item.options[name]))
        return Reply("answered", label, item.options[label], "longest")

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Ask, and print the table that `biocopilot eval medqa` would."""
    task = TASKS["medqa"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "questions.jsonl")
        file.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")
        data = read_data(task, file)
        places = chosen(data, limit=None, seed=0)
        with opened_run(Path(folder, "out"), {"answerer": Longest.name}, resume=False) as run:
            run_evaluation(data, places, Longest(), run)
            result = counted(task, data, places, run.answers, tokens=None, seed=0)
    print(table(result, Longest.name, Longest.setting, ["two questions made up for this example"]))


if __name__ == "__main__":
    main()
