"""The `disease_evidence` tool: with which diseases a target is associated, how strongly, and by which kinds of data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, absent, window
from ..sources.found import Found
from ..sources.opentargets import Association, OpenTargets
from .gene_of import Gene, gene_of, symbol_of

__all__ = ["disease_evidence"]

_PAGE = "https://platform.opentargets.org/evidence"


class DiseaseEvidenceArguments(ToolArguments):
    """Of which target, and perhaps for which disease only."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    disease: str | None = Field(
        default=None, min_length=2, max_length=200, description="only this disease: its exact name, or its id such as MONDO_0005233"
    )  # fmt: skip
    most: int = Field(default=10, ge=1, le=MOST, description="how many diseases to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first diseases to leave out")


@tool(
    title="Disease evidence",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR", "most": 5}, {"target": "EGFR", "disease": "non-small cell lung carcinoma"}),
)
async def disease_evidence(arguments: DiseaseEvidenceArguments, context: ToolContext) -> Findings:
    """List the diseases that a human target is associated with, and how strongly by each kind of evidence.

    Use it for "which diseases is X linked to", "is X a good target for Y". Not for the diseases that a drug is used in
    (`drug_indications`), nor for what UniProt states of a protein's diseases (`target_profile`). Comes back: a record a
    disease, best overall score first, with Open Targets' association score (0 to 1, no probability) overall and by type of
    data: genetics, somatic mutations, drugs, pathways, literature, expression, animal models. Limits: 100 diseases a call,
    `skip` pages on; human targets only; a disease by its exact name, an unknown one gives the nearest.
    """
    symbol = symbol_of(arguments.target, context)
    async with context.transport.session() as session:
        client = OpenTargets(session)
        try:
            gene, hits = await gene_of(symbol, client)
            diseases: tuple[str, ...] = ()
            if arguments.disease is not None:
                diseases = ((await client.disease(arguments.disease)).rows[0].id,)
            found = await client.associations(gene.hit.ensembl_id, arguments.skip + arguments.most, diseases)
        except NotFound as error:
            return absent("disease_evidence", arguments, error, context.transport.service("opentargets"))
        warnings = (*session.notices, *gene.notes)
    if diseases:
        found = _only(found, diseases[0])
    return window(
        "disease_evidence",
        arguments,
        found,
        lambda row: _draft(found, gene, row),
        rows_are="diseases",
        none_found=f"Open Targets associates {gene.hit.symbol} with {_what(arguments.disease)}.",
        warnings=warnings,
        retrieved_at=hits.retrieved_at,
        filters={"disease": diseases[0]} if diseases else {},
    )


def _what(disease: str | None) -> str:
    return "no disease" if disease is None else f"no evidence of {shorten(disease, 80)}"


def _only(found: Found[Association], disease_id: str) -> Found[Association]:
    """Without what was not asked for, should the service not have filtered."""
    rows = tuple(row for row in found.rows if row.disease_id == disease_id)
    return replace(found, rows=rows, total=len(rows)) if len(rows) < len(found.rows) else found


def _draft(found: Found[Association], gene: Gene, row: Association) -> Draft:
    by_datatype = dict(sorted(row.by_datatype.items(), key=lambda pair: -pair[1]))
    record: dict[str, Any] = {
        "type": "disease_association",
        "target": gene.record(),
        "disease": {"id": row.disease_id, "name": row.disease},
        "score": round(row.score, 4),
        "scores_by_datatype": {name: round(score, 4) for name, score in by_datatype.items()},
        "convention": "Open Targets association score, harmonic sum over evidence, from 0 to 1",
        "notes": [],
    }
    told = ", ".join(f"{name.replace('_', ' ')} {score:.2f}" for name, score in list(by_datatype.items())[:2])
    summary = (
        f"{gene.hit.symbol} – {shorten(row.disease, 40)} ({row.disease_id}): score {row.score:.2f}"
        f"{f'; {told}' if told else ''}"
    )
    source = found.source.model_copy(update={"url": f"{_PAGE}/{gene.hit.ensembl_id}/{row.disease_id}"})
    return Draft(record, source, found.backend, summary)
