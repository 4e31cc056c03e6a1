"""STRING as it answers now. Two hops: `StringLive` → `Session.fetch`.

A protein is first looked up by its accession or symbol, then its partners by STRING's own id, so that no other protein's
can come. The service does not count partners; so all above the score are asked for, and counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from ....memory.errors import BadReply, InvalidArguments, InvalidIdentifier, NotFound
from ....memory.text import clean, shorten
from ...identifiers import is_uniprot_accession
from ..found import Found, source_of
from ..plain import text
from ..release import stated_release
from ..request import Reply, Request
from ..transport import Session
from .partner import HUMAN, Partner, StringProtein, is_string_id

__all__ = ["MOST_PARTNERS", "Network", "StringLive"]

Network = Literal["functional", "physical"]
"""`physical`: only proteins that are in one complex; `functional`: also those that act in one process."""
MOST_PARTNERS = 5_000
"""So many are asked for; the largest hubs have some three thousand."""
_CALLER = "biocopilot"

T = TypeVar("T")


class StringLive:
    """Look-ups of human proteins within one session of the transport.

    Raises (every look-up):
        InvalidIdentifier, InvalidArguments: before anything is sent.
        NotFound: STRING has no such protein.
        OfflineRefused, RateLimited, BadReply, SourceUnavailable: as the transport does.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._release: str | None = None

    async def protein(self, accession: str) -> Found[StringProtein]:
        """The protein that STRING takes for this UniProt accession."""
        wanted = accession.strip().upper().partition("-")[0]
        if not is_uniprot_accession(wanted):
            raise InvalidIdentifier(
                f"“{shorten(clean(accession), 40)}” is no UniProt accession.", "It looks like P00533."
            )
        asked: dict[str, str | int | float] = {"identifiers": wanted, "limit": 1, "echo_query": 1}
        reply = await self._fetch("/json/get_string_ids", asked, wanted)
        rows = [StringProtein.read(row) for row in reply.value]
        if not rows:
            raise _absent(wanted)
        return self._found((rows[0],), reply, 1)

    async def partners(
        self, string_id: str, least_score: float = 0.4, network: Network = "functional"
    ) -> Found[Partner]:
        """Every partner of a protein with at least this combined score, the likeliest first.

        Args:
            string_id: STRING's own id, from `protein`.
            least_score: from 0 to 1; STRING calls 0.4 medium, 0.7 high and 0.9 highest confidence.
            network: which links count.
        """
        if not is_string_id(string_id):
            raise InvalidIdentifier(f"“{shorten(clean(string_id), 40)}” is no STRING id of a human protein.")
        if not 0 <= least_score <= 1:
            raise InvalidArguments(f"A score of {least_score:g} is not between 0 and 1.")
        asked: dict[str, str | int | float] = {
            "identifiers": string_id,
            "required_score": round(least_score * 1_000),
            "network_type": network,
            "limit": MOST_PARTNERS,
        }
        reply = await self._fetch("/json/interaction_partners", asked, string_id)
        rows: dict[str, Partner] = {}
        unread = twice = 0
        for value in reply.value:
            try:
                row = Partner.read(value, string_id)
            except BadReply:
                unread += 1
                continue
            twice += row.string_id in rows
            rows.setdefault(row.string_id, row)
        ordered = tuple(sorted(rows.values(), key=lambda row: (-row.score, row.name)))
        full = len(reply.value) >= MOST_PARTNERS
        notices = []
        if unread:
            notices.append(f"STRING: {unread:,} links could not be read and are left out.")
        if twice:
            notices.append(f"STRING sent {twice:,} partners twice; each is given once.")
        if full:
            notices.append(
                f"STRING was asked for {MOST_PARTNERS:,} partners at most, and gave as many: there may be more."
            )
        total = None if full else len(ordered) + unread
        found = self._found(ordered, reply, total).noting(*notices)
        return found

    async def _fetch(self, path: str, parameters: Mapping[str, str | int | float], what: str) -> Reply:
        if self._release is None:
            version = Request("string", "/json/version", {"caller_identity": _CALLER}, check=_check_version)
            self._release = await stated_release(self.session, version, _version)
        asked = {**parameters, "species": HUMAN, "caller_identity": _CALLER}
        try:
            return await self.session.fetch(Request("string", path, asked, check=_check, release=self._release))
        except NotFound as error:
            raise _absent(what) from error

    def _found(self, rows: tuple[T, ...], reply: Reply, total: int | None) -> Found[T]:
        source = source_of(self.session.transport.service("string"), [reply])
        return Found(rows, source, reply.backend, reply.retrieved_at, total, total is not None and len(rows) >= total)


def _absent(what: str) -> NotFound:
    return NotFound(f"STRING has no human protein {what}.", "Check the accession; STRING holds one protein a gene.")


def _check(reply: Reply) -> None:
    value = reply.value
    error: Any = value[0] if isinstance(value, list) and value else value
    if isinstance(error, dict) and "Error" in error:
        said = shorten(f"{text(error['Error']) or ''}: {text(error.get('ErrorMessage')) or ''}".strip(": "), 160)
        if "not found" in said.lower():
            raise NotFound(f"STRING: {said}.", "Check the identifier.")
        raise BadReply(f"STRING refused the request: {said}.", "Check the identifier.")
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise BadReply("STRING: no list of proteins came.", "Ask again later.")


def _check_version(reply: Reply) -> None:
    _version(reply)


def _version(reply: Reply) -> str:
    """Such as 12.0. Raises BadReply."""
    value = reply.value
    first = value[0] if isinstance(value, list) and value else value
    version = text(first.get("string_version")) if isinstance(first, dict) else None
    if version is None or len(version) > 20:
        raise BadReply("STRING: a reply without a version.", "Ask again later.")
    return version
