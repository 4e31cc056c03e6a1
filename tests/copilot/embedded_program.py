"""A program that embeds the copilot, for test_embedding.py: uses every way in, and says into a file what of the process it finds changed.

python embedded_program.py FOLDER
"""

from __future__ import annotations

import asyncio
import gc
import json
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import httpx  # noqa: F401  # loads rich, which draws a random number when it is first imported
import numpy  # noqa: F401  # changes filters of warnings when it is first imported
import psutil
from biocopilot.copilot import Copilot, workflows

QUESTION = "Is erlotinib drug-like, and how potent is it on EGFR?"
LIST = "smiles,name\nCCO,ethanol\nCC(=O)Oc1ccccc1C(=O)O,aspirin\nC1CC(,torn\n"


def state() -> dict[str, Any]:
    """What a library has no business to change."""
    return {
        "signals": {str(number): str(signal.getsignal(number)) for number in signal.valid_signals()},
        "environment": {name: hash(value) for name, value in os.environ.items()},  # a failing test shows them
        "folder": os.getcwd(),
        "umask": _umask(),
        "warnings": [str(one) for one in warnings.filters],
        "log handlers": [str(one) for one in logging.root.handlers],
        "log level": logging.root.level,
        "hooks": [str(one) for one in (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.displayhook)],
        "streams": [id(one) for one in (sys.stdin, sys.stdout, sys.stderr)],
        "random": hash(random.getstate()),
        "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(),
        "path": list(sys.path),
        "collector": [gc.isenabled(), *gc.get_threshold()],
        "policy": str(type(asyncio.get_event_loop_policy())),
    }


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before


def use(folder: Path) -> list[str]:
    """Ask in every way; the statuses."""
    listed = folder / "list.csv"
    listed.write_text(LIST, "utf-8")

    async def in_a_loop(copilot: Copilot) -> list[str]:
        seen = [event.type async for event in copilot.stream(QUESTION)]
        inside = copilot.ask(QUESTION)
        awaited, dossier = await asyncio.gather(
            copilot.aask(QUESTION),
            workflows.arun("target-dossier", {"genes": ["BTK"]}, out=folder / "awaited", copilot=copilot),
        )
        beside = workflows.run("triage", {"file": str(listed)}, out=folder / "triage", copilot=copilot)
        return [seen[-1], inside.status, awaited.status, dossier.status, beside.status]

    with Copilot(planner="embedded", offline=True, log=folder / "runs.sqlite") as copilot:
        copilot.warm_up()
        found = [copilot.ask(QUESTION, session="s").status, copilot.ask("and gefitinib?", session="s").status]
        return found + asyncio.run(in_a_loop(copilot), debug=True)


def main(folder: Path) -> None:
    """Use it, and write down what came of it."""
    # In debug mode asyncio tells of each step that takes long; how fast this machine is today is no matter here.
    logging.getLogger("asyncio").addFilter(lambda record: "Executing %s took" not in str(record.msg))
    before, threads = state(), set(threading.enumerate())
    found = use(folder)
    gc.collect()
    after = state()
    told = {
        "found": found,
        "changed": {name: [before[name], after[name]] for name in before if before[name] != after[name]},
        "threads": [one.name for one in threading.enumerate() if one not in threads],
        "processes": [one.cmdline() for one in psutil.Process().children(recursive=True)],
    }
    (folder / "told.json").write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
