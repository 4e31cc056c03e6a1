import pytest


def slots(frame):
    return {
        name: [item.value if hasattr(item, "value") else item for item in getattr(frame, name)]
        for name in ("molecules", "targets", "diseases", "sequences", "quantities", "files", "unknown")
        if getattr(frame, name)
    }


@pytest.mark.parametrize(
    ("question", "earlier", "kind", "expected"),
    [
        ("and gefitinib?", "MW of aspirin", "property", {"molecules": ["GEFITINIB"]}),
        ("and of ibuprofen and naproxen?", "MW of aspirin", "property", {"molecules": ["IBUPROFEN", "NAPROXEN"]}),
        ("on ERBB2?", "IC50 of lapatinib on EGFR", "potency", {"molecules": ["LAPATINIB"], "targets": ["P04626"]}),
        ("and gefitinib?", "IC50 of lapatinib on EGFR", "potency", {"molecules": ["GEFITINIB"], "targets": ["P00533"]}),
        ("and for COPD?", "drugs for asthma", "drugs_for_indication", {"diseases": ["chronic obstructive pulmonary disease"]}),
        ("ATGCATGCATGCGC?", "gc of ATGGCCATTGTA", "gc_content", {"sequences": ["ATGCATGCATGCGC"]}),
        ("and zorbatinib?", "MW of aspirin", "property", {"unknown": ["zorbatinib"]}),
        ("and ZORB1?", "drugs for EGFR", "drugs_for_target", {"targets": ["ZORB1"]}),
        ("what about other.smi?", "which rows of hits.smi contain a ketone", "substructure", {"files": ["other.smi"]}),
        ("and gefitinib?", "compare erlotinib and lapatinib", "compare", {"molecules": ["ERLOTINIB", "GEFITINIB"]}),
        ("what about osimertinib?", "compare gefitinib, erlotinib and lapatinib", "compare", {"molecules": ["GEFITINIB", "ERLOTINIB", "LAPATINIB", "OSIMERTINIB"]}),
        ("aspirin, sorry", "MW of asprinol", "property", {"molecules": ["ASPIRIN"]}),
    ],
)  # fmt: skip
def test_a_bare_name_asks_the_last_question_again(question, earlier, kind, expected, read):
    (frame,) = read(question, earlier).frames
    assert frame.kind == kind
    assert slots(frame) == expected


def test_what_was_asked_for_is_kept(read):
    (frame,) = read("and gefitinib?", "MW, logP and TPSA of aspirin").frames
    assert frame.properties == ("molecular_weight", "clogp", "tpsa")


def test_several_questions_are_asked_again_together(read):
    frames = read("and nilotinib?", "MW of imatinib, and what is it used for?").frames
    assert [(frame.kind, frame.molecules[0].value) for frame in frames] == [
        ("property", "NILOTINIB"),
        ("indications", "NILOTINIB"),
    ]


def test_a_name_that_has_no_place_in_the_last_question_is_a_question_of_its_own(read):
    assert read("aspirin?", "drugs for EGFR").frames[0].kind == "identity"


def test_a_unit_alone_means_the_last_conversion_or_measurement(read):
    (frame,) = read("and in mg/L?", "Convert 1 mM of aspirin to µM").frames
    assert (frame.to_unit, frame.quantities[0].unit, frame.molecules[0].value) == ("mg/L", "mM", "ASPIRIN")
    assert [frame.to_unit for frame in read("in pM?", "IC50 of erlotinib on EGFR").frames] == ["pM"]


def test_another_amount_in_another_unit_keeps_neither_of_the_last(read):
    (frame,) = read("and 5 uM in ug/ml?", "Convert 250 ng/mL of imatinib to nM").frames
    assert (frame.quantities[0].number, frame.quantities[0].unit, frame.to_unit) == (5.0, "µM", "µg/mL")
    assert [item.value for item in frame.molecules] == ["IMATINIB"]


def test_another_amount_is_converted_to_the_last_unit(read):
    (frame,) = read("and 5 uM?", "Convert 250 ng/mL of imatinib to nM").frames
    assert (frame.quantities[0].unit, frame.to_unit) == ("µM", "nM")
