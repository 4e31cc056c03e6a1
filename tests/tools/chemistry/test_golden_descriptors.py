"""Descriptors and alerts against values that others computed: RDKit's regression files and the development questions."""

import csv
import gzip
import json
import re
from pathlib import Path

import pytest
from biocopilot.memory.errors import InvalidStructure

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.alerts import alerts_in
from biocopilot.tools.chemistry.engine.descriptors import properties_of
from biocopilot.tools.chemistry.engine.parsing import inchikey_of, molecule_from
from biocopilot.tools.chemistry.engine.rules import rules_of
from biocopilot.tools.chemistry.engine.standard_form import describe_form, parent_of, standardised
from rdkit import Chem


@pytest.fixture(scope="module")
def regression(shared: Path) -> Path:
    return shared / "data" / "rdkit_regression"


def _rows(path: Path, step: int) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [row for row in csv.reader(file) if row and not row[0].startswith("#")][::step]


def _value(smiles: str, key: str) -> float:
    return properties_of(molecule_from(smiles), (key,))[key]["value"]


def _readable(rows: list[list[str]]) -> list[list[str]]:
    kept = []
    for row in rows:
        try:
            molecule_from(row[0])
        except InvalidStructure:
            continue
        kept.append(row)
    assert len(kept) > 0.95 * len(rows)
    return kept


def test_tpsa_agrees_with_ertls_own_program(regression):
    rows = _readable(_rows(regression / "NCI_5K_TPSA.csv.gz", 10))
    assert len(rows) > 400
    off = [row for row in rows if abs(_value(row[0], "tpsa") - float(row[1])) > 0.02]
    assert len(off) <= 0.01 * len(rows), off[:3]


def test_qed_agrees_with_the_reference(regression):
    rows = _readable(_rows(regression / "NCI_5000_qed.csv.gz", 10))
    off = [row for row in rows if abs(_value(row[0], "qed") - float(row[1])) > 1e-3]
    assert len(off) <= 0.02 * len(rows), off[:3]
    assert max(abs(_value(row[0], "qed") - float(row[1])) for row in rows) < 0.07  # as the data's README says


def test_crippen_agrees_with_the_papers_values(regression):
    for smiles, logp, refractivity in _rows(regression / "Crippen.csv", 1):
        assert _value(smiles, "clogp") == pytest.approx(float(logp), abs=1e-3)
        assert _value(smiles, "molar_refractivity") == pytest.approx(float(refractivity), abs=0.01)


def test_sa_score_agrees_with_the_reference(regression):
    lines = (regression / "zim.100.txt").read_text(encoding="utf-8").splitlines()[1:]
    for smiles, _name, score in (line.split("\t") for line in lines):
        assert _value(smiles, "sa_score") == pytest.approx(float(score), abs=0.0061)


def test_donors_agree_with_the_older_reference_but_for_a_few(regression):
    rows = _readable(_rows(regression / "NCI_regress.Lip.csv.gz", 10)[1:])
    off = [row for row in rows if _value(row[0], "hbd") != int(row[2])]
    assert len(off) <= 0.02 * len(rows)


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


def test_pains_find_the_molecule_that_rdkit_keeps_for_each_pattern(regression):
    with gzip.open(regression / "wehi_pains.csv.gz", "rt", encoding="utf-8") as file:
        names = [re.sub(r"^<regId=|\(\d+\)>$", "", row[1]) for row in csv.reader(file)]
    examples = [line.split("\t") for line in _lines(regression / "test_set3.txt.gz")]
    assert len(examples) > 400
    missed = []
    for number, _smarts, smiles, *_ in examples:
        found = {alert["name"] for alert in alerts_in(molecule_from(smiles), ("PAINS",))}
        if names[int(number)] not in found:
            missed.append((names[int(number)], smiles))
    assert missed == []


def test_most_of_a_screening_collection_has_no_pains(regression):
    with gzip.open(regression / "wehi_mols.csv.gz", "rt", encoding="utf-8") as file:
        smiles = [row[0] for row in csv.reader(file)][::50]
    flagged = sum(bool(alerts_in(molecule_from(text), ("PAINS",))) for text in smiles)
    assert 0.02 * len(smiles) < flagged < 0.20 * len(smiles)


def _agreement(path: Path, step: int, found) -> list[tuple[str, str, str]]:
    """Pairs of (given, ours, expected) that differ, over every step-th line that is read."""
    off = []
    for given, expected in (re.split(r"[\t,]", line) for line in _lines(path)[::step]):
        try:
            ours = found(molecule_from(given))
        except InvalidStructure:
            continue
        wanted = Chem.MolFromSmiles(expected)
        if ours is not None and wanted is not None and ours != Chem.MolToSmiles(wanted):
            off.append((given, ours, expected))
    return off


def test_standard_forms_agree_with_molstandardize(regression):
    off = _agreement(regression / "1kPCS_standardize_sm.csv.gz", 4, lambda m: standardised(m)["standard"]["smiles"])
    assert all("[Bi]" in given for given, _, _ in off)  # an organometallic is kept whole on purpose


def test_parents_agree_with_molstandardize(regression):
    off = _agreement(regression / "1kPCS_fragment.csv.gz", 4, lambda m: Chem.MolToSmiles(parent_of(m)))
    assert all("[Bi]" in given for given, _, _ in off)


def test_a_canonical_tautomer_is_its_own_and_the_same_compound(regression):
    told = 0
    for line in _lines(regression / "1kPCS_tautomer.csv.gz")[::8]:
        given = molecule_from(line.split(",")[0])
        canonical = describe_form(given)["canonical_tautomer"]
        if canonical is None:
            continue
        again = describe_form(molecule_from(canonical))
        assert again["is_canonical_tautomer"], line
        assert inchikey_of(molecule_from(canonical))[:14] == inchikey_of(parent_of(given))[:14], line
        told += 1
    assert told > 100


def test_lipinski_counts_agree_with_chembls(regression):
    rows = [dict(zip(_lines(regression / "compounds.txt.gz")[0].split("\t"), line.split("\t"), strict=True))
            for line in _lines(regression / "compounds.txt.gz")[1::40]]  # fmt: skip
    rows = [row for row in rows if row["HBA_LIPINSKI"] and row["MOLWEIGHT"] and "." not in row["CANONICAL_SMILES"]]
    assert len(rows) > 60
    for row in rows:
        found = properties_of(
            molecule_from(row["CANONICAL_SMILES"]),
            ("molecular_weight", "monoisotopic_mass", "hbd", "hba", "heavy_atoms"),
        )
        assert found["hba_lipinski"]["value"] == int(row["HBA_LIPINSKI"]), row["CHEMBLID"]
        assert found["hbd_lipinski"]["value"] == int(row["HBD_LIPINSKI"]), row["CHEMBLID"]
        assert found["heavy_atoms"]["value"] == int(row["HEAVY_ATOMS"]), row["CHEMBLID"]
        assert found["molecular_weight"]["value"] == pytest.approx(float(row["MOLWEIGHT"]), abs=0.06), row["CHEMBLID"]
        assert found["monoisotopic_mass"]["value"] == pytest.approx(float(row["MW_MONOISOTOPIC"]), abs=7e-4), row[
            "CHEMBLID"
        ]  # an electron


KEYS = {"mw": "molecular_weight", "logp": "clogp", "tpsa": "tpsa", "qed": "qed", "hbd": "hbd", "hba": "hba", "rotb": "rotatable_bonds",
        "rings": "rings", "mono": "monoisotopic_mass", "fsp3": "fsp3", "heavy": "heavy_atoms"}  # fmt: skip


def test_the_development_questions_structures_have_their_gold_values(shared):
    checked = 0
    for line in (shared / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        words = [word.rstrip("?") for word in row["question"].split() if any(c in word for c in "=()[]1")]
        if row["kind"] not in KEYS or not words:
            continue
        value = _value(max(words, key=len), KEYS[row["kind"]])
        assert value == pytest.approx(row["number"]["number"], abs=row["number"]["tolerance"]), row["id"]
        checked += 1
    assert checked >= 9


# Values by hand or from textbooks, which need no data beside the checkout.


@pytest.mark.parametrize(
    ("smiles", "key", "value"),
    [
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", "molecular_weight", 206.285),
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", "monoisotopic_mass", 206.1307),
        ("c1ccccc1", "fsp3", 0.0),
        ("CCO", "tpsa", 20.23),
        ("[Na+].[Cl-]", "molecular_weight", 58.443),
        ("[2H]C([2H])([2H])O", "monoisotopic_mass", 35.0451),
        ("C[N+](C)(C)C", "formal_charge", 1),
        ("O", "heavy_atoms", 1),
    ],
)
def test_known_values(smiles, key, value):
    assert _value(smiles, key) == pytest.approx(value, abs=0.0006)


def test_average_and_monoisotopic_mass_are_two_quantities():
    found = properties_of(molecule_from("BrC(Br)Br"), ("molecular_weight", "monoisotopic_mass"))
    assert found["molecular_weight"]["kind"] == "molecular_weight_average"
    assert found["monoisotopic_mass"]["kind"] == "molecular_mass_monoisotopic"
    assert abs(found["molecular_weight"]["value"] - found["monoisotopic_mass"]["value"]) > 1


def test_tpsa_with_sulfur_stands_beside_where_it_differs():
    assert "tpsa_with_s_and_p" in properties_of(molecule_from("CSC"), ("tpsa",))
    assert "tpsa_with_s_and_p" not in properties_of(molecule_from("CCO"), ("tpsa",))


def test_lipinski_counts_violations_and_allows_one():
    fine = rules_of(molecule_from("CC(C)Cc1ccc(C(C)C(=O)O)cc1"))["lipinski"]
    assert (fine["passes"], fine["violations"]) == (True, 0)
    one = rules_of(molecule_from("C" * 20))["lipinski"]
    assert (one["passes"], one["violations"]) == (True, 1)
    two = rules_of(molecule_from("C" * 40))["lipinski"]
    assert (two["passes"], two["violations"]) == (False, 2)
    text = next(detail["text"] for detail in two["details"] if not detail["passes"])
    assert text.startswith("average molecular weight 563")


@pytest.mark.parametrize(
    ("name", "smiles", "gut", "brain"),
    [
        ("diazepam", "CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc21", True, True),
        ("atenolol", "CC(C)NCC(O)COc1ccc(CC(N)=O)cc1", True, False),
        ("sucrose", "OC[C@H]1O[C@@](CO)(O[C@H]2O[C@H](CO)[C@@H](O)[C@H](O)[C@H]2O)[C@@H](O)[C@@H]1O", False, False),
    ],
)
def test_boiled_egg_on_drugs_far_from_its_edges(name, smiles, gut, brain):
    egg = rules_of(molecule_from(smiles))["boiled_egg"]
    assert (egg["gi_absorption"], egg["bbb_permeant"]) == (gut, brain), name


@pytest.mark.parametrize(
    ("smiles", "catalogue", "name"),
    [
        ("O=C1C=CC(=O)C=C1", "PAINS", "quinone_A"),
        ("C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1", "BRENK", "triple_bond"),
        ("C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1", "BRENK", "Aliphatic_long_chain"),
    ],
)
def test_alerts_have_names_and_atoms(smiles, catalogue, name):
    found = [alert for alert in alerts_in(molecule_from(smiles), (catalogue,)) if alert["name"] == name]
    assert found
    assert all(0 <= atom < molecule_from(smiles).GetNumAtoms() for alert in found for atom in alert["atoms"])


def test_ibuprofen_has_no_pains():
    assert alerts_in(molecule_from("CC(C)Cc1ccc(C(C)C(=O)O)cc1"), ("PAINS",)) == []
