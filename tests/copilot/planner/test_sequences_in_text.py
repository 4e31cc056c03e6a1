import pytest
from biocopilot.copilot.planner.sequences_in_text import RESIDUES, sequences
from hypothesis import given
from hypothesis import strategies as st


def found(text, **options):
    return [(letters, kind) for _start, _end, letters, kind in sequences(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("translate ATGGCCATTGTAATGGGCCGC please", [("ATGGCCATTGTAATGGGCCGC", "dna")]),
        ("gc of atgcgcgcttaa?", [("ATGCGCGCTTAA", "dna")]),
        ("Reverse complement of ATGNNATGC.", [("ATGNNATGC", "dna")]),
        ("ATGRYATGCATGCATGCATGC and more", [("ATGRYATGCATGCATGCATGC", "dna")]),
        ("translate AUGGCCAUUGUAAUG", [("AUGGCCAUUGUAAUG", "rna")]),
        ("auggccauuguaaug in lower case", [("AUGGCCAUUGUAAUG", "rna")]),
        ("pI of ACDEFGHIKLMNPQ?", [("ACDEFGHIKLMNPQ", "peptide")]),
        ("MKWVTFISLLFLFSSAYS* with its stop", [("MKWVTFISLLFLFSSAYS*", "peptide")]),
        ("mass of the peptide (DRVYIHPF)", [("DRVYIHPF", "peptide")]),
    ],
)  # fmt: skip
def test_a_sequence_is_told_apart_by_its_letters(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "CCCCCCCCC", "CCOCCNCC and CCCCOCC", "AAAAAAAAA", "cccccccc", "NNNNNNNNNN",  # structures, or one letter over and over
        "a tag and a cat", "cattag", "Atgcatgcatgc", "ATGC", "EGFR BRAF", "imatinib mesylate",  # words, and too short
        "ATGCATGCATGC-seq", "CC(=O)ATGCATGCC", "x=ATGCATGCAT", "ATGCATGCAT1", "[ATGCATGCA]", "a.ATGCATGCAT@b",  # part of something else
        "what does it do in the cell", "the family and the mechanism",
    ],
)  # fmt: skip
def test_words_codes_and_structures_are_no_sequences(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GC of GGCCAA?", ("GGCCAA", "dna")),
        ("revcomp of AATTC", ("AATTC", "dna")),
        ("translate AUGGCC", ("AUGGCC", "rna")),
        ("the peptide kkllk", ("KKLLK", "peptide")),
        ("peptide: RGDSK", ("RGDSK", "peptide")),
        ("ATG GCC ATT TAA as protein", ("ATGGCCATTTAA", "dna")),
        ("AUG-GCC-UAA as protein", ("AUGGCCUAA", "rna")),
        ("which amino acid does the codon CUG stand for", ("CUG", "rna")),
    ],
)  # fmt: skip
def test_a_short_sequence_counts_where_it_is_announced(text, expected):
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["gc of this", "translate that", "the peptide binding", "sequence identity", "protein family", "peptide linked to"],
)
def test_a_word_behind_an_announcement_stays_a_word(text):
    assert found(text) == []


def test_strand_ends_belong_to_the_sequence_and_not_to_its_letters():
    text = "translate 5'-ATGGCCATTGTA-3' in frame 1"
    ((start, end, letters, kind),) = sequences(text)
    assert (letters, kind) == ("ATGGCCATTGTA", "dna")
    assert text[start:end] == "5'-ATGGCCATTGTA-3'"


def test_blocks_of_ten_and_lines_are_one_sequence():
    blocks = "ATGGCCATTG TAATGGGCCG CTGAAAGGGT GCC"
    assert found(f"translate {blocks}") == [(blocks.replace(" ", ""), "dna")]
    numbered = "translate ATGGCCATTGTAATGGGCCG\n    21 CTGAAAGGGTGCCCGATAGT"
    assert found(numbered) == [("ATGGCCATTGTAATGGGCCGCTGAAAGGGTGCCCGATAGT", "dna")]


def test_two_sequences_to_be_aligned_stay_two():
    text = "align ATGGCCATTG ATGGCGATTG"
    assert found(text, joined=False) == [("ATGGCCATTG", "dna"), ("ATGGCGATTG", "dna")]
    assert found("align ATGGCCATTGTA with ATGGCGATTGTA") == [("ATGGCCATTGTA", "dna"), ("ATGGCGATTGTA", "dna")]


def test_every_amino_acid_has_its_letter():
    assert set(RESIDUES.values()) == set("ACDEFGHIKLMNPQRSTVWY")


@given(st.text(max_size=400))
def test_arbitrary_text_is_searched_without_raising_and_finds_lie_in_it(text):
    for start, end, letters, _kind in sequences(text):
        assert 0 <= start < end <= len(text)
        assert letters == letters.upper()


@given(st.text(alphabet="ACGT", min_size=12, max_size=200).filter(lambda letters: len(set(letters)) > 1))
def test_any_dna_is_found_whole_in_either_case(letters):
    assert found(f"Translate {letters}, please.") == [(letters, "dna")]
    assert found(f"Translate {letters.lower()}, please.") == [(letters, "dna")]
