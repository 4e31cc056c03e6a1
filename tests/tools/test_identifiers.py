"""Identifiers are known by their shape alone, and nothing else passes for one."""

from __future__ import annotations

import pytest
from biocopilot.tools.identifiers import is_cas_number, is_chembl_id, is_inchikey, is_uniprot_accession, public_id


@pytest.mark.parametrize("text", ["CHEMBL25", "chembl203", "CHEMBL4435170", "BCSTARTER7", "BCT-P04637"])
def test_chembl_ids(text: str) -> None:
    assert is_chembl_id(text)


@pytest.mark.parametrize(
    "text",
    ["CHEMBL", "CHEMBL25x", " CHEMBL25", "CHEMBL25\n", "CHEMBL1234567890123456789", "CHEMBL-25", "25", "", "CHEMBL٢٥"],
)
def test_what_is_no_chembl_id(text: str) -> None:
    assert not is_chembl_id(text)


@pytest.mark.parametrize("text", ["BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "bsynrymutxbxsq-uhfffaoysa-n"])
def test_inchikeys(text: str) -> None:
    assert is_inchikey(text)


@pytest.mark.parametrize(
    "text", ["BSYNRYMUTXBXSQ", "BSYNRYMUTXBXSQ-UHFFFAOYSA", "BSYNRYMUTXBXS1-UHFFFAOYSA-N", "InChI=1S/CH4/h1H4", ""]
)
def test_what_is_no_inchikey(text: str) -> None:
    assert not is_inchikey(text)


# The examples that UniProt gives beside its pattern, and isoforms.
@pytest.mark.parametrize("text", ["A2BC19", "P12345", "A0A023GPI8", "P00533", "P0DTD1", "q9h2c9", "P04637-2"])
def test_uniprot_accessions(text: str) -> None:
    assert is_uniprot_accession(text)


@pytest.mark.parametrize(
    "text", ["EGFR", "EGFR_HUMAN", "P0053", "P005333", "1P2345", "P00533-", "P00533 ", "CCO", "C1CC1", ""]
)
def test_what_is_no_accession(text: str) -> None:
    assert not is_uniprot_accession(text)


@pytest.mark.parametrize("text", ["50-78-2", "58-08-2", "7732-18-5", "15663-27-1"])
def test_cas_numbers_have_their_check_digit(text: str) -> None:
    assert is_cas_number(text)


@pytest.mark.parametrize("text", ["50-78-3", "50-78", "5-78-2", "2024-11-24", "50782", ""])
def test_what_is_no_cas_number(text: str) -> None:
    assert not is_cas_number(text)


def test_ids_of_the_starter_sets_own_are_kept_from_readers() -> None:
    assert public_id("CHEMBL25") == "CHEMBL25"
    assert public_id("BCSTARTER7") is None
    assert public_id("BCT-P04637") is None
    assert public_id("") is None
