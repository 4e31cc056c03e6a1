"""`biocopilot eval`: reads the data, asks, keeps every answer, and writes the table."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...memory.errors import Cancelled, StorageError
from ...memory.text import clean, shorten
from ..evaluation.answerers import Answerer
from ..evaluation.answerers.opening import Asked, open_answerer
from ..evaluation.items import DataSet
from ..evaluation.published import PUBLISHED
from ..evaluation.results import Result, counted, open_tokens
from ..evaluation.run_file import RunFile, opened_run
from ..evaluation.running import chosen, run_evaluation
from ..evaluation.table import table
from ..evaluation.tasks import TASKS, read_data
from ..settings import load_settings
from .evaluation_progress import evaluation_progress
from .failures import say

__all__ = ["Wish", "evaluate_and_show"]

_MOST_TOLD = 5
"""Records that cannot be used, named one by one."""


@dataclass(frozen=True)
class Wish:
    """What the user typed behind `biocopilot eval`."""

    task: str
    data: Path
    planner: str = ""
    model: str = ""
    baseline: str = ""
    train: Path | None = None
    literature: bool = False
    limit: int | None = None
    seed: int = 0
    vocabulary: Path | None = None
    out: Path | None = None
    resume: bool = False
    as_json: bool = False
    offline: bool = False


def evaluate_and_show(wish: Wish) -> int:
    """Evaluate, print the table, and return the exit code: 3 where some items could not be asked."""
    task = TASKS[wish.task]
    data = read_data(task, wish.data)
    _tell_bad(data)
    tokens = open_tokens(wish.vocabulary) if task.captions else None
    places = chosen(data, wish.limit, wish.seed)
    with _answerer(wish, data) as (answerer, train):
        folder = wish.out or Path(_folder_name(wish, answerer))
        configuration = {
            "task": task.name,
            "data": data.sha256,
            "train": train,
            "limit": wish.limit,
            "seed": wish.seed,
            "answerer": dict(answerer.configuration),
            "version": version("biocopilot"),
        }
        with opened_run(folder, configuration, wish.resume) as run:
            _ask(wish, data, places, answerer, run, folder)
            result = counted(task, data, places, run.answers, tokens, wish.seed)
        notes = _notes(wish, data)
        page = table(result, answerer.name, answerer.setting, notes)
        figures = _as_json(result, answerer, configuration, notes, data)
    _write(folder / "results.md", page)
    _write(folder / "results.json", figures)
    sys.stdout.write(figures if wish.as_json else page)
    say(f"Kept in {folder}: results.md, results.json, and every answer in items.jsonl.")
    return 3 if result.statuses["failed"] else 0


@contextmanager
def _answerer(wish: Wish, data: DataSet) -> Iterator[tuple[Answerer, str]]:
    """What answers, and the hash of its training file; closed at the end."""
    train = read_data(TASKS[wish.task], wish.train) if wish.train else None
    asked = Asked(
        planner=wish.planner,
        model=wish.model,
        baseline=wish.baseline,
        literature=wish.literature,
        seed=wish.seed,
        offline=wish.offline,
    )
    answerer = open_answerer(asked, load_settings().settings, data, train, say)
    try:
        yield answerer, train.sha256 if train else ""
    finally:
        answerer.close()


def _ask(wish: Wish, data: DataSet, places: list[int], answerer: Answerer, run: RunFile, folder: Path) -> None:
    if run.dropped:
        say("! The last answer was cut off; it is asked again.")
    known = sum(place in run.answers and run.answers[place].status != "failed" for place in places)
    if known:
        say(f"· going on: {known:,} of {len(places):,} are answered")
    try:
        with evaluation_progress(len(places), known) as told:
            run_evaluation(data, places, answerer, run, told)
    except KeyboardInterrupt as stop:
        raise Cancelled(
            f"Stopped: {len(run.answers):,} of {len(places):,} answers are kept in {folder}.",
            "The same command with --resume goes on.",
        ) from stop


def _tell_bad(data: DataSet) -> None:
    if not data.bad:
        return
    say(f"! {len(data.bad):,} records of {data.name} cannot be used and are left out:")
    for bad in data.bad[:_MOST_TOLD]:
        say(f"    {shorten(clean(f'{bad.where}: {bad.reason}'), 160)}")
    if len(data.bad) > _MOST_TOLD:
        say(f"    and {len(data.bad) - _MOST_TOLD:,} more; results.json names them all")


def _notes(wish: Wish, data: DataSet) -> list[str]:
    part = f"{wish.limit:,} drawn with seed {wish.seed} of" if wish.limit and wish.limit < len(data.items) else "all"
    bad = f"; {len(data.bad):,} records left out, which cannot be used" if data.bad else ""
    return [f"data: {data.name}, {part} {len(data.items):,} items, SHA-256 {data.sha256[:16]}…{bad}"]


def _as_json(
    result: Result, answerer: Answerer, configuration: Mapping[str, Any], notes: list[str], data: DataSet
) -> str:
    told = {
        **result.as_json(),
        "name": answerer.name,
        "setting": answerer.setting,
        "configuration": configuration,
        "notes": notes,
        "left_out": [{"where": bad.where, "reason": bad.reason} for bad in data.bad],
        "published": [
            {
                "who": row.who,
                "setting": row.setting,
                "figures": dict(row.figures),
                "source": row.source,
                "not_confirmed": sorted(row.unsure),
            }
            for row in PUBLISHED[result.task.name]
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _folder_name(wish: Wish, answerer: Answerer) -> str:
    name = re.sub(r"[^\w.-]+", "-", answerer.name).strip("-")
    return f"evaluation-{wish.task}-{name}{'-literature' if wish.literature else ''}"


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        os.replace(part, path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Name another folder: --out DIR.") from error
