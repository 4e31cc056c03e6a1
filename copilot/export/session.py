"""A session as a file to keep or hand on: Markdown or JSON of all its runs, or a program or workflow that makes its calls again.

export_session("kinases", runs, Path("kinases.md"))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ...memory.errors import InvalidInput
from ...memory.events import Event
from ...memory.sessions import turn_of
from ...memory.text import clean
from ...memory.transcript import answer_of
from .markdown import run_as_markdown
from .program import session_as_python
from .workflow_file import session_as_workflow
from .writing import write_new

__all__ = ["FORMATS", "export_session", "format_of", "session_as_json", "session_as_markdown"]

Runs = Sequence[Sequence[Event]]


def session_as_json(name: str, runs: Runs) -> str:
    """One object: the session's name and, for each run, its number, its time and what `ask --json` prints."""
    found = {
        "session": name,
        "runs": [
            {"number": number, "asked_at": _asked_at(events), **answer_of(events).model_dump(mode="json")}
            for number, events in enumerate(runs, 1)
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def session_as_markdown(name: str, runs: Runs) -> str:
    """The runs as `runs export` writes them, one below the other: E3 of run 2 is R2.E3."""
    heads = [f"- R{number}: {_line(answer_of(events).question)}" for number, events in enumerate(runs, 1)]
    parts = ["\n".join([f"# Session {_line(name)}", "", *heads])]
    for number, events in enumerate(runs, 1):
        title, _, rest = run_as_markdown(events).partition("\n")
        parts.append(f"## R{number} · {title.removeprefix('# ')}\n{rest}".rstrip())
    return "\n\n".join(parts) + "\n"


FORMATS: dict[str, Callable[[str, Runs], str]] = {
    ".md": session_as_markdown,
    ".json": session_as_json,
    ".py": session_as_python,
    ".yaml": session_as_workflow,
}
"""What a file's ending asks for."""


def format_of(path: Path) -> Callable[[str, Runs], str]:
    """The format that the file's ending asks for.

    Raises:
        InvalidInput: none does.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        what = f"ends in {suffix}" if suffix else "has no ending"
        raise InvalidInput(
            f"{path.name or path} {what}, which is no format to export a session to.",
            f"Name a file that ends in {', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}.",
        )
    return FORMATS[suffix]


def export_session(name: str, runs: Runs, to: Path, *, force: bool = False) -> Path:
    """Write the session to `to`, whole or not at all, and return its absolute path.

    Args:
        name: the session's.
        runs: the events of each of its runs, in order.
        to: the file; its ending chooses the format.
        force: write over a file that is there.

    Raises:
        InvalidInput: the ending is unknown.
        FileRefused: the file is there already, or its folder is not.
        StorageError: it cannot be written.
    """
    return write_new(to, format_of(to)(name, runs), force=force)


def _asked_at(events: Sequence[Event]) -> str | None:
    at = turn_of(1, events).at
    return at.isoformat() if at else None


def _line(text: str) -> str:
    line = " ".join(clean(text).split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#" else char for char in line)
