import pytest
from biocopilot.copilot.planner.frames import Entity

MOLECULE = {"query": "xolane", "name": "XOLANE", "smiles": "C", "chembl_id": "CHEMBL1"}
EGFR = (Entity("target", "EGFR", 10, 14, "P00533", "EGFR"),)


def mechanism(
    action="INHIBITOR",
    genes=("EGFR",),
    accessions=("P00533",),
    said="Epidermal growth factor receptor ligand",
    references=(),
):
    row = {
        "mechanism": said,
        "genes": list(genes),
        "accessions": list(accessions),
        "target_chembl_id": "CHEMBL203",
        "target_name": "Epidermal growth factor receptor",
        "action": action,
        "references": list(references),
    }
    return {"type": "mechanisms", "molecule": MOLECULE, "rows": [row]}


@pytest.mark.parametrize(
    ("clause", "action", "begins"),
    [
        ("is xolane an EGFR inhibitor", "INHIBITOR", "Yes: a mechanism through EGFR is recorded of xolane"), ("is xolane an EGFR blocker", "INHIBITOR", "Yes"), ("is xolane an EGFR blocker", "ANTAGONIST", "Yes"),
        ("is xolane an EGFR agonist", "PARTIAL AGONIST", "Yes"), ("is xolane an EGFR agonist", "ANTAGONIST", "No: another action of xolane on that target is recorded"), ("is xolane an EGFR agonist", "INVERSE AGONIST", "No: another action"),
        ("is xolane an EGFR antagonist", "INVERSE AGONIST", "Yes"), ("is xolane an EGFR inhibitor", "AGONIST", "No: another action"), ("is xolane an EGFR modulator", "POSITIVE ALLOSTERIC MODULATOR", "Yes"),
        ("does xolane act on EGFR", "AGONIST", "Yes"), ("is xolane an EGFR inhibitor", None, "Yes"),
    ],
)  # fmt: skip
def test_the_recorded_action_decides_yes_or_no(clause, action, begins, tell, made):
    told = tell(
        "mechanism",
        clause,
        {"m1": mechanism(action)},
        molecules=made.entities("molecule", "xolane"),
        targets=EGFR,
        yes_or_no=True,
    )
    assert told.sentences[0].startswith(begins)
    assert told.unsupported() == []


def test_what_is_not_recorded_is_no_plain_no(tell, made):
    told = tell(
        "mechanism",
        "does xolane act on EGFR",
        {"m1": mechanism(genes=("BTK",), accessions=("Q06187",))},
        molecules=made.entities("molecule", "xolane"),
        targets=EGFR,
        yes_or_no=True,
    )
    assert told.sentences[0].startswith("No recorded mechanism of xolane names that target, which does not mean")


def test_a_mechanism_is_told_with_genes_id_and_reference(tell, made):
    told = tell(
        "mechanism",
        "how does it work",
        {"m1": mechanism(references=("PMID 1",))},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.sentences == [
        "Xolane acts as: Epidermal growth factor receptor ligand (EGFR), CHEMBL203.",
        "Reference: `PMID 1`.",
    ]
    assert told.unsupported() == []


def test_a_mechanism_without_words_is_told_by_target_and_action(tell, made):
    told = tell("mechanism", "how", {"m1": mechanism(said=None)}, molecules=made.entities("molecule", "xolane"))
    assert told.sentences[0] == "Xolane acts as: Epidermal growth factor receptor inhibitor (EGFR), CHEMBL203."


def status(approved, year=None, **more):
    return {
        "type": "drug_status",
        "molecule": MOLECULE,
        "approved": approved,
        "first_approval": year,
        "max_phase": 4 if approved else 2,
        "molecule_type": "Small molecule",
        **more,
    }


@pytest.mark.parametrize(
    ("clause", "record", "aspects", "sentences"),
    [
        ("is xolane approved", status(True, 2001), ("approved",), ["Yes: xolane is an approved drug.", "It was first approved in 2001."]),
        ("is xolane approved", status(True), ("approved",), ["Yes: xolane is an approved drug.", "The year of its first approval is not in this source."]),
        ("is xolane approved", status(False), ("approved",), ["Xolane is recorded as: small molecule.", "No: xolane is not recorded as approved."]),
        ("is xolane approved", status(None), ("approved",), ["Xolane is recorded as: small molecule.", "Whether xolane is approved is not known to this source."]),
        ("when was xolane approved", status(True, 2001), ("year",), ["Xolane was first approved in 2001."]),
        ("which phase is xolane in", status(True, 2001), ("phase",), ["Yes: xolane is an approved drug.", "It was first approved in 2001.", "Its highest phase is 4."]),
    ],
)  # fmt: skip
def test_the_status_is_told_as_it_is_recorded(clause, record, aspects, sentences, tell, made):
    told = tell(
        "drug_status",
        clause,
        {"m1": record},
        molecules=made.entities("molecule", "xolane"),
        aspects=aspects,
        yes_or_no=clause.startswith("is"),
    )
    assert told.sentences == sentences
    assert told.unsupported() == []


@pytest.mark.parametrize(
    ("when", "verdict"),
    [("before 2001", "No"), ("before 2002", "Yes"), ("after 2001", "No"), ("after 2000", "Yes"), ("since 2001", "Yes"), ("until 2001", "Yes"), ("by 2000", "No"), ("in 2001", "Yes"), ("in 2002", "No")],
)  # fmt: skip
def test_an_approval_is_before_or_after_a_year(when, verdict, tell, made):
    told = tell(
        "drug_status",
        f"was xolane approved {when}",
        {"m1": status(True, 2001)},
        molecules=made.entities("molecule", "xolane"),
        aspects=("approved",),
        yes_or_no=True,
    )
    assert told.sentences == [f"{verdict}: xolane was first approved in 2001."]


def test_the_earlier_of_two_approvals_is_named_first(tell, made):
    later = {**status(True, 2007), "molecule": {**MOLECULE, "query": "bolane", "name": "BOLANE"}}
    told = tell(
        "drug_status",
        "which came first",
        {"m1": later, "m2": status(True, 2001)},
        molecules=made.entities("molecule", "bolane", "xolane"),
        aspects=("year",),
    )
    assert told.sentences[0] == "Xolane (2001) was approved before bolane (2007)."
    assert told.unsupported() == []


def test_uses_are_listed_up_to_a_bound_that_is_told(tell, made):
    rows = [{"indication": f"Disease {chr(65 + place)}"} for place in range(26)] + [{"indication": "Gout"}]
    told = tell(
        "indications",
        "uses",
        {"m1": {"type": "indications", "molecule": MOLECULE, "rows": rows, "count": 27}},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.sentences[0].startswith("Xolane is recorded as used for: Disease A, Disease B")
    assert "Gout" not in told.sentences[0]
    assert "25 of 27" in " ".join([*told.sentences, *told.asides])


def test_drugs_for_a_disease_are_a_table_with_the_very_term_first(tell, made):
    rows = [
        {
            "name": "AOLANE",
            "chembl_id": "CHEMBL1",
            "approved": True,
            "first_approval": 2020,
            "indication": "Gouty arthritis",
        },
        {"name": "BOLANE", "chembl_id": "CHEMBL2", "approved": True, "first_approval": 1990, "indication": "Gout"},
        {"name": "COLANE", "chembl_id": "CHEMBL3", "approved": True, "first_approval": 2010, "indication": "Gout"},
    ]
    told = tell(
        "drugs_for_indication",
        "drugs for gout",
        {"d1": {"type": "drugs", "indication": "Gout", "rows": rows, "total": 3}},
        diseases=made.entities("disease", "gout"),
    )
    assert told.sentences[0] == "3 drugs in this source are recorded for gout."
    assert [row[0] for row in told.rows] == ["colane", "bolane", "aolane"]
    assert told.unsupported() == []


@pytest.mark.parametrize(
    ("aspects", "most", "arguments"),
    [((), None, {"indication": "gout"}), (("approved",), 3, {"indication": "gout", "approved_only": True, "most": 3})],
)
def test_filters_reach_the_tool(aspects, most, arguments, plan, made):
    assert plan("drugs_for_indication", diseases=made.entities("disease", "gout"), aspects=aspects, most=most) == [
        ("d1", "drugs_for_indication", arguments)
    ]


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Is losartan an AGTR1 antagonist?", "Yes: a mechanism through AGTR1"), ("Is losartan an agonist of AGTR1?", "No: another action of losartan"), ("Was imatinib approved before 2000?", "No: imatinib was first approved in 2001"),
        ("When was imatinib approved?", "Imatinib was first approved in 2001"), ("Which was approved first, nilotinib or imatinib?", "Imatinib (2001) was approved before nilotinib (2007)"), ("Is zolpidem approved?", "Yes: zolpidem is an approved drug"),
        ("What is imatinib used for?", "Imatinib is recorded as used for"), ("How does imatinib work?", "Imatinib acts as"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)


def warnings(rows=(), recorded=None, name="XOLANE"):
    record = {
        "type": "drug_warnings",
        "molecule": {**MOLECULE, "query": name.lower(), "name": name},
        "recorded": recorded,
        "rows": list(rows),
        "count": len(rows),
    }
    return record if rows else {**record, "message": "This source holds no warnings of any drug."}


WITHDRAWN = {"warning_type": "Withdrawn", "country": "United States", "year": 2004}


@pytest.mark.parametrize(
    ("clause", "record", "first", "status_"),
    [
        ("is xolane still on the market", warnings([WITHDRAWN], True), "No: a withdrawal of xolane is recorded (United States 2004).", "answered"),
        ("is xolane on the market", warnings([WITHDRAWN], True), "No: a withdrawal of xolane is recorded (United States 2004).", "answered"),
        ("is xolane still on the market", warnings(), "Xolane was first approved in 1999.", "partial"),
        ("is xolane on the market", warnings(), "Yes: xolane is an approved drug.", "answered"),
    ],
)  # fmt: skip
def test_an_approved_drug_is_not_said_to_be_still_sold(clause, record, first, status_, tell, made):
    told = tell(
        "drug_status",
        clause,
        {"m1": status(True, 1999), "wm1": record},
        molecules=made.entities("molecule", "xolane"),
        aspects=("approved",),
        yes_or_no=True,
    )
    assert (told.sentences[0], told.status) == (first, status_)
    assert told.unsupported() == []


def test_withdrawals_are_looked_up_only_where_the_market_is_asked_about(plan, made):
    drugs = made.entities("molecule", "xolane")
    asked = {
        clause: [tool for _, tool, _ in plan("drug_status", clause, molecules=drugs)]
        for clause in ("is xolane still sold today", "is xolane approved")
    }
    assert asked == {
        "is xolane still sold today": ["drug_status", "drug_warnings"],
        "is xolane approved": ["drug_status"],
    }


def many(*years):
    names = [f"{letter}OLANE" for letter in "ABCDE"[: len(years)]]
    return names, {
        f"m{place}": {**status(year is not None, year), "molecule": {**MOLECULE, "query": name.lower(), "name": name}}
        for place, (name, year) in enumerate(zip(names, years, strict=True), 1)
    }


@pytest.mark.parametrize(
    ("years", "clause", "aspects", "first"),
    [
        ((2001, 2000, 2003, 2004), "which of them are approved", ("approved",), "All of them are approved drugs."),
        ((2001, 2000, 2003, None), "which of them are approved", ("approved",), "Approved: bolane, aolane and colane."),
        ((None, None, None, None), "which of them are approved", ("approved",), "None of them is recorded as approved."),
        ((2001, 2000, 2003, 2004, 2005), "which was approved first", ("year",), "Bolane (2000) was approved before all the others."),
        ((2001, 2001, 2003, 2004), "which was approved first", ("year",), "Aolane (2001) and bolane (2001) were approved before colane (2003) and dolane (2004)."),
        ((2001, 2000, 2003, 2004, 2005), "which is the newest", ("year",), "Eolane (2005) was approved after all the others."),
        ((2001, 2001), "which was approved first", ("year",), "Aolane (2001) and bolane (2001) were first approved in the same year."),
    ],
)  # fmt: skip
def test_the_status_of_many_begins_with_what_was_asked(years, clause, aspects, first, tell, made):
    names, records = many(*years)
    told = tell("drug_status", clause, records, molecules=made.entities("molecule", *names), aspects=aspects)
    assert told.sentences[0] == first
    assert told.unsupported() == []
    assert len(told.rows) == (len(years) if len(years) > 3 else 0)
