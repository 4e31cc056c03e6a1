"""ESearch's replies, errors that come with status 200 among them."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.memory.errors import BadReply, RateLimited
from biocopilot.tools.sources.literature.esearch import parse_hits


def reply(inner: str) -> bytes:
    return f"<eSearchResult>{inner}</eSearchResult>".encode()


def test_ids_in_order_each_once_and_only_ids() -> None:
    found = parse_hits(reply("<Count>9</Count><IdList><Id>3</Id><Id>1</Id><Id>3</Id><Id>../x</Id></IdList>"))
    assert (found.count, found.pmids, found.notices) == (9, ("3", "1"), ())


def test_words_that_pubmed_left_out_are_said() -> None:
    found = parse_hits(
        reply(
            "<Count>2</Count><IdList/><ErrorList><PhraseNotFound>c797x</PhraseNotFound><FieldNotFound>foo</FieldNotFound></ErrorList>"
            "<WarningList><QuotedPhraseNotFound>no such phrase</QuotedPhraseNotFound></WarningList>"
        )
    )
    assert "c797x; no such phrase" in found.notices[0]
    assert "foo" in found.notices[1]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>", BadReply),
        (b"<ERROR>Search Backend failed</ERROR>", BadReply),
        (b"<eSearchResult/>", BadReply),
        (b"<eSearchResult><Count>many</Count></eSearchResult>", BadReply),
        (b"<PubmedArticleSet/>", BadReply),
        (b'{"error":"API rate limit exceeded","api-key":"x","count":"4","limit":"3"}', RateLimited),
        (b'{"esearchresult":{"ERROR":"x"}}', BadReply),
        (b"", BadReply),
    ],
)
def test_what_is_no_result_is_said(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_hits(body)


def test_recorded_replies(shared: Path) -> None:
    folder = shared / "data/ncbi_entrez/biopython_Entrez"
    found = {number: parse_hits((folder / f"esearch{number}.xml").read_bytes()) for number in (1, 2, 3, 8)}
    assert [(hits.count, len(hits.pmids)) for hits in found.values()] == [(63, 20), (42_249, 100), (2_651, 6), (0, 0)]
    assert "abcXYZ" in found[8].notices[0]


def test_recorded_replies_are_read_as_biopython_reads_them(shared: Path) -> None:
    from Bio import Entrez

    for number in (1, 2, 3, 8):
        path = shared / f"data/ncbi_entrez/biopython_Entrez/esearch{number}.xml"
        with path.open("rb") as stream:
            oracle = Entrez.read(stream)
        ours = parse_hits(path.read_bytes())
        assert ours.count == int(oracle["Count"])
        assert list(ours.pmids) == [str(pmid) for pmid in oracle["IdList"]]
