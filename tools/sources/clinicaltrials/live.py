"""ClinicalTrials.gov's registry, version 2 of its service. Three hops: `ClinicalTrials` → `walk_pages` → `Session.fetch`.

A page names the token of the next one, and none where it is the last; only the first page says how many there are.
"""

from __future__ import annotations

from ....memory.errors import BadReply, InvalidIdentifier, NotFound
from ....memory.text import shorten
from ..found import Found
from ..node import Node, readable
from ..plain import one_line
from ..request import Reply, Request
from ..transport import Session
from ..walk import Page, Place, found_in, walk_pages
from .query import TrialQuery
from .trial import FIELDS, Trial, is_nct_id, read_trial

__all__ = ["ClinicalTrials"]

PAGE_ROWS = 100
"""Rows a request; the service gives 1,000 at most."""
_LONGEST_TOKEN = 500
_TITLE = "ClinicalTrials.gov"


class ClinicalTrials:
    """The client. Requests go through `session`, which paces, retries and keeps them."""

    def __init__(self, session: Session, page_rows: int = PAGE_ROWS) -> None:
        self._session = session
        self._service = session.transport.service("clinicaltrials")
        self._page_rows = page_rows

    async def search(self, query: TrialQuery, most: int = 25) -> Found[Trial]:
        """Trials, most relevant first.

        Raises:
            Unavailable: the first page could not be had; later failures make the result incomplete instead.
        """
        size = max(1, min(most, self._page_rows))

        async def page(place: Place | None, anew: bool) -> Page[Trial]:
            parameters: dict[str, str | int] = {**query.parameters(), "fields": FIELDS, "pageSize": size}
            parameters |= {"countTotal": "true"} if place is None else {"pageToken": place}
            reply = await self._session.fetch(
                Request("clinicaltrials", "/studies", parameters, check=_check_page), anew=anew
            )
            return _page(reply)

        return await walk_pages(self._service, page, lambda trial: trial.nct_id, max(1, most))

    async def trial(self, nct_id: str) -> Found[Trial]:
        """The trial of an id.

        Raises:
            InvalidIdentifier: no trial's id by its shape; nothing was sent.
            NotFound: no such trial.
        """
        asked = nct_id.strip().upper()
        if not is_nct_id(asked):
            raise InvalidIdentifier(
                f"“{shorten(one_line(nct_id), 40)}” is no trial's id.", "A trial's id looks like NCT01234567."
            )

        def check(reply: Reply) -> None:
            read_trial(Node(reply.value, _TITLE))

        try:
            reply = await self._session.fetch(
                Request("clinicaltrials", f"/studies/{asked}", {"fields": FIELDS}, check=check)
            )
        except NotFound as error:
            raise NotFound(f"{_TITLE} has no trial {asked}.", "Check the id.") from error
        row = read_trial(Node(reply.value, _TITLE))
        notices = [] if row.nct_id == asked else [f"{asked} is now registered as {row.nct_id}."]
        return found_in(self._service, (row,), (reply,), 1, True, notices)


def _check_page(reply: Reply) -> None:
    _page(reply)


def _page(reply: Reply) -> Page[Trial]:
    """The page in a reply. Raises BadReply where it is none."""
    root = Node(reply.value, _TITLE)
    if not isinstance(root.at("studies").value, list):
        raise root.at("studies").wrong("a list")
    rows, unreadable = readable(root.nodes("studies"), read_trial)
    token = root.at("nextPageToken").value
    if token is not None and not (isinstance(token, str) and 0 < len(token) <= _LONGEST_TOKEN):
        raise BadReply(f"{_TITLE}: the token of the next page is none.", "Ask again later.")
    return Page(rows, reply, root.whole("totalCount"), token, unreadable=unreadable)
