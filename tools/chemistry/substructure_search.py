"""The `substructure_search` tool: molecules of the local store that contain a molecule or pattern, or share a scaffold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ...memory.chembl_rows import MoleculeRow
from ...memory.chembl_structures import molecules_of, molregnos_of, rank_of
from ...memory.errors import StorageError
from ...memory.records import Omitted
from ...memory.stores.building import fingerprint
from ...memory.stores.pattern_file import KIND
from ...memory.stores.patterns import patterns_beside
from ...memory.text import shorten
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from ..shapes import shape
from .computed import compared_as, computed
from .identify import Molecule, identify
from .pattern_search import search_patterns
from .substructure_filter import smarts_of_group

__all__ = ["substructure_search"]

MOST_COMPARED = 5_000_000
_SECONDS = 45.0
_MOST_ROWS = 1_000


class SubstructureSearchArguments(ToolArguments):
    """What to look for."""

    molecule: str | None = Field(
        default=None, min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id of what is to be contained"
    )
    group: str | None = Field(
        default=None, description="a functional group or ring system by name, instead of a molecule"
    )
    smarts: str | None = Field(default=None, description="a SMARTS pattern, instead of a molecule")
    by: Literal["contains", "scaffold"] = Field(
        default="contains",
        description="molecules that contain it, or those with the Bemis–Murcko scaffold of `molecule`",
    )
    stereo: bool = Field(default=False, description="whether the stereochemistry that is given has to be the same")
    most: int = Field(default=50, ge=1, le=_MOST_ROWS, description="how many molecules to give")
    compare: int = Field(
        default=200_000,
        ge=1,
        le=MOST_COMPARED,
        description="how many structures that pass the screen to compare atom by atom",
    )

    shapes: ClassVar = (
        shape("molecule", without=("group", "smarts"), by="contains"),
        shape("molecule", without=("group", "smarts"), by="scaffold", stereo=False),
        shape("group", without=("molecule", "smarts"), by="contains"),
        shape("smarts", without=("molecule", "group"), by="contains"),
    )

    @model_validator(mode="after")
    def _one_query(self) -> Self:
        if [self.molecule, self.group, self.smarts].count(None) != 2:
            raise ValueError("give a molecule, or a group, or a SMARTS")
        if self.by == "scaffold" and (self.molecule is None or self.stereo):
            raise ValueError("a scaffold is that of a molecule, without stereochemistry")
        return self


@tool(
    title="Substructure search",
    cost="slow",
    deadline_s=60,
    examples=(
        {"group": "quinazoline", "most": 10},
        {"molecule": "morphine", "by": "scaffold"},
        {"smarts": "c1ccc2[nX3]ccc2c1", "most": 5},
    ),
)
async def substructure_search(arguments: SubstructureSearchArguments, context: ToolContext) -> Findings:
    """Find all molecules of the local store that contain a group, pattern or molecule, or that have a molecule's scaffold.

    Use it for "which molecules contain a …" and "analogues of … with the same scaffold". Not for a list, a file or the approved
    drugs alone (`substructure_filter`), nor for likeness (`nearest_molecules`); `chembl_analogues` asks ChEMBL itself. Searched is every
    structure of a registered ChEMBL that has patterns beside it (`data add`), else the store's named molecules, which is said; salts are
    left to their parents, a salt is looked for as its parent, and the molecule itself is left out. Comes back: ChEMBL id, name, phase and
    SMILES; approved drugs first, then by falling phase, named molecules, others, each from small to large; how many were searched,
    passed the screen, were compared and matched. Limits: 1,000 rows; the first 200,000 that pass the screen are compared unless more are
    asked for, in 45 seconds at most; where that cuts the search short the count is a least one and the result partial.
    """
    asked = await _asked(arguments, context)
    found, warnings = await _whole_store(arguments, asked, context)
    found = found or await _named(asked, context)
    shown = [_row(row) for row in found.first[: arguments.most]]
    complete = found.candidates == found.compared
    record: dict[str, Any] = {
        "type": "substructure_search",
        "molecule": asked.molecule.record() if asked.molecule else None,
        "group": arguments.group,
        "by": arguments.by,
        "looked_for": asked.meant,
        "stereo": arguments.stereo,
        "among": found.where,
        "searched_by": found.how,
        "counts": {
            "searched": found.searched,
            "passed_screen": found.candidates,
            "compared": found.compared,
            "not_comparable": found.failed,
            "unreadable": found.unreadable,
            "matched": found.matched,
            "shown": len(shown),
        },
        "complete": complete,
        "rows": shown,
        "notes": asked.notes,
    }
    what = _what(arguments, asked)
    told = ", ".join(shorten(row["name"] or row["chembl_id"], 40) for row in shown[:5])
    least = "" if complete else "at least "
    summary = f"{least}{found.matched:,} of {found.searched:,} {found.how} {what}{f': {told}' if told else ''}"
    return Findings(
        (computed(record, summary),),
        matched=found.matched,
        returned=len(shown),
        filters={"looked_for": asked.meant, "among": found.where, "by": arguments.by},
        omitted=_omitted(arguments, found, len(shown)),
        warnings=(*warnings, *found.warnings),
        empty=not found.matched and complete,
        partial=not complete,
    )


@dataclass(frozen=True)
class _Asked:
    """The query as the engine takes it, and what it says."""

    query: dict[str, Any]
    meant: str
    molecule: Molecule | None
    own: frozenset[int]
    """Molregnos of the molecule itself and its salts."""
    notes: list[str]


@dataclass(frozen=True)
class _Found:
    """What a search came to."""

    where: str
    how: str
    searched: int
    candidates: int
    compared: int
    failed: int
    unreadable: int
    matched: int
    first: list[MoleculeRow]
    """The best of them, at least as many as are asked for."""
    warnings: tuple[str, ...] = ()


async def _asked(arguments: SubstructureSearchArguments, context: ToolContext) -> _Asked:
    chemistry, chembl = context.bench.chemistry, context.bench.chembl
    molecule, own, notes = None, frozenset[int](), list[str]()
    if arguments.molecule is None:
        text = arguments.smarts or await smarts_of_group(arguments.group or "", context)
        query = {"text": text, "kind": "smarts", "stereo": arguments.stereo}
    else:
        molecule = await identify(arguments.molecule, context)
        text, notes = await compared_as(molecule, context)
        query = {"text": text, "kind": arguments.by, "stereo": arguments.stereo}
        if molecule.chembl_id:
            own = frozenset(molregnos_of(chembl.database, chembl.family_of(molecule.chembl_id)))
    meant = str(await chemistry.call("query_meant", {"query": query}))
    if not arguments.stereo:
        notes.append("Stereochemistry was not compared.")
    return _Asked(query, meant, molecule, own, notes)


async def _whole_store(
    arguments: SubstructureSearchArguments, asked: _Asked, context: ToolContext
) -> tuple[_Found | None, tuple[str, ...]]:
    """Matches among every structure of a registered ChEMBL; None, and why, where it has no patterns that can be used."""
    chembl = context.bench.chembl
    path = patterns_beside(chembl.database)
    live = "`chembl_analogues` asks ChEMBL itself."
    if path is None:
        return None, (
            f"No full ChEMBL is registered (`data add chembl FILE`): only named molecules were searched. {live}",
        )
    if not path.is_file():
        why = "The registered ChEMBL has no patterns for substructure searches beside it: only named molecules were searched."
        return None, (f"{why} `biocopilot data add chembl FILE` with the same file makes them. {live}",)
    try:
        header = KIND.read_header(path)
        if header.source != fingerprint(chembl.database.path):
            raise KIND.damaged(path, "of another dump")
        found = await search_patterns(
            context.bench.chemistry,
            path,
            asked.query,
            arguments.compare,
            _SECONDS,
            lambda compared, of, matched: context.progress(f"{matched:,} found", compared, of),
        )
    except StorageError as error:
        return None, (f"{error.message} Only named molecules were searched. {error.hint}",)
    numbers = [number for number in found.molregnos if number not in asked.own]
    warnings = []
    if not found.in_time:
        warnings.append(f"The time of {_SECONDS:g} s ended the search: not all was compared.")
    if found.failed:
        warnings.append(f"{found.failed:,} structures could not be compared: RDKit died or took too long.")
    return _Found(
        chembl.source.release,
        "structures",
        header.count - header.salts,
        found.candidates,
        found.compared,
        found.failed,
        header.unreadable,
        len(numbers),
        molecules_of(chembl.database, numbers[: arguments.most]),
        tuple(warnings),
    ), ()


async def _named(asked: _Asked, context: ToolContext) -> _Found:
    """Matches among the store's named molecules, all of which are compared."""
    chembl = context.bench.chembl
    structures = chembl.all_structures()
    wanted = {"query": asked.query, "structures": [smiles for _, _, smiles in structures]}
    found = await context.bench.chemistry.call("matches_among", wanted, deadline_s=_SECONDS)
    atoms = {structures[row][0]: size for row, size in found["matched"]}
    rows = molecules_of(chembl.database, molregnos_of(chembl.database, list(atoms)))
    rows.sort(key=lambda row: (rank_of(row.max_phase, named=True), atoms[row.chembl_id], row.molregno))
    kept = [row for row in rows if row.molregno not in asked.own]
    count = len(structures)
    return _Found(
        chembl.source.release, "named molecules", count, count, count, 0, len(found["unparsable"]), len(kept), kept
    )


def _row(row: MoleculeRow) -> dict[str, Any]:
    return {
        "chembl_id": public_id(row.chembl_id),
        "name": row.name,
        "smiles": row.smiles,
        "max_phase": row.max_phase,
    }


def _what(arguments: SubstructureSearchArguments, asked: _Asked) -> str:
    name = asked.molecule.label if asked.molecule else arguments.group or shorten(asked.meant, 80)
    return f"have the scaffold of {name}" if arguments.by == "scaffold" else f"contain {name}"


def _omitted(arguments: SubstructureSearchArguments, found: _Found, shown: int) -> Omitted | None:
    """What was cut, and the call that shows it: more rows, and all that passed the screen compared."""
    rows = found.matched - shown
    not_compared = found.candidates - found.compared - found.failed
    again = arguments.model_dump(mode="json", exclude_none=True)
    what = []
    if rows and arguments.most < _MOST_ROWS:
        what.append(f"{rows:,} more molecules")
        again["most"] = _MOST_ROWS
    if not_compared and arguments.compare < found.candidates:
        what.append(f"what is among {not_compared:,} structures that pass the screen and were not compared")
        again["compare"] = MOST_COMPARED
    return Omitted(what=", and ".join(what), tool="substructure_search", arguments=again) if what else None
