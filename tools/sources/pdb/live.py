"""Structures of a protein: RCSB's search names them by resolution, its data service then tells about them, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ....memory.errors import InvalidIdentifier
from ....memory.text import clean, shorten
from ...identifiers import is_uniprot_accession
from ..found import Found
from ..graphql import graphql_request
from ..node import Node, readable
from ..request import Reply, Request
from ..transport import Session
from ..walk import Page, Place, walk_pages
from .structure import ENTRIES, Structure, is_pdb_id, read_structure

__all__ = ["ProteinDataBank"]

PAGE_ROWS = 50
_TITLE = "RCSB PDB"
_ACCESSION = "rcsb_polymer_entity_container_identifiers.reference_sequence_identifiers.database_accession"


class ProteinDataBank:
    """The client. Requests go through `session`, which paces, retries and keeps them."""

    def __init__(self, session: Session, page_rows: int = PAGE_ROWS) -> None:
        self._session = session
        self._service = session.transport.service("rcsb")
        self._page_rows = page_rows

    async def structures(self, accession: str, most: int = 25) -> Found[Structure]:
        """Experimental structures with a protein of this UniProt accession, best resolution first, those without one last.

        Raises:
            InvalidIdentifier: no accession by its shape; nothing was sent.
            Unavailable: the first page could not be had; later failures make the result incomplete instead.
        """
        asked = accession.strip().upper().partition("-")[0]
        if not is_uniprot_accession(asked):
            raise InvalidIdentifier(
                f"“{shorten(clean(accession), 40)}” is no UniProt accession.", "An accession looks like P00533."
            )
        size = max(1, min(most, self._page_rows))

        async def page(place: Place | None, anew: bool) -> Page[Structure]:
            start = int(place or 0)
            listing = await self._session.fetch(_search(asked, start, size), anew=anew)
            ids, total = _listed(listing)
            following = start + size if ids and start + size < total else None
            if not ids:
                return Page((), listing, total, following)
            reply, rows = await self._entries(ids, asked, anew)
            oldest = min((listing, reply), key=lambda each: each.retrieved_at)
            return Page(rows, oldest, total, following, unreadable=len(ids) - len(rows))

        found = await walk_pages(self._service, page, lambda row: row.pdb_id, max(1, most))
        return replace(found, rows=tuple(sorted(found.rows, key=_by_resolution)))

    async def _entries(self, ids: tuple[str, ...], accession: str, anew: bool) -> tuple[Reply, tuple[Structure, ...]]:
        """What the data service tells of these entries, in their order; one that it lacks or garbles is left out."""

        def read(root: Node) -> dict[str, Structure]:
            entries = root.at("data", "entries")
            if not isinstance(entries.value, list):
                raise entries.wrong("a list")
            rows, _ = readable(entries.nodes(), lambda node: read_structure(node, accession))
            return {row.pdb_id: row for row in rows}

        request = graphql_request("rcsb", _TITLE, ENTRIES, {"ids": list(ids)}, read, "/graphql")
        reply = await self._session.fetch(request, anew=anew)
        known = read(Node(reply.value, _TITLE))
        return reply, tuple(known[name] for name in ids if name in known)


def _by_resolution(row: Structure) -> tuple[bool, float]:
    return row.resolution_angstrom is None, row.resolution_angstrom or 0.0


def _search(accession: str, start: int, size: int) -> Request:
    body: dict[str, Any] = {
        "query": {
            "type": "terminal",
            "service": "text",
            "parameters": {"attribute": _ACCESSION, "operator": "exact_match", "value": accession},
        },
        "return_type": "entry",
        "request_options": {
            "paginate": {"start": start, "rows": size},
            "results_content_type": ["experimental"],
            "sort": [{"sort_by": "rcsb_entry_info.resolution_combined", "direction": "asc"}],
        },
    }
    return Request("rcsb_search", "/query", body=body, check=_check, may_be_empty=True)


def _check(reply: Reply) -> None:
    _listed(reply)


def _listed(reply: Reply) -> tuple[tuple[str, ...], int]:
    """The ids that a search names, and how many there are in all. Raises BadReply."""
    if reply.value is None and not reply.body:
        return (), 0
    root = Node(reply.value, _TITLE)
    ids = tuple(node.needed("identifier").upper() for node in root.nodes("result_set"))
    total = root.whole("total_count")
    if total is None:
        raise root.at("total_count").wrong("a count")
    for name in ids:
        if not is_pdb_id(name):
            raise root.at("result_set").wrong("a list of entries' ids")
    return ids, total
