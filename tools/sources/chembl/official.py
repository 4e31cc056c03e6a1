"""ChEMBL's own client, `chembl-webresource-client`, asking in our place: an extra, wrapped so that its faults stay out.

What it does here is what it is good at: it writes the query and walks the list. Each question gets a query set of its
own, which is consumed whole in one thread and never sliced. What it does badly is taken from it by giving it our
transport for its session, without touching its process-wide settings, so that a program which uses the client itself
finds it as it was. Measured with version 0.10.9, each with a test in tests/tools/sources/chembl/test_official.py:

| fault of the client                                        | here                                                       |
|------------------------------------------------------------|------------------------------------------------------------|
| its usual module asks the network while it is imported      | that module is not imported; its query sets are used       |
| no timeout: a stalled server is waited for without end      | our transport: deadline, byte cap, allow-list, pace         |
| lists are never asked for again, a missing item four times  | our transport repeats what can help; all look-ups are lists |
| an error page with status 200 is kept for a day             | its cache is off; only checked pages are kept, by release  |
| its cache holds pickles in the home folder                  | its cache is never opened                                   |
| slices lose rows                                            | never sliced                                                |
| threads that share a query share its position               | one query a call, one thread a query                        |
| 20 rows a page, and a page more where a list is empty       | 1,000, and none more                                        |
| a list that changes on the way, or a page cut by the server | counted: the listing says that it is not whole              |
| offline, or a structure must not leave                      | refused by our transport, before anything is sent           |

What wrapping cannot cure is how it walks: by position, so that a row that goes and another that comes meanwhile cancel
out in the count, and a row is lost unseen. Long lists are therefore not left to it: activities, mechanisms and
indications are read by their numeric key through our own pager (listing.py), as are the batches of ids that go along
with them, which are asked for side by side. `live.py` names who asks what.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import importlib
import importlib.util
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from ....memory.errors import BadReply, BiocopilotError, MissingExtra, NotFound, RateLimited, SourceUnavailable
from ....memory.text import clean, shorten
from ..request import Reply, Request
from .listing import Fetch, Listed, Tally
from .questions import PAGE, Filter, Question, pairs_request

__all__ = ["as_ours", "is_installed", "read_officially"]

_PACKAGE = "chembl_webresource_client"
_INSTALL = 'Install it: pip install "biocopilot[chembl]"'
_import_lock = threading.Lock()


def is_installed() -> bool:
    """Whether the client is there; nothing is imported."""
    return importlib.util.find_spec(_PACKAGE) is not None


async def read_officially(question: Question, fetch: Fetch, release: str, page: int = PAGE) -> Listed:
    """All rows of a question, asked by the official client over our transport.

    Raises:
        MissingExtra: the client is not installed.
        SourceUnavailable, NotFound: as the transport does; also where the client itself fails.
    """
    session = _Session(question, fetch, release, asyncio.get_running_loop())
    try:
        return await asyncio.to_thread(_consume, question, session, page)
    except asyncio.CancelledError:
        session.stop()  # the thread would otherwise wait for a reply that nobody wants
        raise


def _consume(question: Question, session: _Session, page: int) -> Listed:
    """Walk the list to its end, in this thread; the session counts what passes through it, and ends the walk."""
    try:
        for _ in _query_set(question, session, page):
            pass
    except BiocopilotError:
        raise
    except Exception as error:
        raise as_ours(error) from error
    return session.tally.listed()


def _query_set(question: Question, session: _Session, page: int) -> Any:
    """A query set that nothing else uses, over our session."""
    query_set, url_query = _client()
    resource = question.resource

    class Query(url_query.UrlQuery):  # type: ignore[misc, name-defined]
        """The client's query, which makes itself anew at every step and asks here for a session each time."""

        def __init__(self, model: Any) -> None:
            super().__init__(model)
            self.base_url = f"{session.base}/{resource.name}"
            self.limit = min(page, question.most)

        def _get_session(self) -> _Session:
            return session

    model = query_set.Model(resource.name, resource.collection, ("json",), searchable=False)
    found = query_set.QuerySet(query=Query(model)).filter(
        **{name: value if isinstance(value, (str, int)) else list(value) for name, value in question.filters.items()}
    )
    return found.order_by(resource.key) if resource.ordered else found


@functools.cache
def _client() -> tuple[Any, Any]:
    """The modules of the client that ask nothing while they are imported."""
    if not is_installed():
        raise MissingExtra("ChEMBL's official client is not installed.", _INSTALL)
    with _import_lock:
        try:
            return importlib.import_module(f"{_PACKAGE}.query_set"), importlib.import_module(f"{_PACKAGE}.url_query")
        except Exception as error:
            raise SourceUnavailable(
                f"ChEMBL's official client cannot be imported: {_told(error)}.", _INSTALL
            ) from error


def as_ours(error: Exception) -> BiocopilotError:
    """The error of ours that stands for one of the client's, of the libraries below it, or of its reading a reply."""
    if isinstance(error, BiocopilotError):
        return error
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _MEANINGS), "")
    kind, message = _MEANINGS.get(name, (BadReply, "what came could not be read by the official client"))
    return kind(f"ChEMBL: {message} ({_told(error)}).", "Ask again later; other sources are not affected.")


_MEANINGS: Mapping[str, tuple[type[BiocopilotError], str]] = {
    # The client's own
    "HttpNotFound": (NotFound, "there is no such thing"),
    "HttpGone": (NotFound, "there is no such thing any more"),
    "HttpBadRequest": (BadReply, "the question was refused"),
    "HttpTooManyRequests": (RateLimited, "it was asked too often"),
    "BaseHttpException": (SourceUnavailable, "it answered with an error"),
    # Those of requests. Its JSONDecodeError is one of its connection's too, hence by name and in this order.
    "JSONDecodeError": (BadReply, "the reply is not whole, or no JSON"),
    "RetryError": (SourceUnavailable, "it failed each time that it was asked"),
    "RequestException": (SourceUnavailable, "it could not be reached"),
}
"""By name of a class or the nearest of its bases, so that none of them needs to be imported."""


def _told(error: Exception) -> str:
    return shorten(clean(f"{type(error).__name__}: {error}".replace("\n", " ")), 160)


class _Session:
    """Stands where the client expects a session of `requests`, and hands each page's request to our transport.

    The client runs in a thread; requests are made in the event loop that asked.
    """

    def __init__(self, question: Question, fetch: Fetch, release: str, loop: asyncio.AbstractEventLoop) -> None:
        self.tally = Tally(question)
        self.base = "chembl:"
        self._fetch = fetch
        self._release = release
        self._loop = loop
        self._running: concurrent.futures.Future[Reply] | None = None
        self._more = True
        self._stopped = False
        self._lock = threading.Lock()

    def __enter__(self) -> _Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing of ours is opened here."""

    def post(self, url: str, json: list[tuple[str, Filter]], timeout: object = None) -> _Response:
        """A page; the client asks for lists by POST only.

        It asks for one page more where a list is empty: that one it gets without asking.
        """
        resource = self.tally.question.resource
        if not self._more:
            return _Response({resource.collection: [], "page_meta": {"total_count": self.tally.total}})
        reply = self._wait_for(pairs_request(resource, url.removeprefix(self.base), json, self._release))
        self.tally.replies.append(reply)
        self._more = self.tally.take(reply.value[resource.collection], reply.value["page_meta"]["total_count"])
        return _Response(reply.value)

    def stop(self) -> None:
        """Give up what is under way."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                self._running.cancel()

    def _wait_for(self, request: Request) -> Reply:
        with self._lock:
            if self._stopped:
                raise SourceUnavailable("ChEMBL: the question was given up.")
            self._running = asyncio.run_coroutine_threadsafe(_coroutine(self._fetch, request), self._loop)
        try:
            return self._running.result()
        except concurrent.futures.CancelledError as error:
            raise SourceUnavailable("ChEMBL: the question was given up.") from error


async def _coroutine(fetch: Fetch, request: Request) -> Reply:
    return await fetch(request)


class _Response:
    """A reply as the client reads one."""

    ok = True
    url = ""

    def __init__(self, value: Any) -> None:
        self._value = value

    def json(self) -> Any:
        return self._value
