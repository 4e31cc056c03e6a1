"""Questions in GraphQL: a POST with the query and its variables. A reply that holds errors is no data, whatever its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...memory.errors import BadReply
from ...memory.text import shorten
from .node import Node
from .plain import one_line
from .request import Reply, Request

__all__ = ["graphql_request"]


def graphql_request(
    service: str,
    title: str,
    query: str,
    variables: Mapping[str, Any],
    read: Callable[[Node], object],
    path: str = "",
) -> Request:
    """The request for a query.

    Args:
        service: its short name.
        title: what errors call it.
        query: in GraphQL; what a user gave goes into `variables` only, never into its text.
        variables: of the query.
        read: reads the reply; one that it cannot read is not kept.
        path: behind the service's base address.
    """

    def check(reply: Reply) -> None:
        _check(reply, title)
        read(Node(reply.value, title))

    return Request(service, path, body={"query": " ".join(query.split()), "variables": dict(variables)}, check=check)


def _check(reply: Reply, title: str) -> None:
    """Refuse errors, and what has no data. Raises BadReply."""
    value = reply.value if isinstance(reply.value, dict) else {}
    errors = value.get("errors")
    if errors:
        words = "; ".join(_words(item) for item in (errors if isinstance(errors, list) else [errors]))
        raise BadReply(
            f"{title} could not answer the question: {shorten(one_line(words), 200)}.",
            "Ask again later; is this program up to date?",
        )
    if not isinstance(value.get("data"), dict):
        raise BadReply(f"{title}: the reply has no data in it.", "Ask again later.")


def _words(error: Any) -> str:
    said = error.get("message") if isinstance(error, dict) else error
    return said if isinstance(said, str) and said.strip() else "it does not say why"
