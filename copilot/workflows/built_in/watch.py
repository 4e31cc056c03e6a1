"""`watch`: what is new for some targets since an earlier run: values, drugs, papers, retractions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from ....memory.errors import FileRefused, InvalidInput
from ....memory.records import ToolResult
from ...export.writing import write_new
from ...planner.kinds.listing import quoted
from ...planner.kinds.words import amount, plain_name
from ..contract import (
    Cell,
    Missing,
    Part,
    Report,
    ResultRow,
    Row,
    Section,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from .asking import Target, resolve_target, unique

__all__ = ["STATE", "WatchInputs", "watch"]

STATE = "watch-state.json"
"""What was known at the end of a run, in its folder; the next run is given it as `since`."""
COLUMNS = ("target", "what", "id", "name", "value")
_MOST_TARGETS = 500
_FORMAT = 1


class WatchInputs(WorkflowInputs):
    """Which targets, and since when."""

    files: ClassVar[tuple[str, ...]] = ("file", "since")
    file: str = Field(min_length=1, description="a text file with a target a line; what follows # is no name")
    since: str | None = Field(
        default=None, min_length=1, description=f"the {STATE} of an earlier run; without it all is taken as known"
    )


@dataclass(frozen=True)
class _Item:
    """Something that can be new."""

    id: str
    cells: tuple[str, ...]
    evidence: str
    standing: str = ""
    """Of a paper: what became of it."""


@dataclass(frozen=True)
class _Kind:
    """A kind of thing that is watched: how it is asked for and read."""

    name: str
    title: str
    heads: tuple[str, ...]
    tool: str
    arguments: Callable[[Target], Mapping[str, Any]]
    items: Callable[[ToolResult], Iterable[_Item]]


def _values(result: ToolResult) -> Iterable[_Item]:
    for item in result.evidence:
        for row in item.record.get("rows", ()) if item.record["type"] == "activities" else ():
            compound, assay = str(row["molecule_chembl_id"] or row["smiles"]), str(row.get("assay_chembl_id") or "–")
            value = f"{item.record['activity_type']} {amount(row['value'])}"
            yield _Item(f"{compound} {value} {assay}", (compound, value, assay), item.id)


def _drugs(result: ToolResult) -> Iterable[_Item]:
    for item in result.evidence:
        for row in item.record.get("rows", ()):
            name = str(row["name"] or row["chembl_id"])
            year = str(row["first_approval"] or "–")
            yield _Item(name, (plain_name(name), str(row.get("action") or "–").lower(), year), item.id)


def _papers(result: ToolResult) -> Iterable[_Item]:
    for item in result.evidence:
        if item.record["type"] == "article":
            record = item.record
            standing = str(record["standing"]) if record["retracted"] or record["notices"] else ""
            cells = (str(record["label"]), quoted(record["title"]), str(record["year"] or "–"))
            yield _Item(str(record["label"]), cells, item.id, standing)


_KINDS = (
    _Kind("values", "New measured values", ("compound", "value", "assay"), "target_activities",
          lambda target: {"target": target.key, "most": 200}, _values),
    _Kind("drugs", "New drugs", ("drug", "action", "first approval"), "drugs_for_target",
          lambda target: {"target": target.key, "most": 500}, _drugs),
    _Kind("papers", "New papers", ("article", "title", "year"), "literature_search",
          lambda target: {"query": target.gene, "most": 100}, _papers),
)  # fmt: skip


@dataclass
class _Seen:
    """What is known of one target now, and what of it is new."""

    target: Target
    state: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    rows: list[ResultRow] = field(default_factory=list)


@workflow(
    name="watch",
    title="What is new",
    inputs=WatchInputs,
    tools=("find_target", *(kind.tool for kind in _KINDS)),
)
async def watch(run: WorkflowRun, inputs: WatchInputs) -> Report:
    """What is new for some targets since an earlier run: measured values, drugs, papers, retractions; nothing if nothing changed.

    The first run takes all that there is as known and writes it to `watch-state.json` in its folder; a later one, in a folder of its own,
    is given that file as `--since`. Of values the 200 most potent of a target are watched, of papers the 100 that the search has first.
    A source that could not be asked changes nothing in what is known. Exit code 0: something is new; 4: nothing is.
    """
    names = _names(inputs.file)
    before = _state(inputs.since) if inputs.since is not None else None

    async def one(name: str) -> _Seen:
        target = await resolve_target(run, name)
        return await _look(run, target, None if before is None else before.get(target.key, {}))

    seen = {item.target.key: item for item in (await run.each(names, one)).results}
    kept = {**(before or {}), **{key: item.state for key, item in seen.items()}}
    _write(run.folder / STATE, kept)
    fresh = [item for item in seen.values() if item.parts]
    sections = [Section(f"new-{item.target.key}", item.target.gene, unique(item.parts)) for item in fresh]
    if not sections:
        text = (
            "Nothing is new." if before is not None else "This is the first run: all that there is was taken as known."
        )
        sections = [Section("nothing", "What is new", (Missing(text),))]
    return Report(
        "What is new",
        tuple(sections),
        COLUMNS,
        tuple(row for item in fresh for row in item.rows),
        files=(STATE,),
        status="answered" if any(item.rows for item in fresh) or before is None else "unknown",
    )


async def _look(run: WorkflowRun, target: Target, before: dict[str, dict[str, str]] | None) -> _Seen:
    seen = _Seen(target)
    results = await run.calls([(kind.tool, kind.arguments(target)) for kind in _KINDS])
    for kind, result in zip(_KINDS, results, strict=True):
        if result.status == "failed":
            if before is not None and kind.name in before:
                seen.state[kind.name] = before[kind.name]
            continue
        found = {item.id: item for item in kind.items(result)}
        known = None if before is None else before.get(kind.name)
        seen.state[kind.name] = {**(known or {}), **{id: item.standing for id, item in found.items()}}
        if known is None:
            continue
        new = [item for id, item in found.items() if id not in known]
        _tell(seen, kind.title, kind.heads, kind.name, new)
        fallen = [item for id, item in found.items() if id in known and item.standing and item.standing != known[id]]
        changed = [_Item(item.id, (*item.cells, item.standing), item.evidence) for item in fallen]
        _tell(seen, "Retracted or corrected since", (*kind.heads, "standing"), "standing", changed)
    return seen


def _tell(seen: _Seen, title: str, heads: tuple[str, ...], what: str, items: list[_Item]) -> None:
    if not items:
        return
    seen.parts.append(Table((title.lower(), *heads[1:]), tuple(Row(item.cells, (item.evidence,)) for item in items)))
    for item in items:
        cited = (item.evidence,)
        seen.rows.append(
            {
                "target": Cell(seen.target.gene, seen.target.evidence),
                "what": Cell(what),
                "id": Cell(item.id, cited),
                "name": Cell(item.cells[0], cited),
                "value": Cell("; ".join(item.cells[1:]), cited),
            }
        )


def _names(given: str) -> tuple[str, ...]:
    """The targets of the file, each once. Raises FileRefused, InvalidInput."""
    file = Path(given).expanduser()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(
            f"{file} cannot be read as text ({error}).", "Give a UTF-8 file with a target a line."
        ) from error
    names = tuple(dict.fromkeys(name for line in text.splitlines() if (name := line.partition("#")[0].strip())))
    if not names:
        raise InvalidInput(f"{file} names no target.", "Write a gene symbol a line.")
    if len(names) > _MOST_TARGETS:
        raise InvalidInput(f"{file} names {len(names):,} targets; at most {_MOST_TARGETS} are watched.", "Split it.")
    return names


def _state(given: str) -> dict[str, dict[str, dict[str, str]]]:
    """What an earlier run knew, by target and kind. Raises FileRefused, InvalidInput."""
    file = Path(given).expanduser()
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused(f"{file} cannot be read ({error}).", f"Give the {STATE} of an earlier run.") from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT or not isinstance(found.get("targets"), dict):
        raise InvalidInput(f"{file} is not what a run of watch leaves.", f"Give the {STATE} of an earlier run.")
    targets: dict[str, dict[str, dict[str, str]]] = found["targets"]
    return targets


def _write(file: Path, targets: Mapping[str, Any]) -> None:
    """Written only where it is other than what is there, as when the run is verified."""
    text = json.dumps({"format": _FORMAT, "targets": targets}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        write_new(file, text, force=True)
