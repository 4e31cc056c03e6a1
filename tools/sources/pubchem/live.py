"""PubChem's PUG REST as it answers now. Two hops: `PubchemLive` → `Session.fetch`.

Names go in the body of a POST, so that nothing in them acts in an address. A structure is sent only where it may leave;
its InChIKey, computed here, finds the same compound without it.
"""

from __future__ import annotations

import re
from typing import TypeVar

from ....memory.errors import (
    BadReply,
    InvalidIdentifier,
    InvalidStructure,
    NotApproved,
    NotFound,
    SourceUnavailable,
)
from ....memory.text import clean, shorten
from ..chembl import checked
from ..found import Found, source_of
from ..pace import pace_of
from ..plain import texts
from ..request import Reply, Request
from ..sending import Revealing
from ..transport import Session
from .compound import PROPERTIES, Compound
from .faults import hold_s, raise_fault, refused

__all__ = ["PubchemLive"]

_CID = re.compile(r"(?:CID[\s:]*)?(\d{1,10})", re.IGNORECASE | re.ASCII)
_MOST_COMPOUNDS = 100
"""So many compounds of one name or key are read; the rest is counted."""

T = TypeVar("T")


class PubchemLive:
    """Look-ups of compounds within one session of the transport.

    Args:
        session: of the transport.
        structures_may_leave: whether `by_structure` may send a structure.

    Raises (every look-up):
        InvalidIdentifier, InvalidArguments, InvalidStructure: before anything is sent.
        NotFound: PubChem has no such compound.
        OfflineRefused, RateLimited, BadReply, SourceUnavailable: as the transport does.
    """

    def __init__(self, session: Session, structures_may_leave: bool = False) -> None:
        self.session = session
        self.structures_may_leave = structures_may_leave

    async def compound(self, cid: int | str) -> Found[Compound]:
        """The compound of that CID, given as a number or as in `CID 2244`."""
        wanted = _cid(cid)
        found = await self._compounds(f"cid/{wanted}", None, f"CID {wanted}")
        if any(row.cid != wanted for row in found.rows):
            raise BadReply(f"PubChem: another compound came for CID {wanted}.", "Ask again later.")
        return found

    async def by_inchikey(self, inchikey: str, *, computed: bool = False) -> Found[Compound]:
        """The compounds of that InChIKey; most often one.

        Args:
            inchikey: of the compound.
            computed: whether it was computed here from a structure of the user's, so that it reveals one.
        """
        wanted = checked.inchikey(inchikey)
        reveals: tuple[Revealing, str] | None = ("InChIKey", wanted) if computed else None
        found = await self._compounds(f"inchikey/{wanted}", None, f"InChIKey {wanted}", reveals)
        if any(row.inchikey not in (wanted, None) for row in found.rows):
            raise BadReply(f"PubChem: another compound came for {wanted}.", "Ask again later.")
        return found

    async def named(self, name: str) -> Found[Compound]:
        """The compounds that PubChem finds by this name; several where depositors disagree about it."""
        wanted = checked.name(name)
        return await self._compounds("name", {"name": wanted}, f"name {shorten(wanted, 80)}")

    async def by_structure(self, smiles: str) -> Found[Compound]:
        """The compound of exactly this structure. Prefer `by_inchikey`, which sends no structure.

        Raises:
            NotApproved: structures may not leave; nothing was sent.
            InvalidStructure: PubChem cannot read it.
        """
        wanted = checked.structure(smiles)
        shown, host = shorten(clean(wanted), 80), self.session.transport.service("pubchem").host
        if not self.structures_may_leave:
            raise NotApproved(
                f"The structure {shown} would leave this machine for {host}, which is not allowed.",
                "Ask by its InChIKey, which is computed here, or allow it for this call.",
            )
        try:
            found = await self._compounds("smiles", {"smiles": wanted}, f"structure {shown}", ("structure", wanted))
        except (SourceUnavailable, NotFound) as error:
            self.session.notices.append(f"The structure {shown} was sent to {host}, which gave no compound for it.")
            if isinstance(error, BadReply) and "PUGREST.BadRequest" in error.message:
                raise InvalidStructure(error.message, "Check the SMILES.") from error
            raise
        went = f"was sent to {host}" if found.backend == "live" else "was not sent now: a kept reply answered"
        return found.noting(f"The structure {shown} {went}.")

    async def synonyms(self, cid: int | str) -> Found[str]:
        """Every name that PubChem lists for a compound, in its order; `chembl_ids_among` picks ChEMBL ids."""
        wanted = _cid(cid)

        def check(reply: Reply) -> None:
            raise_fault(reply.value)
            _names(reply, wanted)

        reply = await self._fetch(Request("pubchem", f"/compound/cid/{wanted}/synonyms/JSON", check=check))
        names = _names(reply, wanted)
        return self._found(names, reply, len(names))

    async def _compounds(
        self, by: str, body: dict[str, str] | None, what: str, reveals: tuple[Revealing, str] | None = None
    ) -> Found[Compound]:
        path = f"/compound/{by}/property/{PROPERTIES}/JSON"
        try:
            reply = await self._fetch(
                Request("pubchem", path, body=body, form=body is not None, check=_check_table), reveals
            )
        except NotFound as error:
            raise _absent(what) from error
        rows, unread = [], 0
        for value in reply.value["PropertyTable"]["Properties"]:
            try:
                rows.append(Compound.read(value))
            except BadReply:
                unread += 1
        known = tuple(
            {row.cid: row for row in rows if row.cid > 0}.values()
        )  # CID 0 is a structure that it does not know
        if not known and not unread:
            raise _absent(what)
        if not known:
            raise BadReply("PubChem: no compound of the reply could be read.", "Ask again later.")
        notices = []
        if unread:
            notices.append(f"PubChem: {unread:,} compounds could not be read and are left out.")
        if len(known) > _MOST_COMPOUNDS:
            notices.append(f"PubChem has {len(known):,} compounds for {what}; {_MOST_COMPOUNDS} are given.")
        total = len(known) + unread
        return self._found(known[:_MOST_COMPOUNDS], reply, total).noting(*notices)

    async def _fetch(self, request: Request, reveals: tuple[Revealing, str] | None = None) -> Reply:
        """The reply; where PubChem asks for less, the next requests of this process wait."""
        try:
            reply = await self.session.fetch(request, reveals=reveals)
        except BadReply as error:
            worded = refused(error)
            if worded is error:
                raise
            raise worded from error
        transport = self.session.transport
        seconds = hold_s(reply.headers) if reply.backend == "live" else 0.0
        if seconds:
            service = transport.service("pubchem")
            pace_of(service.host, transport.clock).hold_back(service.name, seconds)
            if seconds > 1:
                self.session.notices.append(f"PubChem asks for fewer requests and is left alone for {seconds:.0f} s.")
        return reply

    def _found(self, rows: tuple[T, ...], reply: Reply, total: int) -> Found[T]:
        source = source_of(self.session.transport.service("pubchem"), [reply])
        return Found(rows, source, reply.backend, reply.retrieved_at, total, len(rows) >= total)


def _cid(given: int | str) -> int:
    """Raises InvalidIdentifier."""
    hit = _CID.fullmatch(str(given).strip())
    if hit is None or not 0 < int(hit[1]) < 2**31:
        raise InvalidIdentifier(
            f"“{shorten(clean(str(given)), 40)}” is no PubChem CID.", "A CID is a number, such as 2244."
        )
    return int(hit[1])


def _absent(what: str) -> NotFound:
    return NotFound(f"PubChem has no compound of {what}.", "Check it; a compound may be there under another name.")


def _check_table(reply: Reply) -> None:
    raise_fault(reply.value)
    rows = reply.value["PropertyTable"]["Properties"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadReply("PubChem: no table of compounds came.", "Ask again later.")


def _names(reply: Reply, cid: int) -> tuple[str, ...]:
    """The names in a reply about this CID. Raises BadReply; LookupError and TypeError become one."""
    listed = reply.value["InformationList"]["Information"]
    about = [item for item in listed if item["CID"] == cid]
    if not about:
        raise BadReply(f"PubChem: names of another compound came for CID {cid}.", "Ask again later.")
    return texts(about[0].get("Synonym") or [])
