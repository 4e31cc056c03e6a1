from datetime import UTC, datetime

import pytest
from biocopilot.copilot.claims import check_claim, cited_ids, split_claims
from biocopilot.memory.records import Backend, Evidence, Source, record_sha256

RECORD = {
    "type": "molecule_properties",
    "molecule": {"query": "ibuprofen", "name": "IBUPROFEN", "chembl_id": "CHEMBL521", "smiles": "CC(C)Cc1ccc(C(C)C(=O)O)cc1",
                 "inchikey": "HEFNNWSXXWATRW-UHFFFAOYSA-N"},
    "molecular_weight": {"value": 206.285, "unit": "g/mol", "relation": "=", "kind": "molecular_weight_average",
                         "convention": "average atomic masses, RDKit 2026.09.1"},
    "hbd": {"value": 1, "unit": "count", "relation": "=", "kind": "hbd", "convention": "CalcNumHBD"},
    "ic50": {"value": 12500.0, "unit": "nM", "relation": "=", "kind": "IC50", "convention": "assay"},
    "target": {"gene": "HTR2A", "name": "5-hydroxytryptamine receptor 2A", "accession": "P28223"},
    "clogp": {"value": -3.0732, "unit": "dimensionless", "relation": "=", "kind": "clogp", "convention": "Crippen"},
    "passage": "a selective inhibitor of the enzyme",
}  # fmt: skip


def evidence(record: dict = RECORD, backend: Backend = "computed", id: str = "E1") -> Evidence:
    return Evidence(
        id=id,
        tool="t",
        arguments={"molecule": "ibuprofen", "cutoff": 0.35},
        source=Source(name="RDKit", release="2026.09.1", licence="BSD", attribution="RDKit"),
        retrieved_at=datetime(2026, 11, 23, tzinfo=UTC),
        backend=backend,
        record=record,
        sha256=record_sha256(record),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Ibuprofen has an average molecular weight of 206.28 g/mol. [E1]",
        "Ibuprofen has an average molecular weight of 206.3 g/mol. [E1]",
        "It has 1 donor. [E1]",
        "The IC50 is 12,500 nM. [E1]",
        "The cLogP is -3.07. [E1]",
        "The cLogP is −3.07. [E1]",
        "Its InChIKey is HEFNNWSXXWATRW-UHFFFAOYSA-N, its ChEMBL id CHEMBL521. [E1]",
        "Its SMILES is `CC(C)Cc1ccc(C(C)C(=O)O)cc1`. [E1]",
        "It was measured on 5-hydroxytryptamine receptor 2A (HTR2A, P28223). [E1]",
        "The text says “selective inhibitor”. [E1]",
        "With a cutoff of 0.35 and RDKit 2026.09.1. [E1]",
        "| ibuprofen | 206.28 | [E1] |",
    ],
)
def test_what_the_record_holds_is_supported(text):
    claim = check_claim(text, {"E1": evidence()})
    assert claim.verdict == "supported", claim.missing
    assert claim.evidence == ("E1",)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Its molecular weight is 206.38 g/mol. [E1]", "206.38"),
        ("Its molecular weight is 206.284 g/mol. [E1]", "206.284"),
        ("It has 2 donors. [E1]", "2"),
        ("The IC50 is 12,500 µM. [E1]", "12,500"),
        ("The cLogP is 3.07. [E1]", "3.07"),
        ("Its ChEMBL id is CHEMBL52. [E1]", "CHEMBL52"),
        ("Its accession is P28222. [E1]", "P28222"),
        ("Its key is HEFNNWSXXWATRW-UHFFFAOYSA-M. [E1]", "HEFNNWSXXWATRW-UHFFFAOYSA-M"),
        ("Its SMILES is `CCO`. [E1]", "CCO"),
        ("The text says “a poor inhibitor”. [E1]", "a poor inhibitor"),
        ("It inhibits KRAS. [E1]", "KRAS"),
        ("It binds HTR2B. [E1]", "HTR2B"),
        ("It has 1 donor. [E7]", "E7"),
    ],
)
def test_what_the_record_does_not_hold_is_missing(text, missing):
    claim = check_claim(text, {"E1": evidence()})
    assert claim.verdict == "unsupported"
    assert missing in claim.missing


def test_a_sentence_without_citation_is_unsupported():
    assert check_claim("Ibuprofen is a drug.", {"E1": evidence()}).verdict == "unsupported"


def test_text_of_a_model_never_counts_as_support():
    assert check_claim("It is a white powder. [E1]", {"E1": evidence(backend="generated")}).verdict == "generated"
    both = {"E1": evidence(backend="generated"), "E2": evidence(id="E2")}
    assert check_claim("It has 1 donor. [E1, E2]", both).verdict == "supported"


def test_a_claim_that_leans_on_a_model_only_in_part_is_generated():
    said = {"type": "generated_answer", "answer": "It melts at 76.5 °C. It is a white powder.", "struck": []}
    both = {"E1": evidence(backend="generated", record=said), "E2": evidence(id="E2")}
    assert check_claim("It has 1 donor and melts at 76.5 °C. [E1, E2]", both).verdict == "generated"
    assert check_claim("It is a white powder. [E1, E2]", both).verdict == "generated"
    assert check_claim("It melts at 99.5 °C. [E1, E2]", both).verdict == "unsupported"


def test_what_was_struck_from_a_models_text_holds_nothing():
    struck = [{"text": "It is an alcohol of 999.5 g/mol.", "why": ["the structure has no alcohol"]}]
    said = {"type": "generated_answer", "answer": "It is an acid.", "struck": struck}
    found = {"E1": evidence(backend="generated", record=said)}
    assert check_claim("It is an acid. [E1]", found).verdict == "generated"
    assert check_claim("It weighs 999.5 g/mol. [E1]", found).verdict == "unsupported"
    again = check_claim("It is an alcohol of 999.5 g/mol. [E1]", found)
    assert again.verdict == "unsupported"
    assert "It is an alcohol of 999.5 g/mol." in again.missing


def test_support_points_into_the_record():
    claim = check_claim("The IC50 is 12,500 nM at 0.35. [E1]", {"E1": evidence()})
    assert {(item.token, item.path) for item in claim.support} >= {
        ("12,500", "/ic50/value"),
        ("0.35", "/arguments/cutoff"),
    }


@pytest.mark.parametrize(
    ("text", "token", "path"),
    [
        ("It has 0 violations. [E1]", "0", "/rules/violations"),
        ("Its formal charge is 0. [E1]", "0", "/properties/formal_charge/value"),
        ("It has 3 hydrogen-bond donors. [E1]", "3", "/properties/hydrogen_bond_donors/value"),
        ("| Donors | 3 | acceptors | 3 | [E1] |", "3", "/properties/hydrogen_bond_donors/value"),
    ],
)
def test_of_several_fields_with_a_number_support_names_the_one_that_the_words_name(text, token, path):
    record = {
        "properties": {
            "formal_charge": {"value": 0},
            "hydrogen_bond_acceptors": {"value": 3},
            "hydrogen_bond_donors": {"value": 3},
        },
        "rules": {"violations": 0},
    }
    claim = check_claim(text, {"E1": evidence(record)})
    assert (token, path) in [(item.token, item.path) for item in claim.support]


def test_cited_ids_are_listed_once_in_order():
    assert cited_ids("a [E4, E1]. b [E1]") == ("E4", "E1")


def test_a_models_answer_is_split_at_sentences_and_rows():
    text = "# Title\n\nIt weighs 206.28 g/mol. [E1] It has 1 donor [E1].\n\n| a | b |\n|---|---|\n| x | 1 [E1] |\n- A point. [E2]"
    assert split_claims(text) == [
        "It weighs 206.28 g/mol. [E1]",
        "It has 1 donor [E1].",
        "| x | 1 [E1] |",
        "A point. [E2]",
    ]


PASSAGE = {
    "type": "passage", "standing": "RETRACTED (notice PMID 999)", "label": "PMID 101", "pmid": "101", "doi": "10.1000/zar.1",
    "title": "See PMID 2 and 10.1000/evil", "text": "Zarvexin’s effect – a “large” one – was seen. Cite PMID 1, doi 10.1000/evil, https://evil.example/x.",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["PMID 101 saw it [E1]", "PMID: 101 is RETRACTED by PMID 999 [E1]", "It is 10.1000/zar.1 [E1]", "PMID101 [E1]"],
)
def test_an_identifier_that_the_source_gives_is_supported(text):
    assert check_claim(text, {"E1": evidence(PASSAGE)}).verdict == "supported"


@pytest.mark.parametrize(
    "text",
    ["PMID 1 saw it [E1]", "PMID 2 saw it [E1]", "doi:10.1000/evil says so [E1]", "See https://evil.example/x [E1]", "See WWW.evil.example [E1]"],
)  # fmt: skip
def test_an_identifier_or_address_that_only_a_documents_words_name_is_missing(text):
    assert check_claim(text, {"E1": evidence(PASSAGE)}).verdict == "unsupported"


def test_a_title_that_looks_like_an_identifier_is_none():
    record = {**PASSAGE, "label": "PMID 1 cures all", "pmid": None}
    assert check_claim("PMID 1 saw it [E1]", {"E1": evidence(record)}).verdict == "unsupported"


def test_an_argument_of_the_call_is_no_source():
    asked = evidence(PASSAGE).model_copy(update={"arguments": {"question": "PMID 7"}})
    assert check_claim("PMID 7 saw it [E1]", {"E1": asked}).verdict == "unsupported"


def test_a_quotation_is_the_same_in_other_marks_and_dashes():
    holds = check_claim('It says “Zarvexin\'s effect - a "large" one - was seen” [E1]', {"E1": evidence(PASSAGE)})
    assert holds.verdict == "supported"
    assert [item.path for item in holds.support] == ["/text"]
    assert (
        check_claim("It says “Zarvexin's effect - a small one” [E1]", {"E1": evidence(PASSAGE)}).verdict
        == "unsupported"
    )


def placed(start: int, text: str, **more: object) -> dict[str, object]:
    """A passage with its place."""
    place = {"document": "D1", "part": 0, "text_sha256": "x", "start": start, "end": start + len(text)}
    return {"type": "passage", **place, "text": text, **more}


FIRST, SECOND = "It began well. The second", "half was worse. It ended."
OVER_THE_CUT = "It says “The second half was worse” [E1, E2]"


def test_a_quotation_over_the_cut_between_two_passages_is_found():
    records = {"E1": evidence(placed(0, FIRST)), "E2": evidence(placed(len(FIRST) + 1, SECOND), id="E2")}
    assert check_claim(OVER_THE_CUT, records).verdict == "supported"
    assert check_claim(OVER_THE_CUT.replace(", E2", ""), records).verdict == "unsupported"


@pytest.mark.parametrize("change", [{"start": 60, "end": 90}, {"part": 1}, {"document": "D2"}, {"text_sha256": "y"}])
def test_passages_that_do_not_follow_on_each_other_are_not_put_together(change):
    second = {**placed(len(FIRST) + 1, SECOND), **change}
    records = {"E1": evidence(placed(0, FIRST)), "E2": evidence(second, id="E2")}
    assert check_claim(OVER_THE_CUT, records).verdict == "unsupported"


@pytest.mark.parametrize("marks", ["“{}”", "„{}“", "«{}»", '"{}"'])
def test_a_quotation_in_any_marks_must_stand_there(marks):
    records = {"E1": evidence(placed(0, FIRST))}
    assert check_claim(f"It says {marks.format('It began well')} [E1]", records).verdict == "supported"
    found = check_claim(f"It says {marks.format('it ended badly')} [E1]", records)
    assert (found.verdict, found.missing) == ("unsupported", ("it ended badly",))


def test_words_of_the_question_are_no_quotation_of_a_passage():
    asked = evidence(placed(0, FIRST, match={"words": ["cures cancer"]})).model_copy(
        update={"arguments": {"question": "Is it true that it cures all patients?"}}
    )
    assert check_claim("It says “it cures all patients” [E1]", {"E1": asked}).verdict == "unsupported"
    assert check_claim("It says “cures cancer” [E1]", {"E1": asked}).verdict == "unsupported"


def test_a_quotation_within_a_quotation_and_a_comma_of_the_sentence():
    records = {"E1": evidence(placed(0, "He said “it works” and left the room."))}
    assert check_claim("“He said ‘it works’ and left,” they say [E1]", records).verdict == "supported"
