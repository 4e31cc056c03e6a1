"""The input limits of chemistry: what is refused, and with what words."""

from __future__ import annotations

import time

import pytest
from biocopilot.memory.errors import InvalidStructure

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.parsing import (
    ATOMS,
    CHARACTERS,
    molecule_from,
    pattern_from,
    smiles_of_block,
    structure_record,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), (" \t", "empty"), ("CCO CCN", "white space"), ("CCO\nCCN", "white space"), ("CCO\x00", "control"), ("C\u202eC", "control"),
        ("C" * (CHARACTERS + 1), "2,001 characters"), ("C" * 1_000_000, "1,000,000 characters"), ("C" * (ATOMS + 1), "more than 1,000 atoms"),
        ("C(C)(C)(C)(C)C", "valence"), ("c1cccc1", "kekul"), ("C1CC", "ring number"), ("CC(", "parenthesis"), ("C[N", "bracket"),
        ("[Xx]", "grammar"), ("[C+99999]", "charge"), ("héllo", "'é'"), ("CCO>>CC=O", "reaction"), ("[#6]", "SMARTS"), ("[C;H1]", "SMARTS"),
        ("*CC", "attachment"), ("InChI=1S/rubbish", "InChI"), ("InChI=", "InChI"),
    ],
)  # fmt: skip
def test_what_is_no_structure_is_refused_with_the_reason(text: str, reason: str) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidStructure, match=f"(?i){reason}") as caught:
        molecule_from(text)
    assert time.perf_counter() - started < 2
    assert caught.value.hint
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("text", "smiles"),
    [
        ("OCC", "CCO"), ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "CCO"), ("[CH3:1][OH:2]", "CO"), ("[NH3]->[Pt](<-[NH3])(Cl)Cl", "[NH3]->[Pt](<-[NH3])([Cl])[Cl]"),
        ("[2H]C", "[2H]C"), ("C1CCC1", "C1CCC1"), ("N[C@@H](C)C(=O)O", "C[C@H](N)C(=O)O"), ("C/C=C\\C", "C/C=C\\C"), ("[Na+].[Cl-]", "[Cl-].[Na+]"),
    ],
)  # fmt: skip
def test_what_is_a_structure_is_read(text: str, smiles: str) -> None:
    assert structure_record(molecule_from(text))["smiles"] == smiles


def test_a_structure_without_an_inchikey_has_an_empty_one() -> None:
    assert structure_record(molecule_from("[NH3]->[Pt](<-[NH3])(Cl)Cl"))["inchikey"] == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(st.sampled_from("CNOcno()[]=#@+-123%/\\.Hl\x00 >*"), max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        molecule = molecule_from(text)
    except InvalidStructure:
        return
    again = structure_record(molecule)["smiles"]
    assert structure_record(molecule_from(again))["smiles"] == again


@pytest.mark.parametrize(
    ("smarts", "reason"),
    [
        ("", "empty"), ("C C", "white space"), ("C" * 501, "501 characters"), ("[$(" * 11 + "C" + ")]" * 11, "nested"), ("(" * 300, "nested"),
        ("[", "cannot be read"), ("[#9999999]X", "cannot be read"), ("[" * 5 + "C", "cannot be read"),
    ],
)  # fmt: skip
def test_patterns_beyond_the_limits_are_refused(smarts: str, reason: str) -> None:
    with pytest.raises(InvalidStructure, match=reason) as caught:
        pattern_from(smarts)
    assert caught.value.hint
    assert len(caught.value.message) < 200


def test_a_molfile_gives_its_smiles_and_rubbish_gives_nothing() -> None:
    assert smiles_of_block(Chem.MolToMolBlock(Chem.MolFromSmiles("C[C@H](N)C(=O)O"))) == "C[C@H](N)C(=O)O"
    assert smiles_of_block(Chem.MolToV3KMolBlock(Chem.MolFromSmiles("c1ccccc1"))) == "c1ccccc1"
    for rubbish in (
        "",
        "\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n",
        "no molfile",
        "\n\n\n999999 0\n",
        "x\n" * 1_000,
    ):
        assert smiles_of_block(rubbish) == ""
