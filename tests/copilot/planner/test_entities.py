from itertools import pairwise

import pytest
from biocopilot.copilot.planner.entities import recognise
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def found(text, bench, *kinds):
    return [
        (entity.kind, entity.value) for entity in recognise(text, bench).entities if not kinds or entity.kind in kinds
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MW of aspirin?", [("property", "molecular_weight"), ("molecule", "ASPIRIN")]),
        ("logP of CC(=O)Oc1ccccc1C(=O)O", [("property", "clogp"), ("molecule", "CC(=O)Oc1ccccc1C(=O)O")]),
        ("UniProt accession of EGFR and p04626", [("aspect", "accession"), ("target", "P00533"), ("target", "P04626")]),
        ("MW of CHEMBL25", [("property", "molecular_weight"), ("molecule", "CHEMBL25")]),
        ("what is CHEMBL203", [("target", "CHEMBL203")]),
        ("name of HEFNNWSXXWATRW-UHFFFAOYSA-N", [("molecule", "HEFNNWSXXWATRW-UHFFFAOYSA-N")]),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3 logP", [("molecule", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"), ("property", "clogp")]),
        ("translate ATGGCCATTGTAATG", [("dna", "ATGGCCATTGTAATG")]),
        ("pI of MKWVTFISLLFLFSSAYS", [("aspect", "pi"), ("peptide", "MKWVTFISLLFLFSSAYS")]),
        ("does BamHI cut ATGGATCCATGCATGC", [("enzyme", "BamHI"), ("dna", "ATGGATCCATGCATGC")]),
        ("PAINS and Brenk alerts of curcumin", [("catalogue", "PAINS"), ("catalogue", "BRENK"), ("molecule", "CURCUMIN")]),
        ("rule of five for atorvastatin", [("rule", "lipinski"), ("molecule", "ATORVASTATIN")]),
        ("ketone, amide and carboxylic acid", [("group", "ketone"), ("group", "amide"), ("group", "carboxylic acid")]),
        ("which rows of “my hits.csv” contain a ketone", [("file", "my hits.csv"), ("group", "ketone")]),
        ("nearest drugs in ./data/hits.smi to CCO(C)", [("file", "./data/hits.smi"), ("molecule", "CCO(C)")]),
        ("IC50 of erlotinib under 10 nM", [("activity_type", "IC50"), ("molecule", "ERLOTINIB"), ("quantity", "10 nM")]),
        ("C-C chemokine receptor 5", [("target", "P51681")]),
        ("TNF-α inhibitors", [("target", "P01375")]),
        ("β2 adrenergic receptor", [("target", "P07550")]),
        ("5-HT2A, COX-2 and HER2", [("target", "P28223"), ("target", "P35354"), ("target", "P04626")]),
        ("imatinib mesylate", [("molecule", "IMATINIB MESYLATE")]),
        ("molecular wieght of aspirin", [("property", "molecular_weight"), ("molecule", "ASPIRIN")]),
        ("partition coefficent of aspirin", [("property", "clogp"), ("molecule", "ASPIRIN")]),
        ("WHAT IS THE MOLECULAR WEIGHT OF ASPIRIN PLEASE", [("property", "molecular_weight"), ("molecule", "ASPIRIN")]),
    ],
)  # fmt: skip
def test_what_is_named_is_found_with_what_a_tool_is_called_with(text, expected, bench):
    assert found(text, bench) == expected


@pytest.mark.parametrize(
    ("text", "disease"),
    [
        ("drugs for CML", "chronic myeloid leukemia"), ("drugs for MS", "multiple sclerosis"), ("drugs for type 2 diabetes", "type 2 diabetes"),
        ("treatments for floppitis", "floppitis"), ("drugs for Gaucher's disease", "Gaucher's Disease"), ("NSCLC drugs", "non-small cell lung cancer"),
    ],
)  # fmt: skip
def test_a_disease_is_found_by_name_initials_or_form(text, disease, bench):
    assert found(text, bench, "disease") == [("disease", disease)]


def test_initials_of_two_letters_are_a_disease_only_beside_drugs(bench):
    assert found("what is MS?", bench) == []
    assert found("the diagnosis by osmosis", bench, "disease") == []


@pytest.mark.parametrize("smiles", ["CC(=O)Oc1ccccc1C(=O", "C1CCCCC(=O)O", "Cc1ccc(cc1"])
def test_a_broken_smiles_is_one_molecule_and_no_part_of_it_another(smiles, bench):
    assert found(f"MW of {smiles}", bench, "molecule") == [("molecule", smiles)]


def test_a_pattern_is_a_group_and_no_molecule(bench):
    assert found("which of hits.smi contain [#6]~[#7]", bench, "group", "molecule") == [("group", "[#6]~[#7]")]
    assert found("does CCO match [C,N]O?", bench, "group", "molecule") == [("molecule", "CCO"), ("group", "[C,N]O")]
    assert found("is the SMARTS c1ccccc1 in CCO", bench, "group", "molecule") == [
        ("group", "c1ccccc1"),
        ("molecule", "CCO"),
    ]


@pytest.mark.parametrize("code", ["QX-12345", "zz-99x", "AB-1234", "BMS-999999", "TAK-99999", "ZM-44x", "XQ-7"])
def test_a_code_that_no_source_knows_is_unknown_and_whole(code, bench):
    assert found(f"IC50 of {code} on BTK", bench) == [
        ("activity_type", "IC50"),
        ("unknown", code),
        ("target", "Q06187"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "the top-10 list",
        "phase-3 trials",
        "a 10-fold gain",
        "sub-100 nM",
        "IL-17 and CDK-12",
        "MW of AZD-9291",
        "HER-2 and BCL-2",
    ],
)
def test_counts_and_known_codes_are_no_unknown_codes(text, bench):
    assert found(text, bench, "unknown") == []


def test_an_unknown_salt_of_a_known_drug_is_unknown_and_says_of_what(bench):
    (entity,) = [item for item in recognise("logP of aspirin hydrochloride", bench).entities if item.kind != "property"]
    assert (entity.kind, entity.value, entity.alternatives) == ("unknown", "aspirin hydrochloride", ("ASPIRIN",))


def test_unknown_words_side_by_side_are_one_name(bench):
    assert found("MW of blorpazine zorbate", bench, "unknown") == [("unknown", "blorpazine zorbate")]


@pytest.mark.parametrize("text", ["how many oxygen atoms are in aspirin", "the nitrogen count of aspirin"])
def test_an_element_that_is_counted_is_no_molecule(text, bench):
    assert found(text, bench, "molecule") == [("molecule", "ASPIRIN")]


@pytest.mark.parametrize(
    "text",
    ["my cat likes rest", "is it set in stone", "what can you do for me", "is [E1] right?", "I was at the bar on the road", "does it use ChEMBL 36?"],
)  # fmt: skip
def test_everyday_words_name_nothing(text, bench):
    assert found(text, bench, "molecule", "target", "unknown", "disease") == []


@pytest.mark.parametrize(
    ("text", "accession"),
    [("inhibitors of MET", "P08581"), ("which drugs hit met", "P08581"), ("inhibitors of PSA", "P07288")],
)
def test_a_word_that_is_also_a_gene_is_one_where_a_target_stands(text, accession, bench):
    assert found(text, bench, "target", "property") == [("target", accession)]


def test_the_same_abbreviation_is_a_property_elsewhere(bench):
    assert found("PSA of aspirin", bench, "target", "property") == [("property", "tpsa")]


def test_what_a_span_could_be_besides_is_kept(bench):
    recognised = recognise("what is LSD", bench)
    named = [entity for entity in recognised.entities if entity.text == "LSD"]
    other = recognised.others.get((named[0].start, named[0].end), ())
    assert {named[0].kind, *(entity.kind for entity in other)} == {"molecule", "target"}


def lie_apart_within(text, bench):
    entities = recognise(text, bench).entities
    assert all(0 <= entity.start < entity.end <= len(text) for entity in entities)
    assert all(text[entity.start : entity.end] == entity.text for entity in entities)
    assert all(one.end <= other.start for one, other in pairwise(entities))


_PIECES = st.sampled_from(
    "aspirin erlotinib EGFR P00533 CHEMBL25 CC(=O)O c1ccccc1 c1ccc [#6]~[#7] ATGGCCATTGTAATG MKWVTFISLLFLF 10 nM <5 µM pIC50>7 hits.smi MW logP imatanib QX-12345 CML insulin BamHI ketone , . ? ( ) \n “ [E1] and of"
    .split(" ")
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(_PIECES, max_size=14), st.sampled_from([" ", "", ", ", "-", "\n"]))
def test_entities_lie_apart_and_within_the_text(bench, pieces, between):
    lie_apart_within(between.join(pieces), bench)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(max_size=2_000))
def test_arbitrary_text_is_recognised_without_raising(bench, text):
    lie_apart_within(text, bench)


@pytest.mark.parametrize("filler", ["word ", "zork ", "CC(=O) ", "ATGCATGCAT ", "aspirin "])
def test_a_very_long_text_is_searched_in_bounded_time(filler, bench):
    text = (filler * 10_000)[:49_000] + " MW of caffeine?"
    lie_apart_within(text, bench)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MW of (+)-epicatechin", ("molecule", "(+)-EPICATECHIN")),
        ("MW of (−)-epicatechin", ("unknown", "(−)-epicatechin")),
        ("MW of (-)-nicotine", ("molecule", "NICOTINE")),
    ],
)
def test_a_sign_of_rotation_belongs_to_the_name(text, expected, bench):
    assert found(text, bench, "molecule", "unknown") == [expected]
