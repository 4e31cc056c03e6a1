"""Sentences as spans: what ends one, what does not, and lines that were only broken because they were full."""

from __future__ import annotations

import pytest
from biocopilot.memory.library.sentences import paragraph_spans, sentence_spans
from hypothesis import given, settings
from hypothesis import strategies as st

PIECES = st.sampled_from(
    ["Aspirin", " ", "\n", "\n\n", ".", "e.g.", " et al.", "IC50", "kinase-", "E. coli", "METHODS:", "| 1 | 2", "(p < 0.05)", "µM", "?", "\t",
     "a long line of prose that goes on to the edge of the page"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)

WRAPPED = """\
Threonine 790 stands at the back of the ATP site of EGFR, at the position
called gatekeeper. Its exchange for methionine is the commonest reason why
lung tumours stop responding to erlotinib, which binds less well, as e.g.
Smith and others have shown for cells of adenocarcinomas that had acquired
EGFR with both exchanges."""


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It binds. It inhibits.", ["It binds.", "It inhibits."]),
        ("Is it safe? Yes! It is.", ["Is it safe?", "Yes!", "It is."]),
        ("Grown in E. coli as before.", ["Grown in E. coli as before."]),
        ("Inhibitors, e.g. Tofacitinib, act.", ["Inhibitors, e.g. Tofacitinib, act."]),
        ("See Fig. 2 for IC50 values of 0.5 nM.", ["See Fig. 2 for IC50 values of 0.5 nM."]),
        ("As (Smith et al. 2008) found.", ["As (Smith et al. 2008) found."]),
        ("It rose (p < 0.05). α-Synuclein fell.", ["It rose (p < 0.05).", "α-Synuclein fell."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_lines_that_were_only_full_are_one_sentence() -> None:
    assert [" ".join(sentence.split()) for sentence in said(WRAPPED)] == [
        "Threonine 790 stands at the back of the ATP site of EGFR, at the position called gatekeeper.",
        "Its exchange for methionine is the commonest reason why lung tumours stop responding to erlotinib, which binds"
        " less well, as e.g. Smith and others have shown for cells of adenocarcinomas that had acquired EGFR with both exchanges.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "OBJECTIVE: To learn whether aspirin reduces the risk of a first stroke in women\nMETHODS: We asked 39,876 women.",
        "It was seen in all of the patients that were treated.\nThe control group had none at all of them.",
        "Drug | IC50 (nM) | selectivity over the wild type of the kinase\nerlotinib | 2 | none at all that was seen here",
        "Methods\nWe grew cells in the presence of each of the compounds for three days and counted them.",
        "The compounds that were most potent in the cellular assay were\n- gefitinib, and\n- erlotinib.",
        "The steps that were taken with each of the samples of tissue were\n1. weighing\n2. freezing",
        "Privacy given 99 1 97\nHealth conditions told 88.7 11.3 97",
    ],
)
def test_paragraphs_labels_rows_and_items_stay_apart(text: str) -> None:
    assert said(text) == [line.strip() for line in text.split("\n")]
    assert [text[start:end] for start, end in paragraph_spans(text)] == said(text)


def test_a_blank_line_always_cuts() -> None:
    text = "Its exchange for methionine is the commonest reason why lung tumours stop\n \nresponding to erlotinib"
    assert len(said(text)) == len(paragraph_spans(text)) == 2


def test_a_wrapped_paragraph_is_cut_only_where_a_line_ends_a_sentence() -> None:
    assert [WRAPPED[start:end] for start, end in paragraph_spans(WRAPPED)] == [WRAPPED]
    ended = "It stands at the back of the ATP site of the kinase, at the gatekeeper.\nIts exchange is common."
    assert len(paragraph_spans(ended)) == 2


@given(TEXTS)
@settings(max_examples=400)
def test_spans_are_in_order_and_leave_out_nothing_but_white_space(text: str) -> None:
    for spans in (sentence_spans(text), paragraph_spans(text)):
        edges = [0, *(edge for span in spans for edge in span), len(text)]
        assert edges == sorted(edges)
        assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans)
        assert all(not text[edges[i] : edges[i + 1]].strip() for i in range(0, len(edges), 2))


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "word " * 100_000 + "\n" + "a line of prose that is as long as lines are and goes on\n" * 20_000
    assert len(sentence_spans(text)) >= 1
