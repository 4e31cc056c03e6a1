"""`repurpose`: drugs that act on the targets of a disease's drugs and are not recorded for it, with what speaks for and against each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from ....memory.errors import NotFound
from ....memory.records import ToolResult
from ...planner.frames import Frame
from ...planner.kinds.words import amount, capital, join, plain_name
from ..contract import (
    Aside,
    Break,
    Cell,
    Missing,
    Part,
    Report,
    ResultRow,
    Row,
    Section,
    Sentence,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from .asking import Target, ask, ask_elsewhere, first_of, missing_of, molecule, resolve_target, unique

__all__ = ["RepurposeInputs", "repurpose"]

COLUMNS = (
    "drug",
    "chembl_id",
    "approved",
    "first_approval",
    "targets",
    "mechanisms",
    "recorded_uses",
    "best_value_nm",
    "warnings",
)
"""Of the results table: a row for each candidate."""
_MOST_KNOWN = 100
_MOST_SHOWN = 25
_MOST_USES = 12


class RepurposeInputs(WorkflowInputs):
    """For which disease."""

    disease: str = Field(min_length=2, description="the disease, as sources name it")
    targets: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="targets to start from, besides those of the drugs that are recorded for the disease",
    )
    most_targets: int = Field(
        default=8, ge=1, le=50, description="how many targets are followed, those of most drugs first"
    )
    most: int = Field(default=10, ge=1, le=50, description="how many candidates are looked at one by one")


@dataclass
class _Aim:
    """A target of the disease, and why it is one."""

    target: Target
    drugs: dict[str, None] = field(default_factory=dict)
    """The disease's own drugs that act on it."""
    evidence: dict[str, None] = field(default_factory=dict)


@dataclass
class _Candidate:
    name: str
    row: dict[str, Any]
    aims: list[_Aim] = field(default_factory=list)
    evidence: dict[str, None] = field(default_factory=dict)
    mechanisms: dict[str, None] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.row["chembl_id"] or self.row["name"])


@workflow(
    name="repurpose",
    title="Drugs to be repurposed",
    inputs=RepurposeInputs,
    tools=(
        *("drugs_for_indication", "drug_mechanisms", "find_target", "drugs_for_target", "drug_indications", "drug_warnings"),
        *("compound_activities", "disease_evidence", "clinical_trials"),
    ),
)  # fmt: skip
async def repurpose(run: WorkflowRun, inputs: RepurposeInputs) -> Report:
    """Drugs by mechanism for a disease's targets that are not recorded for it, with evidence for and against each.

    The targets are those on which the disease's recorded drugs act, and those that you name. Of each candidate are told: its mechanism,
    the potency measured on the target, the target's association with the disease (for), its warnings, and trials that ended early
    (against), and what is not known. It is a list to think about: that a mechanism fits does not make a drug work.
    """
    known = await run.need("drugs_for_indication", indication=inputs.disease, most=_MOST_KNOWN)
    recorded = [(row, item.id) for item in known.evidence for row in item.record.get("rows", ())]
    if not recorded and not inputs.targets:
        raise NotFound(
            f"No drug is recorded for {inputs.disease}, so that its targets are not known.",
            "Name targets with --targets, or the disease in other words.",
        )
    aims = await _aims(run, recorded, inputs)
    candidates = await _candidates(run, aims, {str(row["name"]) for row, _ in recorded})
    chosen = candidates[: inputs.most]
    looked_at = await run.each(chosen, lambda one: _look_at(run, one, inputs.disease), label=lambda one: one.name)
    sections = [
        _targets_section(aims, recorded, inputs.disease, known),
        Section("candidates", "Candidates", _overview(candidates, inputs.disease)),
        *(section for section, _ in looked_at.results),
    ]
    rows = tuple(row for _, row in looked_at.results)
    return Report(
        f"Drugs to be repurposed for {inputs.disease}",
        tuple(sections),
        COLUMNS,
        rows,
        status="answered" if rows else "unknown",
    )


async def _aims(
    run: WorkflowRun, recorded: Sequence[tuple[dict[str, Any], str]], inputs: RepurposeInputs
) -> list[_Aim]:
    """The targets to follow: those named first, then those on which most of the disease's drugs act."""
    drugs = dict.fromkeys(str(row["chembl_id"] or row["name"]) for row, _ in recorded)
    found = await run.calls([("drug_mechanisms", {"molecule": drug}) for drug in drugs])
    by_accession: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for result in found:
        if result.status not in ("ok", "partial"):
            continue
        for item in result.evidence:
            for row in item.record["rows"]:
                for accession in row["accessions"]:
                    names, evidence = by_accession.setdefault(str(accession), ({}, {}))
                    names[plain_name(str(row["name"] or item.record["molecule"]["query"]))] = None
                    evidence[item.id] = None
    ordered = sorted(by_accession, key=lambda accession: (-len(by_accession[accession][0]), accession))
    named = await run.each(inputs.targets, lambda name: resolve_target(run, name))
    aims = {_which(target): _Aim(target, evidence=dict.fromkeys(target.evidence)) for target in named.results}
    followed = await run.each(ordered[: inputs.most_targets], lambda accession: resolve_target(run, accession))
    for done in followed.done:
        aim = aims.setdefault(_which(done.result), _Aim(done.result))
        names, evidence = by_accession[done.row]
        aim.drugs |= names
        aim.evidence |= dict.fromkeys(done.result.evidence) | evidence
    return list(aims.values())


def _which(target: Target) -> str:
    """What tells a target from others. A complex that the store knows by its name alone is found by each of its subunits."""
    return target.accession or target.chembl_id or target.gene


async def _candidates(run: WorkflowRun, aims: Sequence[_Aim], recorded: set[str]) -> list[_Candidate]:
    """Drugs on these targets that are not recorded for the disease in any form: on most of them first, approved ones first."""
    found: dict[str, _Candidate] = {}
    results = await run.calls([("drugs_for_target", {"target": aim.target.key, "most": 100}) for aim in aims])
    for aim, result in zip(aims, results, strict=True):
        for item in result.evidence:
            for row in item.record.get("rows", ()):
                name = str(row["name"] or row["chembl_id"])
                if _is_form_of(name, recorded):
                    continue
                candidate = found.setdefault(name, _Candidate(plain_name(name), row))
                if aim not in candidate.aims:
                    candidate.aims.append(aim)
                candidate.evidence[item.id] = None
                if row.get("mechanism"):
                    candidate.mechanisms[str(row["mechanism"])] = None
    return sorted(found.values(), key=lambda one: (-len(one.aims), not one.row["approved"], one.name))


def _is_form_of(name: str, recorded: set[str]) -> bool:
    """Whether it is one of these drugs, or another salt or ester of one: its name goes on where theirs ends, or ends before."""
    words = name.upper().split()
    return any(words[: len(known)] == known[: len(words)] for other in recorded if (known := other.upper().split()))


def _targets_section(
    aims: Sequence[_Aim], recorded: Sequence[tuple[dict[str, Any], str]], disease: str, known: ToolResult
) -> Section:
    parts: list[Part] = [*missing_of(known)]
    rows = [
        Row((aim.target.gene, aim.target.accession or "–", ", ".join(aim.drugs) or "named by you"), tuple(aim.evidence))
        for aim in aims
    ]
    if recorded:
        parts.append(
            Aside(
                f"Targets on which drugs act that are recorded for {disease}; {len(recorded)} such drugs were asked about."
            )
        )
    parts += (
        [Table(("target", "UniProt", "the disease's drugs on it"), tuple(rows))]
        if rows
        else [Missing("No target was found.")]
    )
    return Section("targets", "Targets", tuple(parts))


def _overview(candidates: Sequence[_Candidate], disease: str) -> tuple[Part, ...]:
    if not candidates:
        return (
            Missing(
                f"No other drug acts on these targets by its recorded mechanism than those recorded for {disease}."
            ),
        )
    rows = [
        Row(
            (
                one.name,
                str(one.row["first_approval"] or "–"),
                ", ".join(aim.target.gene for aim in one.aims),
                "; ".join(one.mechanisms),
            ),
            (*one.evidence, *(id for aim in one.aims for id in aim.target.evidence)),
        )
        for one in candidates[:_MOST_SHOWN]
    ]
    parts: list[Part] = [Table(("drug", "first approval", "acts on", "mechanism"), tuple(rows))]
    if len(candidates) > len(rows):
        parts.append(Aside(f"{len(rows)} of {len(candidates)} are shown."))
    return tuple(parts)


async def _look_at(run: WorkflowRun, one: _Candidate, disease: str) -> tuple[Section, ResultRow]:
    frame = Frame("indications", "", 1.0, 1.0, molecules=(molecule(one.key, one.name),))
    _uses, used = await ask(run, frame)
    uses = _recorded_uses(used.get("m1"))
    measured = await run.calls(
        [("compound_activities", {"molecule": one.key, "target": aim.target.key}) for aim in one.aims]
    )
    warnings, warned = await ask_elsewhere(run, "drug_warnings", "Warnings", molecule=one.key)
    trials, _ = await ask_elsewhere(
        run, "clinical_trials", "Trials", condition=disease, intervention=one.name, most=10
    )  # fmt: skip
    acts_on = join(aim.target.gene for aim in one.aims)
    cited = (*one.evidence, *(id for aim in one.aims for id in aim.target.evidence))
    parts: list[Part] = [
        Sentence(f"{capital(one.name)} acts on {acts_on}: {'; '.join(one.mechanisms) or 'mechanism not named'}.", cited)
    ]
    if uses:
        shown = join(text for text, _ in uses[:_MOST_USES])
        parts.append(Sentence(f"It is recorded as used for: {shown}.", tuple(dict.fromkeys(id for _, id in uses))))
    parts += [Break(), Aside("For:"), *_potency(measured)]
    for aim in one.aims:
        told, _ = await ask_elsewhere(
            run, "disease_evidence", f"{aim.target.gene} and {disease}", target=aim.target.key, disease=disease
        )  # fmt: skip
        parts += told
    parts += [Break(), Aside("Against, or to be looked at:"), *warnings, *trials]
    section = Section(f"candidate-{one.key}", capital(one.name), unique(parts))
    return section, _row(one, uses, measured, warned)


def _recorded_uses(result: ToolResult | None) -> list[tuple[str, str]]:
    if result is None or result.status not in ("ok", "partial"):
        return []
    return [(str(row["indication"]), item.id) for item in result.evidence for row in item.record.get("rows", ())]


def _potency(measured: Iterable[ToolResult]) -> list[Part]:
    told: list[Part] = []
    for result in measured:
        item = first_of(result, "activities")
        median = item.record["statistics"].get("median") if item is not None else None
        if item is None or median is None:
            told += missing_of(result, "Potency")
            continue
        target = item.record["target"]
        where = target.get("gene") or target.get("name")
        told.append(Sentence(f"Its median {item.record['activity_type']} on {where} is {amount(median)}.", (item.id,)))
    return told


def _row(one: _Candidate, uses: list[tuple[str, str]], measured: Sequence[ToolResult], warned: ToolResult) -> ResultRow:
    cited = tuple(one.evidence)
    row: ResultRow = {
        "drug": Cell(one.name, cited),
        "chembl_id": Cell(one.row["chembl_id"], cited),
        "approved": Cell(one.row["approved"], cited),
        "first_approval": Cell(one.row["first_approval"], cited),
        "targets": Cell(
            "; ".join(aim.target.gene for aim in one.aims), tuple(id for aim in one.aims for id in aim.target.evidence)
        ),
        "mechanisms": Cell("; ".join(one.mechanisms) or None, cited),
        "recorded_uses": Cell(
            "; ".join(dict.fromkeys(text for text, _ in uses)) or None, tuple(dict.fromkeys(id for _, id in uses))
        ),
    }
    known = [
        item
        for result in measured
        if (item := first_of(result, "activities")) and item.record["statistics"].get("median")
    ]
    if known:
        best = min(known, key=lambda item: float(item.record["statistics"]["median"]["value"]))
        row = {**row, "best_value_nm": Cell(best.record["statistics"]["median"]["value"], (best.id,))}
    warning = first_of(warned, "drug_warnings")
    if warning is not None and warning.record["recorded"] is not None:
        row = {**row, "warnings": Cell(warning.record["count"], (warning.id,))}
    return row
