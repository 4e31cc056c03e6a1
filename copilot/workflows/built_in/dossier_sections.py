"""The sections of a target's dossier, each from its calls: the same ones for every target, and what is missing in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ....memory.records import Evidence, ToolResult
from ...literature.answer import answered_from
from ...planner.kinds.literature import quotations
from ...planner.kinds.words import capital, join, plain_name
from ..contract import Cell, Missing, Part, ResultRow, Row, Section, Sentence, Table, WorkflowRun
from .asking import Target, about, ask, ask_elsewhere, first_of, missing_of, unique
from .chemistry import Compound, Measured, measured_chemistry

__all__ = ["SECTION_TITLES", "Dossier", "dossier_of"]

_MOST_LIBRARY = 12
_MOST_QUOTED = 4

SECTION_TITLES = {
    "identity": "Identity",
    "function": "Function and location",
    "disease": "Disease evidence",
    "safety": "Tractability and safety",
    "structures": "Structures",
    "chemistry": "Measured chemistry",
    "drugs": "Drugs and mechanisms",
    "trials": "Trials",
    "literature": "Literature",
    "questions": "Open questions",
}
"""A dossier's sections, in order."""


@dataclass
class Dossier:
    """What was found of one target."""

    target: Target
    sections: list[Section] = field(default_factory=list)
    rows: list[ResultRow] = field(default_factory=list)
    measured: Measured = field(default_factory=Measured)
    """Its compounds are the most potent ones and the drugs among the measured."""
    drugs: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    """Drugs by recorded mechanism, each with its evidence."""
    not_asked: list[str] = field(default_factory=list)
    """What is open because a service did not answer."""

    def add(self, id: str, parts: list[Part]) -> None:
        """Put a section behind the others."""
        gene = self.target.gene
        told = unique(parts) or (Missing("Nothing is known here."),)
        self.sections.append(Section(f"{gene}-{id}", SECTION_TITLES[id], told, gene))


async def dossier_of(run: WorkflowRun, target: Target, compounds: int) -> Dossier:
    """Everything that the tools know of the target.

    Args:
        run: the workflow's run.
        target: the target.
        compounds: how many of its most potent compounds are looked at one by one.
    """
    dossier = Dossier(target)
    for write in _WRITERS:
        await write(run, dossier, compounds)
    return dossier


Writer = Callable[[WorkflowRun, Dossier, int], Awaitable[None]]


async def _identity(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    parts, _ = await ask(run, about("target_identity", dossier.target))
    more, _ = await ask(run, about("target_profile", dossier.target, aspects=("names", "ec", "xref")))
    dossier.add("identity", [*parts, *more])


async def _function(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    aspects = ("function", "location", "family", "length", "mass", "keywords")
    parts, _ = await ask(run, about("target_profile", dossier.target, aspects=aspects))
    dossier.add("function", parts)


async def _disease(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    parts, _ = await ask(run, about("target_profile", dossier.target, aspects=("disease",)))
    parts += await _elsewhere(run, dossier, "disease_evidence", "Associations with diseases")
    dossier.add("disease", parts)


async def _safety(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    parts, result = await ask_elsewhere(
        run, "target_safety", "Safety events and tractability", target=dossier.target.key
    )
    reach = first_of(result, "target_tractability")
    if result.status == "failed":
        dossier.not_asked.append("Safety events and tractability")
    dossier.add("safety", [*(_tractability(reach) if reach else ()), *parts])


def _tractability(item: Evidence) -> list[Part]:
    """By which kind of drug it can be reached, and on what that rests."""
    told: list[Part] = [
        Sentence(f"{capital(str(entry['modality']))}: {join(str(label) for label in entry['holds'])}.", (item.id,))
        for entry in item.record["tractability"].values()
        if entry["holds"]
    ]
    return told or [Missing("No assessment of tractability holds.", (item.id,))]


async def _structures(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    dossier.add("structures", await _elsewhere(run, dossier, "target_structures", "Structures", most=15))


async def _chemistry(run: WorkflowRun, dossier: Dossier, compounds: int) -> None:
    dossier.measured = await measured_chemistry(run, dossier.target, compounds)
    dossier.rows += [_compound_row(dossier.target, compound) for compound in dossier.measured.compounds]
    dossier.add("chemistry", list(dossier.measured.parts))


async def _drugs(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    parts, results = await ask(run, about("drugs_for_target", dossier.target))
    result = results.get("t1")
    if result is not None and result.status in ("ok", "partial"):
        dossier.drugs = [(row, item.id) for item in result.evidence for row in item.record.get("rows", ())]
        dossier.rows += [_drug_row(dossier.target, row, evidence) for row, evidence in dossier.drugs]
        parts += _mechanisms(dossier.drugs)
    dossier.add("drugs", parts)


def _mechanisms(drugs: list[tuple[dict[str, Any], str]]) -> list[Part]:
    """Each recorded mechanism with the drugs that have it."""
    by_mechanism: dict[str, list[tuple[str, str]]] = {}
    for row, evidence in drugs:
        if row.get("mechanism"):
            name = plain_name(str(row["name"] or row["chembl_id"]))
            by_mechanism.setdefault(str(row["mechanism"]), []).append((name, evidence))
    rows = [
        Row((mechanism, ", ".join(name for name, _ in named)), tuple(dict.fromkeys(id for _, id in named)))
        for mechanism, named in sorted(by_mechanism.items())
    ]
    return [Table(("recorded mechanism", "drugs"), tuple(rows))] if rows else []


async def _trials(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    dossier.add("trials", await _elsewhere(run, dossier, "clinical_candidates", "Candidates in trials", which="all"))


async def _literature(run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    gene = dossier.target.gene
    question = f"What is known of {gene} and its inhibitors?"
    result = await run.call("search_library", question=question, most=_MOST_LIBRARY)
    parts = [*_quoted(result, question, gene), *missing_of(result, "Your library")]
    found = await _elsewhere(run, dossier, "literature_search", "Published articles", {"query": gene, "most": 10})
    dossier.add("literature", [*parts, *found])


def _quoted(result: ToolResult, question: str, gene: str) -> list[Part]:
    """The library's sentences that name the gene, with the documents that they stand in."""
    passages = [item for item in result.evidence if item.record["type"] == "passage" and gene in item.record["text"]]
    if result.status not in ("ok", "partial"):
        return []
    if not passages:
        return [Missing(f"No passage of the library names {gene}.")]
    said = answered_from(question, [(item.id, item.record) for item in passages])
    bearing = [item for item in said.bearing if gene in item.text][:_MOST_QUOTED]
    return list(quotations(bearing)) or [Missing(f"No sentence of the library says what {gene} does.")]


async def _questions(_run: WorkflowRun, dossier: Dossier, _compounds: int) -> None:
    """What the other sections left open; nothing here was looked up anew."""
    parts: list[Part] = [
        Missing(f"{what}: not known here, because no source could be asked.") for what in dossier.not_asked
    ]
    parts += dossier.measured.questions
    if not dossier.drugs:
        parts.append(Missing(f"Is there a drug with a recorded mechanism on {dossier.target.gene}? None was found."))
    dossier.add("questions", parts or [Missing("No section above was left empty.")])


async def _elsewhere(
    run: WorkflowRun, dossier: Dossier, tool: str, what: str, other: dict[str, Any] | None = None, **more: Any
) -> list[Part]:
    arguments = other or {"target": dossier.target.key, **more}
    parts, result = await ask_elsewhere(run, tool, what, **arguments)
    if result.status == "failed":
        dossier.not_asked.append(what)
    return parts


_WRITERS: tuple[Writer, ...] = (
    _identity,
    _function,
    _disease,
    _safety,
    _structures,
    _chemistry,
    _drugs,
    _trials,
    _literature,
    _questions,
)


def _compound_row(target: Target, compound: Compound) -> ResultRow:
    measured, row = (compound.measured,), compound.row
    cells = {
        **_target_cells(target),
        "kind": Cell("compound"),
        "name": Cell(row.get("name"), measured),
        "chembl_id": Cell(row.get("molecule_chembl_id"), measured),
        "smiles": Cell(row.get("smiles"), measured),
        "activity_type": Cell(compound.activity_type, measured),
        "relation": Cell(row["value"].get("relation", "="), measured),
        "value_nm": Cell(row["value"]["value"], measured),
        "pchembl": Cell(row.get("pchembl"), measured),
        "assay": Cell(row.get("assay_chembl_id"), measured),
    }
    for name, (value, evidence) in compound.computed.items():
        cells[name] = Cell(value, (evidence,))
    return cells


def _drug_row(target: Target, row: dict[str, Any], evidence: str) -> ResultRow:
    cited = (evidence,)
    return {
        **_target_cells(target),
        "kind": Cell("drug"),
        "name": Cell(row["name"], cited),
        "chembl_id": Cell(row["chembl_id"], cited),
        "mechanism": Cell(row.get("mechanism"), cited),
        "action": Cell(row.get("action"), cited),
        "approved": Cell(row.get("approved"), cited),
        "first_approval": Cell(row.get("first_approval"), cited),
    }


def _target_cells(target: Target) -> dict[str, Cell]:
    return {"target": Cell(target.gene, target.evidence), "accession": Cell(target.accession or None, target.evidence)}
