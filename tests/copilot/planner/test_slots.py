import pytest
from biocopilot.copilot.planner.classifier import classify
from biocopilot.copilot.planner.clauses import clauses_of
from biocopilot.copilot.planner.entities import recognise
from biocopilot.copilot.planner.frames import KINDS, Entity
from biocopilot.copilot.planner.kinds import kind_of
from biocopilot.copilot.planner.slots import (
    NEEDS,
    fits,
    lacking,
    like_a_gene,
    listed,
    slot_of,
    stands_for_a_target,
)


def some(kind, value="X"):
    return Entity(kind, value, 0, 1, value, value)


MOLECULE, OTHER, TARGET, DISEASE = some("molecule"), some("molecule", "Y"), some("target"), some("disease")
DNA, RNA, PEPTIDE, QUANTITY, GROUP, FILE, UNKNOWN = map(
    some, ("dna", "rna", "peptide", "quantity", "group", "file", "unknown")
)


def test_every_kind_says_what_it_needs_and_has_a_planner():
    assert set(NEEDS) == set(KINDS)
    for kind in KINDS:
        assert callable(kind_of(kind).plan)
        assert callable(kind_of(kind).compose)


@pytest.mark.parametrize(
    ("kind", "entities", "fit"),
    [
        ("property", [MOLECULE], True), ("property", [], False), ("property", [TARGET], False), ("property", [UNKNOWN], True),
        ("potency", [MOLECULE, TARGET], True), ("potency", [MOLECULE], False), ("potency", [UNKNOWN, TARGET], True), ("potency", [UNKNOWN], False),
        ("similarity", [MOLECULE, OTHER], True), ("similarity", [MOLECULE, MOLECULE], False), ("similarity", [MOLECULE, UNKNOWN], True),
        ("substructure", [GROUP, MOLECULE], True), ("substructure", [GROUP, FILE], True), ("substructure", [GROUP], False), ("substructure", [UNKNOWN, MOLECULE], False),
        ("translate", [DNA], True), ("translate", [RNA], True), ("translate", [PEPTIDE], False), ("translate", [UNKNOWN], False),
        ("alignment", [DNA, some("dna", "Z")], True), ("alignment", [DNA], False), ("alignment", [TARGET, PEPTIDE], True),
        ("concentration", [QUANTITY], True), ("concentration", [MOLECULE], False), ("drugs_for_indication", [DISEASE], True),
        ("help", [], True), ("data_status", [], True), ("unsupported", [MOLECULE], True),
    ],
)  # fmt: skip
def test_a_kind_fits_what_it_can_be_asked_about(kind, entities, fit):
    assert fits(kind, entities) is fit
    assert (lacking(kind, entities) == "") is fit


@pytest.mark.parametrize(
    ("kind", "entities", "words"),
    [
        ("property", [], "a molecule"), ("drugs_for_target", [], "a target"), ("drugs_for_indication", [], "a disease"), ("translate", [], "a DNA or RNA sequence"),
        ("similarity", [], "two molecules"), ("similarity", [MOLECULE], "another molecule"), ("alignment", [], "two sequences"), ("concentration", [], "a number with its unit"),
        ("substructure", [MOLECULE], "a functional group"), ("protein_properties", [], "a protein sequence"), ("potency", [MOLECULE], "a target"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(kind, entities, words):
    assert lacking(kind, entities).startswith(words)


def test_the_three_sorts_of_sequence_share_a_slot():
    assert {slot_of(item) for item in (DNA, RNA, PEPTIDE)} == {"dna"}
    assert slot_of(MOLECULE) == "molecule"


@pytest.mark.parametrize(
    ("text", "alike"), [("ZORB1", True), ("BRAF", True), ("p53", True), ("Zorbatinib", False), ("word", False)]
)
def test_a_gene_is_written_in_capitals_or_with_digits(text, alike):
    assert like_a_gene(text) is alike


def _unknown_in(text, bench):
    found = recognise(text, bench)
    clause = clauses_of(found, lambda tokens: classify(tokens).ranked[0])[0]
    return next(entity for entity in clause.of("unknown") if "zorbix" in entity.text.casefold()), clause


@pytest.mark.parametrize(
    ("text", "stands"),
    [("inhibitors of Zorbix", True), ("Zorbix inhibitors", True), ("how potent is aspirin on the human Zorbix", True), ("Zorbix kinase", True), ("the MW of Zorbix", False), ("Zorbix and aspirin", False)],
)  # fmt: skip
def test_the_words_around_an_unknown_name_say_whether_it_is_a_target(text, stands, bench):
    assert stands_for_a_target(*_unknown_in(text, bench)) is stands


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("MW of aspirin and Zorbix", True),
        ("aspirin, Zorbix or both", True),
        ("aspirin versus Zorbix", True),
        ("aspirin is what Zorbix was", False),
        ("Zorbix: MW", False),
    ],
)
def test_a_list_is_seen_by_what_joins_it(text, together, bench):
    unknown, clause = _unknown_in(text, bench)
    assert listed(unknown, clause.of("molecule", "unknown"), clause) is together
