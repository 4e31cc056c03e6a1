from __future__ import annotations

import random
import sys
import types
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nltk", reason="captions are scored with nltk")
pytest.importorskip("rouge_score", reason="captions are scored with rouge-score")
from biocopilot.model.metrics import CaptionTokens, caption_scores
from biocopilot.model.metrics.bleu import BleuCounts
from biocopilot.model.metrics.meteor import Meteor

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "mol", "##ecule", "is", "an", "acid", ",", "."]


def test_the_references_figures_of_captions(golden: Path, figures: dict[str, Any]) -> None:
    expected = figures["caption"]
    tokens = CaptionTokens(golden / "vocab.txt")
    found = caption_scores(expected["targets"], expected["preds"], tokens, samples=20).figures
    for name in ("BLEU-2", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L"):
        assert found[name].value == pytest.approx(expected[name], abs=1e-12), name
    assert 0 < found["METEOR"].value < 1


@pytest.mark.filterwarnings("ignore:\\s*The hypothesis contains 0 counts")
@pytest.mark.parametrize("seed", range(6))
def test_bleu_is_nltks_also_where_an_order_has_no_match(seed: int) -> None:
    from nltk.translate.bleu_score import corpus_bleu

    chosen = random.Random(seed)
    words = "abcdefghijklmnop"[: 3 + 2 * seed]
    pairs = [
        (
            [chosen.choice(words) for _ in range(chosen.randrange(1, 12))],
            [chosen.choice(words) for _ in range(chosen.randrange(0, 12))],
        )
        for _ in range(3)
    ]
    references, captions = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    counts = BleuCounts(references, captions)
    for order in (2, 4):
        expected = corpus_bleu([[one] for one in references], captions, weights=(1 / order,) * order)
        assert counts.bleu(order) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_captions_that_are_all_empty_score_0_and_stay_in() -> None:
    found = caption_scores(["an acid", "a base"], ["", ""], CaptionTokens(), samples=5).figures
    assert [figure.value for figure in found.values()] == [0.0] * 6
    half = caption_scores(["an acid", "a base"], ["an acid", ""], CaptionTokens(), samples=5).figures
    assert half["ROUGE-L"].value == 0.5


def test_a_caption_like_its_reference_scores_1_and_the_interval_holds_the_figure() -> None:
    texts = ["the molecule is an acid of this kind", "the molecule is a base of another kind"]
    same = caption_scores(texts, texts, CaptionTokens(), samples=50).figures
    assert same["BLEU-4"].value == same["ROUGE-L"].value == 1.0
    mixed = caption_scores(texts, [texts[0], "the molecule is a salt"], CaptionTokens(), samples=200).figures
    for figure in mixed.values():
        assert figure.low <= figure.value <= figure.high
        assert figure.low < figure.high


def test_pieces_are_those_of_the_vocabulary_lower_case_without_marks_and_at_most_512(tmp_path: Path) -> None:
    file = tmp_path / "vocab.txt"
    file.write_text("\n".join(VOCABULARY) + "\n", "utf-8")
    tokens = CaptionTokens(file)
    assert tokens("The molécule is an Acid.") == ["the", "mol", "##ecule", "is", "an", "acid", "."]
    assert tokens("the zzz [SEP]") == ["the", "[UNK]"]
    assert len(tokens("acid " * 600)) == 512
    assert "12 pieces, not SciBERT's" in tokens.name
    assert len(tokens.sha256) == 64


def test_without_a_vocabulary_words_are_counted_and_the_name_says_so() -> None:
    tokens = CaptionTokens()
    assert tokens("(R)-Lactic acid.") == ["(", "r", ")", "-", "lactic", "acid", "."]
    assert tokens.name.startswith("words")


def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("a\nb\n", "utf-8")
    with pytest.raises(ValueError, match=r"list\.txt"):
        CaptionTokens(file)


def test_meteor_without_wordnet_matches_forms_and_stems_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk

    monkeypatch.setattr(nltk.data, "path", [])
    monkeypatch.setattr("nltk.corpus.wordnet", _missing())
    meteor = Meteor()
    assert "no WordNet" in meteor.name
    same, stem, other = meteor.rows([["acids"], ["acids"], ["acids"]], [["acids"], ["acid"], ["base"]])
    assert same == stem == 0.5  # one chunk of one match
    assert other == 0.0


def test_meteor_with_wordnet_counts_synonyms(monkeypatch: pytest.MonkeyPatch) -> None:
    lemma = types.SimpleNamespace(name=lambda: "drug")
    held = types.SimpleNamespace(
        ensure_loaded=lambda: None,
        get_version=lambda: "3.0",
        synsets=lambda word: [types.SimpleNamespace(lemmas=lambda: [lemma])] if word == "pill" else [],
    )
    monkeypatch.setattr("nltk.corpus.wordnet", held)
    meteor = Meteor()
    assert meteor.name == "nltk with WordNet 3.0"
    assert meteor.rows([["drug"]], [["pill"]])[0] == 0.5


def test_importing_the_metrics_loads_neither_nltk_nor_torch() -> None:
    import subprocess

    code = "import sys, biocopilot.model.metrics\nprint(*sorted({'nltk', 'torch', 'rouge_score', 'tokenizers', 'rdkit'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


def _missing() -> Any:
    def fail() -> None:
        raise LookupError("wordnet")

    return types.SimpleNamespace(ensure_loaded=fail)
