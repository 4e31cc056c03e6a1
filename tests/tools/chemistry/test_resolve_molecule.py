"""Which molecule is meant: every way of naming one, and what is wrong with those that name none."""

from __future__ import annotations

import time
from typing import Any

import pytest


async def identity(call: Any, molecule: str) -> dict[str, Any]:
    result = await call("resolve_molecule", molecule=molecule)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("written", "by"),
    [
        ("aspirin", "name"), ("Acetylsalicylic Acid", "name"), ("CHEMBL25", "ChEMBL id"), ("chembl25", "ChEMBL id"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChIKey"), ("CC(=O)Oc1ccccc1C(=O)O", "SMILES"), ("O=C(C)Oc1ccccc1C(=O)O", "SMILES"),
        ("InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)", "InChI"),
    ],
)  # fmt: skip
async def test_one_molecule_however_it_is_named(call: Any, written: str, by: str) -> None:
    record = await identity(call, written)
    molecule = record["molecule"]
    assert (molecule["chembl_id"], molecule["name"], molecule["matched_by"]) == ("CHEMBL25", "ASPIRIN", by)
    assert molecule["inchikey"] == "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
    assert (record["formula"], record["formal_charge"], record["kind"]) == ("C9H8O4", 0, "molecule")
    assert record["inchi"].startswith("InChI=1S/C9H8O4/")


# Names with a trap in them: published InChIKeys of what a chemist means.
@pytest.mark.parametrize(
    ("name", "inchikey"),
    [
        ("morphine", "BQJCRHHNABKAKU-KBQPJGBKSA-N"), ("vitamin C", "CIWBSHSKHKDKBQ-JLAZNSOCSA-N"), ("penicillin", "JGSARLDLIJGVTE-MBNYWOFBSA-N"),
        ("Gleevec", "KTUFNOKKBVMGRW-UHFFFAOYSA-N"), ("Tylenol", "RZVAJINKPMORJF-UHFFFAOYSA-N"), ("Prozac", "RTHCYVBBDHJXIQ-UHFFFAOYSA-N"),
        ("caffeine", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"), ("adrenaline", "UCTWMZQNUQWSLP-VIFPVBQESA-N"), ("trametinib", "LIRYPHYGHXZJBZ-UHFFFAOYSA-N"),
        ("cisplatin", "LXZZYRPGZAFOLE-UHFFFAOYSA-L"), ("carboplatin", "OLESAACUTLOWQZ-UHFFFAOYSA-L"), ("cyclosporine", "PMATZTZNYRCHOR-CGLBZJNRSA-N"),
        ("deutetrabenazine", "MKJIEFSOBYUXJB-LIJFRPJRSA-N"), ("doxycycline", "JBIWCJUYHHGXTC-AKNGSSGZSA-N"), ("cortisone", "MFYSYFVPBJMHGN-ZPOLXVRWSA-N"),
        ("escitalopram", "WSEQXVZVJXJVFP-FQEVSTJZSA-N"), ("citalopram", "WSEQXVZVJXJVFP-UHFFFAOYSA-N"), ("LSD", "VAYOSLLFUXYJDT-RDTXWAMCSA-N"),
    ],
)  # fmt: skip
async def test_names_lead_to_the_published_structure(call: Any, name: str, inchikey: str) -> None:
    assert (await identity(call, name))["molecule"]["inchikey"] == inchikey


@pytest.mark.parametrize(
    ("molecule", "notes"),
    [
        ("imatinib mesylate", ["It is a salt; its parent leaves out mesylate."]),
        ("atorvastatin calcium", ["It is a salt with 2 × its parent; its parent leaves out calcium."]),
        ("CC(=O)[O-].[Na+]", ["It is a salt; its parent leaves out sodium."]),
        ("O=C(O)c1ccccc1.O.O", ["It is a hydrate; its parent leaves out 2 × water."]),
        ("deucravacitinib", ["It is labelled with 3 × 2H (deuterium)."]),
        ("deutetrabenazine", ["2 of its 2 stereo elements are undefined.", "It is labelled with 6 × 2H (deuterium)."]),
        ("ibuprofen", ["Its one stereo element is undefined: a racemate or mixture of isomers, or not known which."]),
        ("cisplatin", ["It holds Pt with bonds of its own, so it is kept whole and no parent is derived."]),
        ("[NH3+][C@@H](C)C(=O)[O-]", ["It is drawn as a zwitterion."]),
        ("acetylcholine", ["It carries a net charge of +1."]),
        ("lithium carbonate", ["It has no organic part, so it is kept whole and no parent is derived."]),
        ("aspirin", []), ("testosterone", []), ("quinine", []), ("zidovudine", []), ("ATP", []),
    ],
)  # fmt: skip
async def test_notes_say_what_a_chemist_would(call: Any, molecule: str, notes: list[str]) -> None:
    assert (await identity(call, molecule))["notes"] == notes


async def test_a_tautomer_is_told_with_the_other_form(call: Any) -> None:
    (note,) = (await identity(call, "losartan"))["notes"]
    assert "share this InChIKey" in note
    assert "nn[nH]n" in note


async def test_a_salt_names_its_parent_in_the_store(call: Any) -> None:
    record = await identity(call, "sildenafil citrate")
    assert (record["parent_chembl_id"], record["parent_name"]) == ("CHEMBL192", "SILDENAFIL")
    assert (await identity(call, "sildenafil"))["parent_chembl_id"] is None


async def test_a_biologic_has_no_structure_and_says_so(call: Any) -> None:
    record = await identity(call, "Humira")
    assert record["molecule"]["name"] == "ADALIMUMAB"
    assert record["molecule"]["smiles"] is None
    assert record["notes"] == ["No structure of it is in this source."]


async def test_an_id_of_the_starter_sets_own_is_not_shown_as_chembls(call: Any) -> None:
    record = await identity(call, "toluene")
    assert record["molecule"]["chembl_id"] is None
    assert record["molecule"]["inchikey"] == "YXFVVABEGXRONW-UHFFFAOYSA-N"


async def test_a_structure_that_no_source_has_is_still_identified(call: Any) -> None:
    record = await identity(call, "CCCCCCCCCCCCC1CC1C(F)(F)Br")
    assert (record["molecule"]["name"], record["molecule"]["chembl_id"], record["structure_source"]) == (
        None,
        None,
        "as given",
    )
    assert record["molecule"]["inchikey"]


@pytest.mark.parametrize("smiles", ["C1CCC1", "N1CCC1", "O1CCC1"])
async def test_a_ring_that_looks_like_an_accession_is_a_structure(call: Any, smiles: str) -> None:
    assert (await identity(call, smiles))["molecule"]["matched_by"] == "SMILES"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("xyzzy", "No molecule called xyzzy"), ("CHEMBL99999999", "No molecule with the id"), ("CHEMBL203", "is a target (Epidermal growth factor receptor"),
        ("AAAAAAAAAAAAAA-AAAAAAAAAA-N", "InChIKey"), ("50-78-2", "CAS numbers are not kept"), ("EGFR", "is the name of a target"), ("💊", "No molecule"),
        ("a", "No molecule"), ("-", "No molecule"), ("Augmentin", "No molecule"),
    ],
)  # fmt: skip
async def test_what_is_in_no_source_is_an_empty_finding_with_a_hint(call: Any, written: str, told: str) -> None:
    result = await call("resolve_molecule", molecule=written)
    record = result.evidence[0].record
    assert (result.status, record["type"]) == ("empty", "not_found")
    assert told in record["message"]
    assert record["hint"]
    assert "smiles" not in record


async def test_a_misspelt_name_gets_its_neighbours_and_no_structure(call: Any) -> None:
    result = await call("resolve_molecule", molecule="imatinibb")
    assert result.evidence[0].record["nearest"][0] == "IMATINIB"
    assert "Nearest: IMATINIB" in result.digest


@pytest.mark.parametrize(
    ("written", "error", "told"),
    [
        ("", "InvalidArguments", "is empty"), ("   ", "InvalidArguments", "is empty"), ("CC\x00O", "InvalidArguments", "control"), ("CC\ud800", "InvalidArguments", ""),
        ("C(C)(C)(C)(C)C", "InvalidStructure", "valence"), ("C1CC", "InvalidStructure", "ring number"), ("CCO CCN", "InvalidStructure", "white space"),
        ("CC(=O)O ethanol", "InvalidStructure", "white space"), ("C" * 1_000_000, "InvalidStructure", "1,000,000 characters"), ("CC>>CO", "InvalidStructure", "reaction"),
        ("*CC", "InvalidStructure", "attachment"), ("[#6]", "InvalidStructure", "SMARTS"), ("InChI=1S/x", "InvalidStructure", "InChI"),
        ("P00533", "InvalidIdentifier", "UniProt accession"), ("../../etc/passwd", "InvalidStructure", "SMILES"), ("http://x.com/a", "InvalidStructure", "SMILES"),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_fails_at_once_with_class_reason_and_hint(
    call: Any, written: str, error: str, told: str
) -> None:
    started = time.perf_counter()
    result = await call("resolve_molecule", molecule=written)
    assert time.perf_counter() - started < 3
    assert (result.status, result.error) == ("failed", error)
    assert told in result.digest
    assert "\n" in result.digest  # message, then hint
    assert len(result.digest) < 500


async def test_other_stereoisomers_are_named(call: Any) -> None:
    mirror_image = "CN(C)CCC[C@]1(c2ccc(F)cc2)OCc2cc(C#N)ccc21"
    for written, names in ("escitalopram", ["CITALOPRAM"]), (mirror_image, ["CITALOPRAM", "ESCITALOPRAM"]):
        found = (await call("resolve_molecule", molecule=written)).evidence[0].record["same_connectivity"]
        assert (found["count"], [row["name"] for row in found["first"]]) == (len(names), names)
    assert (await call("resolve_molecule", molecule="caffeine")).evidence[0].record["same_connectivity"] == {
        "count": 0,
        "first": [],
    }
