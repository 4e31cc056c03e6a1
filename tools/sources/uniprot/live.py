"""UniProtKB as its REST service answers now. Three hops: `UniprotLive` → `walk_pages` or `map_ids` → `Session.fetch`.

Not the local store, which is memory/uniprot_store.py; `store_rows` makes of an entry what the store gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ....memory.errors import BadReply, InvalidArguments, InvalidIdentifier, LimitReached, NotFound, Unavailable
from ....memory.text import clean, shorten
from ...identifiers import is_uniprot_accession
from ..found import Found, source_of
from ..transport import Reply, Request, Session
from ._record import Record, read
from .entry import HIT_FIELDS, AnyEntry, InactiveEntry, UniprotEntry, UniprotHit, read_entry, single_entry
from .isoforms import Isoform, isoforms_of
from .mapping import IdMapping, Waiting, map_ids
from .paging import CutPage, check_page, check_whole, walk_pages
from .query import Term, query_text

__all__ = ["Release", "UniprotLive"]

_BATCH = 50
"""Whole entries a request: they average 70 kB, and single ones reach 1 MB."""
_MOST_ENTRIES = 1_000
_SHOWN = 10

T = TypeVar("T")


class Release(Record):
    """A release of UniProt, such as 2025_03."""

    name: str
    date: dt.date | None = None


class UniprotLive:
    """Look-ups in UniProtKB over a session. What is found comes as `Found`, which says where it is not complete."""

    def __init__(self, session: Session, waiting: Waiting | None = None) -> None:
        self._session = session
        self._waiting = waiting or Waiting()

    async def entry(self, accession: str) -> Found[AnyEntry]:
        """The entry of an accession, or what became of it.

        An accession that was merged into another gives that other entry, with a notice. An isoform's accession gives
        the entry that holds it, with a notice. A deleted or split-up one gives an InactiveEntry: `single_entry` makes
        an error of that.

        Raises:
            InvalidIdentifier: no accession by its shape; nothing was sent.
            NotFound: no such entry, or no such isoform in it.
        """
        asked = _accession(accession)
        replies: list[Reply] = []
        notices: list[str] = []
        row = await self._record(asked.partition("-")[0], replies)
        if isinstance(row, InactiveEntry) and row.reason == "MERGED" and len(row.successors) == 1:
            notices.append(row.sentence)
            row = await self._record(row.successors[0], replies)
        elif row.accession != asked.partition("-")[0]:
            notices.append(f"{asked.partition('-')[0]} was merged into {row.accession}.")
        if isinstance(row, InactiveEntry):
            notices.append(row.sentence)
        elif "-" in asked:
            notices.append(_about_isoform(asked, row))
        return self._found((row,), replies, total=1, notices=notices)

    async def entries(self, accessions: Iterable[str]) -> Found[AnyEntry]:
        """The entries of many accessions, in the order asked for, each once; those that did not come are named.

        Raises InvalidIdentifier and LimitReached before anything is sent.
        """
        asked = tuple(dict.fromkeys(_accession(name).partition("-")[0] for name in accessions))
        if not asked:
            raise InvalidArguments("There are no accessions to ask for.")
        if len(asked) > _MOST_ENTRIES:
            raise LimitReached(f"{len(asked):,} entries are more than {_MOST_ENTRIES:,} at once.", "Ask in parts.")
        replies: list[Reply] = []
        notices: list[str] = []
        unanswered: list[str] = []
        rows: list[AnyEntry] = []
        for start in range(0, len(asked), _BATCH):
            part = asked[start : start + _BATCH]
            try:
                reply = await self._batch(part)
            except Unavailable as error:
                if len(asked) <= _BATCH or (start + _BATCH >= len(asked) and not replies):
                    raise
                notices.append(f"{len(part)} accessions could not be asked for: {error.message}")
                unanswered += part
                continue
            replies.append(reply)
            rows += _rows(reply, notices)
        by_name = _by_name(rows)
        found = tuple({row.accession: row for name in asked if (row := by_name.get(name)) is not None}.values())
        missing = [name for name in asked if name not in by_name and name not in unanswered]
        if missing:
            more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
            notices.append(f"UniProt gave no entry for {', '.join(missing[:_SHOWN])}{more}.")
        notices += [row.sentence for row in found if isinstance(row, InactiveEntry)]
        lacking = len(missing) + len(unanswered)
        return self._found(found, replies, len(found) + lacking, not lacking, notices)

    async def search(self, fields: Mapping[str, Term], most: int = 2_000) -> Found[UniprotHit]:
        """Entries in short for which all fields hold; `query.SEARCH_FIELDS` and `reviewed` are what can be asked.

        Raises:
            InvalidArguments: a field that is not known, or a value that does not fit it; nothing was sent.
            Unavailable: the first page did not come. Where a later one does not, `complete` is false.
        """
        parameters = {"query": query_text(fields), "fields": HIT_FIELDS, "format": "json"}
        walk = await walk_pages(
            self._session, "/uniprotkb/search", parameters, max(1, most), _hit, lambda row: row.accession
        )
        return self._found(tuple(walk.rows), walk.replies, walk.total, walk.complete, walk.notices)

    async def map_ids(self, from_database: str, to_database: str, ids: Iterable[str], most: int = 100_000) -> IdMapping:
        """Identifiers of one database in another, such as from `UniProtKB_AC-ID` to `ChEMBL`.

        Raises:
            InvalidArguments, InvalidIdentifier: refused before anything was sent.
            SourceUnavailable: the job was not done in time.
        """
        return await map_ids(self._session, from_database, to_database, ids, max(1, most), self._waiting)

    async def isoforms(self, accession: str) -> Found[Isoform]:
        """The isoforms of an entry with their sequences. Raises as `entry`, and NotFound for one that is inactive."""
        found = await self.entry(_accession(accession).partition("-")[0])
        rows = isoforms_of(single_entry(found))
        notices = [f"{row.id} comes without a sequence: {row.no_sequence_because}." for row in rows if not row.sequence]
        return Found(
            rows, found.source, found.backend, found.retrieved_at, len(rows), True, (*found.notices, *notices)
        )  # fmt: skip

    async def release(self) -> Release:
        """The release that the service has now. Raises BadReply where it does not say."""
        parameters: dict[str, str | int] = {"query": "accession:P69905", "fields": "accession", "size": 1}
        reply = await self._session.fetch(
            Request("uniprot", "/uniprotkb/search", parameters, check=check_page, kept=False)
        )
        if not reply.release:
            raise BadReply("UniProt does not say which release it is.", "Ask again later.")
        return Release(name=clean(reply.release), date=_date(reply.headers.get("x-uniprot-release-date", "")))

    async def _batch(self, accessions: Sequence[str]) -> Reply:
        """A page with the entries of these accessions; one that is cut is taken as it is, but not kept."""
        parameters: dict[str, str | int] = {"accessions": ",".join(accessions), "size": len(accessions)}
        try:
            return await self._session.fetch(Request("uniprot", "/uniprotkb/accessions", parameters, check=check_whole))
        except CutPage:
            return await self._session.fetch(
                Request("uniprot", "/uniprotkb/accessions", parameters, check=check_page, kept=False)
            )

    async def _record(self, accession: str, replies: list[Reply]) -> AnyEntry:
        def check(reply: Reply) -> None:
            _entry_of(reply, accession)

        try:
            reply = await self._session.fetch(Request("uniprot", f"/uniprotkb/{accession}", check=check))
        except NotFound as error:
            raise NotFound(
                f"UniProt has no entry {accession}.", "Check the accession, or search by gene or name."
            ) from error
        replies.append(reply)
        return _entry_of(reply, accession)

    def _found(
        self,
        rows: tuple[T, ...],
        replies: Sequence[Reply],
        total: int | None,
        complete: bool = True,
        notices: Sequence[str] = (),
    ) -> Found[T]:
        oldest = min(replies, key=lambda reply: reply.retrieved_at)
        cached = any(reply.backend == "cache" for reply in replies)
        stale = [f"UniProt did not answer; an older reply stands in. {reply.stale}" for reply in replies if reply.stale]
        return Found(
            rows=rows,
            source=source_of(self._session.transport.service("uniprot"), replies),
            backend="cache" if cached else "live",
            retrieved_at=oldest.retrieved_at,
            total=total,
            complete=complete,
            notices=(*notices, *stale),
        )


def _accession(text: str) -> str:
    """An accession as UniProt writes it. Raises InvalidIdentifier."""
    accession = text.strip().upper()
    if not is_uniprot_accession(accession):
        raise InvalidIdentifier(
            f"“{shorten(clean(text), 40)}” is no UniProt accession.", "An accession looks like P00533 or A0A024R161."
        )
    return accession


def _entry_of(reply: Reply, accession: str) -> AnyEntry:
    """The entry in a reply, once it is the one asked for. Raises BadReply."""
    row = read_entry(reply.value)
    others = row.secondary_accessions if isinstance(row, UniprotEntry) else ()
    if accession not in (row.accession, *others):
        raise BadReply(f"UniProt: the entry {shorten(row.accession, 20)} came for {accession}.", "Ask again later.")
    return row


def _rows(reply: Reply, notices: list[str]) -> Iterator[AnyEntry]:
    """The entries of a page; one that cannot be read is named and left out."""
    for value in reply.value["results"]:
        try:
            yield read_entry(value)
        except BadReply as error:
            notices.append(error.message)


def _by_name(rows: Sequence[AnyEntry]) -> dict[str, AnyEntry]:
    """Entries by accession, and by secondary accession where only one of them bears it."""
    found = {row.accession: row for row in rows}
    bearers: dict[str, list[AnyEntry]] = {}
    for row in found.values():
        for name in row.secondary_accessions if isinstance(row, UniprotEntry) else ():
            bearers.setdefault(name, []).append(row)
    alone = {name: several[0] for name, several in bearers.items() if len(several) == 1}
    return {**alone, **found}


def _hit(value: Any) -> UniprotHit:
    return read(UniprotHit, value)


def _about_isoform(asked: str, entry: UniprotEntry) -> str:
    listed = tuple(name for row in isoforms_of(entry) for name in (row.id, *row.other_ids))
    only = entry.products is None and asked == f"{entry.accession}-1"
    if asked not in listed and not only:
        raise NotFound(
            f"UniProt's entry {entry.accession} has no isoform {asked}.", "Ask for one of those it has.", listed
        )
    return f"{asked} is an isoform; the entry {entry.accession} stands for all of them, with the canonical sequence."


def _date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text.strip(), "%d-%B-%Y").date()
    except ValueError:
        return None
