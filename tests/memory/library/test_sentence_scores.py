"""Scores of sentences: where they stand, that both meaning and words count, and that a rare word counts for more."""

from __future__ import annotations

from pathlib import Path

from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin

from .making import WordHash

TEXT = "The zorb sleeps in ponds at night. Nothing at all is known of wine."


def held(folder: Path, model: bool = True) -> Library:
    library = Library.open(folder / "library", embedder=WordHash if model else None)
    documents = [
        ReadDocument(About(title=f"Ponds {n}"), (Part(f"Ponds and wine of {n}.", "body"),), "text", 5) for n in range(9)
    ]
    library.add_documents(documents, Origin("note:x", "0" * 64))
    return library


def test_each_sentence_and_the_title_have_a_place_and_a_score(tmp_path: Path) -> None:
    with held(tmp_path) as library:
        (scores,) = library.score_sentences("Does the zorb sleep?", [("On the zorb that sleeps", TEXT)])
    title, first, second = scores
    assert (title.start, title.end) == (0, 0)
    assert TEXT[first.start : first.end] == "The zorb sleeps in ponds at night."
    assert TEXT[second.start : second.end] == "Nothing at all is known of wine."
    assert first.cosine > second.cosine
    assert (first.words, second.words) == (1.0, 0.0)
    assert title.words == 1.0


def test_a_rare_word_counts_for_more_than_one_that_many_passages_have(tmp_path: Path) -> None:
    with held(tmp_path) as library:
        ((rare, common),) = library.score_sentences("zorb wine", [("", TEXT)])
    assert rare.words > common.words > 0
    assert abs(rare.words + common.words - 1) < 0.001


def test_without_a_model_there_are_none(tmp_path: Path) -> None:
    with held(tmp_path, model=False) as library:
        assert library.score_sentences("zorb", [("", TEXT), ("", TEXT)]) == [[], []]


def test_whether_anything_of_the_users_own_is_there(tmp_path: Path) -> None:
    with Library.open(tmp_path / "fresh") as fresh:
        assert not fresh.holds_own
    with held(tmp_path) as library:
        assert library.holds_own
