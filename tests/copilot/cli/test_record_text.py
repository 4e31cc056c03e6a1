from __future__ import annotations

from biocopilot.copilot.cli.record_text import record_text
from biocopilot.memory.records import Quantity


def quantity(value: float, unit: str, relation: str = "=") -> dict[str, object]:
    made = Quantity(value=value, unit=unit, relation=relation, kind="IC50", convention="as measured")  # type: ignore[arg-type]
    return made.model_dump(mode="json")


def test_a_quantity_is_one_line_with_relation_unit_and_convention() -> None:
    assert record_text({"value_of_it": quantity(1.5, "nM", ">")}) == "value of it: > 1.5 nM  (as measured)"
    assert record_text({"qed": quantity(0.8, "dimensionless")}) == "qed: 0.8  (as measured)"


def test_nested_records_and_rows_are_indented_and_absent_values_left_out() -> None:
    text = record_text(
        {"molecule": {"name": "x", "smiles": None}, "rows": [{"a": 1, "b": True}, {"a": 2}], "notes": []}
    )
    assert text.split("\n") == ["molecule", "  name: x", "rows", "  - a: 1", "    b: yes", "  - a: 2"]


def test_text_from_a_source_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in record_text({"name": "\x1b]0;evil\x07x", "list": ["\x1b[2J" * 20]})


def test_brackets_stay_as_they_are() -> None:
    assert record_text({"smiles": "C[C@H](N)C(=O)[O-]"}) == "smiles: C[C@H](N)C(=O)[O-]"


def test_what_a_quantity_says_beyond_itself_follows_it() -> None:
    text = record_text({"sa": {**quantity(2.19, "dimensionless"), "drivers": {"rings": 1}}})
    assert text.split("\n") == ["sa: 2.19  (as measured)", "  drivers", "    rings: 1"]


def test_a_long_text_is_cut_and_said_to_be() -> None:
    text = record_text({"drawing": "<svg>\n" + "x" * 1_000})
    assert text.startswith("drawing: <svg> xxx")
    assert text.endswith("… (1,006 characters; --json shows them all)")
