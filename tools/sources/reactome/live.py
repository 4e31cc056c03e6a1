"""Reactome's content service as it answers now. Two hops: `ReactomeLive` → `Session.fetch`."""

from __future__ import annotations

from ....memory.errors import BadReply, NotFound
from ....memory.text import shorten
from ..chembl import checked
from ..found import Found, source_of
from ..plain import one_line, text, texts
from ..release import stated_release
from ..request import Reply, Request
from ..transport import Session
from .pathway import Pathway

__all__ = ["ReactomeLive"]

HUMAN = 9606


class ReactomeLive:
    """Look-ups of pathways within one session of the transport."""

    def __init__(self, session: Session) -> None:
        self.session = session

    async def pathways(self, accession: str) -> Found[Pathway]:
        """The human pathways in which Reactome places this protein itself, by name; not the larger ones around them.

        Raises:
            InvalidIdentifier: before anything is sent.
            NotFound: Reactome places it in none, or does not know it: it does not say which.
            OfflineRefused, RateLimited, BadReply, SourceUnavailable: as the transport does.
        """
        wanted = checked.accession(accession).partition("-")[0]
        version = Request("reactome", "/data/database/version", kind="text", check=_check_version)
        release = await stated_release(self.session, version, _version)
        path = f"/data/mapping/UniProt/{wanted}/pathways"
        try:
            reply = await self.session.fetch(
                Request("reactome", path, {"species": HUMAN}, check=_check, release=release)
            )
        except NotFound as error:
            raise _absent(wanted) from error
        rows: dict[str, Pathway] = {}
        unread = 0
        for value in reply.value:
            try:
                row = Pathway.read(value)
            except BadReply:
                unread += 1
                continue
            rows.setdefault(row.stable_id, row)
        if not rows and not unread:
            raise _absent(wanted)
        total = len(rows) + unread
        notices = (f"Reactome: {unread:,} pathways could not be read and are left out.",) if unread else ()
        source = source_of(self.session.transport.service("reactome"), [reply])
        ordered = tuple(sorted(rows.values(), key=lambda row: (row.name.casefold(), row.stable_id)))
        return Found(ordered, source, reply.backend, reply.retrieved_at, total, not unread, notices)


def _absent(accession: str) -> NotFound:
    return NotFound(
        f"Reactome places {accession} in no human pathway.",
        "Check the accession; Reactome does not hold every protein.",
    )


def _check(reply: Reply) -> None:
    value = reply.value
    if isinstance(value, dict) and "messages" in value:
        said = shorten("; ".join(texts(value["messages"])) or text(value.get("reason")) or "it says nothing", 160)
        if value.get("code") == 404:
            raise NotFound(f"Reactome: {said}.", "Check the accession.")
        raise BadReply(f"Reactome refused the request: {said}.", "Check the accession.")
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise BadReply("Reactome: no list of pathways came.", "Ask again later.")


def _check_version(reply: Reply) -> None:
    _version(reply)


def _version(reply: Reply) -> str:
    """Such as 94. Raises BadReply."""
    version = one_line(reply.text)
    if not (version.isascii() and version.isdecimal() and len(version) <= 5):
        raise BadReply("Reactome: its version is no number.", "Ask again later.")
    return version
