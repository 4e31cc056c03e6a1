"""Kept replies as the transport sees them: read again as if they had just come, never in the way when they cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...memory.errors import NotFound, SourceUnavailable, StorageError
from .hosts import SERVICES, Service
from .reading import Malformed, understood
from .request import Reply, Request
from .wire import Raw

if TYPE_CHECKING:
    from ...memory.response_cache import ResponseCache

__all__ = ["Kept", "age_in_words"]

_HEADERS = frozenset(("content-type", "etag", "last-modified", "link"))
_SKEW_S = 3_600.0
"""A reply from further in the future than this was kept by a wrong clock, and its age is not known."""


class Kept:
    """The cache of one session; its troubles are notes, never errors. Files are read and written in threads."""

    def __init__(self, cache: ResponseCache | None, now: Callable[[], datetime], note: Callable[[str], None]) -> None:
        self._cache = cache
        self._now = now
        self._note = note

    async def get(self, service: Service, request: Request, shown: str) -> Reply | None:
        """The kept reply to a request, of whatever age."""
        if self._cache is None or not request.kept:
            return None
        try:
            found = await asyncio.to_thread(self._cache.get, _place(service), shown, request.release)
            if found is None:
                return None
            at = datetime.fromtimestamp(found.stored_at, UTC)
            raw = Raw(200, dict(found.headers), found.body, found.url)
            return replace(understood(raw, request, service, shown, 0, at), backend="cache", release=found.release)
        except (StorageError, SourceUnavailable, NotFound) as error:
            why = error.message
        except (Malformed, ValueError, OverflowError, OSError):
            why = "it is damaged."
        self._note(f"A kept reply of {service.title} could not be used: {why}")
        return None

    async def put(self, service: Service, request: Request, reply: Reply) -> None:
        """Keep a reply that was understood."""
        if self._cache is None or not request.kept or reply.status != 200:
            return
        secrets = request.secret_values(service.secret_parameters)
        if any(secret.encode() in reply.body for secret in secrets):
            self._note(f"The reply of {service.title} is not kept: it repeats a secret.")
            return
        headers = _worth_keeping(reply.headers, service, secrets)
        try:
            await asyncio.to_thread(
                self._cache.put, _place(service), reply.request, reply.release, reply.body, headers, reply.url
            )
        except StorageError as error:
            self._note(f"The reply of {service.title} is not kept: {error.message}")

    def age_s(self, kept: Reply) -> float:
        """Seconds since it came."""
        return (self._now() - kept.retrieved_at).total_seconds()

    def fresh(self, kept: Reply, service: Service) -> bool:
        """Whether it may stand in for a new one without a word."""
        return -_SKEW_S <= self.age_s(kept) <= service.max_age_s


def _place(service: Service) -> str:
    """Its name, with its address where that is not the usual one: a mirror may hold something else."""
    return service.name if service.base == SERVICES[service.name].base else f"{service.name} {service.base}"


def _worth_keeping(headers: Mapping[str, str], service: Service, secrets: tuple[str, ...]) -> dict[str, str]:
    """Those that sources read: pages, totals, releases."""
    return {
        name: value
        for name, value in headers.items()
        if (name in _HEADERS or name.startswith("x-") or name == service.release_header)
        and not any(secret in value for secret in secrets)
    }


def age_in_words(seconds: float) -> str:
    """How long ago, in the largest unit of which there are two."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} seconds"
