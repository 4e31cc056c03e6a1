from __future__ import annotations

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.tools.chemistry.engine.alerts import alerts_in
from biocopilot.tools.chemistry.engine.assess import assessed, leaders_of
from biocopilot.tools.chemistry.engine.descriptors import properties_of
from biocopilot.tools.chemistry.engine.parsing import molecule_from
from biocopilot.tools.chemistry.engine.similarity import fingerprint_of
from biocopilot.tools.chemistry.engine.standard_form import standardised
from rdkit import DataStructs

ROWS = [
    ("smiles", "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]"),
    ("smiles", "rubbish"),
    ("smiles", "CN(C)c1ccc(C=C2SC(=S)NC2=O)cc1"),
]


def test_each_row_has_its_parent_and_the_values_alerts_and_patterns_of_that() -> None:
    salt, rubbish, rhodanine = assessed(ROWS, ["C(=O)[OH]", "c1ccccc1"])
    parent = standardised(molecule_from(ROWS[0][1]))["parent"]
    assert (salt["smiles"], salt["inchikey"]) == (parent["smiles"], parent["inchikey"])
    for key, value in salt["values"].items():
        assert value == pytest.approx(properties_of(molecule_from(salt["smiles"]), (key,))[key]["value"], abs=1e-4), key
    assert (salt["holds"], rhodanine["holds"]) == ([0, 1], [1])
    molecule = molecule_from(rhodanine["smiles"])
    wanted = {f"{one['catalogue']} {one['name']}" for one in alerts_in(molecule, ("PAINS", "BRENK"))}
    assert rhodanine["alerts"] == sorted(wanted) != []
    assert list(rubbish) == ["error"]


def test_a_row_alone_is_what_it_is_among_others() -> None:
    assert [assessed([row], [])[0] for row in ROWS] == assessed(ROWS, [])


def test_a_parent_that_is_too_long_to_be_read_again_costs_its_row_only() -> None:
    first, second = assessed([("smiles", "CS(=O)" * 300 + "C"), ("smiles", "CCO")], [])  # each S becomes [S+]([O-])
    assert "too long" in first["error"]
    assert second["smiles"] == "CCO"


BLOCK = """
  made up

  2  1  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.0000    0.0000    0.0000 O   0  0
  1  2  1  0
M  END
"""


def test_molfiles_that_nothing_parts_are_not_taken_for_the_first_of_them() -> None:
    one, three, with_another_as_a_value = assessed(
        [("block", BLOCK), ("block", BLOCK * 3), ("block", f"{BLOCK}> <product>\n{BLOCK}")], []
    )
    assert three == {"error": "The record holds 3 molfiles: a line of $$$$ is missing between them."}
    assert one["smiles"] == with_another_as_a_value["smiles"] == "CO"


def test_no_two_leaders_are_as_alike_as_asked() -> None:
    structures = ["CCCCCCCCCO", "CCCCCCCCO", "CNC(=O)c1ccncc1", "CCCCCCCCCCO", "CCCCCCCCCO"]
    assert leaders_of(structures, 0.5) == [0, 0, 2, 0, 0]
    assert leaders_of(structures, 1.0)[0::4] == [0, 0]
    assert leaders_of([], 0.5) == []


@pytest.mark.parametrize("similarity", [0.3, 0.5, 0.6, 1.0])
def test_leaders_are_those_that_rdkits_own_comparison_gives(similarity: float) -> None:
    store = ChemblStore.open()
    structures = [smiles for _id, _name, smiles in store.all_structures()][:400]
    store.close()
    prints = [fingerprint_of(molecule_from(smiles)) for smiles in structures]
    leaders: list[int] = []
    wanted = []
    for row, own in enumerate(prints):
        values = DataStructs.BulkTanimotoSimilarity(own, [prints[leader] for leader in leaders])
        if not leaders or max(values) < similarity:
            leaders.append(row)
            wanted.append(row)
        else:
            wanted.append(leaders[values.index(max(values))])
    assert leaders_of(structures, similarity) == wanted
