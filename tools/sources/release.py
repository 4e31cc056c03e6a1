"""The release of a service that tells it at an address of its own instead of in every reply."""

from __future__ import annotations

from collections.abc import Callable

from ...memory.errors import BadReply, NotFound, OfflineRefused
from .request import Reply, Request
from .transport import Session

__all__ = ["stated_release"]


async def stated_release(session: Session, request: Request, read: Callable[[Reply], str]) -> str:
    """The release that the service gives now; empty, with a notice of the session, where it does not say.

    It is asked anew, so that kept replies of an older release do not pass for those of this one. Offline, the release
    that was kept last; empty without a notice where none was.

    Args:
        session: to ask in.
        request: for the address that tells the release.
        read: the release in a reply; raises BadReply where there is none.

    Raises:
        SourceUnavailable: it does not answer; then it would not answer anything else either.
    """
    title = session.transport.service(request.service).title
    try:
        return read(await session.fetch(request, anew=True))
    except OfflineRefused:
        return ""
    except (BadReply, NotFound) as error:
        notice = f"{title} did not say which release it gives. {error.message}"
        if notice not in session.notices:
            session.notices.append(notice)
        return ""
