"""Passages: spans of a part's text that leave out nothing, never overlap, and are never longer than the model reads."""

from __future__ import annotations

from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.passages import MOST_CHARACTERS, passages_of
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "aspirin",
        "Kinase",
        "IC50",
        " ",
        " ",
        " ",
        "\n",
        "\n\n",
        ". ",
        "x" * 60,
        "e.g. ",
        "(",
        "ATP-competitive",
        "\t",
        "µ",
        "| ",
    ]
)
TEXTS = st.lists(WORDS, max_size=120).map("".join)


def document(*texts: str) -> ReadDocument:
    return ReadDocument(About(title="t"), tuple(Part(text, "body") for text in texts), "text", 10)


@given(st.lists(TEXTS, max_size=3), st.integers(20, 200))
@settings(max_examples=300)
def test_passages_cover_all_text_without_overlap_and_within_the_limit(texts: list[str], most: int) -> None:
    found = passages_of(document(*texts), most)
    for number, text in enumerate(texts):
        mine = [passage for passage in found if passage.part == number]
        edges = [0, *(edge for passage in mine for edge in (passage.start, passage.end)), len(text)]
        assert edges == sorted(edges)
        assert all(not text[edges[i] : edges[i + 1]].strip() for i in range(0, len(edges), 2))
        assert all(passage.text == text[passage.start : passage.end] for passage in mine)
        assert all(0 < len(passage.text) <= most for passage in mine)
    assert [passage.part for passage in found] == sorted(passage.part for passage in found)


def test_short_paragraphs_of_a_part_go_together_and_parts_do_not() -> None:
    found = passages_of(document("One.\nTwo.", "Three."))
    assert [passage.text for passage in found] == ["One.\nTwo.", "Three."]


def test_a_long_paragraph_is_cut_between_sentences_into_pieces_of_like_length() -> None:
    sentence = "The compound inhibits the kinase in cells at a concentration of ten nanomolar. "
    found = passages_of(document(sentence * 30))
    assert len(found) == 3
    assert all(passage.text.endswith("nanomolar.") for passage in found)
    assert max(len(passage.text) for passage in found) < 1.5 * min(len(passage.text) for passage in found)


def test_wrapped_text_is_not_cut_within_a_sentence() -> None:
    lines = (
        "The compound that was found first inhibits the kinase in cells at a dose\n"
        "of ten nanomolar, which is less than what the enzyme needs when ATP is at\n"
        "its cellular concentration. "
    )
    found = passages_of(document(lines.replace(". ", ".\n") * 12))
    assert len(found) > 1
    assert all(passage.text.endswith("concentration.") for passage in found)


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    found = passages_of(document("word " * 600))
    assert all(set(passage.text.split()) == {"word"} for passage in found)
    assert all(len(passage.text) <= MOST_CHARACTERS for passage in found)


def test_an_id_tells_place_and_text() -> None:
    first, second = passages_of(document("Same.", "Same."))
    assert first.id_in("d1") != second.id_in("d1")
    assert first.id_in("d1") == passages_of(document("Same."))[0].id_in("d1")
