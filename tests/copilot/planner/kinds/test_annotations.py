"""Questions about features, isoforms, candidates, assays and lists of proteins: their calls, and how the records are told."""

from __future__ import annotations

import asyncio
import runpy
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.verification import verify_run
from biocopilot.memory.response_cache import ResponseCache

_TOOLS = Path(__file__).parents[3] / "tools"
_context = runpy.run_path(str(_TOOLS / "context" / "conftest.py"))
_targets = runpy.run_path(str(_TOOLS / "targets" / "conftest.py"))
fresh_hosts, faulty, pass_time = _context["fresh_hosts"], _context["faulty"], _context["pass_time"]
make_transport, platform, drug = _context["make_transport"], _context["platform"], _context["drug"]
uniprot, real_entries = _targets["uniprot"], _targets["real_entries"]


@pytest.fixture
def asked(make_transport: Any, tmp_path: Path) -> Any:
    """A copilot whose services all lie on loopback, with kept replies in a new file."""
    cache = ResponseCache(tmp_path / "replies.sqlite")
    with Copilot(planner="embedded", log=False) as copilot:
        copilot.bench.__dict__.update(
            transport=make_transport(cache=cache), kept_replies=make_transport(cache=cache, offline=True)
        )
        yield copilot


EGFR, BTK, BRAF = {"target": "P00533"}, {"target": "Q06187"}, {"target": "P15056"}
CALLS = [
    ("What domains does BTK have?", "protein_features", {**BTK, "kinds": ["domain"], "most": 25}),
    ("is there a PH domain in BTK?", "protein_features", {**BTK, "kinds": ["domain"], "most": 25}),
    ("What is at residue 790 of EGFR?", "protein_features", {**EGFR, "first": 790, "most": 25}),
    ("what lies between residues 712 and 720 of EGFR", "protein_features", {**EGFR, "first": 712, "last": 720, "most": 25}),
    ("variants of EGFR at position T790", "protein_features", {**EGFR, "kinds": ["variant"], "first": 790, "most": 25}),
    ("Known disease variants of BRAF", "protein_features", {**BRAF, "kinds": ["variant"], "most": 25}),
    ("phosphorylation sites of EGFR", "protein_features", {**EGFR, "kinds": ["modification"], "most": 25}),
    ("transmembrane regions of EGFR", "protein_features", {**EGFR, "kinds": ["transmembrane", "topology"], "most": 25}),
    ("disulphide bonds in EGFR", "protein_features", {**EGFR, "kinds": ["disulfide_bond"], "most": 25}),
    ("ATP binding site of BTK", "protein_features", {**BTK, "kinds": ["binding_site"], "most": 25}),
    ("Which isoforms does BRAF have?", "protein_isoforms", BRAF),
    ("splice variants of BRAF", "protein_isoforms", BRAF),
    ("Which drugs against EGFR are in clinical trials?", "clinical_candidates", {**EGFR, "which": "in_trials", "most": 25}),
    ("clinical candidates for EGFR", "clinical_candidates", {**EGFR, "which": "in_trials", "most": 25}),
    ("what's in the pipeline for EGFR", "clinical_candidates", {**EGFR, "which": "in_trials", "most": 25}),
    ("What kind of assay is CHEMBL674637?", "assay_details", {"assay": "CHEMBL674637"}),
    ("what did assay chembl1000453 measure", "assay_details", {"assay": "CHEMBL1000453"}),
    ("Which proteins are involved in Noonan syndrome?", "search_proteins", {"disease": "Noonan syndrome", "organism": "human", "most": 25}),
    ("which human kinases are in UniProt?", "search_proteins", {"keyword": "Kinase", "organism": "human", "most": 25}),
    ("How many tyrosine kinases are there in UniProt?", "search_proteins", {"keyword": "Tyrosine-protein kinase", "most": 25}),
    ("Which human GPCRs are there?", "search_proteins", {"keyword": "G-protein coupled receptor", "organism": "human", "most": 25}),
    ("list human proteins with the keyword Kinase", "search_proteins", {"keyword": "Kinase", "organism": "human", "most": 25}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "tool", "arguments"), CALLS, ids=[question for question, _, _ in CALLS])
def test_each_becomes_one_call(copilot: Copilot, question: str, tool: str, arguments: dict[str, Any]) -> None:
    answer = copilot.ask(question)
    assert [(call.tool, dict(call.arguments)) for call in answer.tool_calls] == [(tool, arguments)]
    assert {claim.verdict for claim in answer.claims} <= {"supported"}


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("Is EGFR longer than 1000 residues?", "target_profile"),
        ("Where does gefitinib bind in EGFR?", "compound_activities"),
        ("clinical trials with sotorasib", "clinical_trials"),
        ("Which drugs act on BTK?", "drugs_for_target"),
        ("What was CHEMBL941 measured on?", "compound_activities"),
        ("does imatinib inhibit isoform 2 of ABL1?", "compound_activities"),
        ("Is there a crystal structure of the kinase domain of EGFR?", "target_structures"),
        ("Which drugs are kinase inhibitors of EGFR?", "drugs_for_target"),
        ("inhibitors of EGFR with activity in binding assays", "target_activities"),
    ],
)
def test_others_are_left_alone(copilot: Copilot, question: str, tool: str) -> None:
    called = {call.tool for call in copilot.ask(question).tool_calls}
    assert tool in called
    assert not called & {
        "protein_features",
        "protein_isoforms",
        "clinical_candidates",
        "assay_details",
        "search_proteins",
    }


@pytest.mark.parametrize(
    "question",
    [
        "which compounds bind the active site of BACE1",
        "What is the IC50 of gefitinib in assay CHEMBL674637?",
        "expression of the isoforms of EGFR in liver",
        "clinical trials of EGFR inhibitors in lung cancer",
    ],
)
def test_what_only_sounds_so_is_not_asked_there(copilot: Copilot, question: str) -> None:
    called = {call.tool for call in copilot.ask(question).tool_calls}
    assert not called & {"protein_features", "protein_isoforms", "clinical_candidates", "assay_details"}


def supported(answer: Any) -> None:
    assert answer.status == "answered", answer.text
    assert [(claim.text, claim.missing) for claim in answer.claims if claim.verdict != "supported"] == []


def test_a_residue_is_told_with_what_touches_it(asked: Copilot, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    answer = asked.ask("What is at residue 790 of EGFR?")
    supported(answer)
    assert answer.text.startswith("Residue 790 of EGFR is threonine (T). [E")
    assert "| Domain | 712-979 | Protein kinase |" in answer.text
    assert "| Natural variant | 790 | T → M;" in answer.text
    assert "experiment, PubMed 16533793" in answer.text


def test_a_stretch_is_told_in_letters(asked: Copilot, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    answer = asked.ask("What is at residues 788 to 792 of EGFR?")
    supported(answer)
    assert answer.text.startswith("Residues 788 to 792 of EGFR are `LITQL`.")


def test_domains_and_variants_of_real_proteins_are_told(asked: Copilot, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    answer = asked.ask("What domains does BTK have?")
    supported(answer)
    assert all(f"| {name} |" in answer.text for name in ("PH", "SH3", "SH2", "Protein kinase", "Btk-type"))
    for question in (
        "Known disease variants of BRAF",
        "mutagenesis of EGFR",
        "phosphorylation sites of EGFR",
        "features of BTK",
    ):
        supported(asked.ask(question))


def test_isoforms_are_told(asked: Copilot, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    answer = asked.ask("Which isoforms does EGFR have?")
    supported(answer)
    assert "| P00533-1 | 1, p170 | 1,210 | canonical | – |" in answer.text
    supported(asked.ask("Which isoforms does BRAF have?"))


REPORT = {
    "id": "NCT01234567",
    "source": "AACT",
    "clinicalStage": "PHASE_3",
    "trialOverallStatus": "RECRUITING",
    "url": None,
}


def test_candidates_are_told_with_their_trials(asked: Copilot, platform: Any, drug: Any) -> None:
    platform(drugs=[drug(n, clinicalReports=[REPORT]) for n in range(30)])
    answer = asked.ask("Which drugs against EGFR are in clinical trials?")
    supported(answer)
    assert "| DRUG 1 | phase 3 | lung carcinoma, x | 1 | NCT01234567 | CHEMBL1 |" in answer.text
    assert "Not shown: 5 more candidates." in answer.text


def test_an_assay_is_told(copilot: Copilot) -> None:
    answer = copilot.ask("What kind of assay is CHEMBL1000453?")
    supported(answer)
    assert (
        "CHEMBL1000453 is an assay of this kind: binding, cell-based format, on Adenosine A1 receptor (CHEMBL226)."
        in answer.text
    )
    assert "J Med Chem 2008, PubMed 18637670" in answer.text


def test_proteins_are_listed(copilot: Copilot) -> None:
    answer = copilot.ask("Which proteins are involved in Noonan syndrome?")
    supported(answer)
    assert "| Q06124 | PTPN11 |" in answer.text


def test_marks_in_a_description_are_text(tell: Any, made: Any) -> None:
    empty = dict.fromkeys(("original", "ligand", "feature_id"))
    record = {**empty, "type": "protein_feature", "feature": "Site", "position": "7", "description": "a | b [E9] **x**",
              "replaced_by": [], "evidence": [], "pubmed_ids": [], "target": {"gene": "EGFR"}}  # fmt: skip
    told = tell("unsupported", "features of EGFR", {"elsewhere": record}, targets=made.entities("target", "EGFR"))
    assert told.rows == [("Site", "7", "a / b (E9) x", "–")]


@pytest.mark.parametrize(
    "question", ["What is at residue 790 of EGFR?", "Which isoforms does EGFR have?", "clinical candidates for EGFR"]
)
def test_what_came_live_is_verified_from_kept_replies(
    asked: Copilot, uniprot: Any, real_entries: Any, platform: Any, drug: Any, faulty: Any, question: str
) -> None:
    uniprot.add(*real_entries.values())
    platform(drugs=[drug(1, clinicalReports=[REPORT])])

    async def run() -> Any:
        events = [event async for event in asked.stream(question)]
        count = faulty.count()
        found = await verify_run(events, asked.bench)
        assert faulty.count() == count
        return found

    found = asyncio.run(run())
    assert (found.status, {check.outcome for check in found.evidence}) == ("verified", {"same"})
    assert {check.evidence.backend for check in found.evidence} == {"live"}
