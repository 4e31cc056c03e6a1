import importlib.resources
import json
from pathlib import Path

import pytest
from biocopilot.copilot.planner import classifier, train
from biocopilot.copilot.planner.classifier import LEAST_MARGIN, Guess, classify, load_weights
from biocopilot.copilot.planner.frames import KINDS
from biocopilot.copilot.planner.masking import features, mask_phrase
from hypothesis import given
from hypothesis import strategies as st

PHRASES = Path(train.__file__).parent / "phrases"
WEIGHTS = Path(classifier.__file__).parent / "weights.json"

needs_phrases = pytest.mark.skipif(not PHRASES.is_dir(), reason="the training phrases stand only in a checkout")


@needs_phrases
def test_the_weights_are_made_from_the_phrases_as_they_are():
    assert load_weights().sha256 == train.phrases_sha256(), "run: python -m biocopilot.copilot.planner.train"


@needs_phrases
def test_every_kind_has_phrases_and_no_phrase_stands_for_two_kinds():
    read = train.read_phrases()
    assert {kind for kind, _phrase in read} == set(KINDS) == set(load_weights().kinds)
    kinds: dict[str, set[str]] = {}
    for kind, phrase in read:
        kinds.setdefault(" ".join(mask_phrase(phrase)), set()).add(kind)
    assert {phrase: found for phrase, found in kinds.items() if len(found) > 2} == {}


@needs_phrases
def test_training_phrases_are_classified_as_they_were_meant():
    read = train.read_phrases()
    right = sum(classify(mask_phrase(phrase)).kind == kind for kind, phrase in read)
    assert right / len(read) > 0.97


@given(st.lists(st.text(max_size=12), max_size=15))
def test_probabilities_of_any_tokens_sum_to_one_and_are_in_order(tokens):
    guess = classify(tokens)
    chances = [chance for _kind, chance in guess.ranked]
    assert sum(chances) == pytest.approx(1.0)
    assert chances == sorted(chances, reverse=True)
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    assert {kind for kind, _chance in guess.ranked} == set(KINDS)
    assert guess.probability == guess.of(guess.kind) == chances[0]


def test_the_same_tokens_give_the_same_guess():
    assert classify(["PROP", "of", "MOL"]) == classify(["PROP", "of", "MOL"])


def test_a_guess_of_nothing_in_particular_is_unsure():
    assert classify(["zork", "blib"]).margin < 0.9
    assert classify(["PROP", "of", "MOL"]).margin > 0.9


def test_the_margin_passes_over_kinds_that_answer_each_others_questions():
    rest = tuple((kind, 0.0) for kind in KINDS if kind not in ("mechanism", "potency", "draw"))
    guess = Guess((("mechanism", 0.5), ("potency", 0.45), ("draw", 0.05), *rest))
    assert guess.margin == pytest.approx(0.45)
    assert Guess((("mechanism", 0.5), ("draw", 0.45), ("potency", 0.05), *rest)).margin == pytest.approx(0.05)


def test_weights_name_only_kinds_that_exist_and_words_that_can_be_seen():
    weights = load_weights()
    assert len(weights.bias) == len(weights.kinds)
    for row in weights.rows.values():
        assert all(0 <= place < len(weights.kinds) for place in map(int, row[::2]))
    assert all(word == word.casefold() for word in json.loads(WEIGHTS.read_text(encoding="utf-8"))["words"])


def test_the_weights_ship_with_the_package():
    assert importlib.resources.files("biocopilot.copilot.planner").joinpath("weights.json").is_file()


def test_the_margin_is_the_documented_one():
    documented = (Path(__file__).parents[3] / "docs" / "planner.md").read_text(encoding="utf-8")
    assert f"{LEAST_MARGIN:.2f}" in documented


@needs_phrases
def test_training_counts_the_features_that_use_counts():
    names = set(load_weights().rows)
    seen: set[str] = set()
    for _kind, phrase in train.read_phrases():
        for varied in train.vary(phrase):
            seen.update(features(mask_phrase(varied)))
    assert names <= seen


def test_variants_keep_the_phrase_and_hide_what_is_named():
    varied = train.vary("what is the MW of MOL")
    assert varied[0] == "what is the MW of MOL"
    assert "what is the MW of UNK" in varied
    assert len(varied) == len(set(varied)) >= 4
    assert train.vary("what is the MW of MOL") == varied


@needs_phrases
@pytest.mark.slow
def test_training_writes_the_same_bytes_twice(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    written = []
    for run in ("first", "second"):
        folder = tmp_path / run / "phrases"
        folder.mkdir(parents=True)
        for path in PHRASES.glob("*.txt"):  # a twelfth of them: all take a minute
            lines = path.read_text(encoding="utf-8").splitlines()
            (folder / path.name).write_text("\n".join(lines[::12]), encoding="utf-8")
        monkeypatch.setattr(train, "_HERE", folder.parent)
        monkeypatch.setattr(train.read_phrases, "__defaults__", (folder,))
        monkeypatch.setattr(train.phrases_sha256, "__defaults__", (folder,))
        train._write()
        written.append((folder.parent / "weights.json").read_bytes())
    assert written[0] == written[1]
    data = json.loads(written[0])
    assert data["sha256"] == train.phrases_sha256() != load_weights().sha256
    assert set(data["kinds"]) == set(KINDS)


def test_the_shipped_weights_were_trained_on_the_same_features():
    rows = load_weights().rows
    for phrase in (
        "what is the molecular weight of MOL",
        "how potent is MOL on TARGET",
        "translate DNA",
        "which drugs act on TARGET",
    ):
        known = [name for name in features(mask_phrase(phrase)) if name in rows]
        assert len(known) / len(features(mask_phrase(phrase))) > 0.8
