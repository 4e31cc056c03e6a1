"""The one way to a live service: everything that could go wrong on the wire is settled here, once, for all of them.

A request has a total deadline besides the time each read may take, a cap on bytes counted while they arrive and again
while they are unpacked, a pace that the whole process keeps, retries only where a repetition can help, and a breaker
for services that keep failing. Redirects are followed by hand, to the service's own hosts only (`wire`). A reply is
kept only after it was understood (`reading`). `offline` refuses here and nowhere else.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from ...memory.errors import (
    BadReply,
    HostRefused,
    InvalidSetting,
    NotApproved,
    NotFound,
    OfflineRefused,
    RateLimited,
    SourceUnavailable,
)
from ...memory.text import clean, shorten
from .hosts import SERVICES, Service, placed
from .kept import Kept, age_in_words
from .pace import Breaker, Entry, Pace, breaker_of, pace_of, slots_of
from .reading import Malformed, retry_after_s, understood, worth_repeating
from .request import Backend, Limits, Reply, Request
from .sending import MaySend, Revealing, Sending
from .wire import Passing, Wire

if TYPE_CHECKING:
    from ...memory.response_cache import ResponseCache

__all__ = ["Backend", "Limits", "Reply", "Request", "Session", "Transport"]

_BACK_OFF_S = 0.5
_LATER = "Ask again later; other sources are not affected."
_CONTACT = re.compile(r"[!-'*-~]{3,200}")  # what may stand in a header's comment


class Transport:
    """Shared by all sources of a process; thread-safe. Requests are made in a `session`.

    Args:
        offline: open no connection; kept replies are still given.
        cache: where replies are kept; nowhere where None.
        contact: an e-mail address that services can write to, sent in User-Agent.
        bases: other base addresses by service name, for mirrors and test servers.
        limits: bounds of one request.
        per_second: other rates by service name, where a key allows them.
        sleep: waits; replaced in tests, as are the next three.
        dice: numbers from 0 to 1 for the spread of waiting times.
        clock: seconds that only grow.
        now: the time of day.

    Raises:
        InvalidSetting: a contact, base address or rate that cannot be one.
    """

    def __init__(
        self,
        offline: bool = False,
        cache: ResponseCache | None = None,
        contact: str = "",
        bases: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        *,
        per_second: Mapping[str, float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        dice: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if contact and not _CONTACT.fullmatch(contact):
            raise InvalidSetting("The contact for services is no e-mail address.", "It is like name@example.org.")
        bases, per_second = bases or {}, per_second or {}
        self.offline = offline
        self.cache = cache
        self.limits = limits or Limits()
        self.clock = clock
        self.now = now
        self._contact = contact
        self._services = {
            name: placed(name, bases.get(name, ""), per_second.get(name)) for name in {**bases, **per_second}
        }
        self._sleep = sleep
        self._dice = dice

    def service(self, name: str) -> Service:
        """A service, at the address and pace at which this transport uses it."""
        return self._services.get(name) or SERVICES[name]

    def session(self, may_send: MaySend | None = None) -> Session:
        """Requests that share connections, within one event loop; an async context.

        Args:
            may_send: asked before something of the user's goes live; nobody is where None.
        """
        return Session(self, may_send)

    def close(self) -> None:
        """Close the cache."""
        if self.cache is not None:
            self.cache.close()

    def user_agent(self) -> str:
        """What the services see: program, version and contact."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("biocopilot")
        except PackageNotFoundError:
            number = "0"
        return f"biocopilot/{number}" + (f" (mailto:{self._contact})" if self._contact else "")

    async def sleep(self, seconds: float) -> None:
        """Wait, as told when this was made."""
        await self._sleep(seconds)

    def back_off_s(self, attempt: int) -> float:
        """Seconds to wait after an attempt where the service names none: longer each time, and spread."""
        return float(_BACK_OFF_S * 2 ** (attempt - 1) * (0.5 + self._dice()))


@dataclass
class _Course:
    """One request on its way: its service, when its time is up, and how far it came."""

    service: Service
    request: Request
    shown: str
    pace: Pace
    breaker: Breaker
    entry: Entry
    deadline: float
    attempts: int = 0
    sent: bool = False


class Session:
    """One event loop's connections; `notices` gathers what a reader should be told (retries, kept replies)."""

    def __init__(self, transport: Transport, may_send: MaySend | None = None) -> None:
        self.transport = transport
        self._may_send = may_send
        self._answers: dict[Sending, bool] = {}
        self._asking = asyncio.Lock()
        self.notices: list[str] = []
        self._wire = Wire(transport.limits, transport.user_agent())
        self._kept = Kept(transport.cache, transport.now, self._note)

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.close()

    async def fetch(
        self, request: Request, *, anew: bool = False, reveals: tuple[Revealing, str] | None = None
    ) -> Reply:
        """The reply to a request, from the cache where a fresh one is kept.

        Args:
            request: what is asked.
            anew: ask the service even so, as for its release or after kept pages that do not add up; the new reply is
                kept, and the old one still stands in where there is no other.
            reveals: what of the user's it holds; whoever may be asked about that is, before it goes live.

        Raises:
            NotApproved: what it reveals may not be sent.
            NotFound: the service has no such thing (404, 410, or as `check` says).
            OfflineRefused: offline, and no reply is kept.
            RateLimited: it asks to wait for longer than there is time, or too many requests wait already.
            BadReply: what came is not what the service documents, or was refused as too large.
            HostRefused: a redirect to somewhere else.
            SourceUnavailable: it does not answer.
        """
        service = self.transport.service(request.service)
        shown = request.shown(service.secret_parameters)
        kept = await self._kept.get(service, request, shown)
        if kept is not None and self._kept.fresh(kept, service) and not (anew and not self.transport.offline):
            return kept
        if self.transport.offline:
            if kept is None:
                raise OfflineRefused(f"{service.title} needs the network, and no reply to this request is kept.")
            return self._standing_in(kept, service, "No connection may be opened (offline).")
        if reveals is not None:
            await self._ask_to_send(Sending(*reveals, service.title, service.host))
        try:
            reply = await self._live(service, request, shown)
        except NotFound:
            raise
        except SourceUnavailable as error:
            if kept is None:
                raise
            return self._standing_in(kept, service, error.message)
        await self._kept.put(service, request, reply)
        return reply

    async def _ask_to_send(self, sending: Sending) -> None:
        """Once a session for each. Raises NotApproved where the answer is no."""
        if self._may_send is None:
            return
        async with self._asking:
            if sending not in self._answers:
                self._answers[sending] = await self._may_send(sending)
        if not self._answers[sending]:
            raise NotApproved(
                f"The {sending.what} {shorten(clean(sending.text), 80)} was not sent to {sending.host}: you did not allow it.",
                "Ask again and allow it, or search the local store.",
            )

    def _standing_in(self, kept: Reply, service: Service, why: str) -> Reply:
        age = age_in_words(self._kept.age_s(kept))
        self._note(f"{service.title}: a reply kept {age} ago stands in. {why}")
        return replace(kept, stale=why)

    def _note(self, notice: str) -> None:
        if notice not in self.notices:
            self.notices.append(notice)

    async def _live(self, service: Service, request: Request, shown: str) -> Reply:
        transport = self.transport
        breaker = breaker_of(service.key, transport.clock)
        entry = breaker.enter()
        if entry.refused_for_s > 0:
            raise _left_alone(service, f"for {max(1, round(entry.refused_for_s))} s more")
        pace = pace_of(service.host, transport.clock)
        deadline = transport.clock() + transport.limits.total_s
        course = _Course(service, request, shown, pace, breaker, entry, deadline)
        try:
            async with asyncio.timeout(transport.limits.total_s) as bound:
                return await self._attempts(course)
        except TimeoutError as error:
            if not bound.expired():
                raise
            if not course.sent:
                raise _too_many(service) from error
            self._failed(course)
            tries = f" ({course.attempts} attempts)" if course.attempts > 1 else ""
            raise SourceUnavailable(
                f"{service.title} did not answer within {transport.limits.total_s:g} s{tries}.",
                "Ask again later, or use a local store: `biocopilot data status`.",
            ) from error
        finally:
            breaker.leave(entry)

    async def _attempts(self, course: _Course) -> Reply:
        while True:
            course.attempts += 1
            try:
                reply = await self._attempt(course)
            except Passing as trouble:
                await self._before_next(course, trouble)
            except (NotFound, BadReply, HostRefused):
                course.breaker.succeeded()  # it answered, if not as wished
                raise
            else:
                course.breaker.succeeded()
                return reply

    async def _attempt(self, course: _Course) -> Reply:
        service = course.service
        async with slots_of(service.key, service.at_once).one():
            try:
                raw = await self._wire.exchange(service, course.request, lambda: self._turn(course))
            except SourceUnavailable as error:
                if type(error) is SourceUnavailable:
                    self._failed(course)
                raise
        if worth_repeating(raw.status):
            raise Passing(
                f"it answered {raw.status}",
                retry_after_s(raw.headers, self.transport.now()),
                RateLimited if raw.status == 429 else SourceUnavailable,
            )
        try:
            return understood(raw, course.request, service, course.shown, course.attempts, self.transport.now())
        except Malformed as error:  # a maintenance page or a cut body is often gone a moment later
            raise Passing(str(error), error=BadReply, most=2) from error
        except (BadReply, HostRefused):
            raise
        except SourceUnavailable as error:
            why = error.message.removeprefix(f"{service.title}: ").rstrip(".")
            raise Passing(why, error=type(error)) from error

    async def _turn(self, course: _Course) -> None:
        """Wait until the request may start. Raises where that would be too late."""
        service, transport = course.service, self.transport
        held_s = course.pace.held_s(service.name)
        if held_s > 0:
            if transport.clock() + held_s >= course.deadline:
                raise RateLimited(
                    f"{service.title} asked to be left alone, for {max(1, round(held_s))} s more.", "Ask again later."
                )
            await transport.sleep(held_s)
        wait_s = course.pace.wait_s(service.per_second, course.deadline - transport.clock())
        if wait_s is None:
            raise _too_many(service)
        if wait_s > 0:
            await transport.sleep(wait_s)
        if course.breaker.opened_since(course.entry):
            raise _left_alone(service, "for a while")
        course.sent = True

    async def _before_next(self, course: _Course, trouble: Passing) -> None:
        """Wait before another attempt. Raises where none is left or there is no time for it."""
        transport, service = self.transport, course.service
        asked_s = trouble.wait_s or None  # 0 is no time at all: then as long as for others
        if asked_s is not None:
            course.pace.hold_back(service.name, asked_s)
        wait_s = transport.back_off_s(course.attempts) if asked_s is None else asked_s
        no_time = transport.clock() + wait_s >= course.deadline
        if asked_s is not None and no_time:
            raise RateLimited(
                f"{service.title}: {trouble.why} and asks to wait {asked_s:.0f} s, which is longer than this "
                "request may take.",
                "Ask again later.",
            ) from trouble
        if no_time or course.attempts >= min(trouble.most, transport.limits.attempts):
            self._failed(course)
            tries = f" ({course.attempts} attempts)" if course.attempts > 1 else ""
            raise trouble.error(f"{service.title}: {trouble.why}{tries}.", _LATER) from trouble
        self._note(f"{service.title}: {trouble.why}; asked again after {wait_s:.1f} s.")
        await transport.sleep(wait_s)

    def _failed(self, course: _Course) -> None:
        if course.breaker.failed(course.entry):
            self._note(f"{course.service.title} keeps failing and is left alone for a while.")


def _left_alone(service: Service, how_long: str) -> SourceUnavailable:
    return SourceUnavailable(f"{service.title} failed several times in a row and is left alone {how_long}.", _LATER)


def _too_many(service: Service) -> RateLimited:
    return RateLimited(
        f"{service.title} may be asked {service.per_second:g} times a second, and too many requests wait already.",
        "Ask for less at a time, or again later.",
    )
