from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory.errors import BadReply
from biocopilot.tools.sources.reading import retry_after_s, worth_repeating
from biocopilot.tools.sources.transport import Reply, Request, Transport

KEY, EMAIL = "0123456789abcdef-key", "someone@example.org"
SECRETS = {"api_key": KEY, "email": EMAIL}


def asked(**more: Any) -> Request:
    return Request(**{"service": "eutils", "path": "/esearch.fcgi", "parameters": {"term": "egfr", **SECRETS}, **more})


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"\\ud83e\\uddec"', "🧬"),
        (b'{"a": ["\\ud83e"]}', {"a": ["?"]}),
        (b"null", None),
        (b'{"p": 7.05, "n": 1e2}', {"p": 7.05, "n": 100.0}),
    ],
    ids=["byte order mark", "pair", "half a pair", "null", "numbers"],
)
async def test_json_is_read_as_it_may_come(faulty: Any, transport: Transport, sent: bytes, value: Any) -> None:
    faulty.serve("/uniprot/x", sent)
    async with transport.session() as session:
        assert (await session.fetch(Request("uniprot", "/x"))).value == value


async def test_no_content_is_an_answer_only_where_it_may_be(faulty: Any, transport: Transport) -> None:
    faulty.serve("/uniprot/x", faulty.answer("", 204))
    async with transport.session() as session:
        reply = await session.fetch(Request("uniprot", "/x", may_be_empty=True))
        assert (reply.status, reply.value, reply.body) == (204, None, b"")
        with pytest.raises(BadReply, match=r"\(204\)"):
            await session.fetch(Request("uniprot", "/x"))
        faulty.serve("/uniprot/x", b"")
        with pytest.raises(BadReply, match="empty reply"):
            await session.fetch(Request("uniprot", "/x", may_be_empty=True))


async def test_no_content_is_checked_as_any_other_answer(faulty: Any, transport: Transport) -> None:
    def refuse(reply: Reply) -> None:
        raise BadReply(f"nothing, with status {reply.status}")

    faulty.serve("/uniprot/x", faulty.answer("", 204))
    async with transport.session() as session:
        with pytest.raises(BadReply, match="nothing, with status 204"):
            await session.fetch(Request("uniprot", "/x", may_be_empty=True, check=refuse))


async def test_xml_with_a_doctype_and_its_own_encoding_is_whole(faulty: Any, transport: Transport) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE a PUBLIC "x" "http://dtd.example.org/a.dtd"><a>é&unknown;</a>'
    faulty.serve("/uniprot/x", text.encode("latin-1"))
    async with transport.session() as session:
        reply = await session.fetch(Request("uniprot", "/x", kind="xml"))
    assert reply.body == text.encode("latin-1")
    assert faulty.count() == 1


NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Fri, 01 May 2026 12:00:10 GMT"}, 10),
        ({"retry-after": "Fri, 01 May 2026 14:00:10 +0200"}, 10),
        ({"retry-after": "Fri, 01 May 2026 12:00:10 -0000"}, 10),
        ({"retry-after": "Fri, 01 May 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Fri, 01 May 2026 13:00:10 GMT", "date": "Fri, 01 May 2026 13:00:00 GMT"}, 10),
        ({}, None),
        *(({"retry-after": text}, None) for text in ("", "soon", "-1", "²", "1e3", "9" * 400, "Fri, 99 May 2026 12:00:10 GMT")),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


def test_only_what_may_pass_is_asked_again() -> None:
    again = {status for status in range(100, 600) if worth_repeating(status)}
    assert {408, 429, 500, 502, 503, 504, 520} <= again
    assert not again & {*range(100, 408), 410, 413, 422, 451, 501, 505}
