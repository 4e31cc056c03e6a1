"""What changed in the answers between two runs of the same calls, and why: another release, another version, another reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from ...memory.records import canonical_json
from ..environment import changes as changed_versions
from .contract import Change
from .kept_steps import Step

__all__ = ["changes_of"]

_MOST_DIFFERENCES = 20
_ABSENT = object()


def changes_of(pairs: Iterable[tuple[Step, Step]]) -> tuple[Change, ...]:
    """The calls whose records are others now, of pairs of an earlier and a later result of the same call."""
    found = []
    for old, new in pairs:
        lines = list(_lines(old.result, new.result))
        if lines:
            left = len(lines) - _MOST_DIFFERENCES
            shown = (*lines[:_MOST_DIFFERENCES], *((f"and {left} more",) if left > 0 else ()))
            found.append(Change(new.name, new.arguments, shown, _why(old, new)))
    return tuple(found)


def _lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in ("status", "matched"):
        if old.get(name) != new.get(name):
            yield f"{name}: {_said(old.get(name))} → {_said(new.get(name))}"
    for number, (one, other) in enumerate(zip_longest(old.get("evidence", ()), new.get("evidence", ())), 1):
        if one is None or other is None:
            yield f"record {number}: {'new' if one is None else 'no longer there'}"
        elif one["sha256"] != other["sha256"]:
            yield from _differences(one["record"], other["record"], f"record {number}")


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}/{key}")
    elif isinstance(old, list) and isinstance(new, list):
        for index, (one, other) in enumerate(zip_longest(old, new, fillvalue=_ABSENT)):
            yield from _differences(one, other, f"{path}/{index}")
    elif _said(old) != _said(new):
        yield f"{path}: {_said(old)} → {_said(new)}"


def _said(value: Any) -> str:
    text = "nothing" if value is _ABSENT else canonical_json(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _why(old: Step, new: Step) -> str:
    versions = changed_versions(
        {name: value for name, value in old.given.items() if isinstance(value, str)},
        {name: value for name, value in new.given.items() if isinstance(value, str)},
    )
    releases = [
        f"{name} was {', '.join(sorted(was))} and is {', '.join(sorted(now))}."
        for name, was in _releases(old).items()
        if (now := _releases(new).get(name, set())) and now != was
    ]
    files = ["A file that it read has changed."] if old.given.get("files") != new.given.get("files") else []
    return (
        " ".join(dict.fromkeys([*versions, *releases, *files]))
        or "The source answered otherwise, without another release."
    )


def _releases(step: Step) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in step.result.get("evidence", ()):
        found.setdefault(item["source"]["name"], set()).add(item["source"]["release"])
    return found
