"""`target-dossier`: what is known of each of some targets, in the same sections each time."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ...planner.kinds.words import amount, count_of, join
from ..contract import Missing, Report, Row, Section, Table, WorkflowInputs, WorkflowRun, workflow
from .asking import resolve_target
from .chemistry import PROPERTIES
from .dossier_sections import Dossier, dossier_of

__all__ = ["COLUMNS", "TOOLS", "DossierInputs", "overview", "target_dossier"]

TOOLS = (
    "find_target",
    "target_profile",
    "disease_evidence",
    "target_safety",
    "target_structures",
    "target_activities",
    "molecule_properties",
    "structural_alerts",
    "compound_activities",
    "drugs_for_target",
    "clinical_candidates",
    "search_library",
    "literature_search",
)
COLUMNS = (
    *("target", "accession", "kind", "name", "chembl_id", "smiles", "activity_type", "relation", "value_nm", "pchembl", "assay"),
    *PROPERTIES,
    *("pains_alerts", "brenk_alerts", "mechanism", "action", "approved", "first_approval"),
)  # fmt: skip
"""Of the results table: a row for each compound that was looked at, and for each drug."""


class DossierInputs(WorkflowInputs):
    """Which targets."""

    genes: tuple[str, ...] = Field(
        min_length=1, max_length=200, description="gene symbols, names, UniProt accessions or ChEMBL target ids"
    )
    compounds: int = Field(
        default=10, ge=1, le=50, description="how many of the most potent compounds are looked at one by one"
    )


@workflow(name="target-dossier", title="Target dossier", inputs=DossierInputs, tools=TOOLS)
async def target_dossier(run: WorkflowRun, inputs: DossierInputs) -> Report:
    """What is known of each target: biology, chemistry, drugs, trials, literature, and what is open.

    For each target the same sections: identity, function and location, disease evidence, tractability and safety, structures,
    measured chemistry (how much, how potent, the best compounds with properties, alerts and other targets), drugs and mechanisms,
    trials, literature with quotations, open questions. What is missing is said in its place; offline, the services that were not
    asked are named. The results table has a row for each compound that was looked at and for each drug.
    """
    asked = tuple(dict.fromkeys(inputs.genes))

    async def one(gene: str) -> Dossier:
        return await dossier_of(run, await resolve_target(run, gene), inputs.compounds)

    dossiers = (await run.each(asked, one)).results
    first: dict[str, Dossier] = {}
    for dossier in dossiers:
        if dossier.target.key in first:
            run.note(f"{dossier.target.asked} is {dossier.target.gene}, which is told once.")
        first.setdefault(dossier.target.key, dossier)
    kept = tuple(first.values())
    title = f"Target dossier: {join(item.target.gene for item in kept)}" if kept else "Target dossier"
    sections = [section for item in kept for section in item.sections]
    lead = overview(kept) if len(kept) > 1 else ()
    return Report(
        title=title,
        sections=(*lead, *sections),
        columns=COLUMNS,
        rows=tuple(row for item in kept for row in item.rows),
        status="answered" if kept else "unknown",
    )


def overview(dossiers: Sequence[Dossier]) -> tuple[Section, ...]:
    """The targets side by side."""
    rows = []
    for dossier in dossiers:
        item, target = dossier.measured.item, dossier.target
        statistics = item.record["statistics"] if item is not None else {}
        median = statistics.get("median")
        kind = str(item.record["activity_type"]) if item is not None else ""
        cells = (
            target.gene,
            target.accession or "–",
            count_of(statistics["n_compounds"], "compound") if statistics else "none measured",
            f"{kind} {amount(median)}" if median else "–",
            ", ".join(_names(dossier)) or "none recorded",
        )
        drugs = tuple(dict.fromkeys(evidence for _row, evidence in dossier.drugs))
        rows.append(Row(cells, (*target.evidence, *((item.id,) if item else ()), *drugs)))
    heads = ("target", "UniProt", "measured", "median", "drugs, the newest first")
    table = Table(heads, tuple(rows))
    return (Section("overview", "Overview", (table,) if rows else (Missing("No target was found."),)),)


def _names(dossier: Dossier) -> list[str]:
    """The five newest drugs."""
    from ...planner.kinds.words import plain_name

    newest = sorted(dossier.drugs, key=lambda pair: (-(pair[0].get("first_approval") or 0), str(pair[0]["name"])))
    return [plain_name(str(row["name"] or row["chembl_id"])) for row, _ in newest][:5]
