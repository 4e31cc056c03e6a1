"""What can be asked of the service: its resources, a question with its filters, and the request that a question becomes.

Short questions go by GET, long ones by POST with `X-HTTP-Method-Override: GET` and a list of pairs, as the official
client sends all of its own. So do structures: they stand in no address and in no server's log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from ....memory.errors import BadReply
from ....memory.text import clean, shorten
from ..request import Reply, Request

__all__ = [
    "ACTIVITY",
    "ASSAY",
    "DOCUMENT",
    "FORM",
    "INDICATION",
    "LONGEST_QUERY",
    "MECHANISM",
    "MOLECULE",
    "PAGE",
    "PROTEIN",
    "SIMILARITY",
    "SUBSTRUCTURE",
    "TARGET",
    "WARNING",
    "Filter",
    "Question",
    "Resource",
    "check_page",
    "page_request",
    "pairs_request",
]

PAGE = 1000
"""Rows a page: the most that the service gives."""
LONGEST_QUERY = 2000
"""Characters of a query beyond which it goes by POST."""
MOST_ROWS = 200_000

Filter = str | int | Sequence[str]
"""A value, or several of which any may match (for `__in` and `only`)."""


@dataclass(frozen=True)
class Resource:
    """A list that the service gives.

    `key` is the field that tells rows apart. With `keyset` it is a number by which the list can be ordered and cut, so
    that a page starts behind the last row of the one before. `ordered` says whether the list may be ordered by `key`.
    """

    name: str
    collection: str
    key: str
    keyset: bool = False
    ordered: bool = True
    private: bool = False
    """Whether questions may hold a structure, which belongs into no address."""


ACTIVITY = Resource("activity", "activities", "activity_id", keyset=True)
ASSAY = Resource("assay", "assays", "assay_chembl_id")
DOCUMENT = Resource("document", "documents", "document_chembl_id")
FORM = Resource("molecule_form", "molecule_forms", "molecule_chembl_id", ordered=False)
INDICATION = Resource("drug_indication", "drug_indications", "drugind_id", keyset=True)
MECHANISM = Resource("mechanism", "mechanisms", "mec_id", keyset=True)
MOLECULE = Resource("molecule", "molecules", "molecule_chembl_id")
PROTEIN = Resource("target_component", "target_components", "component_id")
SIMILARITY = Resource("similarity", "molecules", "molecule_chembl_id", ordered=False, private=True)
SUBSTRUCTURE = Resource("substructure", "molecules", "molecule_chembl_id", ordered=False, private=True)
TARGET = Resource("target", "targets", "target_chembl_id")
WARNING = Resource("drug_warning", "drug_warnings", "warning_id", keyset=True)


@dataclass(frozen=True)
class Question:
    """All rows of a resource that pass the filters, `most` of them at most."""

    resource: Resource
    filters: Mapping[str, Filter] = field(default_factory=dict)
    most: int = MOST_ROWS


def page_request(question: Question, where: Mapping[str, Filter], release: str) -> Request:
    """The request for one page."""
    resource = question.resource
    asked = {**question.filters, **where}
    query = urlencode(
        {name: value if isinstance(value, (str, int)) else ",".join(value) for name, value in asked.items()}
    )
    # A percent sign is read twice by the service when it stands in an address.
    if not resource.private and len(query) <= LONGEST_QUERY and "%25" not in query:
        return Request("chembl", f"/{resource.name}.json?{query}", check=check_page(resource), release=release)
    pairs = [[name, _quoted(value)] for name, value in asked.items()]
    return pairs_request(resource, f"/{resource.name}.json", pairs, release)


def pairs_request(resource: Resource, path: str, pairs: Sequence[Sequence[Any]], release: str) -> Request:
    """The request for one page by POST."""
    return Request(
        "chembl",
        path,
        body=[list(pair) for pair in pairs],
        headers={"x-http-method-override": "GET"},
        check=check_page(resource),
        release=release,
    )


def _quoted(value: Filter) -> Any:
    """As the service expects values in a body: texts quoted as in an address."""
    if isinstance(value, int):
        return value
    return quote(value) if isinstance(value, str) else [quote(item) for item in value]


def check_page(resource: Resource) -> Callable[[Reply], None]:
    """A check that a reply is a page of this list, with the service's own count."""

    def check(reply: Reply) -> None:
        page = reply.value
        if isinstance(page, dict) and isinstance(page.get(resource.collection), list):
            rows, meta = page[resource.collection], page.get("page_meta")
            count = meta.get("total_count") if isinstance(meta, dict) else None
            kinds = (int,) if resource.keyset else (str, int)
            keyed = all(isinstance(row, dict) and isinstance(row.get(resource.key), kinds) for row in rows)
            if type(count) is int and count >= 0 and keyed:
                return
        said = page.get("error_message") or page.get("error") if isinstance(page, dict) else None
        why = f": {shorten(clean(str(said)), 160)}" if said else ""
        raise BadReply(f"ChEMBL: a reply that is no page of {resource.collection}{why}.", "Ask again later.")

    return check
