from __future__ import annotations

import json
from typing import Any

import pytest
from biocopilot.tools.sources.transport import Request

KEY, EMAIL = "0123456789abcdef-key", "someone@example.org"
SECRETS = {"api_key": KEY, "email": EMAIL}


def asked(**more: Any) -> Request:
    return Request(**{"service": "eutils", "path": "/esearch.fcgi", "parameters": {"term": "egfr", **SECRETS}, **more})


def test_secrets_stand_in_no_text_of_a_request() -> None:
    secret = frozenset(SECRETS)
    for request in (
        asked(),
        asked(path=f"/x?email={EMAIL}&a=1", parameters={}),
        asked(body={"id": "1,2", **SECRETS}, form=True, parameters={}),
        asked(body=f"id=1&api_key={KEY}&email={EMAIL}".encode(), form=True, parameters={}),
        asked(body={"query": "x", **SECRETS}, parameters={}),
        asked(headers={"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY}, parameters={}),
    ):
        shown = request.shown(secret)
        assert KEY not in shown
        assert EMAIL not in shown
        assert "example.org" not in shown
        assert KEY in request.secret_values(secret) or EMAIL in request.secret_values(secret)
        assert json.dumps(shown)


def test_requests_that_differ_are_shown_differently() -> None:
    shown = [
        Request("uniprot", "/x").shown(),
        Request("uniprot", "/x", {"a": 1}).shown(),
        Request("uniprot", "/x", {"a": 2}).shown(),
        Request("uniprot", "/x", kind="text").shown(),
        Request("uniprot", "/x", kind="xml").shown(),
        Request("uniprot", "/x", headers={"accept": "text/x-fasta"}).shown(),
        Request("uniprot", "/x", body={"a": 1}).shown(),
        Request("uniprot", "/x", body={"a": 1}, form=True).shown(),
        Request("uniprot", "/x", body=[["a", 1]]).shown(),
    ]
    assert len(set(shown)) == len(shown)
    assert Request("uniprot", "/x", {"a": 1, "b": 2}).shown() == Request("uniprot", "/x?b=2", {"a": 1}).shown()


@pytest.mark.parametrize("path", ["x", "@evil.example.org/", ".evil.example.org/", "/a/../b", "/a/%2e%2e/b", "/./a", "/C#C", "/a b", "/ä", "/a\nb", "\\\\evil"])  # fmt: skip
def test_a_path_that_is_not_quoted_or_leaves_its_place_is_a_program_error(path: str) -> None:
    with pytest.raises(ValueError, match="the path"):
        Request("uniprot", path)
