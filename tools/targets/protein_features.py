"""The `protein_features` tool: what is where in a protein's sequence, as UniProt annotates it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, model_validator

from ...memory.errors import NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, absent, window
from ..shapes import shape
from ..sources.uniprot import Feature, FeatureKind, evidence_means, kind_of, rank_of
from .asked_entry import AskedEntry, asked_entry

if TYPE_CHECKING:
    from ..sources.found import Found
    from ..sources.uniprot.features import Ligand

__all__ = ["protein_features"]

_LETTERS = 60
_LINE = 60
_RESIDUES = {
    "A": "alanine", "R": "arginine", "N": "asparagine", "D": "aspartate", "C": "cysteine", "Q": "glutamine", "E": "glutamate",
    "G": "glycine", "H": "histidine", "I": "isoleucine", "L": "leucine", "K": "lysine", "M": "methionine", "F": "phenylalanine",
    "P": "proline", "S": "serine", "T": "threonine", "W": "tryptophan", "Y": "tyrosine", "V": "valine", "U": "selenocysteine",
    "O": "pyrrolysine",
}  # fmt: skip


class ProteinFeaturesArguments(ToolArguments):
    """Of which protein, of which kinds, and where."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    kinds: tuple[FeatureKind, ...] = Field(
        default=(), description="only these kinds of feature; all where none is named"
    )
    first: int | None = Field(default=None, ge=1, description="only what touches residues from this one on")
    last: int | None = Field(default=None, ge=1, description="to this one; where left out, `first` alone is meant")
    most: int = Field(default=15, ge=1, le=MOST, description="how many features to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first features to leave out")

    shapes: ClassVar = (shape(without=("last",)), shape("first"))
    ordered: ClassVar = (("first", "last"),)

    @model_validator(mode="after")
    def _a_range(self) -> ProteinFeaturesArguments:
        if self.last is not None and (self.first is None or self.last < self.first):
            raise ValueError("give the first residue too, not behind the last one")
        return self

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last residue asked about; None for the whole chain."""
        return None if self.first is None else (self.first, self.last or self.first)


@tool(
    title="Protein features",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "BTK", "kinds": ["domain"]}, {"target": "EGFR", "first": 790}),
)
async def protein_features(arguments: ProteinFeaturesArguments, context: ToolContext) -> Findings:
    """List what UniProt annotates in a protein's sequence: domains, sites, modifications, variants, mutagenesis, membrane spans.

    Use it for "which domains has X", "what is at residue 790 of X", "which ligand binds where", disease variants, phosphosites.
    Not for function or family (`target_profile`), splice forms (`protein_isoforms`) or 3D structures (`target_structures`).
    Comes back: a record a feature, by kind, then by place: residues of the canonical chain (from 1), description, replaced
    residues, ligand, evidence codes in words and PubMed ids; with a range, also the residues that stand there. A bond counts at its
    two ends. Any organism. Limits: 100 features a call, `skip` pages on; no local store keeps features, so UniProt is asked, or
    its kept reply; a feature not annotated may exist.
    """
    async with context.transport.session() as session:
        try:
            asked = await asked_entry(arguments.target, context, session)
        except NotFound as error:
            return absent("protein_features", arguments, error, context.transport.service("uniprot"))
        notices = tuple(session.notices)
    span, length = arguments.span, asked.entry.sequence.length
    if span is not None and span[1] > length:
        beyond = NotFound(
            f"{asked.label} ({asked.entry.accession}) has {length:,} residues, none numbered {span[1]:,}.",
            "Ask within its length; numbers are those of the canonical chain.",
        )
        return absent("protein_features", arguments, beyond, context.transport.service("uniprot"))
    rows, notes = _chosen(asked, arguments)
    found = asked.rows(rows)
    return window(
        "protein_features",
        arguments,
        found,
        lambda row: _draft(found, asked, row),
        rows_are="features",
        none_found=f"UniProt annotates no such feature of {asked.label} ({asked.entry.accession}).",
        warnings=(*asked.notes, *notices, *notes),
        also=() if span is None else (_residues(found, asked, span),),
        filters=arguments.model_dump(mode="json", exclude_defaults=True, include={"kinds", "first", "last"}),
    )


def _chosen(asked: AskedEntry, arguments: ProteinFeaturesArguments) -> tuple[tuple[Feature, ...], tuple[str, ...]]:
    """The features asked for in their order, and what has to be said of others."""
    wanted = [row for row in asked.entry.features if not arguments.kinds or kind_of(row.type) in arguments.kinds]
    notes: tuple[str, ...] = ()
    if arguments.span is not None:
        elsewhere = sum(row.location.sequence is not None for row in wanted)
        if elsewhere:
            notes = (f"{elsewhere} features stand in other isoforms' numbers and are left out.",)
        wanted = [row for row in wanted if row.touches(*arguments.span)]
    wanted.sort(key=lambda row: (rank_of(row.type), row.location.start.value or 0, row.location.end.value or 0))
    return tuple(wanted), notes


def _draft(found: Found[Feature], asked: AskedEntry, row: Feature) -> Draft:
    changed = row.replacement
    record: dict[str, Any] = {
        "type": "protein_feature",
        "target": asked.record(),
        "kind": kind_of(row.type),
        "feature": row.type,
        "position": row.position,
        "start": row.location.start.value,
        "end": row.location.end.value,
        "exact": row.location.exact is not None,
        "isoform": row.location.sequence,
        "description": row.description or None,
        "feature_id": row.id,
        "original": changed.original if changed is not None else None,
        "replaced_by": list(changed.alternatives) if changed is not None else [],
        "missing": changed is not None and not changed.alternatives,
        "ligand": _ligand(row.ligand),
        "ligand_part": _ligand(row.ligand_part),
        "cross_references": [{"database": item.database, "id": item.id} for item in row.references],
        "evidence": [
            {"code": item.code, "means": evidence_means(item.code), "source": item.source, "id": item.id}
            for item in row.evidences
        ],
        "pubmed_ids": list(
            dict.fromkeys(item.id for item in row.evidences if item.source == "PubMed" and item.id is not None)
        ),
        "notes": [],
    }
    return Draft(record, found.source, found.backend, shorten(f"{row.type} {row.position}{_told(row)}", _LINE))


def _told(row: Feature) -> str:
    changed = ""
    if row.replacement is not None and len(row.replacement.original or "") <= 5:
        instead = "/".join(row.replacement.alternatives) or "missing"
        changed = f" {row.replacement.original or ''}→{instead}" if row.replacement.original else f" {instead}"
    words = "; ".join(
        text for text in (row.ligand.name if row.ligand is not None else "", row.description or "") if text
    )
    return f"{changed}{f': {words}' if words else ''}"


def _ligand(ligand: Ligand | None) -> dict[str, Any] | None:
    return None if ligand is None else {
        "name": ligand.name, "id": ligand.id, "label": ligand.label, "note": ligand.note
    }  # fmt: skip


def _residues(found: Found[Feature], asked: AskedEntry, span: tuple[int, int]) -> Draft:
    """What stands in the sequence there."""
    first, last = span
    letters = asked.entry.sequence.value[first - 1 : last]
    shown = letters[:_LETTERS]
    record: dict[str, Any] = {
        "type": "protein_residues",
        "target": asked.record(),
        "first": first,
        "last": last,
        "residues": shown,
        "residue_name": _RESIDUES.get(letters) if first == last else None,
        "length": asked.entry.sequence.length,
        "notes": []
        if len(shown) == len(letters)
        else [f"The first {_LETTERS} of {len(letters):,} residues are given."],
    }
    place = f"residue {first}" if first == last else f"residues {first}-{last}"
    named = f" ({record['residue_name']})" if record["residue_name"] else ""
    return Draft(
        record, found.source, found.backend, shorten(f"{asked.label} {place} of {record['length']}: {shown}{named}", _LINE)
    )  # fmt: skip
