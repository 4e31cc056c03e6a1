"""`biocopilot library remove`, `stats`, `reindex` and `check`: what keeps a library in order."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict

from ...memory.errors import NotApproved
from ...memory.library.checking import Checked, Trouble, check
from ...memory.library.ingest import Step
from ...memory.library.state import State, state_of
from ...memory.text import clean, shorten
from .agreement import agreed
from .failures import say
from .opened_library import opened_library, steps_told

__all__ = ["check_all", "reindex_all", "remove_documents", "show_state"]

_MOST_NAMED = 20


def remove_documents(names: list[str], yes: bool) -> None:
    """Remove documents after asking. Raises NotFound, and NotApproved where the user does not say yes."""
    with opened_library() as library:
        rows = {row.id: row for row in (library.find(name) for name in names)}
        for row in list(rows.values())[:_MOST_NAMED]:
            say(f"{row.id}  {shorten(' '.join(clean(row.about.title).split()), 66)}")
        if len(rows) > _MOST_NAMED:
            say(f"and {len(rows) - _MOST_NAMED} more")
        if not yes and not agreed(f"Remove {_documents(len(rows))} from the library? [y/N] "):
            raise NotApproved("Nothing was removed.", f"biocopilot library remove {shlex.join(names)} --yes")
        gone = library.remove(list(rows))
    sys.stdout.write(f"Removed {_documents(len(gone))}; the files that they came from stay.\n")


def show_state(as_json: bool) -> None:
    """Print the library in numbers."""
    with opened_library() as library:
        state = state_of(library)
    sys.stdout.write(json.dumps(asdict(state), ensure_ascii=False, indent=2) + "\n" if as_json else _state_text(state))


def reindex_all(offline: bool) -> None:
    """Make vectors and index anew, and say how many vectors were made."""
    stopped = "Stopped: the vectors that were made stay.\nThe same command goes on from there."
    with opened_library(offline) as library:
        with steps_told(stopped) as report:
            made = library.reindex(report)
        name = library.embedder.name if library.embedder is not None else ""
    sys.stdout.write(f"{made:,} vectors were made by {clean(name)}; the index is in step.\n")


def check_all(read: bool, as_json: bool) -> int:
    """Print what a check found and return 0, 3 where files changed or are gone, or 6 where a passage is not in its place."""
    with opened_library() as library, steps_told("Stopped.") as report:
        found = check(library, read, lambda done, total: report(Step("documents", done, total, done)))
    told = {**asdict(found), "sound": not found.astray}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n" if as_json else _check_text(found, read))
    return 6 if found.astray else 3 if found.sources else 0


def _check_text(found: Checked, read: bool) -> str:
    held = found.passages - sum("." in item.name for item in found.astray)
    lines = [f"{held:,} of {found.passages:,} passages of {found.documents:,} documents stand where the library says."]
    if read:
        lines.append(f"Read again from their files, with the same text: {_documents(found.read_again)}.")
    if found.read_otherwise:
        lines.append(f"Not compared, until their files are added again: {_documents(len(found.read_otherwise))}.")
        lines += _troubles("·", found.read_otherwise)
    lines += _troubles("✗", found.astray)
    if found.sources:
        lines.append(
            f"{len(found.sources):,} of {found.files:,} files are not what was read; the library keeps their text."
        )
        lines += _troubles("○", found.sources)
    if found.astray:
        lines.append("Remove such a document and add its file again, or put back a copy of the library.")
    return "\n".join(lines) + "\n"


def _troubles(glyph: str, troubles: list[Trouble]) -> list[str]:
    lines = [f"{glyph} {clean(item.name)}: {clean(item.what)}" for item in troubles[:_MOST_NAMED]]
    left = len(troubles) - _MOST_NAMED
    return [*lines, f"{glyph} and {left:,} more; --json gives them all"] if left > 0 else lines


def _state_text(state: State) -> str:
    years = f", {state.first_year} to {state.last_year}" if state.first_year is not None else ""
    formats = ", ".join(f"{count:,} {name}" for name, count in state.formats.items())
    collections = ", ".join(f"{count:,} {clean(name) or 'in none'}" for name, count in state.collections.items())
    rows = [
        (
            "folder",
            clean(state.folder)
            + (" (nothing was added yet: these are the project's own notes)" if state.is_starter else ""),
        ),
        ("documents", f"{state.documents:,}{years}"),
        ("formats", formats or "-"),
        ("collections", collections or "-"),
        ("retracted", f"{state.retracted:,}"),
        ("passages", f"{state.passages:,}"),
        ("model", _model(state)),
        (
            "waiting",
            f"{state.waiting:,} passages have no vector"
            + (" yet: biocopilot library reindex" if state.waiting else ""),
        ),
        ("index", state.store + _not_in_index(state)),
        ("size", f"{state.bytes / 1e6:,.1f} MB"),
    ]
    return "".join(f"{name:<12} {value}\n" for name, value in rows)


def _not_in_index(state: State) -> str:
    if not state.undelivered:
        return ""
    count = "1 change" if state.undelivered == 1 else f"{state.undelivered:,} changes"
    return f"; {count} not in it yet: nothing is missed, and the next library add or reindex puts them in"


def _model(state: State) -> str:
    name, _, rest = state.model.partition(" ")
    told = f"{name} ({rest[:8]}…)" if name else "none yet"
    return told + (f"; not at hand: {clean(state.why_no_model)}" if state.why_no_model else "")


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
