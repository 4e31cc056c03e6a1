from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.contract import State
from biocopilot.copilot.planner.language.checking import _like_smiles, made_up, problem_with
from biocopilot.copilot.planner.language.reply import Wish


def wish(tool: str, **arguments: Any) -> Wish:
    return Wish("w", tool, arguments)


def state(copilot: Copilot, question: str = "q", bench: Any = None) -> State:
    return State(question, (), (), copilot.tools, bench or copilot.bench)


@pytest.mark.parametrize(
    "text",
    [
        "CC(=O)Oc1ccccc1C(=O)O",
        "c1ccccc1N",
        "[nH]1cccc1",
        "C[C@H](N)C(=O)O",
        "N#Cc1ccccc1",
        "C1CC1",
        "O=C=O",
        "CC(C)O",
        "C/C=C\\C",
    ],
)
def test_structures_are_told_from_names(text: str) -> None:
    assert _like_smiles(text)


@pytest.mark.parametrize(
    "text",
    ["aspirin", "(S)-ibuprofen", "5-HT2A", "CHEMBL25", "2,4-dinitrophenol", "acetic(acid)", "PF-07321332", "EGFR", "CYP2D6",
     "beta-D-glucose", "CO2", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "P00533", "TAK-243", "Vitamin K2(35)"],
)  # fmt: skip
def test_names_and_identifiers_are_no_structures(text: str) -> None:
    assert not _like_smiles(text)


def test_what_stands_in_the_question_was_not_made_up(copilot: Copilot) -> None:
    call = wish("compare_molecules", molecules=["c1ccccc1N", "aspirin", "CHEMBL25"])
    assert made_up(call, state(copilot)) == ["c1ccccc1N", "CHEMBL25"]
    assert made_up(call, state(copilot, "Compare C1CCCCC1 with c1ccccc1N and chembl25.")) == []


async def test_a_sound_call_has_no_problem(copilot: Copilot) -> None:
    assert await problem_with(wish("molecule_properties", molecule="CC(=O)O"), state(copilot)) == ""
    assert await problem_with(wish("substructure_filter", smarts="[#6]=[#8]", drugs=True), state(copilot)) == ""


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (wish("molecule_properties", molecule="CC(=O"), "no valid SMILES"),
        (wish("molecule_properties", molecule=7), "molecule"),
        (wish("molecule_properties"), "molecule is missing"),
        (wish("molecule_properties", molecule="aspirin", colour="red"), "colour is no field of it"),
        (wish("molecular_property", molecule="aspirin"), "Nearest: molecule_properties"),
        (Wish("w", "molecule_properties", None, '{"molecule": "asp'), 'It was: {"molecule": "asp'),
    ],
)
async def test_a_wrong_call_is_told_in_a_sentence(copilot: Copilot, call: Wish, said: str) -> None:
    assert said in await problem_with(call, state(copilot))


async def test_a_missing_identifier_is_told_only_where_the_whole_database_is_here(copilot: Copilot) -> None:
    call = wish("compound_activities", molecule="CHEMBL999999999")
    assert await problem_with(call, state(copilot)) == ""  # the starter set is a selection
    source = SimpleNamespace(name="ChEMBL", release="36")
    whole = SimpleNamespace(
        chembl=SimpleNamespace(backend="local", source=source, molecule=lambda _: None, target=lambda _: None)
    )
    said = await problem_with(call, state(copilot, bench=whole))
    assert said == "CHEMBL999999999 is neither a molecule nor a target of ChEMBL 36."
    whole.chembl.molecule = lambda _: object()
    assert await problem_with(call, state(copilot, bench=whole)) == ""
