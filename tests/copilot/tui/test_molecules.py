"""The molecule pane: what stands beside a drawing, where a structure is too large, and what records say of a molecule."""

from __future__ import annotations

from typing import Any

from biocopilot.copilot.tui.molecules import ShownMolecule, count_molecules, molecule_of, molecules_of
from biocopilot.copilot.tui.story import Story

from .driving import answered, opened, screen, typed, until
from .test_tables import evidence

PEPTIDE = ShownMolecule("NCC(=O)" + "NC(CC(C)C)C(=O)" * 24 + "O", "peptide")


def value(number: float, unit: str) -> dict[str, Any]:
    return {"value": number, "unit": unit, "relation": "=", "kind": "x", "convention": "y"}


def test_what_the_run_computed_stands_beside_the_molecule_whichever_record_it_is_in() -> None:
    found = {"smiles": "CCO", "name": "ETHANOL", "chembl_id": "CHEMBL545"}
    properties = {
        "molecular_weight": value(46.07, "g/mol"),
        "clogp": value(-0.0014, "dimensionless"),
        "hbd": value(1, "count"),
    }
    story = Story()
    story.evidence = {
        "E1": evidence({"molecule": found}),
        "E2": evidence({"molecule": found, "properties": {**properties, "formula": {"text": "C2H6O"}}}, "E2"),
        "E3": evidence({"rows": [{"molecule": {"smiles": "C"}}, {"smiles": "CC"}]}, "E3"),
    }
    shown = molecule_of(story.evidence["E1"], story)
    assert shown is not None
    assert (shown.name, shown.identifier, shown.formula) == ("ETHANOL", "CHEMBL545", "C2H6O")
    assert shown.facts == ("MW 46.07 g/mol", "cLogP -0.0014", "HBD 1")
    assert [item.smiles for item in molecules_of(story)] == ["CCO", "C", "CC"]
    assert count_molecules(story) == 3


async def test_a_structure_too_large_for_its_pane_says_so_and_how_to_see_it_and_its_smiles_is_cut() -> None:
    async with opened(size=(100, 30)) as (app, pilot):
        app.action_look("molecule")
        await pilot.pause()
        app.molecule.show(PEPTIDE)
        await until(pilot, lambda: "Too crowded to be read: F6" in screen(app).replace("\n", " "))
        assert "… c copies it whole" in screen(app)
        await pilot.press("f6")
        await until(pilot, lambda: "F6 enlarges" not in screen(app))
        await pilot.press("c")
        assert app.clipboard == PEPTIDE.smiles


async def test_keys_go_through_the_molecules_of_a_run() -> None:
    async with opened() as (app, pilot):
        await typed(app, pilot, "compare aspirin and ibuprofen")
        await answered(app, pilot)
        await pilot.press("f5")
        names = []
        for key in ("greater_than_sign", "greater_than_sign", "less_than_sign"):
            names.append(app.molecule.molecule.name if app.molecule.molecule else "")
            await pilot.press(key)
        assert names == ["ASPIRIN", "IBUPROFEN", "ASPIRIN"]
        assert app.molecule.molecule is not None
        assert "MW 206.28" in " ".join(app.molecule.molecule.facts)
