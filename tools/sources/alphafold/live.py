"""AlphaFold DB: the models of a UniProt accession, in one reply."""

from __future__ import annotations

from ....memory.errors import InvalidIdentifier, NotFound
from ....memory.text import clean, shorten
from ...identifiers import is_uniprot_accession
from ..found import Found
from ..node import Node, readable
from ..request import Reply, Request
from ..transport import Session
from ..walk import found_in
from .model import Model, read_model

__all__ = ["AlphaFold"]

_TITLE = "AlphaFold DB"


class AlphaFold:
    """The client. Requests go through `session`, which paces, retries and keeps them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._service = session.transport.service("alphafold")

    async def models(self, accession: str) -> Found[Model]:
        """The models of exactly this accession; those of its isoforms, which come along, are left out with a notice.

        Raises:
            InvalidIdentifier: no accession by its shape; nothing was sent.
            NotFound: there is no model of it.
        """
        asked = accession.strip().upper()
        if not is_uniprot_accession(asked):
            raise InvalidIdentifier(
                f"“{shorten(clean(accession), 40)}” is no UniProt accession.", "An accession looks like P00533."
            )
        absent = NotFound(f"{_TITLE} has no model of {asked}.", "Very long and very new proteins have none.")
        try:
            reply = await self._session.fetch(Request("alphafold", f"/prediction/{asked}", check=_check))
        except NotFound as error:
            raise absent from error
        rows, unreadable = readable(Node(reply.value, _TITLE).nodes(), read_model)
        mine = sorted((row for row in rows if row.accession == asked), key=lambda row: row.first_residue or 0)
        if not mine and not unreadable:
            raise absent
        notices = []
        if unreadable:
            notices.append(f"{unreadable} models of {_TITLE} could not be read and are left out.")
        if len(rows) > len(mine):
            notices.append(f"{len(rows) - len(mine)} models of other isoforms are left out.")
        return found_in(self._service, mine, (reply,), len(mine) + unreadable, not unreadable, notices)


def _check(reply: Reply) -> None:
    """Refuse what is no list of models. Raises BadReply."""
    root = Node(reply.value, _TITLE)
    if not isinstance(reply.value, list):
        raise root.wrong("a list")
    if root.nodes() and not readable(root.nodes(), read_model)[0]:
        read_model(root.nodes()[0])
