"""Questions that name an earlier result by its handle: `what is R2.E3?` recalls it, `logP of R2.E3?` asks about its molecule.

A handle that stands for a molecule or target is spelt out before the question is read; one that is asked for itself
becomes a call of `recall_result`, whose record is told value by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...memory.earlier_runs import HANDLE, RECALL, EarlierRuns
from ...memory.errors import BiocopilotError
from ...memory.records import ToolCall, ToolResult
from .contract import Aside, Part, Row, Sentence, Table

__all__ = ["Handles", "recall_calls", "resolve", "told"]

_FILLER = frozenset(
    "a about again and any are can could did do does evidence find for found from give had has have i in is it me of please quote"
    " read recall record repeat result results run say says see show stand stands tell that the there this to value values was we were what"
    " which with you".split()
)
_ROWS = 40
_CHARACTERS = 120
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Handles:
    """What the handles of a question come to."""

    question: str
    """With the names of molecules and targets in the place of their handles."""
    recalled: tuple[str, ...] = ()
    """Handles that are asked for themselves; then nothing else of the question is read."""
    notes: tuple[str, ...] = ()


def resolve(question: str, earlier: EarlierRuns | None) -> Handles:
    """Look the handles of a question up; without any, or outside a session, it stays as it is."""
    hits = list(HANDLE.finditer(question))
    if not hits or earlier is None:
        return Handles(question)
    handles = tuple(dict.fromkeys(hit.group().upper() for hit in hits))
    rest = {word.casefold() for word in _WORD.findall(HANDLE.sub(" ", question))}
    names = {handle: _name(handle, earlier) for handle in handles}
    if rest <= _FILLER or not all(names.values()):
        return Handles(question, handles)
    spelt = HANDLE.sub(lambda hit: names[hit.group().upper()], question)
    return Handles(spelt, notes=tuple(f"“{handle}” was read as {name}." for handle, name in names.items()))


def recall_calls(handles: tuple[str, ...]) -> tuple[ToolCall, ...]:
    """The calls that bring them into this run."""
    return tuple(
        ToolCall(id=f"c{number}", tool=RECALL, arguments={"handle": handle}) for number, handle in enumerate(handles, 1)
    )


def told(results: tuple[tuple[ToolCall, ToolResult], ...]) -> tuple[Part, ...]:
    """What the recalled records hold, and why one could not be had."""
    parts: list[Part] = []
    for call, result in results:
        for item in result.evidence:
            quoted = item.record
            parts.append(Sentence(f"`{quoted['handle']}` is what `{quoted['tool']}` found.", (item.id,)))
            rows = [Row((path, value), (item.id,)) for path, value in _leaves(quoted["record"], "")]
            if rows:
                parts.append(Table(("of the record", "value"), tuple(rows[:_ROWS])))
            if len(rows) > _ROWS:
                parts.append(
                    Aside(f"And {len(rows) - _ROWS} more values: biocopilot runs show {quoted['run_id']} --json")
                )
        if result.status == "failed":
            parts.append(Aside(f"{call.arguments['handle']}: {' '.join(result.digest.split())}"))
    return tuple(parts)


def _name(handle: str, earlier: EarlierRuns) -> str:
    """The molecule's or target's name in the record; empty where it has none, or cannot be had, which recalling it tells."""
    try:
        record: dict[str, Any] = earlier.result(handle).evidence.record
    except BiocopilotError:
        return ""
    for part, keys in (("molecule", ("name", "chembl_id", "smiles")), ("target", ("gene", "name"))):
        found = record.get(part)
        names = [found[key] for key in keys if found.get(key)] if isinstance(found, dict) else []
        if names:
            return str(names[0])
    return ""


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each value of a record with the names that lead to it, a quantity with its unit; long texts are left to `runs show`."""
    if isinstance(value, dict) and "value" in value and "unit" in value:
        unit = "" if value["unit"] == "dimensionless" else value["unit"]
        yield path, f"{value.get('relation', '=')} {value['value']} {unit}".removeprefix("= ").strip()
    elif isinstance(value, dict):
        for key, child in value.items():
            if key != "type":
                yield from _leaves(child, f"{path} {key}".strip().replace("_", " "))
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child, path)
    elif value is not None and not isinstance(value, bool):
        text = " ".join(str(value).split())
        if text and len(text) <= _CHARACTERS:
            yield path, f"`{text}`" if isinstance(value, str) and "`" not in text else text
