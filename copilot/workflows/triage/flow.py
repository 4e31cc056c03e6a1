"""`triage`: from a long list of structures to a few that are worth a look, with the reason for each that is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from ....memory.records import ToolResult
from ..contract import (
    Aside,
    Cell,
    CellValue,
    Missing,
    Molecule,
    Part,
    Plot,
    Point,
    Report,
    ResultRow,
    Row,
    Section,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from ..run_folder import file_hash
from .deciding import Task, check_again, decide
from .funnel import STEPS, Rules
from .tables import REJECTS, RESULTS, Best

__all__ = ["TriageInputs", "triage"]

_PROPERTIES = ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "qed", "sa_score")
_KNOWN = ("known_as", "known_name", "best_pchembl", "best_type", "best_target")
_COLUMNS = ("choice", "row", "name", "smiles", "inchikey", *_PROPERTIES, "score", "cluster_size", *_KNOWN)
_TABLES = 2
"""Raised where the tables get other columns."""
_SHOWN = {
    "molecular_weight": ("molecular weight (g/mol)", 1),
    "clogp": ("clogP", 2),
    "tpsa": ("TPSA (Å²)", 1),
    "qed": ("QED", 2),
    "sa_score": ("SA score", 2),
}
"""The report's columns and their decimals; results.csv has all properties, as they were computed."""
_MOST_DRAWN = 100
_MEASURED = "What was measured of the choice, by the local ChEMBL"
_CHOICE = "The choice, best score first, one of each cluster"
_SAID = {
    "unreadable": ("could not be read as a structure", "could not be read as a structure"),
    "duplicate": ("has the parent of an earlier row", "have the parent of an earlier row"),
    "property": ("is beyond a limit of a property", "are beyond a limit of a property"),
    "alert": ("has an alert", "have an alert"),
    "pattern": ("does not fit the SMARTS", "do not fit the SMARTS"),
}
"""Of one row, and of several."""
_LEFT = {
    "unreadable": "readable",
    "duplicate": "once each",
    "property": "within the limits",
    "alert": "without alerts",
    "pattern": "fit the SMARTS",
}


class TriageInputs(WorkflowInputs):
    """Which list, what is kept, and how many are chosen."""

    files: ClassVar[tuple[str, ...]] = ("file",)

    file: str = Field(min_length=1, description="a list of structures: SMILES, CSV, TSV or SDF, also with .gz")
    top: int = Field(default=50, ge=1, le=1_000, description="how many are chosen, no two of one cluster")
    most_weight: float = Field(default=500, description="upper bound of the molecular weight, g/mol")
    most_clogp: float = Field(default=5, description="upper bound of clogP")
    most_tpsa: float = Field(default=140, description="upper bound of the polar surface, Å²")
    most_hbd: int = Field(default=5, description="upper bound of hydrogen-bond donors")
    most_hba: int = Field(default=10, description="upper bound of hydrogen-bond acceptors")
    most_rotatable: int = Field(default=10, description="upper bound of rotatable bonds")
    most_sa: float = Field(default=6, description="upper bound of the SA score, 1 easy to 10 hard to make")
    least_qed: float = Field(default=0, ge=0, le=1, description="lower bound of QED")
    alerts: tuple[Literal["PAINS", "BRENK"], ...] = Field(
        default=("PAINS",), description="catalogues of which no alert may be present"
    )
    holding: tuple[str, ...] = Field(default=(), max_length=20, description="SMARTS that each has to hold")
    without: tuple[str, ...] = Field(default=(), max_length=20, description="SMARTS that none may hold")
    similarity: float = Field(
        default=0.6, gt=0, le=1, description="Tanimoto similarity from which molecules are of one cluster"
    )
    pool: int = Field(default=10_000, ge=1, le=50_000, description="how many of the best scores are clustered")

    @field_validator("alerts", mode="before")
    @classmethod
    def _alerts_may_be_none(cls, value: Any) -> Any:
        return () if value in ("none", ["none"], ("none",)) else value

    def path(self) -> Path:
        """Where the list is."""
        return Path(self.file).expanduser().resolve()

    def rules(self) -> Rules:
        """What a molecule must be to be kept."""
        most = {
            "molecular_weight": self.most_weight, "clogp": self.most_clogp, "tpsa": self.most_tpsa, "hbd": self.most_hbd,
            "hba": self.most_hba, "rotatable_bonds": self.most_rotatable, "sa_score": self.most_sa,
        }  # fmt: skip
        return Rules(most, self.least_qed, self.alerts, self.holding, self.without)


@workflow(
    name="triage",
    title="Triage of a list of structures",
    inputs=TriageInputs,
    tools=("molecule_properties", "compound_activities"),
)
async def triage(run: WorkflowRun, inputs: TriageInputs) -> Report:
    """From a long list of structures to a diverse few, with the reason for each that is left out.

    Reads SMILES, CSV, TSV and SDF; standardises each structure and takes its parent; leaves out what cannot be read, what has the
    parent of an earlier row (by InChIKey), what is beyond the limits, has an alert of the catalogues named, or does not fit the
    SMARTS. What is kept is scored (QED, less where synthesis looks hard), looked up in the local ChEMBL, and the best scores are
    clustered (leaders by Tanimoto similarity, best score first); of each of the first clusters its best is chosen. The tables
    `triage_results.csv` and `triage_rejects.csv` have every row; the results table has the choice. Killed and resumed, it comes to
    the same bytes.
    """
    path, rules = inputs.path(), inputs.rules()
    for smarts in rules.patterns:
        await run.bench.chemistry.call("check_pattern", {"smarts": smarts})
    given = {
        **inputs.model_dump(mode="json", exclude={"file"}),
        "sha256": file_hash(path),
        "kind": path.suffix,
        "tables": _TABLES,
    }
    task = Task(path, rules, inputs.pool, inputs.similarity, inputs.top)
    told = await run.step(
        "triage",
        given,
        lambda: decide(run, task),
        lambda kept, whole: check_again(run, task, kept, whole),
        lambda kept: kept["files"],
    )
    best = [Best(**one) for one in told["chosen"]]
    computed = await run.calls(
        [("molecule_properties", {"molecule": one.smiles, "properties": list(_PROPERTIES)}) for one in best]
    )
    places = [place for place, measured in enumerate(told["measured"]) if measured]
    found = await run.calls([("compound_activities", _asked(*told["measured"][place])) for place in places])
    activities = dict(zip(places, found, strict=True))
    rows = [
        {**_row(place + 1, one, result, told["sizes"][place]), **_known_cells(activities.get(place))}
        for place, (one, result) in enumerate(zip(best, computed, strict=True))
    ]
    return Report(
        title=f"Triage of {path.name}",
        sections=(_counts(told), _choice(best, computed), *_measured(best, computed, activities)),
        columns=_COLUMNS,
        rows=tuple(rows),
        files=tuple(told["files"]),
        status="answered" if best else "unknown",
    )


def _asked(chembl_id: str, activity_type: str) -> dict[str, Any]:
    return {"molecule": chembl_id, "activity_type": activity_type, "most": 1}


def _counts(told: dict[str, Any]) -> Section:
    """What became of the rows, step by step."""
    counts, left = told["counts"], told["counts"]["rows"]
    parts: list[Part] = [Aside(f"{left:,} {'row was' if left == 1 else 'rows were'} read.")]
    remaining = [Point("in the file", left, ())]
    for step in STEPS:
        left -= counts[step]
        remaining.append(Point(_LEFT[step], left, ()))
        said = _SAID[step][counts[step] != 1]
        parts.append(Aside(f"{counts[step]:,} {said}; {left:,} {'is' if left == 1 else 'are'} left."))
    parts.append(
        Aside(
            f"Kept: {counts['kept']:,}, of which in the local ChEMBL: {told['known']:,}. Clusters of the best {told['clustered']:,} by"
            f" score: {told['clusters']:,}. Chosen: {len(told['chosen']):,}."
        )
    )
    if told["names_again"]:
        parts.append(
            Aside(f"Rows with a name that an earlier row has: {told['names_again']:,}; rows are told by number.")
        )
    parts.append(Aside(f"{RESULTS} has what was kept, {REJECTS} each reject with its reason, both by row of the file."))
    remaining.append(Point("chosen", len(told["chosen"]), ()))
    parts.append(Plot("bars", "Rows left after each step", "rows", tuple(remaining)))
    return Section("counts", "What became of the rows", tuple(parts))


def _choice(best: Sequence[Best], results: Sequence[ToolResult]) -> Section:
    """The chosen molecules, drawn under the names that the file gives them, and their properties."""
    drawn, rows = [], []
    for place, (one, result) in enumerate(zip(best, results, strict=True), 1):
        values, evidence = _values(result), tuple(item.id for item in result.evidence)
        if not values:
            continue
        drawn.append(Molecule(one.smiles, f"{place}. {one.name or 'no name'}, row {one.number:,}", evidence))
        cells = (one.smiles, *(f"{values[key]:.{decimals}f}" for key, (_head, decimals) in _SHOWN.items()))
        rows.append(Row(cells, evidence))
    if not rows:
        return Section("choice", _CHOICE, (Missing("No row passed all steps."),))
    table = Table(("structure", *(head for head, _decimals in _SHOWN.values())), tuple(rows))
    cut = (Aside(f"The first {_MOST_DRAWN} are drawn."),) if len(drawn) > _MOST_DRAWN else ()
    return Section("choice", _CHOICE, (*drawn[:_MOST_DRAWN], *cut, table))


def _measured(
    best: Sequence[Best], computed: Sequence[ToolResult], activities: Mapping[int, ToolResult]
) -> tuple[Section, ...]:
    """Of the chosen that the local ChEMBL has values of, the most potent one each; nothing where there is none."""
    rows = []
    for place, result in activities.items():
        record, evidence = _activity(result)
        if record is None:
            continue
        value, said = record["value"], record.get("name") or record["molecule_chembl_id"]
        cells = (best[place].smiles, said, record["target_name"], value["kind"], f"{value['value']:g}")
        rows.append(Row(cells, (*(item.id for item in computed[place].evidence), *evidence)))
    if not rows:
        return ()
    header = ("structure", "known as", "target", "type", "most potent value (nM)")
    return (Section("measured", _MEASURED, (Table(header, tuple(rows)),)),)


def _known_cells(result: ToolResult | None) -> ResultRow:
    """What the tool found measured of a chosen molecule; nothing where it was not asked."""
    record, evidence = _activity(result) if result else (None, ())
    if record is None:
        return {}
    values = {
        "known_as": record["molecule_chembl_id"],
        "known_name": record.get("name"),
        "best_pchembl": record.get("pchembl"),
        "best_type": record["value"]["kind"],
        "best_target": record["target_name"],
    }
    return {key: Cell(value, evidence) for key, value in values.items()}


def _activity(result: ToolResult) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The first row of recorded activities, and the evidence that it stands in."""
    for item in result.evidence:
        if item.record.get("rows"):
            return item.record["rows"][0], (item.id,)
    return None, ()


def _values(result: ToolResult) -> dict[str, Any]:
    for item in result.evidence:
        found = item.record.get("properties")
        if found:
            return {key: found[key]["value"] for key in _PROPERTIES}
    return {}


def _row(place: int, one: Best, result: ToolResult, size: int) -> ResultRow:
    """A chosen molecule as a row of the results table; what is the file's or this run's own has no evidence."""
    evidence, values = tuple(item.id for item in result.evidence), _values(result)
    own: dict[str, CellValue] = {"choice": place, "row": one.number, "name": one.name, "cluster_size": size}
    return {
        **{key: Cell(value) for key, value in own.items()},
        "smiles": Cell(one.smiles, evidence),
        "inchikey": Cell(one.inchikey, evidence),
        **{key: Cell(value, evidence) for key, value in values.items()},
        "score": Cell(one.score),
    }
