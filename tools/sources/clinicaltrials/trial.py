"""A registered trial, as a frozen record made from its JSON. What sponsors wrote is quoted, not checked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..node import Node

__all__ = ["FIELDS", "Intervention", "Trial", "is_nct_id", "read_trial"]

FIELDS = (
    "NCTId,BriefTitle,OverallStatus,WhyStopped,StudyType,Phase,Condition,InterventionType,InterventionName,"
    "EnrollmentCount,EnrollmentType,StartDate,StartDateType,PrimaryCompletionDate,CompletionDate,CompletionDateType,"
    "LeadSponsorName,LeadSponsorClass,HasResults"
)
"""The fields asked for, by the service's names; a whole record is a hundred times as long."""
_NCT = re.compile(r"NCT\d{8}", re.ASCII)


def is_nct_id(text: str) -> bool:
    """Whether it has the shape of a trial's id, such as NCT01234567."""
    return _NCT.fullmatch(text) is not None


@dataclass(frozen=True)
class Intervention:
    """What is done to the participants; `kind` such as DRUG, BIOLOGICAL or DEVICE."""

    name: str
    kind: str | None


@dataclass(frozen=True)
class Trial:
    """A trial. Dates are as registered, some without a day; status and phases in the service's words."""

    nct_id: str
    title: str
    status: str | None
    why_stopped: str | None
    study_type: str | None
    phases: tuple[str, ...]
    conditions: tuple[str, ...]
    interventions: tuple[Intervention, ...]
    enrolment: int | None
    enrolment_type: str | None
    """ACTUAL, or ESTIMATED beforehand."""
    start: str | None
    start_type: str | None
    primary_completion: str | None
    completion: str | None
    completion_type: str | None
    sponsor: str | None
    sponsor_class: str | None
    has_results: bool | None

    @property
    def url(self) -> str:
        """Where a person reads it."""
        return f"https://clinicaltrials.gov/study/{self.nct_id}"


def read_trial(node: Node) -> Trial:
    """A trial from a study's JSON. Raises BadReply where its id or title is missing."""
    study = node.at("protocolSection")
    status, design = study.at("statusModule"), study.at("designModule")
    nct_id = study.needed("identificationModule", "nctId")
    if not is_nct_id(nct_id):
        raise study.at("identificationModule", "nctId").wrong("a trial's id")
    return Trial(
        nct_id=nct_id,
        title=study.needed("identificationModule", "briefTitle"),
        status=status.text("overallStatus"),
        why_stopped=status.text("whyStopped"),
        study_type=design.text("studyType"),
        phases=design.texts("phases"),
        conditions=study.texts("conditionsModule", "conditions"),
        interventions=tuple(
            Intervention(item.needed("name"), item.text("type"))
            for item in study.nodes("armsInterventionsModule", "interventions")
        ),
        enrolment=design.whole("enrollmentInfo", "count"),
        enrolment_type=design.text("enrollmentInfo", "type"),
        start=status.text("startDateStruct", "date"),
        start_type=status.text("startDateStruct", "type"),
        primary_completion=status.text("primaryCompletionDateStruct", "date"),
        completion=status.text("completionDateStruct", "date"),
        completion_type=status.text("completionDateStruct", "type"),
        sponsor=study.text("sponsorCollaboratorsModule", "leadSponsor", "name"),
        sponsor_class=study.text("sponsorCollaboratorsModule", "leadSponsor", "class"),
        has_results=node.flag("hasResults"),
    )
