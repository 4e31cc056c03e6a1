from __future__ import annotations

import pytest
from biocopilot.model.biomedgpt.protein import read_protein, reference_ids
from biocopilot.model.errors import InvalidProtein


def test_residues_are_numbered_between_start_and_end() -> None:
    assert read_protein("MKT", 64).ids == (0, 20, 15, 11, 2)


def test_fasta_is_read_as_one() -> None:
    protein = read_protein(">sp|P05067 a protein\nMKT\n AA \n", 64)
    assert (protein.name, protein.sequence, protein.notices) == ("sp|P05067", "MKTAA", ())


@pytest.mark.parametrize(
    ("given", "sequence", "notice"),
    [
        ("mkT", "MKT", "Lower-case letters were read as upper case."),
        ("MKT*", "MKT", "The stop sign at the end was left out."),
        ("MJT", "MJT", "J (leucine or isoleucine) is unknown to the encoder and was read as any residue."),
    ],
)
def test_what_was_changed_is_told(given: str, sequence: str, notice: str) -> None:
    protein = read_protein(given, 64)
    assert (protein.sequence, protein.notices) == (sequence, (notice,))


def test_a_hundred_thousand_residues_are_cut_with_a_notice() -> None:
    protein = read_protein("MA" * 50_000, 1024)
    assert len(protein.ids) == 1024
    assert protein.ids[-1] == 2
    assert protein.notices == ("Only the first 1,022 of 100,000 residues are seen by the model.",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no residue"),
        (">only a header\n", "no residue"),
        ("*", "no residue"),
        (">a\nMK\n>b\nTT", "2 sequences"),
        ("MK\n>a\nTT", "text before the header"),
        ("MK1T?", "1 ?"),
        ("<mask>MK", "< >"),
        ("A" * 1_000_001, "1,000,001 characters"),
    ],
)
def test_what_is_no_protein_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidProtein) as refused:
        read_protein(text, 64)
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("text", "ids"),
    [("MJJK", (20, 3, 15)), ("mkt", (3,)), ("J J", (3, 3)), ("<mask>M", (32, 20)), ("M K\n", (20, 15)), ("", ())],
)
def test_reference_numbers_a_run_of_unknown_signs_once(text: str, ids: tuple[int, ...]) -> None:
    assert reference_ids(text, 64) == (0, *ids, 2)
