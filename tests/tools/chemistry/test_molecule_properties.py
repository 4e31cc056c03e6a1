"""The properties tool: textbook values, their conventions, salts, and the notes that go with them."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.records import Quantity


async def properties(call: Any, molecule: str, *wanted: str) -> dict[str, Any]:
    result = await call("molecule_properties", molecule=molecule, **({"properties": list(wanted)} if wanted else {}))
    assert result.status == "ok", result.digest
    found: dict[str, Any] = result.evidence[0].record
    return found


# Average and monoisotopic masses from atomic weights; the others as RDKit's documents define them.
@pytest.mark.parametrize(
    ("molecule", "key", "value"),
    [
        ("ibuprofen", "molecular_weight", 206.285), ("ibuprofen", "monoisotopic_mass", 206.1307), ("imatinib", "molecular_weight", 493.615),
        ("trametinib", "molecular_weight", 615.404), ("cisplatin", "molecular_weight", 300.05), ("deucravacitinib", "molecular_weight", 425.467),
        ("aspirin", "tpsa", 63.6), ("paracetamol", "tpsa", 49.33), ("caffeine", "hbd", 0), ("morphine", "rings", 5), ("morphine", "stereocentres", 5),
        ("quinine", "stereocentres", 4), ("benzene", "fsp3", 0), ("cholesterol", "rings", 4), ("acetylcholine", "formal_charge", 1),
        ("aspirin", "qed", 0.5501), ("paracetamol", "qed", 0.595), ("water", "heavy_atoms", 1), ("erlotinib", "rotatable_bonds", 10),
    ],
)  # fmt: skip
async def test_textbook_values(call: Any, molecule: str, key: str, value: float) -> None:
    found = (await properties(call, molecule, key))["properties"][key]
    assert found["value"] == pytest.approx(value, abs=0.006)


async def test_every_value_has_unit_kind_and_convention(call: Any) -> None:
    record = await properties(call, "erlotinib")
    for key, value in record["properties"].items():
        if key == "formula":
            assert value["text"] == "C22H23N3O4"
            continue
        Quantity.model_validate({name: value[name] for name in ("value", "unit", "relation", "kind", "convention")})
        assert "RDKit" in value["convention"], key
    assert record["properties"]["sa_score"]["drivers"]["heavy atoms"] == 29


async def test_what_was_not_asked_for_is_not_computed(call: Any) -> None:
    record = await properties(call, "CCO", "tpsa")
    assert list(record["properties"]) == ["tpsa"]
    assert "rules" not in record
    assert record["notes"] == []


async def test_all_properties_come_with_the_rules_and_their_caveats(call: Any) -> None:
    record = await properties(call, "CCO")
    assert set(record["rules"]) == {"lipinski", "veber", "egan", "ghose", "lead_like", "boiled_egg"}
    assert any("efficacy" in note for note in record["notes"])
    assert any("BOILED-Egg" in note for note in record["notes"])


async def test_a_salt_is_counted_whole_and_said_first(call: Any) -> None:
    record = await properties(call, "imatinib mesylate", "molecular_weight")
    assert record["properties"]["molecular_weight"]["value"] == pytest.approx(589.72, abs=0.01)
    assert "several parts" in record["notes"][0]


async def test_sulfur_in_the_polar_surface_is_told_beside(call: Any) -> None:
    found = (await properties(call, "celecoxib", "tpsa"))["properties"]
    assert found["tpsa"]["value"] == pytest.approx(77.98)
    assert found["tpsa_with_s_and_p"]["value"] > found["tpsa"]["value"]


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ({"molecule": "adalimumab"}, "empty", ""),
        ({"molecule": "CCO", "properties": ["beauty"]}, "failed", "InvalidArguments"),
        ({"molecule": "C" * 1_500, "properties": ["heavy_atoms"]}, "failed", "InvalidStructure"),
    ],
)
async def test_what_has_no_properties_says_why(call: Any, arguments: dict[str, Any], status: str, error: str) -> None:
    result = await call("molecule_properties", **arguments)
    assert (result.status, result.error) == (status, error)
    assert result.digest
