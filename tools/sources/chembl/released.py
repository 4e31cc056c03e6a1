"""Which ChEMBL release the service gives: asked once a session, and stated in everything that comes of it.

The service does not say in a reply which release it is of, and changes it once or twice a year; so it is asked for
anew by each session that has a network, however young a kept answer is.
"""

from __future__ import annotations

import asyncio

from ....memory.errors import BadReply, HostRefused, RateLimited, SourceUnavailable
from ..request import Reply, Request
from ..transport import Session
from .fields import Unreadable
from .records import Status

__all__ = ["Released", "read_status"]


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
                    self.reply = await self._session.fetch(_STATUS, anew=True)
                    self._release = read_status(self.reply).release
                except (RateLimited, HostRefused):
                    raise
                except SourceUnavailable as error:
                    self._session.notices.append(f"ChEMBL did not say which release it gives. {error.message}")
                self._asked = True
        return self._release


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


_STATUS = Request("chembl", "/status.json", check=_check)
