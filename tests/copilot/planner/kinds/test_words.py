import pytest
from biocopilot.copilot.planner.contract import Aside, Sentence
from biocopilot.copilot.planner.kinds.plan import Results
from biocopilot.copilot.planner.kinds.words import (
    amount,
    capital,
    count_of,
    join,
    known_id,
    misses,
    molecule_name,
    notes,
    number,
    plain_name,
    settle,
    target_name,
)
from biocopilot.memory.records import ToolResult
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (206.285, 2, "206.28"), (12500.0, None, "12,500"), (1234.5, None, "1,234"), (123.45, None, "123.5"), (31.62, None, "31.62"), (0.479, None, "0.479"), (0.00012345, None, "0.0001"),
        (1e-9, None, "1e-09"), (7, None, "7"), (7.0, None, "7"), (0.5, 3, "0.500"), (-3.07, 2, "-3.07"), (1_000_000, None, "1,000,000"), (0, None, "0"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_its_thousands_and_few_digits(value, decimals, shown):
    assert number(value, decimals) == shown


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_shown_number_is_the_value_within_a_hundredth(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.5, abs=5e-5)


def test_an_amount_has_relation_and_unit_but_no_word_for_counts(made):
    assert amount(made.quantity(12500.0, "nM", relation=">")) == "> 12,500 nM"
    assert amount(made.quantity(3)) == "3"
    assert amount(made.quantity(0.512, "dimensionless"), 2) == "0.51"


def test_lists_counts_and_capitals():
    assert [join([]), join(["a"]), join(["a", "b"]), join(["a", "b", "c"]), join(["a", "b"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a or b",
    ]
    assert [count_of(0, "drug"), count_of(1, "drug"), count_of(1200, "drug"), count_of(2, "entry", "entries")] == [
        "no drugs",
        "1 drug",
        "1,200 drugs",
        "2 entries",
    ]
    assert [capital("aspirin is"), capital("pIC50 of"), capital("mTOR is"), capital(""), capital("`CCO` is")] == [
        "Aspirin is",
        "pIC50 of",
        "mTOR is",
        "",
        "`CCO` is",
    ]


def test_names_are_readable_and_codes_stay_as_they_are():
    assert [plain_name("IMATINIB MESYLATE"), plain_name("SB-203580"), plain_name("ABT"), plain_name("Gleevec")] == [
        "imatinib mesylate",
        "SB-203580",
        "ABT",
        "Gleevec",
    ]
    assert [known_id("CHEMBL25"), known_id("STARTER7"), known_id(None)] == ["CHEMBL25", "–", "–"]


@pytest.mark.parametrize(
    ("molecule", "shown"),
    [
        ({"query": "aspirin", "name": "ASPIRIN", "smiles": "C"}, "aspirin"), ({"query": "gleevec", "name": "IMATINIB", "matched_by": "name"}, "gleevec (imatinib)"),
        ({"query": "CHEMBL25", "name": "ASPIRIN"}, "aspirin (CHEMBL25)"), ({"query": "CCO", "name": None, "smiles": "CCO"}, "`CCO`"), ({"query": "CCO", "name": "", "smiles": ""}, "`CCO`"),
    ],
)  # fmt: skip
def test_a_molecule_is_called_by_the_users_word_and_the_sources_name(molecule, shown):
    assert molecule_name({"molecule": molecule}) == shown


def test_a_target_is_called_by_its_gene_then_its_name():
    assert target_name({"target": {"gene": "EGFR", "name": "Epidermal"}}) == "EGFR"
    assert target_name({"target": {"gene": None, "name": "Proteasome"}}) == "Proteasome"


def test_a_miss_cites_its_search_and_a_failure_is_an_aside(made):
    missed = ToolResult(
        status="empty",
        evidence=(
            made.evidence({"type": "not_found", "message": "No molecule called zork.", "nearest": ["zorc", "zora"]}),
        ),
        matched=0,
        returned=0,
    )
    failed = ToolResult(status="failed", error="X", digest="It broke.\nTry again.")
    told = misses([missed, failed, None])
    assert told == [
        Sentence("No molecule called zork.", ("E1",)),
        Sentence("The nearest names are zorc and zora.", ("E1",)),
        Aside("It broke. Try again."),
    ]


def test_several_meanings_are_offered_with_or(made):
    several = ToolResult(
        status="empty",
        evidence=(made.evidence({"type": "ambiguous", "message": "Which one?", "nearest": ["a", "b"]}),),
        matched=2,
        returned=0,
    )
    assert misses([several])[1] == Sentence("It could be a or b.", ("E1",))


def test_a_section_is_answered_partial_or_unknown_by_what_was_told_and_missed(made):
    failed = ToolResult(status="failed", error="X", digest="It broke.")
    results = Results({**made.results({"a": {"type": "x"}}).by_key, "b": failed})
    said = [Sentence("It is so.", ("E1",))]
    assert settle(said, results, ["a"]).status == "answered"
    assert settle(said, results, ["a", "b"]).status == "partial"
    assert settle([], results, ["b"]).status == "unknown"


def test_caveats_of_a_record_are_sentences_with_evidence(made):
    item = made.evidence({"type": "x", "notes": ["One.", "Two.", "Three."]}, "E7")
    assert notes(item) == [Sentence("One.", ("E7",)), Sentence("Two.", ("E7",))]
