import pytest

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.groups import GROUPS, group_names, smarts_of
from biocopilot.tools.chemistry.engine.parsing import molecule_from, pattern_from, structure_record
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

HAS = [
    ("sulfonamide", "NS(=O)(=O)c1ccccc1"), ("sulfonylurea", "CCCCNC(=O)NS(=O)(=O)c1ccc(C)cc1"), ("nitro", "O=[N+]([O-])c1ccccc1"),
    ("nitro", "O=N(=O)c1ccccc1"), ("carboxylic acid", "CC(=O)[O-]"), ("primary amine", "CC[NH3+]"), ("tertiary amine", "CN(C)C"),
    ("lactam", "O=C1CCCN1"), ("beta-lactam", "O=C1CCN1"), ("phenol", "Oc1ccccc1"), ("alcohol", "CCO"), ("boronic acid", "OB(O)c1ccccc1"),
    ("michael acceptor", "C=CC(C)=O"), ("tetrazole", "c1nnn[nH]1"), ("piperazine", "C1CNCCN1"), ("guanidine", "NC(=[NH2+])N"),
    ("nitrile", "CC#N"), ("alkyne", "CC#C"), ("ester", "CC(=O)OC"), ("amide", "CC(=O)NC"), ("urea", "NC(N)=O"), ("thiol", "CCS"),
    ("coumarin", "O=c1c(C)c(O)c2ccccc2o1"), ("flavone", "O=c1cc(-c2ccc(O)cc2)oc2cc(O)cc(O)c12"), ("chromone", "O=c1ccoc2ccccc12"), ("benzofuran", "Cc1cc2ccccc2o1"),
    ("benzothiophene", "Cc1cc2ccccc2s1"), ("benzothiazole", "Nc1nc2ccccc2s1"), ("benzoxazole", "Nc1nc2ccccc2o1"), ("carbazole", "Cn1c2ccccc2c2ccccc21"),
    ("phenothiazine", "CN(C)CCCN1c2ccccc2Sc2cc(Cl)ccc21"),
]  # fmt: skip
HAS_NOT = [
    ("sulfonamide", "CCCCNC(=O)NS(=O)(=O)c1ccc(C)cc1"), ("amine", "CC(N)=O"), ("amine", "NS(=O)(=O)c1ccccc1"), ("alcohol", "Oc1ccccc1"),
    ("alcohol", "CC(=O)O"), ("phenol", "CCO"), ("ester", "CC(=O)O"), ("amide", "CCN"), ("tertiary amine", "CC(=O)N(C)C"),
    ("nitrile", "CC#C"), ("ketone", "CC(=O)O"), ("aldehyde", "CC(C)=O"), ("ether", "CC(=O)OC"), ("thiol", "CSC"), ("alkene", "c1ccccc1"),
    ("coumarin", "O=C1CCc2ccccc2O1"), ("flavone", "O=c1cc(C)oc2ccccc12"), ("chromone", "O=c1ccc2ccccc2o1"), ("benzofuran", "C1Cc2ccccc2O1"), ("carbazole", "c1ccc(Nc2ccccc2)cc1"),
    ("phenothiazine", "c1ccc2c(c1)Nc1ccccc1O2"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "smiles"), HAS)
def test_a_group_is_found(group, smiles):
    assert molecule_from(smiles).HasSubstructMatch(pattern_from(smarts_of(group)))


@pytest.mark.parametrize(("group", "smiles"), HAS_NOT)
def test_a_look_alike_is_not_the_group(group, smiles):
    assert not molecule_from(smiles).HasSubstructMatch(pattern_from(smarts_of(group)))


@pytest.mark.parametrize("group", group_names())
def test_every_pattern_is_within_the_limits(group):
    assert pattern_from(GROUPS[group][0]).GetNumAtoms() >= 1


@pytest.mark.parametrize(
    "name", ["Sulfonamides", "sulphonamide", "nitro groups", "Carboxylic acids", "phenyl ring", "cyano", "β-lactam"]
)
def test_names_are_known_in_plural_british_and_greek(name):
    assert smarts_of(name)


def test_an_unknown_name_has_no_pattern():
    assert smarts_of("unobtainium") is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["C", "N", "O", "C(=O)", "c1ccccc1", "C(F)", "S", "[C@H](N)", "/C=C/"]), min_size=1, max_size=12
    ),
    st.randoms(),
)
def test_canonical_smiles_do_not_depend_on_how_a_molecule_is_written(pieces, random):
    text = "".join(pieces)
    if Chem.MolFromSmiles(text) is None:
        return
    molecule = molecule_from(text)
    once = structure_record(molecule)
    assert structure_record(molecule_from(once["smiles"])) == once
    order = list(range(molecule.GetNumAtoms()))
    random.shuffle(order)
    assert structure_record(Chem.RenumberAtoms(molecule, order)) == once
