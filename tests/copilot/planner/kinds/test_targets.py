import pytest
from biocopilot.copilot.planner.frames import Entity
from biocopilot.memory.records import ToolResult

TARGET = {
    "query": "EGFR",
    "gene": "EGFR",
    "name": "Epidermal growth factor receptor",
    "accession": "P00533",
    "organism": "Homo sapiens",
    "chembl_id": "CHEMBL203",
}


@pytest.fixture
def profile(made):
    return {
        "type": "target_profile", "target": TARGET, "description": "A receptor tyrosine kinase.", "family": "protein kinase superfamily", "locations": ["Cell membrane", "Nucleus"], "length": made.quantity(1210, "aa"),
        "mass": made.quantity(134277, "Da"), "molecular_functions": ["Kinase", "Receptor"], "processes": ["Host-virus interaction"], "cross_references": {"Ensembl": ["ENSG00000146648"]}, "names": ["ERBB1", "HER1", "ERBB1"],
        "diseases": [{"name": "Lung cancer"}], "ec_numbers": ["2.7.10.1"], "sequence": "MRPSG",
    }  # fmt: skip


@pytest.fixture
def egfr(made):
    return made.entities("target", "EGFR")


@pytest.mark.parametrize(
    ("aspect", "sentence"),
    [
        ("location", "EGFR is located in: cell membrane and nucleus."), ("family", "EGFR belongs to the protein kinase superfamily."), ("length", "EGFR has 1,210 aa."), ("mass", "The mass of EGFR is 134,277 Da."),
        ("disease", "UniProt links EGFR to Lung cancer."), ("names", "EGFR is also called ERBB1 and HER1."), ("organism", "This entry of EGFR is from Homo sapiens."), ("ec", "The EC number of EGFR is 2.7.10.1."),
        ("sequence", "The sequence of EGFR is `MRPSG`."), ("keywords", "The UniProt keywords of EGFR include Kinase, Receptor and Host-virus interaction."), ("xref", "UniProt refers from EGFR to Ensembl ENSG00000146648."),
    ],
)  # fmt: skip
def test_an_aspect_is_a_sentence_of_its_own(aspect, sentence, tell, profile, egfr):
    told = tell("target_profile", "what of EGFR", {"t1": profile}, targets=egfr, aspects=(aspect,))
    assert (told.sentences, told.status, told.unsupported()) == ([sentence], "answered", [])


@pytest.mark.parametrize(
    "aspect", ["location", "family", "length", "mass", "disease", "names", "ec", "sequence", "keywords", "xref"]
)
def test_an_aspect_that_the_source_lacks_is_said_to_be_lacking(aspect, tell, egfr):
    told = tell(
        "target_profile",
        "what of EGFR",
        {"t1": {"type": "target_profile", "target": TARGET}},
        targets=egfr,
        aspects=(aspect,),
    )
    assert told.sentences[0].startswith("No ")
    assert told.sentences[0].endswith("of EGFR is in this source.")


def test_terms_lose_their_capital_but_not_their_abbreviations(tell, profile, egfr):
    profile |= {"description": None, "molecular_functions": ["DNA-binding", "Kinase"]}
    told = tell("target_profile", "what does EGFR do", {"t1": profile}, targets=egfr)
    assert "EGFR is annotated as DNA-binding and kinase." in told.sentences


def test_in_general_it_is_told_who_it_is_and_what_it_does(tell, profile, egfr):
    told = tell("target_profile", "what does EGFR do", {"t1": profile}, targets=egfr)
    assert told.sentences[:2] == [
        "EGFR is Epidermal growth factor receptor (UniProt P00533, Homo sapiens).",
        "A receptor tyrosine kinase.",
    ]


@pytest.mark.parametrize(
    ("clause", "aspects", "begins"),
    [
        ("Is EGFR in the nucleus?", ("location",), "Yes: UniProt places EGFR in: Nucleus"), ("Is EGFR nuclear?", (), "Yes: UniProt places"), ("Is EGFR in the plasma membrane?", ("location",), "Yes: UniProt places EGFR in: Cell membrane"),
        ("Is EGFR in the mitochondria?", ("location",), "No: UniProt does not place EGFR there"), ("Is EGFR a kinase?", (), "Yes: UniProt says of EGFR"), ("Is EGFR a protease?", (), "No: neither UniProt's family nor its keywords"),
        ("Is EGFR an enzyme?", (), "Yes: UniProt says of EGFR: EC 2.7.10.1"), ("Is EGFR human?", (), "Yes: this entry of EGFR is from Homo sapiens"),
    ],
)  # fmt: skip
def test_place_class_and_organism_are_yes_or_no(clause, aspects, begins, tell, profile, egfr):
    told = tell("target_profile", clause, {"t1": profile}, targets=egfr, aspects=aspects, yes_or_no=True)
    assert told.sentences[0].startswith(begins)
    assert told.unsupported() == []


@pytest.mark.parametrize(("limit", "verdict"), [((">", 1000.0), "Yes"), (("<", 1000.0), "No")])
def test_a_length_is_compared_with_a_limit(limit, verdict, tell, profile, egfr):
    told = tell(
        "target_profile",
        "is EGFR longer",
        {"t1": profile},
        targets=egfr,
        aspects=("length",),
        limit=limit,
        yes_or_no=True,
    )
    assert told.sentences[0] == f"{verdict}: EGFR has 1,210 aa."


def test_the_longest_of_several_is_named_first(tell, profile, made):
    short = {**profile, "target": {**TARGET, "gene": "BTK"}, "length": made.quantity(659, "aa")}
    told = tell(
        "target_profile",
        "which is longer",
        {"t1": short, "t2": profile},
        targets=made.entities("target", "BTK", "EGFR"),
        aspects=("length",),
    )
    assert told.sentences[0] == "EGFR (1,210 aa) is longer than BTK (659 aa)."


@pytest.mark.parametrize(
    ("aspects", "first"),
    [(("accession",), "The UniProt accession of EGFR is P00533"), (("chembl_id",), "The ChEMBL target id of EGFR is CHEMBL203"), (("gene",), "P00533 is Epidermal growth factor receptor, encoded by the gene EGFR"), ((), "The UniProt accession of EGFR")],
)  # fmt: skip
def test_the_identifier_asked_for_comes_first(aspects, first, tell, egfr):
    told = tell(
        "target_identity", "id of EGFR", {"t1": {"type": "target", "target": TARGET}}, targets=egfr, aspects=aspects
    )
    assert told.sentences[0].startswith(first)
    assert told.unsupported() == []


VIA = (Entity("target", "its target", 0, 10, "", "the target of xolane", via="xolane"),)


@pytest.mark.parametrize("kind", ["target_identity", "target_profile", "drugs_for_target", "target_activities"])
def test_a_target_through_a_molecule_waits_for_its_mechanism(kind, plan, made):
    first, second = plan(kind, "its target", targets=VIA)[:2]
    assert (first[0], first[1], first[2]) == ("vt1", "drug_mechanisms", {"molecule": "xolane"})
    found = made.results(
        {"vt1": {"type": "mechanisms", "rows": [{"accessions": ["P00533"], "target_chembl_id": "CHEMBL203"}]}}
    )
    assert second[2](found)["target"] == "P00533"
    assert second[2](made.results({})) is None


@pytest.mark.parametrize("kind", ["target_identity", "target_profile", "drugs_for_target", "target_activities"])
def test_a_target_that_was_not_reached_is_missed_and_not_answered(kind, tell, made):
    nothing = ToolResult(
        status="empty",
        evidence=(made.evidence({"type": "not_found", "message": "No mechanism of xolane."}),),
        matched=0,
        returned=0,
    )
    told = tell(kind, "its target", {"vt1": nothing}, targets=VIA)
    assert told.sentences == ["No mechanism of xolane."]
    assert told.status == "unknown"
    named = {"type": "mechanisms", "molecule": {"query": "xolane", "name": "XOLANE"}, "rows": [
        {"mechanism": "Unknown", "genes": [], "accessions": [], "target_chembl_id": None, "target_name": None, "action": None, "references": []}]}  # fmt: skip
    assert tell(kind, "its target", {"vt1": named}, targets=VIA).status != "answered"


def test_approved_drugs_come_first_and_a_cut_is_told(tell, egfr):
    rows = [
        {
            "name": f"DRUG{n:02}",
            "chembl_id": f"CHEMBL{n}",
            "approved": n % 2 == 0,
            "first_approval": 2000 + n if n % 2 == 0 else None,
            "action": "INHIBITOR",
        }
        for n in range(30)
    ]
    rows.append({**rows[0], "name": "UNDATED", "first_approval": None})
    record = {"type": "drugs", "target": TARGET, "rows": rows, "total": 40}
    told = tell("drugs_for_target", "drugs for EGFR", {"t1": record}, targets=egfr)
    assert told.sentences[0] == "40 drugs in this source act on EGFR."
    assert told.rows[0][:3] == ("DRUG00", "inhibitor", "2000")
    names = [row[0] for row in told.rows]
    assert names.index("undated") < names.index("DRUG01")
    assert "40" in told.asides[0]
    assert told.unsupported() == []


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("UniProt accession of EGFR", "The UniProt accession of EGFR is P00533"), ("Is EGFR a kinase?", "Yes: UniProt says"), ("Is EGFR a GPCR?", "No: neither"), ("Is BRAF human?", "Yes: this entry of BRAF"), ("Is EGFR longer than 1000 amino acids?", "Yes: EGFR has 1,210"),
        ("Which is longer, EGFR or BTK?", "EGFR (1,210"), ("Keywords of BRAF", "The UniProt keywords of BRAF"), ("Which drugs act on the target of ibrutinib?", "Ibrutinib acts as"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)
