"""Pasted text becomes one sequence; what was cleaned is said and what is no residue is refused where it stands."""

from __future__ import annotations

import pytest
from biocopilot.memory.errors import InvalidSequence
from biocopilot.tools.sequences.reading import MOST_LETTERS, read_sequence
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "alphabet"),
    [
        ("ATGCGTAGC", "dna"), ("atgcgtagc", "dna"), ("AUGCGUAGC", "rna"), ("ATGNNNRYATGCCGTAA", "dna"), ("MKWVTFISLL", "protein"),
        ("AUGCNU", "rna"), ("GGGGG", "dna"), ("MSTU", "protein"), ("RYSW", "protein"), ("ACDEFGHIKLMNPQRSTVWY", "protein"),
    ],
)  # fmt: skip
def test_dna_rna_and_protein_are_told_apart(text: str, alphabet: str) -> None:
    assert read_sequence(text).alphabet == alphabet


def test_ambiguity_codes_are_nucleotides_where_an_operation_needs_them() -> None:
    assert read_sequence("RYSW", expected="nucleotide").alphabet == "dna"
    assert read_sequence("RYSW", alphabet="rna").alphabet == "rna"


def test_letters_that_may_be_either_are_noted() -> None:
    assert any("amino acid too" in note for note in read_sequence("GATTACA").notes)
    assert not any("amino acid too" in note for note in read_sequence("GATTACA", "dna").notes)


def test_a_fasta_record_with_numbered_blocks_is_cleaned_openly() -> None:
    sequence = read_sequence(">seq1 of mine\n  1 atgaaaatgg atctgatggc\n 21 gcaggaattc\n")
    assert sequence.letters == "ATGAAAATGGATCTGATGGCGCAGGAATTC"
    assert [note.split(" ")[0] for note in sequence.notes[:2]] == ["The", "Position"]


def test_strand_marks_and_a_last_stop_are_left_out() -> None:
    assert read_sequence("5'-ATGCATGC-3'").letters == "ATGCATGC"
    stopped = read_sequence("MKWVTFISLL*")
    assert stopped.letters == "MKWVTFISLL"
    assert any("stop mark" in note for note in stopped.notes)


@pytest.mark.parametrize(
    ("text", "expected", "message"),
    [
        ("", None, "no sequence"),
        (" \n 12 \n", None, "no sequence"),
        (">only a header", None, "no sequence"),
        ("***", None, "no sequence"),
        (">a\nATG\n>b\nATG", None, "2 FASTA records"),
        ("ATGJATGC", "nucleotide", "'J' at position 4"),
        ("ATG-ATGC", "nucleotide", "'-' at position 4"),
        ("MKW!TF", None, "'!' at position 4"),
        ("MK*WTF", "protein", r"'\*' at position 3"),
        ("ATGU", None, "T and U"),
        ("MKWVTF", "nucleotide", "protein"),
        ("ATGCATGC", "protein", "reads as DNA"),
        ("A" * (MOST_LETTERS + 1), None, "100,001"),
    ],
)
def test_bad_input_is_refused_where_it_stands(text: str, expected: str | None, message: str) -> None:
    with pytest.raises(InvalidSequence, match=message) as caught:
        read_sequence(text, None, expected)  # type: ignore[arg-type]  # a parametrised literal
    assert caught.value.hint


@given(st.text(max_size=60))
def test_any_text_is_a_sequence_or_refused(text: str) -> None:
    try:
        sequence = read_sequence(text)
    except InvalidSequence:
        return
    assert sequence.letters
    assert sequence.letters.isalpha()
