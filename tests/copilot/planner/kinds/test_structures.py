import pytest


def molecule(name):
    return {
        "query": name,
        "name": name.upper(),
        "smiles": "C",
        "inchikey": "AAAAAAAAAAAAAA-BBBBBBBBBB-N",
        "chembl_id": "CHEMBL1",
    }


@pytest.fixture
def alerts():
    def record(*found, catalogues=("PAINS",)):
        hits = [{"catalogue": catalogue, "name": name, "atoms": [0, 1]} for catalogue, name in found]
        return {"type": "alerts", "molecule": molecule("xolane"), "alerts": hits, "catalogues": list(catalogues)}

    return record


@pytest.mark.parametrize(
    ("clause", "found", "begins"),
    [
        ("does xolane have PAINS alerts", [], "No PAINS alert was found in xolane"), ("does xolane have PAINS alerts", [("PAINS", "catechol_A")], "Yes: xolane contains 1 PAINS alert"),
        ("is xolane clean of PAINS", [], "Yes: no PAINS alert was found in xolane"), ("is xolane clean of PAINS", [("PAINS", "catechol_A")], "No: xolane contains 1 PAINS alert"),
        ("is xolane free of PAINS", [], "Yes: no"), ("does xolane pass the PAINS filter", [("PAINS", "catechol_A")], "No: xolane"), ("is xolane without PAINS hits", [], "Yes: no"),
    ],
)  # fmt: skip
def test_yes_and_no_change_places_where_it_is_asked_whether_a_molecule_is_clean(
    clause, found, begins, tell, alerts, made
):
    told = tell(
        "alerts", clause, {"m1": alerts(*found)}, molecules=made.entities("molecule", "xolane"), catalogues=("PAINS",)
    )
    assert told.sentences[0].startswith(begins)
    assert told.unsupported() == []


def test_catalogues_in_which_nothing_was_found_are_named(tell, alerts, made):
    told = tell(
        "alerts",
        "alerts",
        {"m1": alerts(("BRENK", "phenol_ester"), catalogues=("PAINS", "BRENK"))},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.rows == [("BRENK", "phenol_ester", "0, 1")]
    assert "No alert of PAINS." in told.sentences


def test_every_pair_is_compared_once(plan, made):
    assert [
        key for key, _tool, _arguments in plan("similarity", molecules=made.entities("molecule", "a", "b", "c"))
    ] == ["m1-m2", "m1-m3", "m2-m3"]


@pytest.mark.parametrize("kind", ["similarity", "compare"])
def test_one_molecule_is_compared_with_nothing(kind, plan, made):
    assert plan(kind, molecules=made.entities("molecule", "a")) == []


@pytest.mark.parametrize(
    ("clause", "weights", "begins"),
    [
        ("is aolane heavier than bolane", (500.0, 300.0), "Yes: the average molecular weight of aolane is higher"), ("is aolane heavier than bolane", (300.0, 500.0), "No: the average molecular weight of aolane is not higher"),
        ("is aolane lighter than bolane", (300.0, 500.0), "Yes: the average molecular weight of aolane is lower"), ("is aolane lighter than bolane", (500.0, 300.0), "No: the average molecular weight of aolane is not lower"),
        ("is aolane heavier than bolane", (300.0, 300.0), "No"), ("is aolane lighter than bolane", (300.0, 300.0), "No"),
    ],
)  # fmt: skip
def test_heavier_and_lighter_are_answered_in_the_order_asked(clause, weights, begins, tell, made):
    rows = [
        {"molecule": molecule(name), "properties": {"molecular_weight": made.quantity(weight, "g/mol")}}
        for name, weight in zip(("aolane", "bolane"), weights, strict=True)
    ]
    record = {"type": "comparison", "rows": rows, "common_core": None}
    told = tell(
        "compare",
        clause,
        {"all": record},
        molecules=made.entities("molecule", "aolane", "bolane"),
        properties=("molecular_weight",),
        yes_or_no=True,
    )
    assert told.sentences[0].startswith(begins)
    assert told.unsupported() == []


def test_a_pattern_is_looked_for_in_molecules_or_a_file_and_never_in_nothing(plan, made):
    ketone = made.entities("group", "ketone")
    assert plan("substructure", groups=ketone) == []
    assert plan("substructure", groups=ketone, files=("a.smi",))[0][2] == {"group": "ketone", "file": "a.smi"}
    assert plan("substructure", groups=ketone, molecules=made.entities("molecule", "aolane"))[0][2] == {
        "group": "ketone",
        "molecules": ["aolane"],
    }


def test_rows_that_cannot_be_parsed_are_counted(tell, made):
    rows = [{"row": 2, "molecule": {"query": "CC(C)=O", "name": None}, "count": 1}]
    record = {"type": "substructure", "group": "ketone", "smarts": "[#6]C(=O)[#6]", "rows": rows, "unmatched": [{"row": 1, "molecule": {"query": "CCO", "name": None}}],
              "counts": {"given": 3, "parsed": 2, "unparsable": 1, "matched": 1}}  # fmt: skip
    told = tell(
        "substructure",
        "which of a.smi do not contain a ketone",
        {"g1": record},
        groups=made.entities("group", "ketone"),
        files=("a.smi",),
    )
    assert told.sentences[:3] == [
        "1 of 2 molecules contains a ketone.",
        "1 of 3 rows could not be parsed.",
        "Without it: `CCO`.",
    ]
    assert told.rows == [("2", "`CC(C)=O`", "–")]
    assert told.unsupported() == []


def test_a_molecule_without_a_ring_has_no_scaffold(tell, made):
    told = tell(
        "scaffold",
        "scaffold",
        {"m1": {"type": "scaffold", "molecule": molecule("xolane"), "scaffold": "", "generic": ""}},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.sentences == ["Xolane has no ring, and so no Bemis–Murcko scaffold."]


@pytest.mark.parametrize(
    ("scaffolds", "begins"),
    [(("c1ccccc1", "c1ccccc1"), "Yes: aolane and bolane"), (("c1ccccc1", "C1CC1"), "No: aolane and bolane")],
)
def test_the_same_scaffold_is_yes_or_no(scaffolds, begins, tell, made):
    records = {
        f"m{place}": {"type": "scaffold", "molecule": molecule(name), "scaffold": smiles, "generic": None}
        for place, (name, smiles) in enumerate(zip(("aolane", "bolane"), scaffolds, strict=True), 1)
    }
    told = tell(
        "scaffold",
        "do aolane and bolane have the same scaffold",
        records,
        molecules=made.entities("molecule", "aolane", "bolane"),
        yes_or_no=True,
    )
    assert told.sentences[0].startswith(begins)


@pytest.mark.parametrize(
    ("removed", "begins"),
    [([{"name": None, "smiles": "Cl"}], "Yes: xolane has Cl beside its parent"), ([], "No: xolane has no counter-ion")],
)
def test_whether_it_is_a_salt_is_yes_or_no(removed, begins, tell, made):
    record = {
        "type": "standardised",
        "molecule": molecule("xolane"),
        "parent": {"smiles": "CCO"},
        "removed": removed,
        "changes": [],
    }
    told = tell(
        "standardise", "is xolane a salt", {"m1": record}, molecules=made.entities("molecule", "xolane"), yes_or_no=True
    )
    assert told.sentences[0].startswith(begins)
    assert told.unsupported() == []


def test_a_registry_number_is_not_known_and_the_answer_says_so(tell, made):
    record = {"type": "molecule", "molecule": molecule("xolane"), "formula": "C9H8O4", "inchi": None, "synonyms": []}
    told = tell(
        "identity", "CAS of xolane", {"m1": record}, molecules=made.entities("molecule", "xolane"), aspects=("cas",)
    )
    assert (told.status, told.sentences) == (
        "unknown",
        ["Xolane has no registry number or systematic name in this source."],
    )
    told = tell(
        "identity",
        "CAS and InChIKey of xolane",
        {"m1": record},
        molecules=made.entities("molecule", "xolane"),
        aspects=("cas", "inchikey"),
    )
    assert told.status == "partial"
    assert "The InChIKey of xolane is AAAAAAAAAAAAAA-BBBBBBBBBB-N." in told.sentences


@pytest.mark.parametrize(
    ("identifiers", "status", "said"),
    [
        ({"pubchem_cid": [{"value": "4321"}]}, "answered", "The PubChem CID of xolane is 4321."),
        ({}, "unknown", "PubChem CIDs are in no local source. PubChem needs the network."),
    ],
)
def test_a_pubchem_cid_is_asked_of_pubchem_and_why_there_is_none_is_said(identifiers, status, said, tell, made):
    record = {"type": "molecule", "molecule": molecule("xolane"), "formula": "C9H8O4", "inchi": None, "synonyms": []}
    converted = {
        "type": "identifier_conversion",
        "query": "XOLANE",
        "identifiers": identifiers,
        "without_answer": [{"source": "PubChem", "why": "PubChem needs the network."}],
    }
    told = tell(
        "identity",
        "PubChem CID of xolane",
        {"m1": record, "cm1": converted},
        molecules=made.entities("molecule", "xolane"),
        aspects=("cas",),
    )
    assert told.status == status
    assert said in (*told.sentences, *told.asides)
    assert not any("registry number" in text for text in (*told.sentences, *told.asides))


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Is aspirin clean of PAINS?", "Yes: no PAINS alert"), ("Does quercetin have PAINS alerts?", "Yes: quercetin"), ("Is quercetin clean of PAINS?", "No: quercetin"),
        ("Does aspirin contain a ketone?", "No: aspirin does not contain"), ("Does acetone contain a ketone?", "Yes: acetone contains"), ("How similar are imatinib and nilotinib?", "The Tanimoto similarity of imatinib and nilotinib is"),
        ("Do imatinib and nilotinib have the same scaffold?", "No: imatinib and nilotinib"), ("Is imatinib mesylate a salt?", "Yes: imatinib mesylate"), ("What is the scaffold of aspirin?", "The Bemis–Murcko scaffold of aspirin is `c1ccccc1`"),
        ("Are aspirin and acetylsalicylic acid the same?", "Yes: aspirin and"), ("What is the InChIKey of aspirin?", "The InChIKey of aspirin is BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)
