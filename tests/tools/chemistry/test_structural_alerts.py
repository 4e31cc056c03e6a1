"""Structural alerts: literature examples, atoms in the canonical SMILES, and none as a finding."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.tools.chemistry.engine.functions import FUNCTIONS
from rdkit import Chem


async def alerts(call: Any, molecule: str, *catalogues: str) -> dict[str, Any]:
    result = await call(
        "structural_alerts", molecule=molecule, **({"catalogues": list(catalogues)} if catalogues else {})
    )
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("molecule", "catalogue", "names"),
    [
        ("erlotinib", "BRENK", {"Aliphatic_long_chain", "triple_bond"}), ("erlotinib", "PAINS", set()),
        ("O=C1NC(=S)SC1=Cc1ccccc1", "PAINS", {"ene_rhod_A"}), ("Oc1ccccc1O", "PAINS", {"catechol_A"}), ("O=C1C=CC(=O)C=C1", "PAINS", {"quinone_A"}),
        ("nitrobenzene", "BRENK", {"nitro_group", "Oxygen-nitrogen_single_bond"}), ("aspirin", "BRENK", {"phenol_ester"}), ("ibuprofen", "BRENK", set()),
        ("caffeine", "PAINS", set()), ("curcumin", "PAINS", set()),
    ],
)  # fmt: skip
async def test_literature_examples(call: Any, molecule: str, catalogue: str, names: set[str]) -> None:
    record = await alerts(call, molecule, catalogue)
    assert {alert["name"] for alert in record["alerts"]} == names
    assert record["counts"] == {catalogue: len(record["alerts"])}


def test_atoms_are_those_of_the_canonical_smiles_shown() -> None:
    written = "c1(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)cccc(C#C)c1"  # the alkyne stands elsewhere than in the canonical SMILES
    found = FUNCTIONS["alerts"](written, ("BRENK",))
    assert found["smiles"] == "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1"
    molecule = Chem.MolFromSmiles(found["smiles"])
    (alkyne,) = [alert for alert in found["alerts"] if alert["name"] == "triple_bond"]
    assert [molecule.GetAtomWithIdx(index).GetHybridization() for index in alkyne["atoms"]] == [
        Chem.HybridizationType.SP
    ] * 2


async def test_no_alert_is_a_finding_without_a_caveat(call: Any) -> None:
    record = await alerts(call, "ibuprofen")
    assert (record["count"], record["catalogues"], record["notes"]) == (0, ["PAINS", "BRENK", "NIH"], [])


async def test_an_alert_comes_with_its_caveat(call: Any) -> None:
    assert "not a verdict" in (await alerts(call, "aspirin"))["notes"][0]


async def test_a_catalogue_named_twice_is_searched_once(call: Any) -> None:
    once, twice = await alerts(call, "aspirin", "BRENK"), await alerts(call, "aspirin", "BRENK", "BRENK")
    assert once["alerts"] == twice["alerts"]


@pytest.mark.parametrize("catalogues", [[], ["FOLKLORE"], "BRENK"])
async def test_other_catalogues_are_refused(call: Any, catalogues: Any) -> None:
    assert (await call("structural_alerts", molecule="CCO", catalogues=catalogues)).error == "InvalidArguments"
