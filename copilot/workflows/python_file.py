"""Workflows that a user declared in a Python file of their own: `my_flow.py`, or `my_flow.py:accessions` where it declares several.

The file is a program, and is executed because whoever calls named it, never because a run's folder does. What is wrong in it is told
with its line.
"""

from __future__ import annotations

import hashlib
import re
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from ...memory.errors import BiocopilotError, FileRefused, InvalidInput
from ...memory.text import clean, shorten
from .contract import Program, Report, Workflow

__all__ = ["declared_in", "names_python", "read_python"]

_NAMED = re.compile(r"(.+\.py)(?::([^:/\\]+))?", re.IGNORECASE)
_HINT = "Mend the file; a run that had begun goes on with --resume."


def names_python(which: str) -> bool:
    """Whether it names a Python file, or a workflow in one."""
    return _NAMED.fullmatch(which) is not None


def read_python(which: str) -> Workflow:
    """The workflow that `FILE.py` declares, or of several the one that `FILE.py:NAME` names; the file is executed.

    Raises:
        FileRefused: there is no such file, or it is no text.
        InvalidInput: the file fails, declares no workflow, none of that name, or several where none is named.
    """
    parts = _NAMED.fullmatch(which)
    if parts is None:
        raise InvalidInput(f"{which!r} names no Python file.", "Name it as FILE.py or FILE.py:NAME.")
    file, name = parts[1], parts[2]
    flows = declared_in(file)
    names = ", ".join(flow.name for flow in flows)
    if not flows:
        raise InvalidInput(f"{file} declares no workflow.", "Declare one with @workflow; docs/workflows.md shows how.")
    found = flows if name is None else tuple(flow for flow in flows if flow.name == name)
    if not found:
        raise InvalidInput(f"{file} declares no workflow {shorten(name, 60)!r}.", f"It declares {names}.")
    if len(found) > 1:
        raise InvalidInput(f"{file} declares several workflows: {names}.", f"Name one: {file}:{found[0].name}")
    return replace(found[0], file=which)


def declared_in(file: str) -> tuple[Workflow, ...]:
    """The workflows that the file declares itself, in its order; the file is executed. Raises as `read_python`."""
    path = Path(file).expanduser()
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise FileRefused(f"There is no file {file!r}.", "Give the path of a Python file.") from error
    except OSError as error:
        raise FileRefused(f"{file} cannot be read ({error.strerror}).", "Give a file that can be read.") from error
    module = _executed(path, text)
    program = Program(str(path.resolve()), hashlib.sha256(text).hexdigest())
    found = {id(item): item for item in vars(module).values() if isinstance(item, Workflow)}.values()
    return tuple(
        replace(_telling(flow, path), file=f"{file}:{flow.name}", program=program)
        for flow in found
        if flow.function.__module__ == module.__name__
    )


def _executed(path: Path, text: bytes) -> ModuleType:
    """The file as a module: of exactly these bytes, with its folder at hand for what it imports, and nothing written beside it."""
    module = ModuleType(f"biocopilot_workflows_{hashlib.sha256(bytes(path.resolve()) + text).hexdigest()[:16]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # pydantic and dataclasses look up annotations there
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(text, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        _refuse(path, error)
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module


def _telling(flow: Workflow, path: Path) -> Workflow:
    """The workflow, whose own mistakes are told with their line when it runs."""

    async def function(run: Any, inputs: Any) -> Report:
        try:
            report: Any = await flow.function(run, inputs)
        except BiocopilotError:
            raise
        except Exception as error:
            _refuse(path, error)
        if not isinstance(report, Report):
            raise InvalidInput(f"{path}: {flow.name} gave {type(report).__name__} and no Report.", _HINT)
        return report

    return replace(flow, function=function)


def _refuse(path: Path, error: BaseException) -> NoReturn:
    """The error with the last line of the file that it went through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines, what = [error.lineno], f"{error.msg}"
    else:
        what = f"{type(error).__name__}: {error}"
    place = f", line {lines[-1]}" if lines and lines[-1] else ""
    raise InvalidInput(f"{path}{place}: {shorten(' '.join(clean(what).split()), 300)}", _HINT) from error
