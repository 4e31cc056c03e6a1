"""Hostile XML: bombs, outside entities, depth, other encodings, cut documents. Nothing is opened and nothing grows."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from biocopilot.memory.articles.jats import parse_full_text
from biocopilot.memory.articles.plain_text import text_of
from biocopilot.memory.articles.pubmed_xml import parse_articles
from biocopilot.memory.articles.xml_reading import each, whole
from biocopilot.memory.errors import BadReply

LAUGHS = (
    '<!DOCTYPE r [<!ENTITY l0 "lollollollol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><r><p>&l9;</p></r>"
).encode()
IN_ATTRIBUTE = LAUGHS.replace(b"<p>&l9;</p>", b'<p a="&l9;">x</p>')
QUADRATIC = ('<!DOCTYPE r [<!ENTITY a "' + "a" * 100_000 + '">]><r><p>' + "&a;" * 20_000 + "</p></r>").encode()


@pytest.mark.parametrize("bomb", [LAUGHS, IN_ATTRIBUTE, QUADRATIC], ids=["laughs", "attribute", "quadratic"])
def test_entity_bombs_stay_small(bomb: bytes) -> None:
    tracemalloc.start()
    began = time.perf_counter()
    try:
        texts = [text_of(found) for found in each(bomb, ("p",), ("r",), "T")]
    except BadReply:
        texts = []
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert sum(map(len, texts)) < 200_000


def test_files_and_addresses_in_entities_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        port = listener.getsockname()[1]
        called: list[object] = []

        def listen() -> None:
            try:
                called.append(listener.accept())
            except TimeoutError:
                return

        thread = threading.Thread(target=listen)
        thread.start()
        document = (
            f'<!DOCTYPE r SYSTEM "http://127.0.0.1:{port}/x.dtd" [<!ENTITY f SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY n SYSTEM "http://127.0.0.1:{port}/n"><!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>'
            "<r><p>a &f; b &n; c</p></r>"
        ).encode()
        try:
            texts = [text_of(found) for found in each(document, ("p",), ("r",), "T")]
        except BadReply:
            texts = []
        thread.join()
    assert not called
    assert "secret" not in "".join(texts)


def test_an_entity_that_the_dtd_would_have_named_is_the_character_it_stands_for() -> None:
    document = b'<!DOCTYPE r SYSTEM "https://dtd.example.org/pubmed_310101.dtd"><r><p>TNF-&alpha; &unheard;</p></r>'
    assert [text_of(found) for found in each(document, ("p",), ("r",), "T")] == ["TNF-α &unheard;"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{}",
        b"<r>",
        b"<r><p>x</p>",
        b"<r></p></r>",
        b"<r>&unheard;</r>",
        b"<r>\xff\xfe</r>",
        b"<a>" * 400 + b"</a>" * 400,
        b'<?xml version="1.0" encoding="klingon"?><r/>',
        b"<r>\x00</r>",
        b"<r/><r/>",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_document_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply):
        list(each(body, ("p",), ("r", "a"), "T"))
    with pytest.raises(BadReply):
        whole(body, ("r",), "T")
    with pytest.raises(BadReply):
        parse_articles(body)
    with pytest.raises(BadReply):
        parse_full_text(body, "T")


def test_another_document_is_named_without_its_escapes() -> None:
    with pytest.raises(BadReply) as error:
        parse_articles(b"<html><body>\xc2\x9b2J maintenance</body></html>")
    assert "maintenance" in error.value.message
    assert "\x9b" not in error.value.message


def test_memory_does_not_grow_with_the_number_of_articles() -> None:
    one = b"<p>" + b"x" * 2_000 + b"</p>"
    document = b"<r>" + one * 5_000 + b"</r>"
    kept: list[int] = []
    for found in each(document, ("p",), ("r",), "T"):
        parent = found.getparent()
        kept.append(len(parent))
    assert len(kept) == 5_000
    assert max(kept) < 100  # the parser reads a little ahead
