"""Ids of articles are what their patterns say, before they reach an address."""

from __future__ import annotations

import pytest
from biocopilot.memory.articles.identifiers import read_article_id, valid_doi, valid_pmcid, valid_pmid
from biocopilot.memory.errors import InvalidIdentifier
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("20516115", "pmid", "20516115"),
        ("PMID: 20516115", "pmid", "20516115"),
        ("pmid:20516115", "pmid", "20516115"),
        ("PMC3040717", "pmcid", "PMC3040717"),
        ("pmc3040717.2", "pmcid", "PMC3040717"),
        ("PPR123456", "preprint", "PPR123456"),
        ("10.1158/0008-5472.CAN-09-4563", "doi", "10.1158/0008-5472.CAN-09-4563"),
        ("doi:10.1158/0008-5472.CAN-09-4563", "doi", "10.1158/0008-5472.CAN-09-4563"),
        ("https://doi.org/10.1158/0008-5472.CAN-09-4563", "doi", "10.1158/0008-5472.CAN-09-4563"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "doi",
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        ),
    ],
)
def test_ids_are_read_in_the_ways_people_write_them(text: str, kind: str, value: str) -> None:
    found = read_article_id(text)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "012345",
        "123456789",
        "PMC",
        "PMC0",
        "PMC12/../../x",
        "10.1/x",
        "10.1158/",
        '10.1158/x" OR 1',
        "10.1158/x y",
        "10.1158/x\\y",
        "https://example.org/10.1158/x",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "２０５１６１１５",
        "EGFR",
    ],
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidIdentifier) as error:
        read_article_id(text)
    assert "PMC3040717" in error.value.hint


@given(st.text(max_size=60))
def test_whatever_is_accepted_holds_nothing_that_ends_a_query(text: str) -> None:
    try:
        found = read_article_id(text)
    except InvalidIdentifier:
        return
    assert not set(found.value) & set(' "\\\n\t{}|^`')
    assert found.kind == "doi" or found.value.isascii()


def test_ids_in_replies_that_are_none_are_dropped() -> None:
    assert (valid_pmid("1e5"), valid_pmid("-3"), valid_pmcid("x"), valid_doi("11.2/x")) == ("", "", "", "")
    assert valid_pmcid("3040717") == "PMC3040717"
    assert valid_doi("10.1000/x\u202ey") == ""
