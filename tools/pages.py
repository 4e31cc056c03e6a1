"""Findings from rows of a live source: a window of them, what is left out and how to see it, and absence as a finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from ..memory.errors import Ambiguous, NotFound
from ..memory.records import Omitted
from .contract import Draft, Findings, ToolArguments
from .sources.found import Found, source_of
from .sources.hosts import Service
from .sources.walk import stop_notice

__all__ = ["FURTHEST", "MOST", "absent", "listing", "window"]

MOST = 100
"""Rows a call, at most."""
FURTHEST = 1_900
"""Rows that a call may leave out at the beginning."""

T = TypeVar("T")
U = TypeVar("U")


def window(
    tool: str,
    arguments: Any,
    found: Found[T],
    draft: Callable[[T], Draft],
    *,
    rows_are: str,
    none_found: str,
    warnings: Sequence[str] = (),
    also: Sequence[Draft] = (),
    also_counted: int | None = None,
    retrieved_at: datetime | None = None,
    filters: dict[str, Any] | None = None,
    lacking: bool = False,
) -> Findings:
    """The rows between `skip` and `skip + most`, as findings.

    Args:
        tool: the tool's name.
        arguments: the call's, with `skip` and `most`.
        found: the first rows, at least as far as the window reaches.
        draft: makes a finding of a row.
        rows_are: what the rows are called, in the plural.
        none_found: the sentence for a search that found nothing.
        warnings: besides those of `found`.
        also: further findings, put behind the rows.
        also_counted: how many further findings there are; as many as `also` has where None.
        retrieved_at: where it is older than that of `found`.
        filters: what was applied.
        lacking: whether something besides the rows is missing.
    """
    reach = arguments.skip + arguments.most
    rows = found.rows[arguments.skip : reach]
    total, title = found.total, found.source.name
    bound = stop_notice(title, total, len(found.rows))
    told = tuple(dict.fromkeys((*warnings, *(notice for notice in found.notices if notice != bound))))
    drafts = [draft(row) for row in rows]
    if not rows:
        known = total if total is not None else len(found.rows)
        message = (
            none_found if not known else f"There are {known:,} {rows_are}, none behind the first {arguments.skip:,}."
        )
        record: dict[str, Any] = {
            "type": tool,
            "query": _asked(arguments),
            "total": total,
            "message": message,
            "notes": [],
        }
        drafts.append(Draft(record, found.source, found.backend, message))
    lacking = lacking or (not found.complete and (len(found.rows) < reach or total is None))
    further = len(also) if also_counted is None else also_counted
    return Findings(
        (*drafts, *also),
        matched=total + further if total is not None else None,
        returned=len(rows) + len(also),
        filters=filters or {},
        omitted=_omitted(tool, arguments, total, len(rows), rows_are, MOST, FURTHEST),
        warnings=told,
        empty=not rows and not also,
        partial=lacking,
        retrieved_at=min(filter(None, (found.retrieved_at, retrieved_at))),
    )


def listing(
    tool: str,
    arguments: Any,
    found: Found[T],
    rows: Sequence[U],
    record: dict[str, Any],
    summary: str,
    *,
    rows_are: str,
    there: int,
    most: int,
    furthest: int,
    total: int | None = None,
    in_digest: Sequence[str] = (),
    told_apart_by: str = ", ",
    filters: dict[str, Any] | None = None,
    warnings: Sequence[str] = (),
) -> Findings:
    """One record that lists the rows between `skip` and `skip + most`, as findings.

    Args:
        tool: the tool's name.
        arguments: the call's, with `skip` and `most`.
        found: where the rows are from.
        rows: those that the record lists.
        record: the record, with its notes.
        summary: the digest's line up to the rows.
        rows_are: what the rows are called, in the plural.
        there: how many rows a further call can reach.
        most: how many rows a call gives at most.
        furthest: how many rows a call may leave out at most.
        total: how many the service says there are; as many as `there` where None.
        in_digest: the first rows as the digest shows them.
        told_apart_by: what stands between them.
        filters: what was applied.
        warnings: besides the record's notes.
    """
    known = there if total is None else total
    if in_digest:
        more = f"{told_apart_by}…" if len(rows) > len(in_digest) else ""
        summary += f": {told_apart_by.join(in_digest)}{more}"
    elif known:
        summary += f"; none behind the first {arguments.skip:,}"
    return Findings(
        (Draft(record, found.source, found.backend, summary),),
        matched=known,
        returned=len(rows),
        filters=filters or {},
        omitted=_omitted(tool, arguments, there, len(rows), rows_are, most, furthest),
        warnings=tuple(dict.fromkeys((*record["notes"], *warnings))),
        empty=not rows,
        partial=not found.complete,
        retrieved_at=found.retrieved_at,
    )


def absent(tool: str, arguments: ToolArguments, error: NotFound, service: Service) -> Findings:
    """The finding that a service has no such thing, or several, in that service's name."""
    record = {
        "type": "ambiguous" if isinstance(error, Ambiguous) else "not_found",
        "query": _asked(arguments),
        "message": error.message,
        "hint": error.hint,
        "nearest": list(error.nearest),
    }
    several = "It could be" if isinstance(error, Ambiguous) else "Nearest"
    near = f" {several}: {'; '.join(error.nearest)}." if error.nearest else ""
    draft = Draft(record, source_of(service, ()), "live", f"{error.message}{near} {error.hint}".strip())
    return Findings((draft,), matched=0, returned=0, empty=True)


def _asked(arguments: ToolArguments) -> dict[str, Any]:
    asked: dict[str, Any] = arguments.model_dump(mode="json", exclude_defaults=True)
    return asked


def _omitted(
    tool: str, arguments: Any, total: int | None, returned: int, rows_are: str, most: int, furthest: int
) -> Omitted | None:
    seen = arguments.skip + returned
    if total is None or seen >= total or not returned:
        return None
    what = f"{total - seen:,} more {rows_are}" + ("" if seen <= furthest else "; narrow the question to reach them")
    return Omitted(what=what, tool=tool, arguments={**_asked(arguments), "skip": min(seen, furthest), "most": most})
