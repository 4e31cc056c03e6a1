"""A recorded run as a file to keep or hand on: Markdown, a web page, JSON, BibTeX of the sources cited, or a workflow.

export_run(events, Path("answer.html"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...memory.errors import InvalidInput
from ...memory.events import Event
from ...memory.transcript import answer_of
from .bibtex import run_as_bibtex
from .html import run_as_html
from .markdown import run_as_markdown
from .workflow_file import run_as_workflow
from .writing import write_new

__all__ = ["FORMATS", "export_run", "format_of"]

Format = Callable[[Sequence[Event]], str]


def _as_json(events: Sequence[Event]) -> str:
    """The `Answer` object, as `ask --json` prints it, on lines of its own."""
    return answer_of(events).model_dump_json(indent=2) + "\n"


FORMATS: dict[str, Format] = {
    ".md": run_as_markdown,
    ".html": run_as_html,
    ".json": _as_json,
    ".bib": run_as_bibtex,
    ".yaml": run_as_workflow,
}
"""What a file's ending asks for."""


def format_of(path: Path) -> Format:
    """The format that the file's ending asks for.

    Raises:
        InvalidInput: none does.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        what = f"ends in {suffix}" if suffix else "has no ending"
        raise InvalidInput(
            f"{path.name or path} {what}, which is no format to export to.",
            f"Name a file that ends in {', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}.",
        )
    return FORMATS[suffix]


def export_run(events: Sequence[Event], to: Path, *, force: bool = False) -> Path:
    """Write the run to `to`, whole or not at all, and return its absolute path.

    Args:
        events: a run's events.
        to: the file; its ending chooses the format.
        force: write over a file that is there.

    Raises:
        InvalidInput: the ending is unknown.
        FileRefused: the file is there already, or its folder is not.
        StorageError: it cannot be written.
    """
    return write_new(to, format_of(to)(events), force=force)
