from itertools import pairwise

import pytest
from biocopilot.copilot.planner.quantities import count_asked, limit_asked, quantities, target_unit, years_asked
from hypothesis import given
from hypothesis import strategies as st


def found(text):
    return [(item.number, item.unit, item.relation) for item in quantities(text)]


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        *((unit, "nM") for unit in ("nM", "nm", "NM", "nanomolar", "Nanomolar", "nano molar", "nmol/L", "nmol/l", "nmolar", "nanomoles per litre")),
        *((unit, "µM") for unit in ("µM", "μM", "uM", "um", "UM", "micromolar", "micro molar", "µmol/L", "umol/L", "micromol/L", "umolar", "mcM")),
        *((unit, "pM") for unit in ("pM", "picomolar", "pmol/L")),
        *((unit, "mM") for unit in ("mM", "millimolar", "mmol/L", "milli molar")),
        *((unit, "M") for unit in ("M", "molar", "mol/L")),
        *((unit, "µg/mL") for unit in ("µg/mL", "μg/ml", "ug/mL", "mcg/mL", "micrograms per millilitre", "microgram per ml", "ug per mL", "µg mL-1")),
        *((unit, "ng/mL") for unit in ("ng/mL", "ng per ml", "nanograms per milliliter", "ng ml-1")),
        *((unit, "mg/mL") for unit in ("mg/mL", "mg per ml", "milligrams per millilitre")),
        *((unit, "mg/L") for unit in ("mg/L", "mg per litre", "milligrams per liter", "mg L-1")),
        ("µg/L", "µg/L"), ("ng/L", "ng/L"), ("g/L", "g/L"), ("grams per litre", "g/L"), ("pg/mL", "pg/mL"), ("µg/dL", "µg/dL"), ("mg/dL", "mg/dL"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["", " ", "-"])
def test_a_unit_is_known_in_all_its_spellings(written, unit, gap):
    assert found(f"What is 12{gap}{written} of imatinib?") == [(12.0, unit, "")]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.5", 1.5), (".5", 0.5), ("0,5", 0.5), ("1,25", 1.25), ("1,250", 1250.0), ("12,500", 12500.0), ("1,234,567.8", 1234567.8),
        ("1e-3", 1e-3), ("2.5E6", 2.5e6), ("3 x 10^-9", 3e-9), ("3×10−9", 3e-9), ("4 * 10-2", 4e-2),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(written, number):
    assert found(f"convert {written} µM to nM") == [(pytest.approx(number), "µM", "")]


@pytest.mark.parametrize(
    "text", ["5 mm long", "3 m away", "12 pm", "1 PM", "12 nmol", "10 mg", "3 cells", "CHEMBL25 nM", "v1.2 nM"]
)
def test_lengths_times_and_what_is_no_concentration_are_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under 100 nM", (100.0, "nM", "<")), ("below 1 µM", (1.0, "µM", "<")), ("less than 50nM", (50.0, "nM", "<")), ("sub-100 nM", (100.0, "nM", "<")),
        ("<10 nM", (10.0, "nM", "<")), ("≤ 10 nM", (10.0, "nM", "<=")), ("<= 10 nM", (10.0, "nM", "<=")), ("at most 10 nM", (10.0, "nM", "<=")),
        ("up to 10 nM", (10.0, "nM", "<=")), ("more potent than 5 nM", (5.0, "nM", "<")), ("better than 20 nM", (20.0, "nM", "<")),
        ("above 1 µM", (1.0, "µM", ">")), ("over 1 µM", (1.0, "µM", ">")), ("> 1 µM", (1.0, "µM", ">")), (">= 1 µM", (1.0, "µM", ">=")),
        ("at least 1 µM", (1.0, "µM", ">=")), ("weaker than 1 µM", (1.0, "µM", ">")),
        ("10 nM or better", (10.0, "nM", "<=")), ("10 nM or less", (10.0, "nM", "<=")), ("1 µM or more", (1.0, "µM", ">=")), ("1 µM and higher", (1.0, "µM", ">=")),
    ],
)  # fmt: skip
def test_a_threshold_has_its_relation(text, expected):
    assert found(f"inhibitors of EGFR {text}") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sub-nanomolar", (1.0, "nM", "<")), ("subnanomolar", (1.0, "nM", "<")), ("single-digit nanomolar", (10.0, "nM", "<")), ("single digit nanomolar", (10.0, "nM", "<")),
        ("low micromolar", (10.0, "µM", "<")), ("double-digit nanomolar", (100.0, "nM", "<")), ("sub micromolar", (1.0, "µM", "<")), ("low picomolar", (10.0, "pM", "<")),
    ],
)  # fmt: skip
def test_a_spoken_limit_is_a_threshold(text, expected):
    assert found(f"Which compounds are {text} on BTK?") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pIC50 > 7", (7.0, "pIC50", ">")), ("a pIC50 of 8.2", (8.2, "pIC50", "")), ("pKi at least 9", (9.0, "pKi", ">=")), ("pChEMBL above 6.5", (6.5, "pChEMBL", ">")),
        ("pIC50 = 6", (6.0, "pIC50", "")), ("pEC-50 of 7", (7.0, "pEC50", "")), ("pKd 8 or higher", (8.0, "pKd", ">=")),
    ],
)  # fmt: skip
def test_a_logged_value_keeps_its_own_unit(text, expected):
    assert found(f"EGFR inhibitors with {text}") == [expected]


def test_several_quantities_are_all_found_and_do_not_overlap():
    text = "convert 1.2 µg/mL and 30 nM, and compare with pIC50 7"
    items = sorted(quantities(text), key=lambda item: item.start)
    assert [(item.number, item.unit) for item in items] == [(1.2, "µg/mL"), (30.0, "nM"), (7.0, "pIC50")]
    assert all(one.end <= other.start for one, other in pairwise(items))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("convert 1 µg/mL of imatinib to nM", "nM"), ("1 µg/mL of imatinib in micromolar", "µM"), ("express 3 mM as mol/L", "M"), ("IC50 of imatinib on ABL1 as pIC50", "pIC50"),
        ("how many nM is 1 µg/mL of imatinib", "nM"), ("5 µg/mL of imatinib -> nM", "nM"), ("what's 5 nM in µM?", "µM"), ("5 nM, µM please", "µM"), ("into mg/L, 3 mM glucose", "mg/L"),
    ],
)  # fmt: skip
def test_the_unit_asked_for_is_the_one_without_a_number(text, unit):
    wanted = target_unit(text)
    assert wanted is not None
    assert wanted[2] == unit


def test_of_two_units_asked_for_the_last_counts():
    assert target_unit("convert 5 mM to nM, no, to µM")[2] == "µM"


@pytest.mark.parametrize("text", ["EGFR inhibitors under 10 nM", "MW of ibuprofen", "I am here", "what is the pm"])
def test_no_unit_is_asked_for_where_none_stands_alone(text):
    assert target_unit(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("top 5 inhibitors", 5), ("top-10 hits", 10), ("the five most potent compounds", 5), ("3 most similar drugs", 3), ("best three", 3), ("the 12 closest drugs", 12),
        ("list 7 inhibitors of BTK", 7), ("show me four drugs", 4), ("give me the 20 strongest binders", 20), ("nearest 6 neighbours", 6), ("a dozen best", 12), ("find up to 8 drugs", 8),
    ],
)  # fmt: skip
def test_a_count_asked_for_is_found(text, count):
    hit = count_asked(text)
    assert hit is not None
    assert hit[2] == count
    assert text[hit[0] : hit[1]].isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "top inhibitors",
        "5 rings",
        "top 10 nM",
        "list 0 drugs",
        "best drug",
        "stop 5 cars",
        "within 3 days",
        "MW of the first one",
        "the best one",
    ],
)
def test_no_count_is_found_where_none_is_asked(text):
    assert count_asked(text) is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("is the MW below 500", ("<", 500.0)), ("under 500?", ("<", 500.0)), ("more than 5 donors", (">", 5.0)), ("more than five donors", (">", 5.0)), ("at least 3 rings", (">=", 3.0)),
        ("at most ten", ("<=", 10.0)), ("exactly 2 rings", ("=", 2.0)), ("equal to zero", ("=", 0.0)), ("heavier than 450", (">", 450.0)), ("lighter than 450", ("<", 450.0)),
        ("smaller than 300", ("<", 300.0)), ("longer than 1,000 residues", (">", 1000.0)), ("logP > 3.5", (">", 3.5)), ("tpsa <= 140", ("<=", 140.0)), ("is it above 0,5", (">", 0.5)),
    ],
)  # fmt: skip
def test_a_property_is_compared_with_a_bare_number(text, limit):
    assert limit_asked(text) == limit


@pytest.mark.parametrize("text", ["under 100 nM", "MW of ibuprofen", "heavier than aspirin", "above all"])
def test_a_threshold_with_a_unit_or_no_number_is_no_property_limit(text):
    assert limit_asked(text) is None


@given(st.text(max_size=300))
def test_arbitrary_text_is_read_without_raising_and_within_its_bounds(text):
    for item in quantities(text):
        assert 0 <= item.start < item.end <= len(text)
        assert item.number == item.number
    for hit in (target_unit(text), count_asked(text)):
        assert hit is None or 0 <= hit[0] < hit[1] <= len(text)
    limit_asked(text)


@given(st.floats(min_value=1e-3, max_value=1e6), st.sampled_from(["nM", "µM", "mM", "µg/mL", "ng/mL"]))
def test_a_number_written_plainly_comes_back_as_it_was(number, unit):
    written = f"{number:.4f}"
    assert found(f"turn {written} {unit} around") == [(pytest.approx(float(written)), unit, "")]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("approved since 2018", (2018, None)), ("approved after 2018", (2019, None)), ("before 2010", (None, 2009)), ("prior to 2010", (None, 2009)), ("until 2010", (None, 2010)), ("by 2010", (None, 2010)),
        ("in 2015", (2015, 2015)), ("between 2015 and 2010", (2010, 2015)), ("from 2010 to 2015", (2010, 2015)), ("2010-2015", (2010, 2015)), ("from 2010", (2010, None)), ("newer than 2012", (2013, None)),
        ("in 2500", None), ("CHEMBL2015", None), ("below 2000 nM", None), ("", None),
    ],
)  # fmt: skip
def test_the_years_asked_for_are_found(text, years):
    assert years_asked(text) == years


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [("What is 7.4 pIC50 in nM?", 7.4, "pIC50"), ("8 pKi", 8.0, "pKi"), ("a 6.5 (pEC50)", 6.5, "pEC50"), ("top 5 pIC50 values above 7", 7.0, "pIC50"), ("5 pIC50 > 7", 7.0, "pIC50")],
)  # fmt: skip
def test_a_logged_value_may_stand_before_its_type(text, number, unit):
    assert [(item.number, item.unit) for item in quantities(text)] == [(number, unit)]
