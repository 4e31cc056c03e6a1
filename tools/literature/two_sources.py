"""Europe PMC first, PubMed where that fails; which one answered, and why, is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ...memory.errors import NotFound, SourceUnavailable
from ..contract import ToolContext
from ..sources.found import Found
from ..sources.literature.pubmed import Pubmed
from ..sources.transport import Session

__all__ = ["first_of_two", "pubmed_of"]

T = TypeVar("T")


def pubmed_of(session: Session, context: ToolContext) -> Pubmed:
    """PubMed with the user's contact and key."""
    services = context.bench.services
    return Pubmed(session, services.contact, services.ncbi_key)


async def first_of_two(
    first: Callable[[], Awaitable[Found[T]]],
    second: Callable[[], Awaitable[Found[T]]],
    *,
    also_where_absent: bool = False,
) -> Found[T]:
    """What Europe PMC finds; what PubMed finds, with a notice, where Europe PMC cannot answer.

    Args:
        first: asks Europe PMC.
        second: asks PubMed.
        also_where_absent: ask PubMed too where Europe PMC answers that it has no such thing.

    Raises:
        SourceUnavailable: neither answers.
        NotFound: who answered has no such thing.
    """
    try:
        return await first()
    except NotFound as error:
        if not also_where_absent:
            raise
        return await _second_after_absence(second, error)
    except SourceUnavailable as error:
        try:
            found = await second()
        except SourceUnavailable as other:
            raise SourceUnavailable(
                f"Neither source of literature answers. {error.message} {other.message}", "Ask again later."
            ) from other
        return found.noting(f"Europe PMC could not be used, so PubMed was asked: {error.message}")


async def _second_after_absence(second: Callable[[], Awaitable[Found[T]]], absence: NotFound) -> Found[T]:
    try:
        found = await second()
    except NotFound:
        raise absence from None
    except SourceUnavailable as error:
        raise NotFound(absence.message, f"PubMed, which may have it, did not answer: {error.message}") from error
    return found.noting(f"{absence.message} It was found in PubMed.")
