"""Workflows from Python: `run` and `arun`, with a `Copilot`'s tools, stores and settings. Nothing is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...tools.blocking import run_to_end
from ...tools.registry import outside_a_session
from .contract import Finished, Workflow
from .engine import run_workflow
from .python_file import names_python, read_python
from .registry import find_workflow
from .work import Happening
from .yaml_file import SUFFIXES, read_workflow

if TYPE_CHECKING:
    from ..agent import Copilot

__all__ = ["arun", "opened", "run"]


def opened(which: str | Path | Workflow) -> Workflow:
    """The workflow itself, one that ships by its name, or one in a YAML or Python file by its path (`FILE.py:NAME`).

    A Python file is executed.

    Raises:
        InvalidInput: there is none of that name, or something in the file is wrong.
        FileRefused: there is no such file.
    """
    if isinstance(which, Workflow):
        return which
    path = Path(which).expanduser()
    if names_python(str(which)):
        return read_python(str(which))
    if isinstance(which, Path) or path.suffix.lower() in SUFFIXES:
        return read_workflow(path)
    return find_workflow(which)


async def arun(
    which: str | Path | Workflow,
    inputs: Mapping[str, Any],
    *,
    out: str | Path,
    copilot: Copilot,
    resume: bool = False,
    compare: str | Path | None = None,
    engine: str = "local",
    workers: int | None = None,
    listener: Callable[[Happening], None] | None = None,
) -> Finished:
    """Run a workflow to its end in the folder `out`; cancelling the task stops it, and a later `resume` goes on from there.

    Args:
        which: a name, a YAML file, a Python file (`FILE.py` or `FILE.py:NAME`), or a workflow of your own.
        inputs: what it takes, by name.
        out: the run's folder: new, empty, or with `resume` that of the same run.
        copilot: whose tools, stores and settings are used; its planner is not asked.
        resume: go on with the run that is in the folder, or run it again over today's data.
        compare: the folder of an earlier run; what it found that is other now stands in `Finished.changes`.
        engine: where the work is done: `local`, `ray` or `ray:ADDRESS` for a Ray cluster. What comes of it is the same.
        workers: how many processes side by side; one for each core where None.
        listener: hears of steps, rows, failures and notes as they happen.

    Raises:
        InvalidInput: the inputs or the folder are others than the workflow takes.
        StorageError: the folder cannot be written; what was done is kept.
        Unavailable: Ray is not installed, or its cluster is not there.
    """
    return await run_workflow(
        opened(which),
        inputs,
        _path(out),
        bench=copilot.bench,
        tools=outside_a_session(copilot.tools),
        offline=copilot.offline,
        resume=resume,
        compare=None if compare is None else _path(compare),
        engine=engine,
        workers=workers,
        listener=listener,
        known=copilot.known_workflow_runs,
    )


def run(
    which: str | Path | Workflow,
    inputs: Mapping[str, Any],
    *,
    out: str | Path,
    copilot: Copilot,
    resume: bool = False,
    compare: str | Path | None = None,
    engine: str = "local",
    workers: int | None = None,
    listener: Callable[[Happening], None] | None = None,
) -> Finished:
    """`arun` for programs without an event loop; safe in any thread, also while a loop runs in this one (a notebook)."""
    work = arun(
        which,
        inputs,
        out=out,
        copilot=copilot,
        resume=resume,
        compare=compare,
        engine=engine,
        workers=workers,
        listener=listener,
    )
    return run_to_end(work, "biocopilot-workflow")


def _path(given: str | Path) -> Path:
    return Path(given).expanduser()
