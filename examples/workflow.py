"""A workflow of one's own: the same calls for several genes, in a folder that is taken up again where it was stopped.

The second start asks nothing again: what the first found is kept in the folder.
"""

from __future__ import annotations

import asyncio
from tempfile import TemporaryDirectory

from biocopilot.copilot import Copilot, workflows
from biocopilot.copilot.workflows.contract import (
    Cell,
    Report,
    Section,
    Sentence,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from pydantic import Field


class Genes(WorkflowInputs):
    genes: tuple[str, ...] = Field(min_length=1, description="Gene symbols.")


@workflow(name="drug-counts", title="Drugs by target", inputs=Genes, tools=("drugs_for_target",))
async def drug_counts(run: WorkflowRun, inputs: Genes) -> Report:
    """Count the drugs that act on each of some targets."""
    found = await run.each(inputs.genes, lambda gene: run.need("drugs_for_target", target=gene))
    known = [(item.row, item.result, tuple(one.id for one in item.result.evidence)) for item in found.done]
    return Report(
        title="Drugs by target",
        sections=tuple(
            Section(gene, gene, (Sentence(f"{gene} is acted on by {result.matched} drugs.", ids),), subject=gene)
            for gene, result, ids in known
        ),
        columns=("gene", "drugs"),
        rows=tuple({"gene": Cell(gene), "drugs": Cell(result.matched, ids)} for gene, result, ids in known),
    )


async def main() -> None:
    with TemporaryDirectory() as folder, Copilot(planner="embedded", offline=True, log=False) as copilot:
        given = {"genes": ["EGFR", "BTK", "JAK2"]}
        steps: list[str] = []
        for resume in (False, True):
            finished = await workflows.arun(
                drug_counts,
                given,
                out=folder,
                copilot=copilot,
                resume=resume,
                listener=lambda happening: (
                    steps.append("kept" if happening.kept else "done") if happening.kind == "step" else None
                ),
            )
        for row in finished.report.rows:
            print(row["gene"].value, row["drugs"].value, *row["drugs"].evidence)
        print(f"{finished.status}; steps done:", steps.count("done"), "taken from the folder:", steps.count("kept"))


asyncio.run(main())
