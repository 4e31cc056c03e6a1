"""An answer in a notebook: everything escaped, nothing loaded, nothing that reaches beyond it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from biocopilot.memory.answer_card import answer_card
from biocopilot.memory.records import Answer, Claim, Evidence, Source, record_sha256

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\' " & </style></details>'
URL = "https://www.ebi.ac.uk/chembl/"


class Seen(HTMLParser):
    """The elements and attributes of a fragment, and that each element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def evidence(name: str, record: dict[str, Any], said: str = "CHEMBL25", url: str = URL) -> Evidence:
    return Evidence(
        id=name,
        tool="drug_status",
        arguments={"molecule": said},
        source=Source(name=said, release="36", licence="CC BY-SA 3.0", attribution=said, url=url),
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        backend="starter",
        record=record,
        sha256=record_sha256(record),
    )


def answer(text: str, *items: Evidence, **fields: Any) -> Answer:
    claims = tuple(Claim(text="x", evidence=(item.id,), verdict="supported") for item in items)
    given = {"run_id": "run-1", "question": "q", "status": "answered", "planner": "embedded", "claims": claims}
    return Answer(**{**given, "answer": text, "evidence": items, **fields})


def test_each_citation_says_on_its_own_what_it_cites_and_the_record_is_folded_beneath() -> None:
    seen = Seen(answer_card(answer("It is approved. [E1]", evidence("E1", {"type": "drug", "phase": 4}))))
    assert ("abbr", {"title": "CHEMBL25 36 (CC BY-SA 3.0) · drug_status CHEMBL25"}) in seen.elements
    assert seen.open == []
    assert '"phase": 4' in "".join(seen.text)
    assert ("a", {"href": URL, "rel": "noreferrer"}) in seen.elements


def test_a_table_stands_as_a_table_with_numbers_to_the_right() -> None:
    seen = Seen(answer_card(answer("| drug | IC50 |\n| --- | --- |\n| a | 3 nM |")))
    assert [tag for tag, _ in seen.elements].count("td") == 2
    assert ("td", {"class": "number"}) in seen.elements


def test_no_text_becomes_an_element_wherever_it_stands() -> None:
    hostile = answer(
        f"{HOSTILE} [E1] `{HOSTILE}`\n\n| {HOSTILE} |\n| --- |\n| {HOSTILE} |",
        evidence("E1", {"type": HOSTILE, "text": HOSTILE}, HOSTILE, "javascript:alert(3)"),
        question=HOSTILE,
        planner=HOSTILE,
        run_id=HOSTILE,
        notices=(HOSTILE,),
    )
    seen = Seen(answer_card(hostile))
    assert {tag for tag, _ in seen.elements} <= {
        "div", "style", "p", "code", "abbr", "strong", "br", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"
    }  # fmt: skip
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]
    assert seen.open == []


def test_nothing_is_loaded_and_nothing_has_an_id_that_another_answer_would_share() -> None:
    drawn = {"type": "drawing", "format": "svg", "drawing": '<svg onload="alert(1)"><script>alert(2)</script></svg>'}
    card = answer_card(answer("Drawn. [E1] ![x](https://example.org/x.png)", evidence("E1", drawn)))
    seen = Seen(card)
    (image,) = [attributes["src"] for tag, attributes in seen.elements if tag == "img"]
    assert image is not None
    assert image.startswith("data:image/svg+xml;base64,")
    assert not [name for _, attributes in seen.elements for name in attributes if name in ("id", "style", "srcset")]
    assert "url(" not in card
    assert "@import" not in card
    rules = re.search(r"<style>(.*?)</style>", card, re.DOTALL)
    assert rules is not None
    assert all(line.startswith(".biocopilot-answer") for line in rules[1].strip().splitlines())


def test_a_long_record_is_cut_and_it_is_said_where_the_whole_is() -> None:
    card = answer_card(answer("Long. [E1]", evidence("E1", {"type": "x", "text": "A" * 20_000})))
    assert len(card) < 8_000
    assert 'answer.evidence_by_id("E1").record' in card


@pytest.mark.parametrize(("status", "said"), [("partial", "Partly answered"), ("unknown", "Not answered")])
def test_what_is_missing_is_said_first(status: str, said: str) -> None:
    text = "".join(Seen(answer_card(answer("x", status=status))).text)
    assert text.index(said) < text.index("x\n")


def test_ipython_is_given_the_card_and_the_plain_answer() -> None:
    one = answer("It is **approved**.")
    assert one._repr_mimebundle_() == {"text/plain": "It is **approved**.", "text/html": answer_card(one)}
