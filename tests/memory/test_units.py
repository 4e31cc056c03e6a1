"""Concentrations: every spelling means one unit, and what cannot be converted is refused with a hint."""

from __future__ import annotations

import subprocess
import sys

import pytest
from biocopilot.memory.errors import InvalidQuantity
from biocopilot.memory.units import convert, parse, parse_unit, significant
from hypothesis import given
from hypothesis import strategies as st

AMLODIPINE = 408.882  # g/mol, average


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("nM", "nM"), ("uM", "µM"), ("\u00b5M", "µM"), ("\u03bcM", "µM"), ("mM", "mM"), ("M", "M"), ("pM", "pM"), ("fM", "fM"),
        ("nanomolar", "nM"), ("Micromolar", "µM"), ("nmol/L", "nmol/L"), ("umol/l", "µmol/L"), ("nanomoles per litre", "nmol/L"),
        ("ug/ml", "µg/mL"), ("mcg/mL", "µg/mL"), ("\u03bcg/mL", "µg/mL"), ("µg mL-1", "µg/mL"), ("µg·mL⁻¹", "µg/mL"),
        ("micrograms per millilitre", "µg/mL"), ("ng/mL", "ng/mL"), ("mg/L", "mg/L"), ("g/l", "g/L"), ("mg/dL", "mg/dL"),
        ("pIC50", "pIC50"), ("pic50", "pIC50"), ("PKI", "pKi"), ("pKd", "pKd"), ("pchembl", "pChEMBL"),
    ],
)  # fmt: skip
def test_spellings_mean_one_unit(spelling: str, symbol: str) -> None:
    assert parse_unit(spelling).symbol == symbol


@pytest.mark.parametrize(
    "text",
    ["", "  ", "furlong", "nm", "mg", "mg L", "ug/mL-1", "Mg/mL", "%", "IU/mL", "mg/kg", "p", "nM/L", "x" * 5_000],
)
def test_other_units_are_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InvalidQuantity) as caught:
        parse_unit(text)
    assert caught.value.hint
    assert len(caught.value.message) < 200


def test_a_length_is_answered_with_the_concentration_meant() -> None:
    with pytest.raises(InvalidQuantity, match="nM"):
        convert(3, "nm", "µM")


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "weight", "expected"),
    [
        (1.2, "ug/mL", "nM", AMLODIPINE, 2934.83),
        (1.2, "ng/mL", "nM", AMLODIPINE, 2.93483),
        (1.2, "mg/L", "µM", AMLODIPINE, 2.93483),
        (1.2, "mg/dL", "µM", AMLODIPINE, 29.3483),
        (100, "nM", "ng/mL", 500.0, 50.0),
        (1, "nM", "pM", None, 1_000.0),
        (2.5, "µM", "nM", None, 2_500.0),
        (0.5, "mM", "M", None, 5e-4),
        (3, "µg/mL", "mg/L", None, 3.0),
        (7.0, "pIC50", "nM", None, 100.0),
        (100, "nM", "pIC50", None, 7.0),
        (50, "nM", "pKi", None, 7.30103),
        (8, "pKd", "ng/mL", 250.0, 2.5),
        (0, "nM", "µM", None, 0.0),
    ],
)
def test_values_convert(value: float, from_unit: str, to_unit: str, weight: float | None, expected: float) -> None:
    assert convert(value, from_unit, to_unit, weight).value == expected


@given(st.floats(1e-6, 1e6), st.sampled_from(["pM", "nM", "µM", "mM", "ng/mL", "µg/mL", "mg/L"]), st.floats(20, 2_000))
def test_there_and_back_is_the_same(value: float, unit: str, weight: float) -> None:
    there = convert(value, unit, "nM", weight)
    back = convert(there.value, "nM", unit, weight)
    assert back.value == pytest.approx(value, rel=2e-5)


def test_the_molecular_weight_is_asked_for_and_named_only_where_it_is_used() -> None:
    with pytest.raises(InvalidQuantity, match="molecular weight"):
        convert(1.2, "µg/mL", "nM")
    assert convert(1.2, "µg/mL", "nM", 400).arithmetic == "1.2 µg/mL ÷ 400 g/mol = 3000 nM"
    assert convert(1.2, "µM", "nM", 400).molecular_weight is None


def test_a_bound_turns_round_on_the_log_scale() -> None:
    assert convert(7, "pIC50", "nM", relation=">").relation == "<"
    assert convert(10, "µM", "pIC50", relation=">").relation == "<"
    assert convert(10, "µM", "nM", relation=">").relation == ">"


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "weight"),
    [
        (-1, "nM", "µM", None), (float("nan"), "nM", "µM", None), (float("inf"), "nM", "µM", None), (0, "nM", "pIC50", None),
        (7, "pIC50", "pKi", None), (99, "pIC50", "nM", None), (1, "mg/L", "nM", 0.0), (1, "mg/L", "nM", -5.0), (1, "mg/L", "nM", float("nan")),
        (1e308, "M", "pM", None), (1e-320, "fM", "M", None),
    ],
)  # fmt: skip
def test_impossible_values_are_refused(value: float, from_unit: str, to_unit: str, weight: float | None) -> None:
    with pytest.raises(InvalidQuantity):
        convert(value, from_unit, to_unit, weight)


@pytest.mark.parametrize(
    ("text", "value", "symbol", "relation"),
    [
        ("1.2 ug/mL", 1.2, "µg/mL", "="), ("<10nM", 10.0, "nM", "<"), (">= 3 µM", 3.0, "µM", ">"), ("~ 5 nM", 5.0, "nM", "~"),
        ("1,200 nM", 1200.0, "nM", "="), ("1.2e-6 M", 1.2e-6, "M", "="), ("1.2 × 10^-6 M", 1.2e-6, "M", "="), (".5 mM", 0.5, "mM", "="),
        ("pIC50 = 7.3", 7.3, "pIC50", "="), ("7.3 pIC50", 7.3, "pIC50", "="),
    ],
)  # fmt: skip
def test_quantities_are_read_from_text(text: str, value: float, symbol: str, relation: str) -> None:
    found = parse(text)
    assert (found.value, found.unit.symbol, found.relation) == (value, symbol, relation)


@pytest.mark.parametrize("text", ["", "nM", "12", "about a lot", "1.2.3 nM"])
def test_text_without_a_quantity_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuantity):
        parse(text)


def test_six_digits_are_kept_and_none_invented() -> None:
    assert significant(2934.8320004) == 2934.83
    assert significant(0.000123456789) == 0.000123457


def test_importing_units_does_not_import_pint() -> None:
    code = "import sys; import biocopilot.memory.units; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
