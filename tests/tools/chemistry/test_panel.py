from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.tools.chemistry.engine.alerts import alerts_in
from biocopilot.tools.chemistry.engine.descriptors import properties_of
from biocopilot.tools.chemistry.engine.panel import CATALOGUES, Panel, panel_of, panels_of
from biocopilot.tools.chemistry.engine.parsing import molecule_from
from biocopilot.tools.chemistry.engine.prescreen import Prescreen
from rdkit import Chem
from rdkit.Chem import QED

KEYS = ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "qed", "sa_score")
STRUCTURES = (
    "CC(=O)Oc1ccccc1C(=O)O",  # aspirin
    "COCCOc1cc2ncnc(Nc3cccc(C#C)c3)c2cc1OCCOC",  # erlotinib
    "O=C1C=CC(=O)c2ccccc12",  # a quinone
    "CN(C)c1ccc(C=C2SC(=S)NC2=O)cc1",  # a rhodanine
    "[2H]C([2H])([2H])Oc1ccccc1N=Nc1ccc(N(C)C)cc1",  # hydrogens that are atoms
    "[13CH3]C(=O)N[15NH2]",
    "F.F.F.F",
    "[Na+].[O-]C(=O)c1ccccc1S(=O)(=O)Cl",
    "N.N.Cl[Pt]Cl",
    "CC[Mg]Br",
    "OB(O)c1ccccc1",
    "C[N+](C)(C)CC(=O)[O-]",
    "C1CCC2(CC1)OCC1(CO2)COC2(CCCCC2)OC1",
    "c1ccc2c(c1)ccc1c2ccc2ccccc21",
    "CCCCCCCCCCCC=O",
    "[H][H]",
    "C",
)


def expected(molecule: Chem.Mol) -> tuple[Any, ...]:
    found = properties_of(molecule, KEYS)
    return tuple(found[key]["value"] for key in KEYS), alerts_in(molecule, CATALOGUES)


def given(panel: Panel) -> tuple[Any, ...]:
    return tuple(getattr(panel, key) for key in KEYS), list(panel.alerts)


@pytest.mark.parametrize("smiles", STRUCTURES)
def test_a_panel_is_what_properties_and_alerts_say(smiles: str) -> None:
    assert given(panel_of(molecule_from(smiles))) == expected(molecule_from(smiles))


def starter() -> list[str]:
    """The starter set's structures, which are real."""
    store = ChemblStore.open()
    try:
        return [smiles for _id, _name, smiles in store.all_structures()]
    finally:
        store.close()


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_panels_of_the_starter_set_are_those_of_its_molecules_one_by_one(every: int) -> None:
    molecules = [molecule_from(smiles) for smiles in starter()[::every]]
    assert len(molecules) > 2_500 // every
    wrong = [
        Chem.MolToSmiles(molecule)
        for molecule, panel in zip(molecules, panels_of(molecules), strict=True)
        if given(panel) != expected(molecule)
    ]
    assert wrong == []


def test_nothing_that_matches_is_screened_out_and_much_that_does_not_is() -> None:
    prescreen = Prescreen([*QED.StructuralAlerts, None])
    molecule = molecule_from("COCCOc1cc2ncnc(Nc3cccc(C#C)c3)c2cc1OCCOC")
    possible = prescreen.possible(molecule)
    matching = {row for row, alert in enumerate(QED.StructuralAlerts) if molecule.HasSubstructMatch(alert)}
    assert matching
    assert matching | {len(QED.StructuralAlerts)} <= set(possible)
    assert len(possible) < 40


def test_a_molecule_with_bonds_of_other_sorts_is_not_screened() -> None:
    prescreen = Prescreen([Chem.MolFromSmarts("[#6]~[#7]"), Chem.MolFromSmarts("[Cl]")])
    assert prescreen.possible(molecule_from("CC[Mg]Br")) == [0, 1]
    assert prescreen.possible(molecule_from("CCN")) == [0]
