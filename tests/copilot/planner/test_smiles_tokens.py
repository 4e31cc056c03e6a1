import pytest
from biocopilot.copilot.planner.smiles_tokens import (
    chembl_ids,
    follows_grammar,
    inchi_keys,
    inchis,
    is_broken_smiles,
    looks_like_smarts,
    smiles_tokens,
)
from hypothesis import given
from hypothesis import strategies as st

STRUCTURES = (
    "CC(=O)Oc1ccccc1C(=O)O", "c1ccccc1", "CCO", "CCN", "C1CC1", "N#N", "[Na+].[Cl-]", "[OH-]", "C/C=C/C", r"F/C=C\F", "C[C@H](N)C(=O)O", "CN1CCC[C@H]1c1cccnc1",
    "O=C(O)c1ccccc1", "CC(C)(C)c1ccc(O)cc1", "[2H]C([2H])([2H])O", "C%10CCCCC%10", "Clc1ccccc1Cl", "BrCCBr", "CS(=O)(=O)C", "[nH]1cccc1", "C[N+](C)(C)C", "OCC(O)CO", "ClCCl",
)  # fmt: skip
BROKEN = (
    "CC(=O)Oc1ccccc1C(=O", "c1ccccc(=O)c", "CC(=O))Oc1ccccc1", "C1CCCCC(=O)O", "CC(=O)Oc1ccccc1C(=O)(", "Cc1ccc(cc1", "CC(C)(C)c1ccc(O)cc", "CC(=O)Nc1ccc(O)cc1)", "N[C@@H(C)C(=O)O",
)  # fmt: skip


def found(text, **options):
    return [value for _start, _end, value in smiles_tokens(text, **options)]


@pytest.mark.parametrize("smiles", STRUCTURES)
@pytest.mark.parametrize(
    "around",
    ["MW of {}?", "{}", "({}) please", "what is {}.", "logP: {}, TPSA", "smiles={} now", "is “{}” drug-like?", "`{}`"],
)
def test_a_smiles_is_found_whatever_stands_around_it(smiles, around):
    assert found(around.format(smiles)) == [smiles]


@pytest.mark.parametrize("smiles", STRUCTURES)
def test_a_structure_follows_the_grammar_and_is_not_broken(smiles):
    assert follows_grammar(smiles)
    assert not is_broken_smiles(smiles)


@pytest.mark.parametrize(
    "text",
    [
        *"IC50 EC50 SB203580 CYP3A4 5-HT2A BRCA1 P53 P00533 CN2 SC5 C8 H2O C9H8O4 CO2 C6H12O6 CHEMBL25 HER2 PD-L1 COX-2 CDK4/6 BBB PPI ICS15 GPR35 NSC123 Ki67 SN38".split(),
        *"soon scoop Bob Coop icon iconic Nico Boss bison spoon nicotine is no so of if on in COX CNN FBS OK PC".split(),
        "and/or", "e.g.", "pH=7", "a=b", "(see)", "[E1]", "[bold]", "(or not)", "N/A", "#1", "it's", "p-value", "non-small-cell", "10:1", "C57BL/6",
    ],
)  # fmt: skip
def test_words_codes_and_formulas_are_no_smiles(text):
    assert found(f"what about {text} here") == []


def test_bare_chains_of_capitals_count_where_a_structure_is_announced():
    assert found("the structure CNOC") == []
    assert found("the structure CNOC", bare=True) == ["CNOC"]
    assert found("ICO CCOCC") == ["CCOCC"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_smiles_is_told_as_one_and_never_shortened_into_another(text):
    assert is_broken_smiles(text)
    assert not follows_grammar(text)


@pytest.mark.parametrize(
    "text",
    [
        *"CYP3A4 SB203580 (C)2024 C9H8O4 IC50=5 nicotine CDK4/6 P53 (CCK) C-C BCR-ABL1 B-cell CCR5 (pIC50 OCN NaCl KCl".split(), "CCCCCC", "cc@bcc.on", "b=(c", "",
    ],
)  # fmt: skip
def test_words_codes_and_formulas_are_no_broken_smiles(text):
    assert not is_broken_smiles(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C(",
        "C)",
        "()",
        "C(C",
        "C1CC",
        "CC=",
        "=C",
        "C==C",
        "C..C",
        ".C",
        "C.",
        "C(=)C",
        "[C",
        "[]",
        "1CC1",
        "Xx",
        "C((C))C",
    ],
)
def test_what_breaks_a_rule_of_the_grammar_does_not_follow_it(text):
    assert not follows_grammar(text)


@pytest.mark.parametrize(
    "text", ["[#6]~[#7]", "[C,N]=O", "[cX3]", "[!#6]", "c1cc[nH]c1[R]", "[$(C=O)]", "[OX2H]", "C(=O)[O;H1]", "[*]~[#8]"]
)
def test_a_pattern_with_logic_is_smarts(text):
    assert looks_like_smarts(text)


@pytest.mark.parametrize("text", ["CC(=O)O", "[Na+]", "[nH]1cccc1", "[C,N", "C[C@H](N)O", "a[b]c", "[E1]", "c[E1,"])
def test_a_structure_or_a_citation_is_no_smarts(text):
    assert not looks_like_smarts(text)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("CHEMBL25", ["CHEMBL25"]), ("chembl25 and Chembl941", ["CHEMBL25", "CHEMBL941"]), ("CHEMBL 941", ["CHEMBL941"]), ("CHEMBL-941", ["CHEMBL941"]),
        ("CHEMBL123456789012", ["CHEMBL123456789012"]), ("(CHEMBL25)", ["CHEMBL25"]),
    ],
)  # fmt: skip
def test_a_chembl_id_is_found_however_it_is_written(text, ids):
    assert [value for _start, _end, value in chembl_ids(f"what is {text}?")] == ids


@pytest.mark.parametrize(
    "text", ["ChEMBL 36", "chembl-33", "ChEMBL release 36", "CHEMBL", "ChEMBL id", "xCHEMBL25", "CHEMBLX25"]
)
def test_a_release_of_chembl_is_no_molecule(text):
    assert list(chembl_ids(f"does it use {text}?")) == []


def test_the_release_written_in_one_word_is_an_id():
    assert [value for *_, value in chembl_ids("CHEMBL36")] == ["CHEMBL36"]


def test_an_inchikey_is_found_in_capitals_and_in_lower_case_but_not_mixed():
    key = "HEFNNWSXXWATRW-UHFFFAOYSA-N"
    for written in (key, key.lower(), f"({key})"):
        assert [value for *_, value in inchi_keys(f"what is {written}?")] == [key]
    assert list(inchi_keys("Hefnnwsxxwatrw-uhfffaoysa-n")) == []
    assert list(inchi_keys(f"{key}X and A{key}")) == []


@pytest.mark.parametrize("around", ["{}", "what is {}?", "({})", "{}, and", "“{}”", "{}."])
def test_an_inchi_ends_before_the_sentence_does(around):
    inchi = "InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)"
    assert [value for *_, value in inchis(around.format(inchi))] == [inchi]


@given(st.text(max_size=300))
def test_arbitrary_text_is_searched_without_raising_and_finds_are_what_stands_there(text):
    for start, end, value in smiles_tokens(text):
        assert text[start:end] == value
        assert follows_grammar(value)
    for finder in (inchis, inchi_keys, chembl_ids):
        for start, end, _value in finder(text):
            assert 0 <= start < end <= len(text)
    is_broken_smiles(text)
    looks_like_smarts(text)


@given(st.text(alphabet="CNOcno()=#[]123+-@/\\.", max_size=60))
def test_what_follows_the_grammar_has_its_branches_and_brackets_closed(text):
    if follows_grammar(text):
        assert text.count("(") == text.count(")")
        assert text.count("[") == text.count("]")
        assert not is_broken_smiles(text)
