"""Releases that are told at an address of their own: asked anew, kept for offline use, and never in the way."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, SourceUnavailable
from biocopilot.tools.sources.release import stated_release
from biocopilot.tools.sources.request import Reply, Request


def _read(reply: Reply) -> str:
    if not reply.text.strip().isdecimal():
        raise BadReply("no number")
    return reply.text.strip()


def _check(reply: Reply) -> None:
    _read(reply)


REQUEST = Request("reactome", "/version", kind="text", check=_check)


async def test_it_is_asked_anew_and_the_kept_one_serves_offline(
    faulty: Any, caching_transport: Any, make_transport: Any
) -> None:
    faulty.serve("/reactome/version", "94", "95")
    async with caching_transport.session() as session:
        assert await stated_release(session, REQUEST, _read) == "94"
        assert await stated_release(session, REQUEST, _read) == "95"
    async with make_transport(offline=True, cache=caching_transport.cache).session() as session:
        assert await stated_release(session, REQUEST, _read) == "95"
    assert faulty.count() == 2


async def test_offline_without_a_kept_one_there_is_none(faulty: Any, make_transport: Any) -> None:
    async with make_transport(offline=True).session() as session:
        assert await stated_release(session, REQUEST, _read) == ""
        assert session.notices == []
    assert faulty.count() == 0


@pytest.mark.parametrize(("body", "status"), [("soon", 200), ("gone", 404), ("no", 400)])
async def test_a_service_that_does_not_say_gets_a_notice(faulty: Any, transport: Any, body: str, status: int) -> None:
    faulty.serve("/reactome/version", faulty.answer(body, status))
    async with transport.session() as session:
        for _ in range(2):
            assert await stated_release(session, REQUEST, _read) == ""
        assert len(session.notices) == 1
        assert session.notices[0].startswith("Reactome did not say which release it gives.")


async def test_a_service_that_is_down_is_an_error(faulty: Any, transport: Any) -> None:
    faulty.serve("/reactome/version", faulty.answer("down", 503))
    async with transport.session() as session:
        with pytest.raises(SourceUnavailable, match="answered 503"):
            await stated_release(session, REQUEST, _read)
