import pytest
from biocopilot.copilot.planner.masking import MASKS, PLACEHOLDERS, features, mask_phrase, merge_lists
from hypothesis import given
from hypothesis import strategies as st

_TOKENS = st.lists(
    st.sampled_from([*sorted(PLACEHOLDERS), "MANY", "UNIT", ",", "and", "or", "of", "what", "is"]), max_size=12
)


@pytest.mark.parametrize(
    ("tokens", "merged"),
    [
        ("MOL , MOL and MOL", "MOL MANY"), ("PROP and PROP of MOL", "PROP MANY of MOL"), ("MOL or MOL", "MOL MANY"), ("MOL", "MOL"), ("MOL and TARGET", "MOL and TARGET"),
        ("what , then", "what then"), ("MOL , and", "MOL and"), ("DNA and DNA", "DNA and DNA"), ("QTY , MOL", "QTY MOL"), ("MOL MANY and MOL", "MOL MANY"), ("", ""),
    ],
)  # fmt: skip
def test_a_list_of_one_sort_is_one_token(tokens, merged):
    assert merge_lists(tokens.split()) == merged.split()


@given(_TOKENS)
def test_merging_twice_changes_nothing_more(tokens):
    once = merge_lists(tokens)
    assert merge_lists(once) == once
    assert "," not in once


@pytest.mark.parametrize(
    ("phrase", "tokens"),
    [
        ("what is the molecular weight of MOL", ["what", "is", "the", "PROP", "of", "MOL"]),
        ("MW, logP and TPSA of MOL, MOL", ["PROP", "MANY", "of", "MOL", "MANY"]),
        ("does MOL follow Lipinski's rule of five", ["does", "MOL", "follow", "RULE"]),
        ("IC50 of UNK on TARGET in UNIT", ["ACT", "of", "UNK", "on", "TARGET", "in", "UNIT"]),
        ("where is TARGET located", ["where", "is", "TARGET", "located"]),  # an aspect keeps its words
        ("Does BamHI cut DNA?", ["does", "ENZ", "cut", "DNA"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_training_phrase_is_masked_as_a_question_would_be(phrase, tokens):
    assert mask_phrase(phrase) == tokens


def test_features_are_words_neighbours_beginnings_and_types_each_once():
    found = features(["potency", "of", "MOL", "of", "MOL"])
    assert found == sorted(set(found))
    assert {"potency", "poten…", "of MOL", "^ potency", "MOL $", "has:MOL", "set:MOL"} <= set(found)
    assert "MOL…" not in found


def test_features_do_not_depend_on_what_is_named(bench):
    from biocopilot.copilot.planner.clauses import clauses_of, tokens_of
    from biocopilot.copilot.planner.entities import recognise

    def seen(text):
        (clause,) = clauses_of(recognise(text, bench), lambda tokens: ("property", 1.0))
        return features(tokens_of(clause))

    assert (
        seen("What is the MW of aspirin?")
        == seen("what is the molecular weight of CC(=O)Oc1ccccc1C(=O)O")
        == features(mask_phrase("what is the MW of MOL"))
    )


def test_every_mask_is_a_placeholder_of_its_own():
    assert len(set(MASKS.values())) == len(MASKS)
    assert "aspect" not in MASKS


@given(st.text(max_size=300))
def test_any_phrase_can_be_masked(phrase):
    features(mask_phrase(phrase))
