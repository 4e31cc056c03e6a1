"""Asks the question of README.md's first screen and writes what a terminal shows there: `make docs`. A test compares."""

from __future__ import annotations

import io
import re
from pathlib import Path

from biocopilot.copilot import Copilot
from biocopilot.copilot.cli.terminal_answer import print_answer
from rich.console import Console

README = Path(__file__).parents[1] / "README.md"
QUESTION = "Is afatinib approved, what is its cLogP, and how potent is it on EGFR?"
BLOCK = re.compile(r"(?<=<!-- ask-example -->\n).*?(?=<!-- /ask-example -->)", re.DOTALL)
_COLUMNS = 88


def block() -> str:
    """The example as it stands in README.md."""
    shown = io.StringIO()
    with Copilot("embedded", offline=True, log=False) as copilot:
        print_answer(copilot.ask(QUESTION), Console(file=shown, width=_COLUMNS, highlight=False))
    lines = [line.rstrip() for line in shown.getvalue().strip("\n").splitlines()]
    return "\n".join(["", "```console", f'$ biocopilot ask --offline "{QUESTION}"', *lines, "```", "", ""])


def without_times(text: str) -> str:
    """The text without what differs from run to run."""
    return re.sub(r"\d{8}-\d{6}-[0-9a-f]+|\d+\.\d+ s$", "…", text, flags=re.MULTILINE)


if __name__ == "__main__":
    text, made = README.read_text("utf-8"), block()
    if without_times(made) not in without_times(text):
        README.write_text(BLOCK.sub(lambda _: made, text), "utf-8")
