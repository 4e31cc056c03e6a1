from __future__ import annotations

from typing import Any

import pytest
from biocopilot.tools.sources.transport import Request, Transport

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


async def test_xml_with_a_doctype_and_its_own_encoding_is_whole(faulty: Any, transport: Transport) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE a PUBLIC "x" "http://dtd.example.org/a.dtd"><a>é&unknown;</a>'
    faulty.serve("/uniprot/x", text.encode("latin-1"))
    async with transport.session() as session:
        reply = await session.fetch(Request("uniprot", "/x", kind="xml"))
    assert reply.body == text.encode("latin-1")
    assert faulty.count() == 1
