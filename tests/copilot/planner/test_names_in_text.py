import pytest
from biocopilot.copilot.planner.entities import recognise
from biocopilot.copilot.planner.names_in_text import has_drug_stem, mend
from hypothesis import given
from hypothesis import strategies as st

MISSPELT = {
    "aspirin": "asprin", "ibuprofen": "ibuprofin", "acetaminophen": "acetominophen", "imatinib": "imatanib", "gefitinib": "gefitnib", "erlotinib": "erlotanib", "sorafenib": "sorafinib",
    "atorvastatin": "atorvastatine", "omeprazole": "omeprezole", "metformin": "metformine", "diazepam": "diazapam", "amoxicillin": "amoxycilin", "azithromycin": "azithromicin",
    "doxycycline": "doxycyclin", "caffeine": "caffiene", "morphine": "morfine", "naproxen": "naproxin", "diclofenac": "diclofenak", "clopidogrel": "clopidigrel", "apixaban": "apixiban",
    "methotrexate": "methotrexat", "tamoxifen": "tamoxifin", "osimertinib": "osimertinb", "venetoclax": "venetoclaks", "lisinopril": "lisinoprill", "propranolol": "propanolol",
    "vemurafenib": "vemurafinib", "olaparib": "olaparb", "empagliflozin": "empaglifozin", "oseltamivir": "oseltamivr", "ribavirin": "ribavirine",
}  # fmt: skip
INVENTED = (
    "zorbatinib quelotinib florbatinib marvitinib drenotinib plixatinib erbotinib velatinib quastinib vortalimab kebruximab dorpelizumab smilomab trevostatin galvastatin norpastatin belzastatin"
    " quivapril morzopril fendapril vexolol trabanolol kimprolol dorvasartan plevisartan zimasartan quintazolam tevodipine merdipine bolsadipine xantagliptin forbogliptin talmagliflozin"
    " prazimazole vendazole gorbiconazole flumoxacin derbofloxacin zintromycin plabocillin morbacycline cefdorbine ostravir belfitegravir quodacaprevir noxamivir tribolparib zelparib"
    " dorzaciclib mevafenac pruxicam yolbuprofen klemsetron darolastine vilcoxib grazoxaban talanoparin papavudine melbidronate sorbiglutide tolfenapine hexafuridine plorafenib"
    " drotametinib glensidenib varbizomib lumbadegib praxitidine"
).split()  # fmt: skip


def named(text, bench):
    return [entity for entity in recognise(text, bench).entities if entity.kind != "property"]


@pytest.mark.parametrize(("meant", "written"), MISSPELT.items())
def test_a_misspelt_drug_is_mended_and_the_mending_is_told(meant, written, bench):
    (entity,) = named(f"What is the molecular weight of {written}?", bench)
    assert (entity.kind, entity.text) == ("molecule", written)
    assert entity.corrected.casefold() == entity.value.casefold() == meant


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_name_never_becomes_a_drug(name, bench):
    assert not bench.chembl.names_matching(name), "a real name by now: take another"
    (entity,) = named(f"What is the molecular weight of {name}?", bench)
    assert (entity.kind, entity.value, entity.corrected) == ("unknown", name, "")


def test_at_least_forty_invented_names_bear_a_drug_stem():
    assert sum(has_drug_stem(name) for name in INVENTED) >= 40


@pytest.mark.parametrize("name", ["Imatinib", "IMATINIB", "imatinib", "ImAtInIb"])
def test_a_name_is_found_in_any_case_and_needs_no_mending(name, bench):
    (entity,) = named(f"MW of {name}", bench)
    assert (entity.kind, entity.value, entity.corrected) == ("molecule", "IMATINIB", "")


@pytest.mark.parametrize(
    ("written", "accession"),
    [
        ("epidermal growth facter receptor", "P00533"),
        ("dopamin D2 receptor", "P14416"),
        ("tyrosine kinase Btk", "Q06187"),
    ],
)
def test_a_target_of_several_words_is_found_with_a_slip_in_one(written, accession, bench):
    entities = named(f"UniProt accession of the {written}", bench)
    assert accession in [entity.value for entity in entities if entity.kind == "target"]


@pytest.mark.parametrize(
    ("written", "candidates", "expected"),
    [
        ("imatanib", ["IMATINIB"], ("IMATINIB",)),
        ("aspirn", ["ASPIRIN", "ASPARTAME"], ("ASPIRIN",)),
        ("erbotinib", ["ERLOTINIB"], ()),  # one consonant of the four letters of its own is another
        ("tofanib", ["TOFACITINIB"], ()),
        ("abcd", ["ABCE"], ()),  # too short to tell
        ("sb203580", ["SB203581"], ()),  # codes have no misspellings
        ("tevodipine", ["TERODILINE"], ()),  # a class of its own
        ("ribavirine", ["RIBAVIRIN"], ("RIBAVIRIN",)),
        ("phenitoin", ["PHENYTOIN"], ("PHENYTOIN",)),
        ("", ["ASPIRIN"], ()),
        ("aspirin", [], ()),
    ],
)  # fmt: skip
def test_a_name_is_mended_only_where_its_own_letters_are_near(written, candidates, expected):
    assert mend(written, candidates)[1] == expected


def test_two_names_that_are_equally_near_are_both_given():
    _distance, names = mend("prednisalone", ["PREDNISOLONE", "PREDNISILONE"])
    assert names == ("PREDNISOLONE", "PREDNISILONE")


@pytest.mark.parametrize("word", ["zorbatinib", "Plovastatin", "DORVASARTAN", "xolol", "quimab"])
def test_a_drug_stem_is_seen_in_any_case(word):
    assert has_drug_stem(word)


@pytest.mark.parametrize("word", ["weight", "protein", "question", "compound", ""])
def test_an_ordinary_word_has_no_drug_stem(word):
    assert not has_drug_stem(word)


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5))
def test_mending_never_raises_and_gives_only_candidates(written, candidates):
    _distance, names = mend(written, candidates)
    assert set(names) <= set(candidates)
