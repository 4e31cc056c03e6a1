from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from biocopilot.copilot.planner import vocabulary
from biocopilot.copilot.planner.frames import PROPERTIES
from biocopilot.copilot.planner.vocabulary import ENZYMES, longest_phrase, phrases, term
from biocopilot.copilot.planner.words import is_common, known_words, nearest_known, split_words
from hypothesis import given
from hypothesis import strategies as st

TABLES = dict(vocabulary._TABLES)
TOLD_ANYWAY = {"gc", "longest", "salt", "status", "structure"}
"""Aspects whose kind tells them whether asked or not; as words they still speak for that kind."""


def test_no_phrase_has_two_meanings():
    meanings: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, entries in vocabulary._TABLES:
        for value, listed in entries.items():
            for phrase in listed.split("|"):
                meanings[vocabulary._plain(phrase)].add((kind, value))
    doubled = {phrase: found for phrase, found in meanings.items() if len(found) > 1}
    assert doubled == {}


def test_no_enzyme_or_group_is_hidden_behind_another_term():
    table = phrases()
    assert {name for name in ENZYMES if table[name.casefold()] != ("enzyme", name)} == set()
    hidden = {name for name in vocabulary.GROUPS if term(vocabulary._plain(name)) != ("group", name)}
    assert hidden == set()


def test_every_phrase_is_in_plain_form():
    for phrase in phrases():
        assert phrase == " ".join(phrase.casefold().split())
        assert phrase
        assert phrase.count(" ") < longest_phrase()


def test_every_property_is_one_that_is_computed():
    assert set(TABLES["property"]) == set(PROPERTIES)


async def test_every_property_rule_and_catalogue_is_one_that_the_tools_know(copilot):
    answer = await copilot.aask("Lipinski, Veber, Egan, Ghose and lead-likeness of aspirin")
    record = answer.evidence[0].record
    assert set(TABLES["rule"]) <= set(record["rules"])
    assert set(TABLES["property"]) <= set(record["properties"])


def test_every_enzyme_is_one_that_biopython_knows():
    restriction = pytest.importorskip("Bio.Restriction")
    assert [name for name in ENZYMES if not hasattr(restriction, name)] == []


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("mw", ("property", "molecular_weight")), ("rotatable bonds", ("property", "rotatable_bonds")), ("rule of 5", ("rule", "lipinski")), ("pains", ("catalogue", "PAINS")), ("pic50", ("activity_type", "IC50")),
        ("bamhi", ("enzyme", "BamHI")), ("bam hi", ("enzyme", "BamHI")), ("hind iii", ("enzyme", "HindIII")), ("hind3", ("enzyme", "HindIII")), ("ketone", ("group", "ketone")), ("ketones", ("group", "ketone")),
        ("ketone group", ("group", "ketone")), ("subcellular location", ("aspect", "location")), ("synonyms", ("aspect", "names")), ("ic50s", ("activity_type", "IC50")), ("aspirin", None), ("", None), ("s", None),
    ],
)  # fmt: skip
def test_a_phrase_is_known_in_singular_and_plural(phrase, found):
    assert term(phrase) == found


def test_every_aspect_is_read_by_some_kind_or_by_the_filling_of_frames():
    folder = Path(vocabulary.__file__).parent
    kinds = [
        path for path in folder.glob("kinds/*.py") if path.name not in ("elsewhere.py", "annotations.py")
    ]  # those read records of services
    source = "".join(path.read_text(encoding="utf-8") for path in [*kinds, folder / "filling.py"])
    unread = {value for value in TABLES["aspect"] if f'"{value}"' not in source}
    assert unread == TOLD_ANYWAY


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wieght", "weight"),
        ("moleculer", "molecule"),
        ("protien", "protein"),
        ("solublity", "solubility"),
        ("inhibiters", "inhibitors"),
    ],
)
def test_a_misspelt_word_of_the_trade_is_mended(written, meant):
    assert nearest_known(written)[0] == meant


@pytest.mark.parametrize("word", ["abc", "zzzzzz", "x1", "", "a-b"])
def test_what_is_near_no_word_is_left(word):
    assert nearest_known(word) is None


def test_everyday_words_and_words_of_the_trade_are_known():
    assert all(is_common(word) for word in ("what", "weight", "weights", "please"))
    assert not is_common("imatinib")
    assert {"lipophilicity", "what"} <= known_words()


@given(st.text(max_size=300))
def test_words_lie_apart_and_are_what_stands_there(text):
    words = list(split_words(text))
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))
