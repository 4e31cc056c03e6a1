from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are no installed package

from benchmarks.retrieval import _fused, _interval, ndcg, recall  # needs the line above
from benchmarks.retrieval_sets import Document, bioasq, pubmedqa
from benchmarks.vector_cache import CachedEmbedder

SHARED = Path(__file__).parents[3] / "shared" / "data"
GOLD = frozenset(["a", "b"])


@pytest.mark.parametrize(
    ("ranked", "gain", "had"),
    [
        (["a", "b"], 1.0, 1.0),
        (["b", "a", "x"], 1.0, 1.0),
        (["x", "a", "y", "b"], (1 / np.log2(3) + 1 / np.log2(5)) / (1 + 1 / np.log2(3)), 1.0),
        (["a"], 1 / (1 + 1 / np.log2(3)), 0.5),
        (["x"] * 10 + ["a", "b"], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_gain_and_recall_are_as_defined(ranked: list[str], gain: float, had: float) -> None:
    assert ndcg(ranked, GOLD) == pytest.approx(gain)
    assert recall(ranked, GOLD) == pytest.approx(had)


def test_of_more_gold_than_there_is_room_for_ten_are_all() -> None:
    gold = frozenset(map(str, range(30)))
    assert recall([str(n) for n in range(10)], gold) == 1
    assert ndcg([str(n) for n in range(10)], gold) == pytest.approx(1)


def test_fusion_adds_reciprocal_ranks() -> None:
    fused = _fused(np.float32([3, 2, 1]), np.float32([0, 9, 8]))
    assert fused == pytest.approx([1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62])


def test_the_interval_of_equal_systems_is_nothing() -> None:
    assert _interval(np.zeros(50)) == "+0.0000 (+0.0000 to +0.0000)"
    assert _interval(np.full(50, 0.25)) == "+0.2500 (+0.2500 to +0.2500)"


class Counting:
    name, checksum, dimension = "counting", "0", 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def documents(self, texts: list[str]) -> np.ndarray:
        self.texts += texts
        return np.array([[len(text), self.texts.index(text)] for text in texts], np.float32)


def test_vectors_are_made_once_and_kept(tmp_path: Path) -> None:
    model = Counting()
    texts = ["a", "bb", "a", "ccc"]
    first = CachedEmbedder(model, tmp_path / "c" / "v.sqlite").documents(texts)  # type: ignore[arg-type]  # no query here
    again = CachedEmbedder(model, tmp_path / "c" / "v.sqlite").documents(texts)  # type: ignore[arg-type]  # likewise
    assert model.texts == ["a", "bb", "ccc"]
    assert first.tolist() == again.tolist() == [[1, 0], [2, 1], [1, 0], [3, 2]]


def test_another_model_gets_its_own_vectors(tmp_path: Path) -> None:
    one, other = Counting(), Counting()
    other.checksum = "1"  # type: ignore[misc]  # of this one only
    for model in (one, other):
        CachedEmbedder(model, tmp_path / "v.sqlite").documents(["a"])  # type: ignore[arg-type]  # likewise
    assert one.texts == other.texts == ["a"]


def test_a_title_stands_before_the_text() -> None:
    assert Document("On it.", "It is.").whole == "On it. It is."
    assert Document("", "It is.").whole == "It is."


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside the checkout")
class TestSets:
    def test_long_answers_are_never_indexed(self) -> None:
        import gzip
        import json

        held = json.loads(gzip.decompress((SHARED / "pubmedqa" / "pqal_dev_500.json.gz").read_bytes()))
        asked = pubmedqa()
        assert len(asked.questions) == len(held)
        assert all(held[pmid]["LONG_ANSWER"] not in document.whole for pmid, document in asked.documents.items())
        assert not any(document.title for document in asked.documents.values())

    def test_what_weights_are_chosen_on_is_not_reported_on(self) -> None:
        choosing, reporting = bioasq(False, 100), bioasq(True, 100)
        assert not {question for question, _ in choosing.questions} & {question for question, _ in reporting.questions}
        assert choosing.documents == reporting.documents
        assert len(choosing.questions) > 900
        assert len(reporting.questions) > 900

    def test_every_gold_document_is_there(self) -> None:
        asked = bioasq(True, 0)
        assert all(gold and gold <= asked.documents.keys() for _, gold in asked.questions)
        assert all(document.text for document in asked.documents.values())
