"""What all tools of this folder share: their examples run, offline opens no socket, wrong arguments ask nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.tools.context.clinical_candidates import clinical_candidates
from biocopilot.tools.context.clinical_trials import clinical_trials
from biocopilot.tools.context.disease_evidence import disease_evidence
from biocopilot.tools.context.target_safety import target_safety
from biocopilot.tools.context.target_structures import target_structures

TOOLS = (disease_evidence, target_safety, clinical_candidates, clinical_trials, target_structures)
EXAMPLES = [(tool.name, example) for tool in TOOLS for example in tool.examples]


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
async def test_the_examples_run(
    ask: Any, faulty: Any, platform: Any, association: Any, drug: Any, registry: Any, study: Any, bank: Any, entry: Any, tool: str, example: Any
) -> None:  # fmt: skip
    nsclc = {"id": "MONDO_0005233", "name": "non-small cell lung carcinoma"}
    platform(
        associations=[association(n) for n in range(30)] + [association(1, disease=nsclc)],
        diseases=[nsclc],
        drugs=[drug(n) for n in range(30)],
    )
    registry([study(n) for n in range(30)])
    bank([entry(f"1A{n:02d}") for n in range(30)])
    faulty.serve("/alphafold/prediction/P00533", [{"entryId": "AF-P00533-F1", "uniprotAccession": "P00533"}])
    result = await ask(tool, **example)
    assert result.status in ("ok", "empty"), result.digest
    assert result.evidence
    assert result.returned is not None
    assert result.matched is not None
    assert result.returned <= result.matched
    assert len(result.digest) <= 1_500
    for item in result.evidence:
        assert item.record["type"]
        assert item.record["notes"] is not None
        assert item.source.url.startswith("https://") or item.source.url.startswith(faulty.base)
        assert item.backend == "live"


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
async def test_offline_opens_no_connection(ask: Any, faulty: Any, tool: str, example: Any) -> None:
    result = await ask(tool, offline=True, **example)
    assert (result.status, result.error) == ("failed", "OfflineRefused")
    assert faulty.count() == 0


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
async def test_a_service_that_is_down_is_a_failure_that_names_it(
    ask: Any, faulty: Any, tool: str, example: Any
) -> None:
    faulty.serve("/*", faulty.answer("down", 503))
    result = await ask(tool, **example)
    assert (result.status, result.error) == ("failed", "SourceUnavailable")
    assert any(title in result.digest for title in ("Open Targets", "ClinicalTrials.gov", "RCSB PDB"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_each_says_that_it_needs_the_network(tool: Any) -> None:
    assert (tool.needs_network, tool.cost, tool.read_only) == (True, "slow", True)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("disease_evidence", {"target": ""}),
        ("disease_evidence", {"target": "EGFR", "most": 0}),
        ("disease_evidence", {"target": "EG\u202eFR"}),
        ("target_safety", {"target": "EGFR", "skip": -1}),
        ("clinical_candidates", {"target": "EGFR", "which": "failed"}),
        ("target_structures", {"target": "EGFR", "most": 1_000}),
        ("clinical_trials", {}),
        ("clinical_trials", {"condition": "melanoma", "phases": ["PHASE9"]}),
        ("clinical_trials", {"condition": "melanoma", "statuses": ["recruiting"]}),
        ("clinical_trials", {"condition": "melanoma", "url": "http://x"}),
        ("clinical_trials", {"condition": "()"}),
    ],
)
async def test_wrong_arguments_ask_nothing(ask: Any, faulty: Any, tool: str, arguments: dict[str, Any]) -> None:
    result = await ask(tool, **arguments)
    assert (result.status, result.error) == ("failed", "InvalidArguments")
    assert faulty.count() == 0


def test_declaring_the_tools_loads_no_client() -> None:
    modules = ", ".join(f"biocopilot.tools.context.{tool.name}" for tool in TOOLS)
    code = f"import sys, {modules}; print([m for m in ('httpx', 'rdkit', 'Bio', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
async def test_kept_replies_answer_offline_with_the_day_they_were_had(
    ask: Any, make_transport: Any, tmp_path: Any, faulty: Any, platform: Any, association: Any, drug: Any, registry: Any, study: Any,
    bank: Any, entry: Any, tool: str, example: Any,
) -> None:  # fmt: skip
    from biocopilot.memory.response_cache import ResponseCache

    nsclc = {"id": "MONDO_0005233", "name": "non-small cell lung carcinoma"}
    platform(associations=[association(1, disease=nsclc)], diseases=[nsclc], drugs=[drug(n) for n in range(30)])
    registry([study(1)])
    bank([entry("1M17")])
    faulty.serve("/alphafold/prediction/P00533", [{"entryId": "AF-P00533-F1", "uniprotAccession": "P00533"}])
    day = datetime(2026, 5, 1, 12, tzinfo=UTC)
    cache = ResponseCache(tmp_path / "replies.sqlite", now=day.timestamp)
    made = {"cache": cache, "now": lambda: day}
    ask.bench.__dict__.update(transport=make_transport(**made), kept_replies=make_transport(**made, offline=True))
    live = await ask(tool, **example)
    asked = faulty.count()
    kept = await ask(tool, offline=True, **example)
    assert kept.status == live.status == "ok"
    assert [item.record for item in kept.evidence] == [item.record for item in live.evidence]
    assert {item.backend for item in kept.evidence} == {"cache"}
    assert {item.retrieved_at for item in (*live.evidence, *kept.evidence)} == {day}
    assert faulty.count() == asked


@pytest.mark.parametrize(
    ("tool", "asked"),
    [
        ("disease_evidence", {"target": "EGFR"}),
        ("target_safety", {"target": "EGFR"}),
        ("clinical_candidates", {"target": "EGFR"}),
        ("clinical_trials", {"condition": "melanoma"}),
        ("target_structures", {"target": "EGFR"}),
    ],
)
async def test_what_is_cut_and_warned_of_stands_in_the_digest_even_where_texts_are_long(
    ask: Any, faulty: Any, platform: Any, hit: Any, association: Any, drug: Any, registry: Any, study: Any, bank: Any, entry: Any, tool: str, asked: Any
) -> None:  # fmt: skip
    long = "a name that goes on and on and on " * 9
    event = {"event": long, "datasource": long, "effects": [{"direction": long}], "biosamples": [{"tissueLabel": long}]}
    scores = [{"id": "genetic_association", "score": 0.5}, {"id": "affected_pathway", "score": 0.4}, {"id": "somatic_mutation", "score": 0.3}]  # fmt: skip
    platform(
        hits=[hit("EGFR", "ENSG00000146648", "P99999")],
        associations=[association(n, disease={"id": f"MONDO_{n:07d}", "name": long}, datatypeScores=scores) for n in range(30)],
        drugs=[drug(n, diseases=[{"diseaseFromSource": long, "disease": None}]) for n in range(30)],
        target={"safetyLiabilities": [event] * 30, "tractability": [{"label": "Approved Drug", "modality": "SM", "value": True}]},
    )  # fmt: skip
    registry([study(n, identificationModule={"briefTitle": long}, statusModule={"overallStatus": "ACTIVE_NOT_RECRUITING"}) for n in range(30)])  # fmt: skip
    bank([entry(f"1A{n:02d}", 1.5, struct={"title": long}) for n in range(30)])
    faulty.serve("/alphafold/*", faulty.answer("", 404))
    result = await ask(tool, **asked)
    assert (result.status, len(result.digest) < 1_500) == ("ok", True), result.digest
    assert "not shown: 20 more" in result.digest
    for warning in result.warnings:
        assert f"warning: {warning}" in result.digest
