"""The `clinical_trials` tool: registered trials of a condition, an intervention or both."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, window
from ..shapes import shape
from ..sources.clinicaltrials import ClinicalTrials, Phase, Status, Trial, TrialQuery
from ..sources.found import Found

__all__ = ["clinical_trials"]

_TITLE_CHARACTERS = 60


class ClinicalTrialsArguments(ToolArguments):
    """Of what, with what, in which state."""

    condition: str | None = Field(
        default=None, min_length=2, max_length=300, description="disease or condition, in words"
    )
    intervention: str | None = Field(
        default=None, min_length=2, max_length=300, description="drug or other intervention, in words"
    )
    statuses: tuple[Status, ...] = Field(
        default=(), description="states of the trial, any of them; all where none is named"
    )
    phases: tuple[Phase, ...] = Field(default=(), description="phases, any of them; all where none is named")
    most: int = Field(default=10, ge=1, le=MOST, description="how many trials to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first trials to leave out")

    shapes: ClassVar = (shape("condition"), shape("intervention"))

    @model_validator(mode="after")
    def _about_something(self) -> ClinicalTrialsArguments:
        if self.condition is None and self.intervention is None:
            raise ValueError("name a condition or an intervention")
        return self


@tool(
    title="Clinical trials",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"condition": "melanoma", "intervention": "vemurafenib", "phases": ["PHASE3"], "most": 5},),
)
async def clinical_trials(arguments: ClinicalTrialsArguments, context: ToolContext) -> Findings:
    """Search ClinicalTrials.gov for trials of a condition and an intervention, or either, by state and phase.

    Use it for "which trials of X in Y are running", phases, sponsors, dates, why a trial was stopped. Not for whether a drug is
    approved (`drug_status`) nor for published results (`literature_search`). Comes back: a record a trial, most relevant first,
    with id, title, state, phases, conditions, interventions, enrolment, dates, sponsor and whether results are posted; what sponsors
    registered is quoted, not checked. Limits: 100 trials a call, `skip` pages on. Nothing found is a finding.
    """
    query = TrialQuery(arguments.condition or "", arguments.intervention or "", arguments.statuses, arguments.phases)
    async with context.transport.session() as session:
        found = await ClinicalTrials(session).search(query, arguments.skip + arguments.most)
        notices = tuple(session.notices)
    about = " and ".join(repr(shorten(text, 80)) for text in (arguments.condition, arguments.intervention) if text)
    return window(
        "clinical_trials",
        arguments,
        found,
        lambda row: _draft(found, row),
        rows_are="trials",
        none_found=f"ClinicalTrials.gov has no such trial of {about}.",
        warnings=notices,
        filters=arguments.model_dump(mode="json", exclude_defaults=True, include={"statuses", "phases", "skip"}),
    )


def _draft(found: Found[Trial], row: Trial) -> Draft:
    record: dict[str, Any] = {
        "type": "clinical_trial",
        "nct_id": row.nct_id,
        "title": row.title,
        "status": row.status,
        "why_stopped": row.why_stopped,
        "study_type": row.study_type,
        "phases": list(row.phases),
        "conditions": list(row.conditions),
        "interventions": [{"name": item.name, "kind": item.kind} for item in row.interventions],
        "enrolment": row.enrolment,
        "enrolment_type": row.enrolment_type,
        "start": row.start,
        "start_type": row.start_type,
        "primary_completion": row.primary_completion,
        "completion": row.completion,
        "completion_type": row.completion_type,
        "sponsor": row.sponsor,
        "sponsor_class": row.sponsor_class,
        "has_results": row.has_results,
        "notes": [],
    }
    known = ["/".join(row.phases), row.status, f"{row.enrolment:,} participants" if row.enrolment is not None else ""]
    told = ", ".join(part for part in known if part)
    summary = f"{row.nct_id} ({told or 'nothing more stated'}): {shorten(row.title, _TITLE_CHARACTERS)}"
    return Draft(record, found.source.model_copy(update={"url": row.url}), found.backend, summary)
