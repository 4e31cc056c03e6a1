"""Which ChEMBL release the service gives: asked once a session, and stated in everything that comes of it.

The service does not say in a reply which release it is of, and changes it once or twice a year; so it is asked for
anew by each session that has a network, however young a kept answer is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ....memory.errors import BadReply, HostRefused, RateLimited, SourceUnavailable
from ..request import Reply, Request
from ..transport import Session
from .fields import Unreadable
from .records import Status

__all__ = ["Released", "read_status"]

_REQUEST_PATH = "/status.json"


class Released:
    """The session's way to ask; knows the release after the first question."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = asyncio.Lock()
        self._asked = False
        self._release = ""
        self.reply: Reply | None = None

    async def release(self) -> str:
        """Such as `ChEMBL_36`; empty where the service does not say, of which the session's notices tell.

        Raises:
            OfflineRefused: offline, and no answer is kept.
            RateLimited, HostRefused: as the transport does.
        """
        async with self._lock:
            if not self._asked:
                try:
                    self.reply = await self._status()
                    self._release = read_status(self.reply).release
                except (RateLimited, HostRefused):
                    raise
                except SourceUnavailable as error:
                    self._session.notices.append(f"ChEMBL did not say which release it gives. {error.message}")
                self._asked = True
        return self._release

    async def fetch(self, request: Request) -> Reply:
        """As the session's `fetch`; the reply names its release."""
        return replace(await self._session.fetch(request), release=self._release)

    async def _status(self) -> Reply:
        transport = self._session.transport
        request = Request("chembl", _REQUEST_PATH, check=_check)
        if transport.offline:
            return await self._session.fetch(request)
        try:
            reply = await self._session.fetch(replace(request, kept=False))
        except SourceUnavailable:
            if transport.cache is None:
                raise
            return await self._session.fetch(request)  # what is kept stands in
        # For sessions without a network, to which kept replies of this release are then open.
        await self._session._kept.put(transport.service("chembl"), request, reply)
        return reply


def read_status(reply: Reply) -> Status:
    """The service's status. Raises BadReply."""
    try:
        if isinstance(reply.value, dict):
            return Status.read(reply.value)
    except Unreadable as error:
        raise BadReply(f"ChEMBL: a status that cannot be read: {error}.", "Ask again later.") from error
    raise BadReply("ChEMBL: a status that cannot be read.", "Ask again later.")


def _check(reply: Reply) -> None:
    read_status(reply)
