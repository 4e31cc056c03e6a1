"""Translating identifiers between databases by the service's own jobs: submitted, waited for, then read page by page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import model_validator

from ....memory.errors import BadReply, InvalidArguments, InvalidIdentifier, SourceUnavailable
from ....memory.text import clean, shorten
from ..found import Found, source_of
from ..transport import Reply, Request, Session
from ._databases import MAPPED_FROM, MAPPED_TO
from ._record import Record, read
from .entry import HIT_FIELDS, UniprotHit
from .paging import Walk, walk_pages

__all__ = ["MOST_IDS", "IdMapping", "MappedId", "Waiting", "map_ids"]

MOST_IDS = 100_000
"""The service refuses more in one job."""
_ID = re.compile(r"[!-+\--~]{1,100}", re.ASCII)  # no space and no comma, which part identifiers
_JOB = re.compile(r"[A-Za-z0-9_-]{1,120}", re.ASCII)
_RESULTS = re.compile(r"/idmapping/(?:(?:uniprotkb|uniref|uniparc)/)?results/[A-Za-z0-9_-]{1,120}", re.ASCII)
_WAITING = frozenset(("NEW", "RUNNING", "UNFINISHED"))
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0
_SHOWN = 10


class MappedId(Record):
    """One identifier and one that it stands for; an identifier may have several."""

    from_id: str
    to_id: str
    entry: UniprotHit | None = None
    """The entry in short, where UniProtKB is what was mapped to."""

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "from" not in value:
            return value
        to = value.get("to")
        if isinstance(to, dict):
            # UniRef and UniParc come as records too, which have other identifiers.
            name = to.get("primaryAccession") or to.get("id") or to.get("uniParcId")
            return {
                "from_id": value["from"],
                "to_id": name,
                "entry": to if "entryType" in to and "primaryAccession" in to else None,
            }
        return {"from_id": value["from"], "to_id": to}


@dataclass(frozen=True)
class IdMapping:
    """`failed` are the identifiers that stand for nothing in the database asked for."""

    found: Found[MappedId]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """How long a job is waited for, and by which clock."""

    deadline_s: float = 120.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic


async def map_ids(
    session: Session, from_database: str, to_database: str, ids: Iterable[str], most: int, waiting: Waiting
) -> IdMapping:
    """Map identifiers. Raises InvalidArguments and InvalidIdentifier before anything is sent, and what fetching raises."""
    wanted = _checked(from_database, to_database, ids)
    body = {"from": from_database, "to": to_database, "ids": ",".join(wanted)}
    submitted = await session.fetch(
        Request("uniprot", "/idmapping/run", body=body, form=True, check=_check_job, kept=False)
    )
    job = str(submitted.value["jobId"])
    path = await _finished(session, job, to_database, waiting)
    fields = {"fields": HIT_FIELDS} if "/uniprotkb/" in path else {}
    walk = await walk_pages(session, path, fields, most, _row, lambda row: (row.from_id, row.to_id), False)
    return _result(session, walk, wanted)


def _row(value: Any) -> MappedId:
    return read(MappedId, value)


def _checked(from_database: str, to_database: str, ids: Iterable[str]) -> Sequence[str]:
    for database, known in ((from_database, MAPPED_FROM), (to_database, MAPPED_TO)):
        if database not in known:
            raise InvalidArguments(
                f"UniProt does not map {'from' if known is MAPPED_FROM else 'to'} “{shorten(clean(database), 40)}”.",
                "Such as UniProtKB_AC-ID, UniProtKB, Gene_Name, ChEMBL, Ensembl, GeneID, HGNC, PDB.",
            )
    wanted = tuple(dict.fromkeys(name.strip() for name in ids))
    if not wanted:
        raise InvalidArguments("There are no identifiers to map.")
    if len(wanted) > MOST_IDS:
        raise InvalidArguments(
            f"{len(wanted):,} identifiers are more than the {MOST_IDS:,} that UniProt maps at once.", "Ask in parts."
        )
    for name in wanted:
        if not _ID.fullmatch(name):
            raise InvalidIdentifier(f"“{shorten(clean(name), 40)}” has not the shape of an identifier.")
    return wanted


def _check_job(reply: Reply) -> None:
    value = reply.value
    if not isinstance(value, dict) or not _JOB.fullmatch(str(value.get("jobId") or "")):
        raise BadReply(f"UniProt: no job was made of the identifiers: {_said(value)}.", "Ask again later.")


def _check_status(reply: Reply) -> None:
    value = reply.value
    if not isinstance(value, dict) or not ("jobStatus" in value or "results" in value or "failedIds" in value):
        raise BadReply(f"UniProt: not the state of a job: {_said(value)}.", "Ask again later.")


async def _finished(session: Session, job: str, to_database: str, waiting: Waiting) -> str:
    """Wait until the job is done; the path of its results."""
    end = waiting.clock() + waiting.deadline_s
    wait_s = _FIRST_WAIT_S
    while True:
        reply = await session.fetch(Request("uniprot", f"/idmapping/status/{job}", check=_check_status, kept=False))
        state = reply.value.get("jobStatus")
        if state is None or state == "FINISHED":
            hit = _RESULTS.search(reply.url)  # the status of a job that is done is a redirect to its results
            folder = "uniprotkb/" if to_database.startswith("UniProtKB") else ""
            return hit[0] if hit else f"/idmapping/{folder}results/{job}"
        if state not in _WAITING:
            raise BadReply(f"UniProt: the mapping failed ({_said(reply.value)}).", "Check the identifiers.")
        if waiting.clock() + wait_s >= end:
            raise SourceUnavailable(
                f"UniProt has not mapped the identifiers within {waiting.deadline_s:g} s.", "Ask for fewer, or later."
            )
        await waiting.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _result(session: Session, walk: Walk[MappedId], wanted: Sequence[str]) -> IdMapping:
    failed = tuple(dict.fromkeys(
        clean(str(name)) for reply in walk.replies for name in reply.value.get("failedIds") or ()
    ))  # fmt: skip
    notices = walk.notices
    if failed:
        notices.append(f"{len(failed):,} identifiers stand for nothing there: {_named(failed)}.")
    known = {row.from_id.casefold() for row in walk.rows} | {name.casefold() for name in failed}
    lost = [name for name in wanted if name.casefold() not in known]
    if lost:
        notices.append(f"{len(lost):,} identifiers came back neither mapped nor refused: {_named(lost)}.")
    first = walk.replies[0]
    found = Found(
        rows=tuple(walk.rows),
        source=source_of(session.transport.service("uniprot"), walk.replies),
        backend=first.backend,
        retrieved_at=first.retrieved_at,
        total=walk.total,
        complete=walk.complete and not lost,
        notices=tuple(notices),
    )
    return IdMapping(found, failed)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(shorten(name, 40) for name in names[:_SHOWN]) + more


def _said(value: Any) -> str:
    """What an error object says."""
    if not isinstance(value, dict):
        return "it is no JSON object"
    parts = value.get("messages") or value.get("errors") or [value.get("jobStatus") or "it says nothing"]
    words = [str(part.get("message", part)) if isinstance(part, dict) else str(part) for part in parts]
    return shorten(clean("; ".join(words)), 160)
