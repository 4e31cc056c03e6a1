from itertools import pairwise

import pytest
from biocopilot.copilot.planner.classifier import classify
from biocopilot.copilot.planner.clauses import clauses_of, is_bare, is_statement, tokens_of
from biocopilot.copilot.planner.entities import recognise


def clauses(text, bench):
    return clauses_of(recognise(text, bench), lambda tokens: classify(tokens).ranked[0])


def parts(text, bench):
    return [clause.text.strip(" \n?.,") for clause in clauses(text, bench)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MW of aspirin? And what does EGFR do?", ["MW of aspirin", "And what does EGFR do"]),
        ("Is erlotinib drug-like, how potent is it on EGFR, and what does EGFR do?", ["Is erlotinib drug-like", "how potent is it on EGFR", "what does EGFR do"]),
        ("Draw aspirin and tell me its logP.", ["Draw aspirin", "tell me its logP"]),
        ("MW of aspirin; TPSA of ibuprofen", ["MW of aspirin;", "TPSA of ibuprofen"]),
        ("What is EGFR\nWhere is it located", ["What is EGFR", "Where is it located"]),
        ("mechanism and indications of imatinib", ["mechanism", "indications of imatinib"]),
    ],
)  # fmt: skip
def test_two_questions_are_two_clauses(text, expected, bench):
    assert parts(text, bench) == expected


@pytest.mark.parametrize(
    "text",
    [
        "MW, logP and TPSA of aspirin", "Compare imatinib and nilotinib", "IC50 of erlotinib and gefitinib on EGFR", "drugs for asthma and COPD", "Is it a base or an acid, like aspirin",
        "mol. wt. of aspirin", "approx. MW of aspirin", "What is the MW, and the logP, of aspirin", "PAINS and Brenk alerts of curcumin", "convert 1.5 µg/mL of imatinib to nM",
        "MW of CC(=O)Oc1ccccc1C(=O)O.Cl", "e.g. the MW of aspirin", "Does 5-HT2A have a signal sequence", "align ATGGCCATTGTA and ATGGCGATTGTA", "Which rows of a.smi and b.smi match a ketone",
    ],
)  # fmt: skip
def test_one_question_is_one_clause(text, bench):
    assert len(clauses(text, bench)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1. MW of aspirin\n2. logP of ibuprofen\n3. targets of imatinib", "1) MW of aspirin 2) logP of ibuprofen 3) targets of imatinib", "(1) MW of aspirin (2) logP of ibuprofen (3) targets of imatinib",
        "- MW of aspirin\n- logP of ibuprofen\n- targets of imatinib", "• MW of aspirin\n• logP of ibuprofen\n• targets of imatinib",
    ],
)  # fmt: skip
def test_a_numbered_list_is_its_items_and_the_numbers_are_none(text, bench):
    assert parts(text, bench) == ["MW of aspirin", "logP of ibuprofen", "targets of imatinib"]


@pytest.mark.parametrize(
    "text",
    [
        "I have CC(=O)Oc1ccccc1C(=O)O. What is its logP?", "aspirin: MW?", "CCO, CC(=O)C and CCN: which of these contain a ketone?", "Which of these contain a ketone?\nCCO\nCC(=O)C\nCCN",
        "Aspirin violates the rule of five. Does it?", "hello, quick question. MW of aspirin",
    ],
)  # fmt: skip
def test_names_and_statements_stay_with_what_is_asked_of_them(text, bench):
    assert len(clauses(text, bench)) == 1


@pytest.mark.parametrize(
    ("text", "bare"),
    [("and gefitinib?", True), ("what about HER2", True), ("no, I meant adagrasib", True), ("sorry, KRAS instead", True), ("and its logP?", False), ("MW of aspirin", False), ("does aspirin inhibit COX-2", False)],
)  # fmt: skip
def test_a_clause_that_only_names_things_is_bare(text, bare, bench):
    (clause,) = clauses(text, bench)
    assert is_bare(clause) is bare


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("We used midazolam in the study.", True), ("In our assay we use midazolam.", False), ("We use midazolam in the study.", True), ("I am working on EGFR.", True), ("The patient got imatinib.", True),
        ("We need the MW of midazolam.", False), ("In which organ is EGFR found?", False), ("Tell me about EGFR.", False), ("It was raining.", False),
    ],
)  # fmt: skip
def test_a_statement_only_tells_what_the_next_question_is_about(text, states, bench):
    (clause,) = clauses(text, bench)
    assert is_statement(clause) is states


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("MW of aspirin, ibuprofen and naproxen", ["PROP", "of", "MOL", "MANY"]),
        ("What does EGFR do?", ["what", "does", "TARGET", "do"]),
        ("is hits.smi full of ketones", ["is", "FILE", "full", "of", "GROUP"]),
        ("gc of ATGGCCATTGTA", ["gc", "of", "DNA"]),
        ("drugs for asthma", ["drugs", "for", "DISEASE"]),
        ("IC50 of zorbix", ["ACT", "of", "UNK"]), ("IC50 of zorbatinib", ["ACT", "of", "MOL"]),
    ],
)  # fmt: skip
def test_the_classifier_sees_types_and_not_names(text, tokens, bench):
    (clause,) = clauses(text, bench)
    assert tokens_of(clause) == tokens


def test_a_unit_asked_for_is_one_token(bench):
    (clause,) = clauses("convert 1 µg/mL of imatinib to nM", bench)
    start = clause.text.index("nM")
    assert tokens_of(clause, unit=(start, start + 2)) == ["convert", "QTY", "of", "MOL", "to", "UNIT"]


def test_clauses_lie_apart_and_keep_their_entities(bench):
    found = clauses("MW of aspirin, and what does EGFR do? Also: drugs for asthma.", bench)
    assert [clause.names[0].value for clause in found] == ["ASPIRIN", "P00533", "asthma"]
    assert all(one.end <= other.start for one, other in pairwise(found))
