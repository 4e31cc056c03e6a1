"""Markup goes, numbers and meaning stay, and nothing that steers a terminal comes through."""

from __future__ import annotations

import pytest
from biocopilot.memory.articles.plain_text import plain, text_of
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree


def element(inner: str) -> etree._Element:
    return etree.fromstring(f"<p>{inner}</p>")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("IC<sub>50</sub> of <i>EGFR</i>", "IC50 of EGFR"),
        ("10<sup>-6</sup> M", "10^-6 M"),
        ("5×10<sup>3</sup> cells", "5×10^3 cells"),
        ("10<sup>−9</sup>", "10^−9"),
        ("EGFR<sup>T790M</sup>", "EGFRT790M"),
        ("<sup>13</sup>C", "13C"),
        ("Ca<sup>2+</sup>", "Ca2+"),
        ("P &lt; 0.01 &amp; n &gt; 5", "P < 0.01 & n > 5"),
        ("a <b>b <i>c</i></b> d", "a b c d"),
        ("one<br/>two", "one two"),
    ],
)
def test_both_readers_give_the_same_text(markup: str, text: str) -> None:
    assert plain(markup) == text
    assert text_of(element(markup)) == text


def test_a_sign_of_less_is_no_tag() -> None:
    assert plain("x <5 and y> 3") == "x <5 and y> 3"
    assert plain("if a<b and i>0") != ""


def test_a_raised_reference_number_does_not_join_the_number_before_it() -> None:
    raised = element(
        'in 2005<sup><xref ref-type="bibr" rid="r1">12</xref></sup> and 50%<xref ref-type="bibr"><sup>3</sup></xref>'
    )
    assert text_of(raised) == "in 2005[12] and 50%[3]"


def test_tags_written_as_character_references_are_tags() -> None:
    assert plain("variants in &lt;i&gt;ATM&lt;/i&gt; at P&lt;0.05") == "variants in ATM at P<0.05"


def test_formulas_are_given_once() -> None:
    both = element("E = <alternatives><tex-math>\\documentclass{x}</tex-math><math>mc</math></alternatives>")
    assert text_of(both) == "E = mc"
    power = element(
        "k = <math> <mfrac> <mn>1</mn> <msup> <mn>10</mn> <mrow> <mo>−</mo> <mn>6</mn> </mrow> </msup> </mfrac> </math> M"
    )
    assert text_of(power) == "k = 1/(10^−6) M"


def test_list_items_do_not_run_into_each_other() -> None:
    listed = element("<list><list-item><p>one</p></list-item><list-item><p>two</p></list-item></list>")
    assert text_of(listed) == "one two"


@given(st.text())
def test_whatever_comes_is_one_clean_line(text: str) -> None:
    for shown in (plain(text), plain(f"&#27;[2J{text}&#x202e;")):
        assert shown == " ".join(shown.split())
        assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or sign in "\u202e\u200b\ufeff" for sign in shown)


def test_escapes_behind_character_references_are_taken_out() -> None:
    assert plain("&#27;]0;owned&#7;Title &#x9b;31mred") == "]0;ownedTitle ›31mred"  # as HTML reads them: harmless
    assert plain("\x1b]0;owned\x07Title \x1b[31mred") == "Title red"
    assert text_of(element("a&#x202e;b&#x9b;2Jc")) == "abc"


def test_no_element_is_no_text() -> None:
    assert text_of(None) == ""
