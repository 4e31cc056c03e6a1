"""The service's JSON as records: real replies where there are any, and what happens to values that are none."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from biocopilot.tools.sources.chembl.fields import Unreadable, flag, number, objects, part, text, texts, whole
from biocopilot.tools.sources.chembl.records import (
    Activity,
    DrugWarning,
    Indication,
    Mechanism,
    Molecule,
    Status,
    Target,
)
from biocopilot.tools.sources.chembl.rows import activity_row


def test_a_captured_mechanism(shared: Path) -> None:
    body = json.loads(
        (shared / "data" / "chembl_ws_json" / "mechanism_pembrolizumab_captured_20260811.json").read_text("utf-8")
    )
    (found,) = map(Mechanism.read, body["mechanisms"])
    assert (found.mechanism_id, found.molecule_chembl_id, found.target_chembl_id) == (
        2300,
        "CHEMBL3137343",
        "CHEMBL3307223",
    )
    assert (found.action, found.direct) == ("INHIBITOR", True)
    assert found.references == (
        "FDA label/2014/125514lbl.pdf http://www.accessdata.fda.gov/drugsatfda_docs/label/2014/125514lbl.pdf",
    )


def test_a_molecule_copied_from_a_reply(shared: Path) -> None:
    body = json.loads((shared / "data" / "chembl_ws_json" / "lisinopril_truncated_20260817.json").read_text("utf-8"))
    (found,) = map(Molecule.read, body["molecule?pref_name__iexact=LISINOPRIL"]["molecules"])
    assert (found.chembl_id, found.parent_chembl_id, found.max_phase, found.first_approval) == (
        "CHEMBL419213",
        "CHEMBL1237",
        4.0,
        1987,
    )
    assert (found.black_box_warning, found.atc_codes, found.name) == (True, ("C09AA03",), None)
    first = Indication.read(body["drug_indication?molecule_chembl_id=CHEMBL1237&limit=3"]["drug_indications"][0])
    assert (first.term, first.term_id, first.max_phase) == ("azoospermia", "EFO:0000279", 2.0)


def test_a_warning_copied_from_a_reply(shared: Path) -> None:
    body = json.loads((shared / "data" / "chembl_ws_json" / "lisinopril_truncated_20260817.json").read_text("utf-8"))
    (copied,) = body["drug_warning?limit=2"]["drug_warnings"]
    with pytest.raises(Unreadable, match="warning_id"):
        DrugWarning.read(copied)  # the copy left its number out
    found = DrugWarning.read({**copied, "warning_id": 1, "warning_refs": None, "warning_year": "2009"})
    assert (found.molecule_chembl_id, found.warning_class, found.class_id) == (
        "CHEMBL4303288",
        "hepatotoxicity",
        "EFO:0011052",
    )
    assert (found.country, found.year, found.description, found.references) == ("United States", 2009, None, ())


def test_recorded_activities_with_every_field(shared: Path) -> None:
    folder = shared / "data" / "chembl_activities" / "dataprofessor"
    with gzip.open(folder / "acetylcholinesterase_01_bioactivity_data_raw.csv.gz", "rt", encoding="utf-8") as file:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        found = Activity.read({**row, "activity_properties": []})
        assert found.value == (None if row["standard_value"] is None else float(str(row["standard_value"])))
        assert found.relation == row["standard_relation"]
        assert found.target_chembl_id == "CHEMBL220"
    first = Activity.read(rows[0])
    assert (first.activity_id, first.value, first.unit, first.published_value, first.published_unit) == (
        33969,
        750,
        "nM",
        0.75,
        "uM",
    )
    assert (first.year, first.pchembl, first.potential_duplicate) == (2004, 6.12, False)


def test_numbers_are_read_from_text_and_nulls_stay() -> None:
    source: dict[str, Any] = {"a": "7.00", "b": None, "c": 3, "d": "9606.0", "e": "", "f": "1e-3"}
    assert [number(source, name) for name in "abcef"] == [7.0, None, 3.0, None, 0.001]
    assert (whole(source, "d"), whole(source, "b"), number(source, "missing")) == (9606, None, None)


@pytest.mark.parametrize("value", ["about 7", "NaN", "inf", "-Infinity", [], {}, "1 000", "\x1b[2J"])
def test_what_is_no_number_is_not_guessed(value: Any) -> None:
    with pytest.raises(Unreadable, match=r"`x` is .* which is not a number") as caught:
        number({"x": value}, "x")
    assert "\x1b" not in str(caught.value)


def test_flags_come_in_every_form() -> None:
    values = [True, 1, "1", "True", False, 0, "0", "false", None, -1, ""]
    assert [flag({"x": value}, "x") for value in values] == [True] * 4 + [False] * 4 + [None] * 3
    with pytest.raises(Unreadable):
        flag({"x": "perhaps"}, "x")


def test_fields_of_another_shape_are_refused() -> None:
    for read in (objects, texts):
        assert read({"x": None}, "x") == ()
        for value in ("text", 1, [1], {"a": 1}):
            with pytest.raises(Unreadable):
                read({"x": value}, "x")
    with pytest.raises(Unreadable):
        part({"x": []}, "x")
    with pytest.raises(Unreadable):
        text({"x": {}}, "x")
    assert whole({"x": "3"}, "x") == 3
    with pytest.raises(Unreadable):
        whole({"x": "3.5"}, "x")


def test_unknown_fields_are_tolerated_and_missing_ones_too() -> None:
    assert Molecule.read({"molecule_chembl_id": "CHEMBL1", "quantum": [1]}).synonyms == ()
    assert Target.read({"target_chembl_id": "CHEMBL1", "pref_name": "x", "target_components": None}).components == ()
    assert Status.read({"chembl_db_version": "ChEMBL_36"}).is_up is False
    for read, source in (
        (Molecule.read, {}),
        (Target.read, {"target_chembl_id": "CHEMBL1"}),
        (Activity.read, {"activity_id": None}),
    ):
        with pytest.raises(Unreadable, match="is missing"):
            read(source)


def test_a_mutant_is_known_by_the_activity_alone() -> None:
    wild = {"activity_id": 1, "assay_chembl_id": "CHEMBL1", "molecule_chembl_id": "CHEMBL2"}
    assert not activity_row(Activity.read(wild)).variant
    for field, value in (("assay_variant_mutation", "L858R"), ("assay_variant_accession", "P00533")):
        assert activity_row(Activity.read({**wild, field: value})).variant
