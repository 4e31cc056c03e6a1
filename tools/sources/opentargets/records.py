"""What Open Targets tells of targets, as frozen records made from its JSON. Scores run from 0 to 1."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..node import Node

__all__ = [
    "Association",
    "Candidate",
    "ClinicalReport",
    "DiseaseHit",
    "SafetyLiability",
    "Target",
    "TargetHit",
    "Tractability",
    "is_disease_id",
    "is_ensembl_gene",
    "read_association",
    "read_candidate",
    "read_disease_hit",
    "read_target",
    "read_target_hit",
]

_ENSEMBL = re.compile(r"ENSG\d{11}", re.ASCII)
_TRIAL = re.compile(r"NCT\d{8}", re.ASCII)
_DISEASE = re.compile(r"[A-Za-z]{2,20}_[A-Za-z0-9]{1,20}", re.ASCII)


def is_ensembl_gene(text: str) -> bool:
    """Whether it has the shape of a human gene's Ensembl id."""
    return _ENSEMBL.fullmatch(text) is not None


def is_disease_id(text: str) -> bool:
    """Whether it has the shape of an ontology's disease id, such as EFO_0000305 or MONDO_0005233."""
    return _DISEASE.fullmatch(text) is not None


@dataclass(frozen=True)
class TargetHit:
    """A target that a search found."""

    ensembl_id: str
    symbol: str
    name: str | None
    accessions: tuple[str, ...] = ()
    """UniProt accessions that it is linked to; none where the service names none."""


@dataclass(frozen=True)
class DiseaseHit:
    """A disease or phenotype that a search found."""

    id: str
    name: str


@dataclass(frozen=True)
class Tractability:
    """One statement about how a target may be drugged, by a modality such as SM (small molecule), and whether it holds."""

    modality: str
    label: str
    holds: bool | None


@dataclass(frozen=True)
class SafetyLiability:
    """A safety event linked to acting on the target, and who says so."""

    event: str | None
    event_id: str | None
    source: str
    literature: str | None
    url: str | None
    effects: tuple[str, ...] = ()
    """Direction of the action on the target, and dosing, where stated."""
    tissues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A target with what is known of its tractability and safety."""

    ensembl_id: str
    symbol: str
    name: str | None
    biotype: str | None
    accessions: tuple[str, ...] = ()
    tractability: tuple[Tractability, ...] = ()
    safety: tuple[SafetyLiability, ...] = ()


@dataclass(frozen=True)
class Association:
    """A disease with which the target is associated: the overall score, and that of each type of data."""

    disease_id: str
    disease: str
    score: float
    by_datatype: dict[str, float] = field(hash=False, default_factory=dict)


@dataclass(frozen=True)
class ClinicalReport:
    """A trial, or a label or list of approved drugs, that a candidate's stage rests on."""

    source: str
    stage: str | None
    status: str | None
    """State of the trial, as its registry has it."""
    url: str | None
    trial_id: str | None = None
    """Its number in ClinicalTrials.gov; None for what is no trial of that registry."""


@dataclass(frozen=True)
class Candidate:
    """A drug or clinical candidate that acts on the target, and the furthest stage that it reached."""

    drug_id: str
    drug: str
    drug_type: str | None
    stage: str | None
    """Furthest stage with this target, such as PHASE_3 or APPROVAL."""
    drug_stage: str | None
    """Furthest stage of the drug in anything."""
    diseases: tuple[str, ...] = ()
    reports: tuple[ClinicalReport, ...] = ()


def read_target_hit(node: Node) -> TargetHit:
    """A target from a hit of a search."""
    target = node.at("object")
    return TargetHit(
        target.needed("id"), target.needed("approvedSymbol"), target.text("approvedName"), _accessions(target)
    )


def read_disease_hit(node: Node) -> DiseaseHit:
    """A disease from a hit of a search."""
    return DiseaseHit(node.needed("id"), node.needed("name"))


def read_target(node: Node) -> Target:
    """A target with tractability and safety."""
    return Target(
        ensembl_id=node.needed("id"),
        symbol=node.needed("approvedSymbol"),
        name=node.text("approvedName"),
        biotype=node.text("biotype"),
        accessions=_accessions(node),
        tractability=tuple(
            Tractability(item.needed("modality"), item.needed("label"), item.flag("value"))
            for item in node.nodes("tractability")
        ),
        safety=tuple(_liability(item) for item in node.nodes("safetyLiabilities")),
    )


def read_association(node: Node) -> Association:
    """A disease with its scores. Raises BadReply where a score is none."""
    return Association(
        disease_id=node.needed("disease", "id"),
        disease=node.text("disease", "name") or node.needed("disease", "id"),
        score=_score(node),
        by_datatype={item.needed("id"): _score(item) for item in node.nodes("datatypeScores")},
    )


def read_candidate(node: Node) -> Candidate:
    """A drug or candidate with its stage, the diseases it was tried in, and the reports that say so."""
    names = [item.text("disease", "name") or item.text("diseaseFromSource") for item in node.nodes("diseases")]
    return Candidate(
        drug_id=node.needed("drug", "id"),
        drug=node.text("drug", "name") or node.needed("drug", "id"),
        drug_type=node.text("drug", "drugType"),
        stage=node.text("maxClinicalStage"),
        drug_stage=node.text("drug", "maximumClinicalStage"),
        diseases=tuple(dict.fromkeys(name for name in names if name)),
        reports=tuple(_report(item) for item in node.nodes("clinicalReports")),
    )


def _report(node: Node) -> ClinicalReport:
    url = node.text("url")
    trial = next((hit for text in (node.text("id"), url) if text and (hit := _TRIAL.search(text))), None)
    return ClinicalReport(
        source=node.text("source") or "not stated",
        stage=node.text("clinicalStage"),
        status=node.text("trialOverallStatus"),
        url=url,
        trial_id=trial.group() if trial is not None else None,
    )


def _accessions(node: Node) -> tuple[str, ...]:
    """Linked UniProt accessions, the reviewed ones first."""
    linked = [
        (item.text("source") or "", item.needed("id"))
        for item in node.nodes("proteinIds")
        if (item.text("source") or "").startswith("uniprot")
    ]
    linked.sort(key=lambda pair: pair[0] != "uniprot_swissprot")
    return tuple(dict.fromkeys(accession for _, accession in linked))


def _liability(node: Node) -> SafetyLiability:
    effects = [
        ", ".join(part for part in (item.text("direction"), item.text("dosing")) if part)
        for item in node.nodes("effects")
    ]
    tissues = [item.text("tissueLabel") or item.text("cellLabel") for item in node.nodes("biosamples")]
    return SafetyLiability(
        event=node.text("event"),
        event_id=node.text("eventId"),
        source=node.needed("datasource"),
        literature=node.text("literature"),
        url=node.text("url"),
        effects=tuple(dict.fromkeys(effect for effect in effects if effect)),
        tissues=tuple(dict.fromkeys(tissue for tissue in tissues if tissue)),
    )


def _score(node: Node) -> float:
    score = node.number("score")
    if score is None or not 0 <= score <= 1:
        raise node.at("score").wrong("a score from 0 to 1")
    return float(score)
