"""Parents, salts, hydrates, complexes: what kind of thing a structure is, as a chemist would call it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.counter_ions import COUNTER_IONS, SOLVENTS, binds_metal, is_organic, part_name
from biocopilot.tools.chemistry.engine.parsing import molecule_from, structure_record
from biocopilot.tools.chemistry.engine.standard_form import (
    describe_form,
    parent_of,
    parent_record,
    scaffold_of,
    standardised,
)
from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

CISPLATIN = "N.N.Cl[Pt]Cl"


@pytest.mark.parametrize(
    ("what", "smiles", "kind", "parent"),
    [
        ("free acid", "CC(=O)O", "molecule", "CC(=O)O"),
        ("sodium salt", "CC(=O)[O-].[Na+]", "salt", "CC(=O)O"),
        ("hydrochloride", "CCN.Cl", "salt", "CCN"),
        ("mesylate", "CCN.CS(=O)(=O)O", "salt", "CCN"),
        ("calcium salt of two acids", "CC(=O)[O-].CC(=O)[O-].[Ca+2]", "salt", "CC(=O)O"),
        ("magnesium salt of an azole", "c1c[n-]cn1.c1c[n-]cn1.[Mg+2]", "salt", "c1c[nH]cn1"),
        ("two organic ions", "C[N+](C)(C)CCO.CC(C)(Oc1ccc(C(=O)c2ccc(Cl)cc2)cc1)C(=O)[O-]", "salt", "CC(C)(Oc1ccc(C(=O)c2ccc(Cl)cc2)cc1)C(=O)O"),
        ("hydrate", "O=C(O)c1ccccc1.O.O", "hydrate", "O=C(O)c1ccccc1"),
        ("DMSO solvate", "CC(=O)Nc1ccccc1.C[S+](C)[O-]", "solvate", "CC(=O)Nc1ccccc1"),
        ("two neutral drugs", "CC(=O)Nc1ccc(O)cc1.Cn1c(=O)c2c(ncn2C)n(C)c1=O", "mixture", "Cn1c(=O)c2c(ncn2C)n(C)c1=O"),
        ("racemate in two pieces", "C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O", "stereoisomers", "CC(N)C(=O)O"),
        ("zwitterion", "C[C@H]([NH3+])C(=O)[O-]", "molecule", "C[C@H](N)C(=O)O"),
        ("betaine cannot be uncharged", "C[N+](C)(C)CC(=O)[O-]", "molecule", "C[N+](C)(C)CC(=O)[O-]"),
        ("quaternary cation", "C[N+](C)(C)C.[Cl-]", "salt", "C[N+](C)(C)C"),
        ("cisplatin", CISPLATIN, "complex", "N.N.[Cl][Pt][Cl]"),
        ("carboplatin", "N.N.O=C1O[Pt]OC(=O)C11CCC1", "complex", "N.N.O=C1[O][Pt][O]C(=O)C12CCC2"),
        ("table salt", "[Na+].[Cl-]", "inorganic", "[Cl-].[Na+]"),
        ("lithium carbonate", "[Li+].[Li+].[O-]C([O-])=O", "inorganic", "O=C([O-])[O-].[Li+].[Li+]"),
        ("deuterated", "[2H]C([2H])([2H])NC(=O)c1ccccc1", "molecule", "[2H]C([2H])([2H])NC(=O)c1ccccc1"),
    ],
)  # fmt: skip
def test_kind_and_parent(what: str, smiles: str, kind: str, parent: str) -> None:
    found = describe_form(molecule_from(smiles))
    assert (found["kind"], found["parent"]["smiles"]) == (kind, Chem.CanonSmiles(parent)), what


def test_what_the_parent_leaves_out_is_named_and_counted() -> None:
    found = describe_form(molecule_from("CC(=O)[O-].CC(=O)[O-].[Ca+2].O.O"))
    assert found["parent_count"] == 2
    assert {part["name"]: part["count"] for part in found["removed"]} == {"calcium": 1, "water": 2}
    (chloride,) = describe_form(molecule_from("CCN.Cl"))["removed"]
    assert chloride == {"smiles": "Cl", "name": "hydrochloride", "count": 1}


def test_an_unknown_counter_ion_is_told_by_its_smiles() -> None:
    (part,) = describe_form(molecule_from("CCCCCCCCCCN.OC(=O)CC1CC1"))["removed"]
    assert part == {"smiles": "O=C(O)CC1CC1", "name": "", "count": 1}


@pytest.mark.parametrize(
    ("smiles", "charge", "zwitterion"),
    [
        ("CCO", 0, False),
        ("CC(=O)OCC[N+](C)(C)C", 1, False),
        ("[NH3+]CC(=O)[O-]", 0, True),
        ("C[N+](=O)[O-]", 0, False),
        ("CN=[N+]=[N-]", 0, False),
        ("CC(=O)[O-]", -1, False),
    ],
)
def test_charges_are_told(smiles: str, charge: int, zwitterion: bool) -> None:
    found = describe_form(molecule_from(smiles))
    assert (found["formal_charge"], found["zwitterion"]) == (charge, zwitterion)


def test_isotopes_are_counted() -> None:
    found = describe_form(molecule_from("[2H]C([2H])([2H])[13CH2]O"))
    assert found["isotopes"] == ["13C", "2H"]
    assert found["isotope_counts"] == {"13C": 1, "2H": 3}


@pytest.mark.parametrize(
    ("what", "smiles", "is_canonical"),
    [
        ("2-hydroxypyridine is drawn as the minor form", "Oc1ccccn1", False), ("2-pyridone", "O=c1cccc[nH]1", True), ("no tautomer", "CCO", True),
        ("testosterone is no tautomer of its isomer", "C[C@]12CC[C@H]3[C@@H](CCC4=CC(=O)CC[C@@]43C)[C@@H]1CC[C@@H]2O", None),
        ("too large", "C" * 61, None), ("a complex", CISPLATIN, None),
    ],
)  # fmt: skip
def test_tautomers_are_told_where_the_inchikey_is_the_same(what: str, smiles: str, is_canonical: bool | None) -> None:
    assert describe_form(molecule_from(smiles))["is_canonical_tautomer"] is is_canonical, what


@pytest.mark.parametrize(
    ("smiles", "change"),
    [
        ("CC(=O)[O-]", "charge neutralised from -1 to 0"), ("C[NH3+]", "charge neutralised from +1 to 0"),
        ("[NH3+]CC(=O)[O-]", "zwitterion written uncharged"), ("CS(C)=O", "functional groups normalised or metals disconnected"),
        ("CC(=O)O[Na]", "functional groups normalised or metals disconnected"),
    ],
)  # fmt: skip
def test_changes_are_said(smiles: str, change: str) -> None:
    assert change in standardised(molecule_from(smiles))["changes"]


def test_a_structure_in_standard_form_changes_in_nothing() -> None:
    found = standardised(molecule_from("CC(=O)Oc1ccccc1C(=O)O"))
    assert found["given"] == found["standard"]
    assert (found["changes"], found["removed"], found["notes"]) == ([], [], [])


@pytest.mark.parametrize(
    ("smiles", "word"), [(CISPLATIN, "Pt"), ("[Na+].[Cl-]", "organic"), ("CC[Hg]Sc1ccccc1C(=O)[O-].[Na+]", "Hg")]
)
def test_what_is_kept_whole_says_why(smiles: str, word: str) -> None:
    found = standardised(molecule_from(smiles))
    assert word in found["notes"][0]
    assert found["parent"]["smiles"] == found["standard"]["smiles"]


def test_the_standard_form_can_always_be_read_again() -> None:
    # RDKit's clean-up writes this mesoionic ring as what its own parser refuses.
    odd = molecule_from("O=c1cc([O-])[n+](C2OC(CO)C(O)C2O)c2sccn12")
    found = standardised(odd)
    assert Chem.MolFromSmiles(found["standard"]["smiles"]) is not None
    assert Chem.MolFromSmiles(found["parent"]["smiles"]) is not None


@pytest.mark.parametrize("smiles", [*COUNTER_IONS, *SOLVENTS])
def test_names_of_parts_stand_under_canonical_smiles(smiles: str) -> None:
    assert Chem.CanonSmiles(smiles) == smiles
    assert part_name(molecule_from(smiles))


@pytest.mark.parametrize(
    ("smiles", "name"),
    [("CC(=O)[O-]", "acetate"), ("[O-]S(=O)(=O)[O-]", "sulfate"), ("CS(=O)(=O)[O-]", "mesylate"), ("CCCCCC", "")],
)
def test_a_part_is_named_charged_or_not(smiles: str, name: str) -> None:
    assert part_name(molecule_from(smiles)) == name


@pytest.mark.parametrize(
    ("smiles", "metal"),
    [
        ("Cl[Pt]Cl", "Pt"),
        ("CC(=O)O[Na]", ""),
        ("[Fe+2]", ""),
        ("OB(O)c1ccccc1", ""),
        ("C[Si](C)(C)C", ""),
        ("CC[Hg]Cl", "Hg"),
    ],
)
def test_metals_with_bonds_of_their_own_are_seen(smiles: str, metal: str) -> None:
    assert binds_metal(molecule_from(smiles)) == metal


@pytest.mark.parametrize(
    ("smiles", "organic"),
    [("C", True), ("NC(N)=O", True), ("O=C=O", False), ("C#N", False), ("O", False), ("ClC(Cl)(Cl)Cl", True)],
)
def test_organic_is_more_than_having_carbon(smiles: str, organic: bool) -> None:
    assert is_organic(molecule_from(smiles)) is organic


@pytest.mark.parametrize(
    ("smiles", "scaffold", "generic", "rings"),
    [
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", "c1ccccc1", "C1CCCCC1", 1),
        ("CC(=O)Oc1ccccc1C(=O)O", "c1ccccc1", "C1CCCCC1", 1),
        ("O=C(c1ccccc1)c1ccncc1", "O=C(c1ccccc1)c1ccncc1", "C1CCC(CC2CCCCC2)CC1", 2),
        ("CN1CCC[C@H]1c1cccnc1", "c1cncc([C@@H]2CCCN2)c1", "C1CCC(C2CCCC2)CC1", 2),
        ("CC(O)C(=O)O", "", "", 0),
    ],
)  # fmt: skip
def test_scaffolds(smiles: str, scaffold: str, generic: str, rings: int) -> None:
    found = scaffold_of(molecule_from(smiles))
    assert (found["scaffold"], found["rings"]) == (Chem.CanonSmiles(scaffold) if scaffold else "", rings)
    assert found["generic"] == (Chem.CanonSmiles(generic) if generic else "")


def test_the_parent_of_a_parent_is_itself() -> None:
    for smiles in ("CC(=O)[O-].[Na+]", "CCN.Cl", "C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O", CISPLATIN, "O.O=C(O)c1ccccc1"):
        once = parent_of(molecule_from(smiles))
        assert Chem.MolToSmiles(parent_of(once)) == Chem.MolToSmiles(once)


# What each step of the clean-up is for, and what it makes of one of them that cannot be read again.
CLEANED = [
    "CC", "C", "C#N", "N#C[S-]", "O=C=O", "[2H]C([2H])O", "[H][H]", "CS(C)=O", "O=S(=O)(c1ccccc1)N", "C[S+2]([O-])([O-])C", "CS(=O)O", "OS(=O)O",
    "C[N+](=O)[O-]", "C[n+]1ccccc1", "[O-][n+]1ccccc1", "CN=[N+]=[N-]", "C=[N+]=[N-]", "CP(C)(C)=O", "C[P+]([O-])([O-])C", "CP(=O)=O", "CN=S=O",
    "CC(=O)O[Na]", "CC[Mg]Br", "CCN.Cl", "[Na]Cl", "C[NH3+]", "CC(=O)[O-]", "[NH3+]CC(=O)[O-]", "C[N+](C)(C)CC(=O)[O-]", "CC(N)=[NH2+]",
    "OC(=O)CCc1ccccc1[O-]", "NC(=[NH2+])N", "CC(=O)O.CC(=O)[O-]", "C[Si](C)(C)C", "OB(O)c1ccccc1", "C[Se]C", "[CH3]", "C=[O+]C", "[O-]Cl",
    "O=c1cc([O-])[n+](C2OC(CO)C(O)C2O)c2sccn12", "COc1cc2c(cc1OC)C(c1c([O-])[nH+]c3n(c1=O)CCCS3)NCC2", "CC(O)=CC(C)=O", "Oc1ccccn1", CISPLATIN,
    "C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O", "F/C=C/F", "C[C@H]1CC[C@@H](C)CC1", "C1=CC=CC=CC=C1", "c1cc[nH]c1", "CN1C=CC=NC1=[OH+]", "[C-]#[O+]",
]  # fmt: skip


def _the_long_way(smiles: str) -> dict[str, str]:
    """All of RDKit's clean-up, then all of it again for the parent."""
    molecule = molecule_from(smiles)
    with rdBase.BlockLogs():
        clean = molecule if binds_metal(molecule) else rdMolStandardize.Cleanup(molecule)
        readable = Chem.MolFromSmiles(Chem.MolToSmiles(clean)) is not None
    return structure_record(parent_of(clean if readable else molecule))


@pytest.mark.parametrize("smiles", CLEANED)
def test_a_parent_is_the_same_whether_clean_up_was_spared_or_not(smiles: str) -> None:
    assert parent_record(molecule_from(smiles)) == _the_long_way(smiles)


def test_sparing_clean_up_changes_no_parent_of_real_molecules(shared: Path) -> None:
    with gzip.open(shared / "data" / "moleculenet" / "HIV.csv.gz", "rt", encoding="utf-8") as file:
        listed = [row["smiles"] for row in csv.DictReader(file) if row["smiles"]][::60]
    assert len(listed) > 600
    assert [smiles for smiles in listed if parent_record(molecule_from(smiles)) != _the_long_way(smiles)] == []
