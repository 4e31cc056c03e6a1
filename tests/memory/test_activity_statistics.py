"""Activities made comparable, against values worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from biocopilot.memory.activity_statistics import CONCENTRATION_TYPES, Measurement, quantile, select, statistics_of
from biocopilot.memory.chembl_rows import ActivityRow
from hypothesis import given
from hypothesis import strategies as st


def row(**changes: Any) -> ActivityRow:
    fields: dict[str, Any] = {
        "activity_id": 1, "assay_chembl_id": "CHEMBL900", "document_chembl_id": None, "year": None,
        "confidence_score": None, "assay_type": "B", "variant": False, "molecule_chembl_id": "CHEMBL1",
        "parent_chembl_id": changes.get("molecule_chembl_id", "CHEMBL1"), "name": None, "smiles": None,
        "max_phase": None, "target_chembl_id": "CHEMBL203", "target_name": "EGFR", "target_organism": "Homo sapiens",
        "activity_type": "IC50", "relation": "=", "value": 10.0, "unit": "nM", "pchembl": None,
        "validity_comment": None, "potential_duplicate": False, "value_is_back_computed": False,
    }  # fmt: skip
    return ActivityRow(**{**fields, **changes})


def values(*numbers: float, **changes: Any) -> list[ActivityRow]:
    return [
        row(molecule_chembl_id=f"CHEMBL{index}", value=number, **changes) for index, number in enumerate(numbers, 1)
    ]


def measured(rows: list[ActivityRow], kind: str = "IC50") -> list[Measurement]:
    return select(rows, kind).measurements


def test_the_median_is_taken_on_the_log_scale() -> None:
    found = statistics_of(measured(values(1, 10, 1_000, 10_000)))
    assert found.median == pytest.approx(100)  # between 10 and 1,000 on the log scale; 505 on the plain one
    assert (found.n, found.n_compounds, found.least, found.most) == (4, 4, 1, 10_000)


def test_quartiles_are_interpolated_on_the_log_scale() -> None:
    found = statistics_of(measured(values(1, 10, 100, 1_000, 10_000)))
    assert (found.low_quartile, found.median, found.high_quartile) == pytest.approx((10, 100, 1_000))
    found = statistics_of(measured(values(1, 10, 100, 1_000)))
    assert (found.low_quartile, found.high_quartile) == pytest.approx((10**0.75, 10**2.25))


def test_one_value_is_its_own_median_and_has_no_quartiles() -> None:
    found = statistics_of(measured(values(42)))
    assert found.median == pytest.approx(42)
    assert (found.low_quartile, found.high_quartile) == (None, None)


@pytest.mark.parametrize("kind", CONCENTRATION_TYPES)
def test_types_never_mix(kind: str) -> None:
    rows = [row(activity_type=other, value=number) for number, other in enumerate(CONCENTRATION_TYPES, 1)]
    found = select(rows, kind)
    assert [item.row.activity_type for item in found.measurements] == [kind]
    assert not found.excluded  # another type is not a fault


@pytest.mark.parametrize(
    ("value", "unit", "value_nm"),
    [
        (2, "pM", 0.002),
        (2, "nM", 2),
        (2, "uM", 2_000),
        (2, "µM", 2_000),
        (2, "μM", 2_000),
        (2, "mM", 2e6),
        (2, "M", 2e9),
    ],
)
def test_molar_units_become_nm(value: float, unit: str, value_nm: float) -> None:
    assert measured([row(value=value, unit=unit)])[0].value_nm == pytest.approx(value_nm)


@pytest.mark.parametrize("unit", ["ug.mL-1", "ug ml-1", "ng/ml", "%", "", None, "nm", "10^-6 mol/L", "mg.kg-1"])
def test_other_units_are_left_out_and_counted(unit: str | None) -> None:
    found = select([row(unit=unit), row(activity_id=2, value=3.0)], "IC50")
    assert [item.value_nm for item in found.measurements] == [3.0]
    assert found.excluded == {"not a molar concentration": 1}


@pytest.mark.parametrize("value", [None, 0.0, -5.0])
def test_a_value_that_is_none_is_left_out_and_counted(value: float | None) -> None:
    assert select([row(value=value)], "IC50").excluded == {"no value": 1}


@pytest.mark.parametrize(
    ("written", "meant"),
    [(">", ">"), (">=", ">"), (">>", ">"), ("<", "<"), ("<=", "<"), ("~", "~"), ("=", "="), (None, "=")],
)
def test_relations_keep_their_meaning(written: str | None, meant: str) -> None:
    assert measured([row(relation=written)])[0].relation == meant


def test_bounds_are_counted_and_never_averaged() -> None:
    rows = [
        *values(10, 1_000),
        row(molecule_chembl_id="CHEMBL8", relation=">", value=50_000),
        row(molecule_chembl_id="CHEMBL9", relation="<", value=0.1),
    ]
    found = statistics_of(measured(rows))
    assert (found.n, found.n_compounds, found.bounds) == (2, 4, {">": 1, "<": 1})
    assert found.median == pytest.approx(100)
    assert (found.least, found.most) == (10, 1_000)


def test_only_bounds_give_no_median() -> None:
    found = statistics_of(measured([row(relation=">", value=10_000)]))
    assert (found.n, found.median, found.bounds) == (0, None, {">": 1})


def test_the_same_value_of_one_compound_counts_once_and_is_told() -> None:
    rows = [
        row(activity_id=1),
        row(activity_id=2),
        row(activity_id=3, value=0.01, unit="uM"),
        row(activity_id=4, value=11.0),
    ]
    found = select(rows, "IC50")
    assert [(item.value_nm, item.merged) for item in found.measurements] == [(10.0, 3), (11.0, 1)]
    assert found.excluded == {"the same value quoted again": 2}


def test_a_salt_counts_with_its_parent_but_another_target_or_relation_does_not_merge() -> None:
    rows = [
        row(activity_id=1),
        row(activity_id=2, molecule_chembl_id="CHEMBL77", parent_chembl_id="CHEMBL1"),
        row(activity_id=3, target_chembl_id="CHEMBL204"),
        row(activity_id=4, relation="<"),
    ]
    found = select(rows, "IC50")
    assert [item.row.activity_id for item in found.measurements] == [1, 3, 4]
    assert statistics_of(found.measurements).n_compounds == 1


def test_variants_are_left_out_unless_asked_for() -> None:
    rows = [row(variant=True), row(activity_id=2, value=20.0)]
    assert select(rows, "IC50").excluded == {"measured on a variant": 1}
    assert len(select(rows, "IC50", variants=True).measurements) == 2


@pytest.mark.parametrize(
    "comment", ["Outside typical range", "Potential transcription error", "Author confirmed error"]
)
def test_a_validity_comment_leaves_a_row_out(comment: str) -> None:
    assert select([row(validity_comment=comment)], "IC50").excluded == {"a validity comment in the source": 1}


def test_a_manually_validated_row_stays() -> None:
    assert len(measured([row(validity_comment="Manually validated")])) == 1


def test_nothing_gives_nothing() -> None:
    found = statistics_of(measured([]))
    assert (found.n, found.n_compounds, found.median, found.bounds) == (0, 0, None, {})


@pytest.mark.parametrize(("share", "value"), [(0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.75, 3.25), (1, 4.0)])
def test_quantiles_are_those_of_type_7(share: float, value: float) -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], share) == pytest.approx(value)  # R: quantile(1:4, share)


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=30))
def test_the_median_lies_within_and_does_not_depend_on_order(numbers: list[float]) -> None:
    found = statistics_of(measured(values(*numbers)))
    turned = statistics_of(measured(values(*reversed(numbers))))
    assert found.median == pytest.approx(turned.median)
    assert found.least is not None
    assert found.most is not None
    assert found.median is not None
    assert found.least * (1 - 1e-9) <= found.median <= found.most * (1 + 1e-9)
    assert math.isfinite(found.median)
