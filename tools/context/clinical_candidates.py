"""The `clinical_candidates` tool: which drugs and candidates reached the clinic with a target, how far, and in which trials."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, absent, window
from ..sources.found import Found
from ..sources.opentargets import Candidate, OpenTargets
from .gene_of import Gene, gene_of, symbol_of

__all__ = ["clinical_candidates"]

_PAGE = "https://platform.opentargets.org/target"
_LISTED = 20
_LINE = 95
_APPROVED = 9.0
_RUNNING = frozenset(("RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION"))


class ClinicalCandidatesArguments(ToolArguments):
    """Of which target, and which candidates count."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    which: Literal["all", "approved", "in_trials"] = Field(
        default="all",
        description="approved: reached approval with this target; in_trials: reached trials, not approval",
    )
    disease: str | None = Field(
        default=None, min_length=2, max_length=200, description="only those tried in a disease whose name holds these words"
    )  # fmt: skip
    most: int = Field(default=10, ge=1, le=MOST, description="how many candidates to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first candidates to leave out")


@tool(
    title="Clinical candidates",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR", "most": 5}, {"target": "EGFR", "which": "in_trials"}),
)
async def clinical_candidates(arguments: ClinicalCandidatesArguments, context: ToolContext) -> Findings:
    """List the drugs and clinical candidates of a human target with their furthest stage, diseases, and trials with their state.

    Use it for "which drugs against X are in clinical trials", "what is in the pipeline for X", trial ids of a target's drugs. Not
    for approved drugs and how they act (`drugs_for_target`, offline) nor for trials by disease or drug name (`clinical_trials`).
    Comes back: a record a candidate, the furthest first: ChEMBL id, kind, furthest stage with this target and in anything,
    diseases, how many reports Open Targets has, ids of trials with stage and state (20 of each shown, all counted). Stages are
    the furthest reached, running or not. Limits: 100 candidates a call, `skip` pages on; human targets only; none recorded
    is a finding; an unknown target gives the nearest.
    """
    symbol = symbol_of(arguments.target, context)
    async with context.transport.session() as session:
        client = OpenTargets(session)
        try:
            gene, hits = await gene_of(symbol, client)
            found = await client.candidates(gene.hit.ensembl_id)
        except NotFound as error:
            return absent("clinical_candidates", arguments, error, context.transport.service("opentargets"))
        warnings = (*session.notices, *gene.notes)
    chosen = _chosen(found, arguments, f"{_PAGE}/{gene.hit.ensembl_id}")
    return window(
        "clinical_candidates",
        arguments,
        chosen,
        lambda row: _draft(chosen, gene, row),
        rows_are="candidates",
        none_found=f"Open Targets records no such drug or candidate of {gene.hit.symbol}.",
        warnings=warnings,
        retrieved_at=hits.retrieved_at,
        filters=arguments.model_dump(mode="json", exclude_defaults=True, include={"which", "disease"}),
    )


def _chosen(found: Found[Candidate], arguments: ClinicalCandidatesArguments, url: str) -> Found[Candidate]:
    """Those asked for, the furthest first; each counts once, and what did not come stays counted."""
    words = (arguments.disease or "").casefold().split()
    rows = [
        row
        for row in found.rows
        if (arguments.which == "all" or (_rank(row.stage) >= _APPROVED) == (arguments.which == "approved"))
        and (arguments.which != "in_trials" or _rank(row.stage) > 0.1)
        and (not words or any(all(word in disease.casefold() for word in words) for disease in row.diseases))
    ]
    rows.sort(key=lambda row: (-_rank(row.stage), row.drug, row.drug_id))
    missing = (found.total or len(found.rows)) - len(found.rows)
    return replace(
        found,
        rows=tuple(rows),
        total=None if found.total is None else len(rows) + missing,
        source=found.source.model_copy(update={"url": url}),
    )


def _rank(stage: str | None) -> float:
    """How far a stage is: the number of its phase, or the middle of two; below 0.2 what never was in a trial."""
    if stage in ("APPROVAL", "PREAPPROVAL"):
        return _APPROVED if stage == "APPROVAL" else 5.0
    phases = [int(digit) for digit in re.findall(r"\d", stage or "")]
    if not phases:
        return 0.1 if stage in ("PRECLINICAL", "IND") else 0.0
    return max(0.3, sum(phases) / len(phases) - (0.5 if (stage or "").startswith("EARLY") else 0.0))


def _in_words(stage: str | None) -> str:
    """A stage as people write it: PHASE_1_2 is phase 1/2."""
    if stage is None:
        return "not stated"
    words = re.sub(r"(?<=\d)_(?=\d)", "/", stage).replace("_", " ").lower()
    return {"approval": "approved", "ind": "allowed to be tried (IND)"}.get(words, words)


def _draft(found: Found[Candidate], gene: Gene, row: Candidate) -> Draft:
    trials = {item.trial_id: item for item in row.reports if item.trial_id is not None}
    listed = sorted(
        trials.values(), key=lambda item: (item.status not in _RUNNING, -_rank(item.stage), item.trial_id or "")
    )
    states = Counter(item.status or "not stated" for item in trials.values())
    record: dict[str, Any] = {
        "type": "clinical_candidate",
        "target": gene.record(),
        "drug": row.drug,
        "chembl_id": row.drug_id,
        "drug_type": row.drug_type,
        "stage": row.stage,
        "stage_means": _in_words(row.stage),
        "furthest_stage_in_anything": row.drug_stage,
        "diseases": list(row.diseases[:_LISTED]),
        "disease_count": len(row.diseases),
        "report_count": len(row.reports),
        "trials": [{"nct_id": item.trial_id, "stage": item.stage, "status": item.status} for item in listed[:_LISTED]],
        "trial_count": len(trials),
        "running_trials": sum(item.status in _RUNNING for item in trials.values()),
        "trial_states": dict(sorted(states.items())),
        "notes": [],
    }
    tried = f" in {shorten(', '.join(row.diseases), 35)}" if row.diseases else ""
    counted = f", {len(trials):,} trials" if trials else ""
    summary = f"{row.drug} ({row.drug_id}): {row.stage or 'stage not stated'}{tried}{counted}"
    return Draft(record, found.source, found.backend, shorten(summary, _LINE))
