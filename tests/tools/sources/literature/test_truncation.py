"""A valid body cut anywhere, or with bytes changed, gives a typed error or an article, and never anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.articles.jats import parse_full_text
from biocopilot.memory.articles.pubmed_xml import parse_articles
from biocopilot.memory.errors import BadReply, NotFound
from biocopilot.tools.sources.literature.esearch import parse_hits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PARSERS: dict[str, Callable[[bytes], Any]] = {
    "pubmed": parse_articles,
    "jats": lambda body: parse_full_text(body, "T"),
    "esearch": parse_hits,
}
HITS = b"<eSearchResult><Count>2</Count><IdList><Id>1</Id><Id>2</Id></IdList></eSearchResult>"
TEXT = (
    "<article><front><article-meta><title-group><article-title>T µ</article-title></title-group></article-meta></front>"
    "<body><sec><title>Methods</title><p>One <sup>2</sup>.</p><table-wrap><table><tr><td>x</td></tr></table></table-wrap>"
    "</sec></body><back><ref-list><ref><mixed-citation>R.</mixed-citation></ref></ref-list></back></article>"
).encode()


@pytest.fixture
def bodies(pubmed_set: Any, pubmed_article: Any) -> dict[str, bytes]:
    return {"pubmed": pubmed_set(*(pubmed_article(20_000_000 + n) for n in range(3))), "jats": TEXT, "esearch": HITS}


@pytest.mark.parametrize("name", PARSERS)
def test_every_truncation_is_a_bad_reply(bodies: dict[str, bytes], name: str) -> None:
    body = bodies[name]
    assert PARSERS[name](body)
    for length in range(len(body)):
        with pytest.raises(BadReply):
            PARSERS[name](body[:length])


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_bytes_give_typed_errors_only(bodies: dict[str, bytes], name: str, data: st.DataObject) -> None:
    body = bytearray(bodies[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    try:
        PARSERS[name](bytes(body))
    except (BadReply, NotFound):
        return


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.999))
def test_real_texts_cut_anywhere(shared: Path, read: Callable[[Path], bytes], share: float) -> None:
    folder = shared / "data"
    for path, parse in (
        (folder / "biomcp_captures/ncbi_efetch/pmc3040717.xml", PARSERS["jats"]),
        (folder / "ncbi_entrez/biopython_Entrez/pubmed4.xml", PARSERS["pubmed"]),
    ):
        body = read(path).rstrip()
        with pytest.raises(BadReply):
            parse(body[: int(len(body) * share)])
