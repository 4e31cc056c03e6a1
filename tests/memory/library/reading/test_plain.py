"""Plain text: its title, its encodings, and that no word goes."""

from __future__ import annotations

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.plain import decoded, read, title_from_name
from hypothesis import given
from hypothesis import strategies as st


def document(data: bytes, name: str = "some_paper-2020.txt") -> ReadDocument:
    (found,) = read(data, name)
    return found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A short title\n\nText.", "A short title"),
        ("# A title\n\nText.", "A title"),
        ("A sentence that ends.\nMore.", "some paper 2020"),
        ("One line only", "some paper 2020"),
        ("x" * 300 + "\nText.", "some paper 2020"),
    ],
)
def test_the_title_is_a_short_first_line_or_the_files_name(text: str, title: str) -> None:
    assert document(text.encode()).about.title == title


def test_the_text_stands_as_it_is() -> None:
    text = "Title\n\n  Indented.\n\n\nAnother\tparagraph."
    assert [part.text for part in document(f"\n{text}\n\n".encode()).parts] == [text]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(encoding: str) -> None:
    assert decoded("naïve – 5 µM".encode(encoding), "a.txt") == "naïve – 5 µM"


def test_page_and_line_separators_do_not_join_words() -> None:
    assert decoded("end\x0cnext\x0bline\u2028more".encode(), "a.txt") == "end\nnext\nline\nmore"


def test_what_steers_a_terminal_or_hides_is_gone() -> None:
    assert decoded("a\x1b[31mb\u202ec\u200bd\U000e0041e".encode(), "a.txt") == "abcde"


def test_bytes_that_no_text_has_are_refused_and_so_is_nothing() -> None:
    with pytest.raises(FileRefused, match="no text"):
        document(b"PK\0\x01")
    with pytest.raises(FileRefused, match="is empty"):
        document(b" \n\t\n")


def test_a_name_becomes_a_title() -> None:
    assert title_from_name("/a/b.zip!c/some_paper-2020.txt") == "some paper 2020"


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_in_its_part(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    try:
        found = list(read(data, "a.txt"))
    except FileRefused:
        return
    assert "".join(found[0].parts[0].text.split()) == "".join(decoded(data, "a.txt").split())
    assert found == list(read(data, "a.txt"))
