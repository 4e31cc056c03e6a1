from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from biocopilot.memory.library.words import MOST_CHARACTERS, MOST_TERMS, Term, has_unspaced, query_terms
from hypothesis import given
from hypothesis import strategies as st


def found(texts: list[str], question: str) -> list[int]:
    """Places of the texts that have any term of a question, as SQLite's index says."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.execute('CREATE VIRTUAL TABLE words USING fts5(text, tokenize = "porter unicode61 remove_diacritics 2")')
        file.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", list(enumerate(texts)))
        match = " OR ".join(term.match for term in query_terms(question))
        return [row[0] for row in file.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", (match,))]


def test_words_are_small_once_and_without_those_that_every_text_has() -> None:
    assert [term.text for term in query_terms("What does EGFR do, and what does egfr inhibit?")] == ["egfr", "inhibit"]


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert [term.text for term in query_terms("What is it?")] == ["what", "is", "it"]


@pytest.mark.parametrize("text", ["", "?!… – (—)", "\0\0", "\ud800", "_ _", "\u0301"])
def test_text_without_a_word_has_no_terms(text: str) -> None:
    assert query_terms(text) == []


@pytest.mark.parametrize(
    "writings",
    [
        ["IL-2", "IL2", "il 2", "IL‑2", "Il–2"],
        ["p53", "p-53", "P53"],
        ["β-catenin", "beta-catenin", "beta catenin", "Β-Catenin", "β catenin"],
        ["TNF-α", "TNFα", "TNF-alpha", "TNFalpha", "tnf alpha"],
        ["5-HT", "5 HT"],
        ["T790M", "t790m"],
        ["50 µM", "50 μM"],
        ["naïve", "naive", "nai\u0308ve"],
    ],
)
def test_one_name_is_found_in_all_its_writings(writings: list[str]) -> None:
    others = ["interleukin 20 and p 54", "the beta blocker", "TNF receptor", "HT 29 cells", "T790 M"]
    for asked in writings[:2]:
        assert found([*writings, *others], asked)[: len(writings)] == list(range(len(writings))), asked


def test_a_name_is_a_phrase_and_not_its_pieces() -> None:
    assert found(["IL-2 rose", "2 of 10 mice", "IL-6 and a dose of 2"], "IL-2") == [0]


@pytest.mark.parametrize(
    ("compound", "terms"),
    [
        ("EGFR-mutant", ["egfr", "mutant"]),
        ("GLP-1-induced", ["glp-1", "induced"]),
        ("anti-IL-6", ["anti", "il-6"]),
        ("T-cell", ["t-cell"]),
        ("5-HT", ["5-ht"]),
        ("1-2-3", ["1-2-3"]),
    ],
)
def test_pieces_between_hyphens_stand_alone_where_they_say_something(compound: str, terms: list[str]) -> None:
    assert [term.text for term in query_terms(compound)] == terms


def test_two_writings_of_one_name_are_one_term() -> None:
    assert len(query_terms("TNF-α or TNFα, tnf-alpha")) == 1


def test_stems_are_the_indexs() -> None:
    assert found(["inhibits", "inhibitor", "other"], "inhibition") == [0]


def test_long_questions_are_cut() -> None:
    assert len(query_terms(" ".join(f"word{n}x" for n in range(1_000)))) == MOST_TERMS
    assert query_terms("." * MOST_CHARACTERS + "egfr") == []


@pytest.mark.parametrize("text", ["阿司匹林的作用", "アスピリン", "แอสไพริน"])
def test_scripts_without_blanks_are_known(text: str) -> None:
    assert has_unspaced(query_terms(text))


@pytest.mark.parametrize("text", ["Аспирин", "aspirine à jeun", "아스피린 효과", "أسبرين"])
def test_scripts_with_blanks_are_not_taken_for_such(text: str) -> None:
    assert query_terms(text)
    assert not has_unspaced(query_terms(text))


@given(st.text(max_size=200))
def test_no_question_breaks_the_index(text: str) -> None:
    if query_terms(text):
        found(["EGFR", 'a "quoted" AND NOT column:text NEAR(x)'], text)


@pytest.mark.parametrize(
    "text", ['"', 'a" OR "b', "text:egfr", "NEAR(a b, 2)", "egfr*", "^egfr", "a AND NOT b", "a'; DROP TABLE words --"]
)
def test_the_syntax_of_the_index_is_only_text(text: str) -> None:
    assert all(term.match.replace(" OR ", "").count('"') == 2 * len(term.writings) for term in query_terms(text))
    if query_terms(text):
        found(["egfr"], text)


def test_a_term_asks_for_any_of_its_writings() -> None:
    assert Term("il-2", ("il 2", "il2")).match == '"il 2" OR "il2"'
