"""The Open Targets Platform over a session. Three hops: `OpenTargets` → `walk_pages` → `Session.fetch`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ....memory.errors import BadReply, InvalidArguments, InvalidIdentifier, NotFound
from ....memory.text import shorten
from ..found import Found
from ..graphql import graphql_request
from ..node import Node, readable
from ..plain import one_line
from ..request import Reply
from ..transport import Session
from ..walk import Page, Place, found_in, walk_pages
from .queries import ASSOCIATIONS, ASSOCIATIONS_WITH, CANDIDATES, SEARCH_DISEASES, SEARCH_TARGETS, TARGET
from .records import (
    Association,
    Candidate,
    DiseaseHit,
    Target,
    TargetHit,
    is_disease_id,
    is_ensembl_gene,
    read_association,
    read_candidate,
    read_disease_hit,
    read_target,
    read_target_hit,
)

__all__ = ["OpenTargets"]

PAGE_ROWS = 200
"""Rows a request; the service gives 3,000 at most."""
_NEAREST = 5
_SEARCHED = 50
_TITLE = "Open Targets"

T = TypeVar("T")
R = TypeVar("R")


class OpenTargets:
    """The client. Requests go through `session`, which paces, retries and keeps them."""

    def __init__(self, session: Session, page_rows: int = PAGE_ROWS) -> None:
        self._session = session
        self._service = session.transport.service("opentargets")
        self._page_rows = page_rows

    async def search(self, text: str, most: int = 25) -> Found[TargetHit]:
        """Targets by words, best first.

        Raises:
            InvalidArguments: no words.
            Unavailable: the first page could not be had; later failures make the result incomplete instead.
        """
        variables = {"text": _words(text)}
        return await self._pages(
            SEARCH_TARGETS, variables, ("search",), "hits", "total", read_target_hit, lambda hit: hit.ensembl_id, most
        )

    async def search_diseases(self, text: str, most: int = 25) -> Found[DiseaseHit]:
        """Diseases and phenotypes by words, best first. Raises as `search`."""
        variables = {"text": _words(text)}
        return await self._pages(
            SEARCH_DISEASES, variables, ("search",), "hits", "total", read_disease_hit, lambda hit: hit.id, most
        )

    async def by_symbol(self, symbol: str) -> Found[TargetHit]:
        """The one target of exactly this gene symbol.

        Raises:
            NotFound: none has it; `nearest` holds the symbols that come closest.
        """
        wanted = one_line(symbol)
        return await self._only(wanted, "the symbol", lambda hit: hit.symbol.casefold() == wanted.casefold())

    async def by_accession(self, accession: str) -> Found[TargetHit]:
        """The one target that is linked to exactly this UniProt accession. Raises NotFound as `by_symbol`."""
        wanted = one_line(accession).upper().partition("-")[0]
        return await self._only(wanted, "the UniProt accession", lambda hit: wanted in hit.accessions)

    async def disease(self, name_or_id: str) -> Found[DiseaseHit]:
        """The one disease of exactly this name, or of this id.

        Raises:
            NotFound: none has it; `nearest` holds the names that come closest.
        """
        found = await self.search_diseases(name_or_id, _SEARCHED)
        wanted = one_line(name_or_id).casefold()
        rows = [hit for hit in found.rows if wanted in (hit.name.casefold(), hit.id.casefold())]
        rows = [hit for hit in rows if is_disease_id(hit.id)]
        if not rows:
            nearest = tuple(f"{hit.name} ({hit.id})" for hit in found.rows[:_NEAREST])
            raise NotFound(
                f"{_TITLE} has no disease called {shorten(one_line(name_or_id), 60)}.",
                "Take one of the nearest.",
                nearest,
            )
        return Found((rows[0],), found.source, found.backend, found.retrieved_at, 1)

    async def target(self, ensembl_id: str) -> Found[Target]:
        """A target with its tractability and safety liabilities.

        Raises:
            InvalidIdentifier: no Ensembl gene id by its shape; nothing was sent.
            NotFound: no such target.
        """

        def read(root: Node) -> tuple[Target, str]:
            return read_target(_target(root, ensembl_id)), _release(root)

        reply, (target, release) = await self._ask(TARGET, {"id": _ensembl(ensembl_id)}, read)
        return found_in(self._service, (target,), (reply,), 1, release=release)

    async def associations(self, ensembl_id: str, most: int = 25, diseases: tuple[str, ...] = ()) -> Found[Association]:
        """Diseases that the target is associated with, best overall score first.

        Args:
            ensembl_id: the target.
            most: how many at most.
            diseases: only these, by id.

        Raises as `target`.
        """
        for name in diseases:
            if not is_disease_id(name):
                raise InvalidIdentifier(
                    f"“{shorten(one_line(name), 40)}” is no disease id.", "A disease id looks like MONDO_0005233."
                )
        variables: dict[str, Any] = {"id": _ensembl(ensembl_id), **({"diseases": list(diseases)} if diseases else {})}
        path = ("target", "associatedDiseases")
        return await self._pages(
            ASSOCIATIONS_WITH if diseases else ASSOCIATIONS,
            variables,
            path,
            "rows",
            "count",
            read_association,
            lambda row: row.disease_id,
            most,
        )

    async def candidates(self, ensembl_id: str) -> Found[Candidate]:
        """Drugs and clinical candidates that act on the target; the service gives all of them in one reply.

        Raises as `target`.
        """

        def read(root: Node) -> _Listed[Candidate]:
            listed = _target(root, ensembl_id).at("drugAndClinicalCandidates")
            return _listed(root, listed.nodes("rows"), listed.whole("count"), read_candidate)

        async def page(_place: Place | None, anew: bool) -> Page[Candidate]:
            reply, listed = await self._ask(CANDIDATES, {"id": _ensembl(ensembl_id)}, read, anew)
            return Page(listed.rows, reply, listed.total, None, listed.release, listed.unreadable)

        # Nothing says that a drug has one row only.
        return await walk_pages(
            self._service, page, lambda row: (row.drug_id, row.stage, row.diseases), most=1_000_000
        )  # fmt: skip

    async def _only(self, wanted: str, what: str, fits: Callable[[TargetHit], bool]) -> Found[TargetHit]:
        """The first hit that fits. Raises NotFound."""
        found = await self.search(wanted, _SEARCHED)
        rows = [hit for hit in found.rows if fits(hit) and is_ensembl_gene(hit.ensembl_id)]
        if not rows:
            raise NotFound(
                f"{_TITLE} has no target with {what} {shorten(wanted, 60)}.",
                "Check the gene symbol.",
                tuple(f"{hit.symbol} ({hit.ensembl_id})" for hit in found.rows[:_NEAREST]),
            )
        notices = () if len(rows) == 1 else (
            f"{_TITLE} has {len(rows)} genes with {what} {shorten(wanted, 60)}; {rows[0].ensembl_id} is taken.",
        )  # fmt: skip
        return Found((rows[0],), found.source, found.backend, found.retrieved_at, 1, True, notices)

    async def _pages(
        self,
        query: str,
        variables: Mapping[str, Any],
        path: tuple[str, ...],
        rows_at: str,
        total_at: str,
        read: Callable[[Node], T],
        key: Callable[[T], Hashable],
        most: int,
    ) -> Found[T]:
        """The rows that a query lists, by numbered pages of one size."""
        size = max(1, min(most, self._page_rows))

        def read_page(root: Node) -> _Listed[T]:
            place = _target(root, variables["id"]) if path[0] == "target" else root.at("data", path[0])
            place = place.at(*path[1:])
            return _listed(root, place.nodes(rows_at), place.whole(total_at), read)

        async def page(place: Place | None, anew: bool) -> Page[T]:
            index = int(place or 0)
            reply, listed = await self._ask(query, {**variables, "index": index, "size": size}, read_page, anew)
            some = bool(listed.rows or listed.unreadable)
            more = some and listed.total is not None and (index + 1) * size < listed.total
            following = index + 1 if more else None
            return Page(listed.rows, reply, listed.total, following, listed.release, listed.unreadable)

        return await walk_pages(self._service, page, key, max(1, most))

    async def _ask(
        self, query: str, variables: Mapping[str, Any], read: Callable[[Node], R], anew: bool = False
    ) -> tuple[Reply, R]:
        reply = await self._session.fetch(graphql_request("opentargets", _TITLE, query, variables, read), anew=anew)
        return reply, read(Node(reply.value, _TITLE))


@dataclass(frozen=True)
class _Listed(Generic[T]):
    """The rows of one reply, and what it says of them."""

    rows: tuple[T, ...]
    unreadable: int
    total: int | None
    release: str


def _listed(root: Node, nodes: tuple[Node, ...], total: int | None, read: Callable[[Node], T]) -> _Listed[T]:
    rows, unreadable = readable(nodes, read)
    return _Listed(rows, unreadable, total, _release(root))


def _words(text: str) -> str:
    words = one_line(text)
    if not words:
        raise InvalidArguments("There is nothing to search for.")
    return shorten(words, 200)


def _ensembl(text: str) -> str:
    ensembl_id = text.strip().upper()
    if not is_ensembl_gene(ensembl_id):
        raise InvalidIdentifier(
            f"“{shorten(one_line(text), 40)}” is no Ensembl gene id.", "An Ensembl gene id looks like ENSG00000146648."
        )
    return ensembl_id


def _target(root: Node, ensembl_id: str) -> Node:
    """The target in a reply, once it is the one asked for. Raises NotFound and BadReply."""
    target, asked = root.at("data", "target"), ensembl_id.strip().upper()
    if target.value is None:
        raise NotFound(f"{_TITLE} has no target {asked}.", "Check the Ensembl id.")
    if target.needed("id") != asked:
        raise BadReply(f"{_TITLE}: the target {shorten(target.needed('id'), 20)} came for {asked}.", "Ask again later.")
    return target


def _release(root: Node) -> str:
    """The data release, such as 26.06; empty where the reply does not name it."""
    version = root.at("data", "meta", "dataVersion")
    parts = [version.value.get(name) for name in ("year", "month", "iteration")] if version.value else []
    return ".".join(one_line(str(part)) for part in parts if part not in (None, ""))
