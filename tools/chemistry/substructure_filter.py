"""The `substructure_filter` tool: which molecules hold a group or pattern."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from ...memory.errors import BiocopilotError, InvalidArguments, NotFound
from ...memory.records import Omitted
from ...memory.text import shorten
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..shapes import shape
from .computed import computed
from .identify import Molecule, identify
from .structure_file import read_structures

__all__ = ["smarts_of_group", "substructure_filter"]


class SubstructureFilterArguments(ToolArguments):
    """What to look for, and in what."""

    group: str | None = Field(default=None, description="a functional group by name, such as sulfonamide")
    smarts: str | None = Field(default=None, description="a SMARTS pattern, instead of a group")
    molecules: tuple[str, ...] = Field(default=(), max_length=2_000, description="names, SMILES or ids")
    file: str | None = Field(default=None, description="a file of structures that the user named, instead of molecules")
    drugs: bool = Field(default=False, description="search the approved drugs of the local store, instead of molecules")
    most: int = Field(default=200, ge=1, le=2_000, description="how many matching rows to give")

    shapes: ClassVar = tuple(
        shape(what, among, without={"group", "smarts", "molecules", "file", "drugs"} - {what, among})
        for what in ("group", "smarts")
        for among in ("molecules", "file", "drugs")
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.group is None) == (self.smarts is None):
            raise ValueError("give either a group or a SMARTS")
        if [bool(self.molecules), self.file is not None, self.drugs].count(True) != 1:
            raise ValueError("give molecules, or a file, or ask for the approved drugs")
        return self


@tool(
    title="Substructure filter",
    cost="fast",
    deadline_s=60,
    examples=(
        {"group": "sulfonamide", "molecules": ["celecoxib", "ibuprofen"]},
        {"smarts": "c1ccncc1", "molecules": ["nicotine"]},
        {"group": "boronic acid", "drugs": True},
    ),
)
async def substructure_filter(arguments: SubstructureFilterArguments, context: ToolContext) -> Findings:
    """Tell which molecules contain a functional group (by name) or a SMARTS pattern; over a list, a file, or the drugs.

    Use it for "which of these contain …", "does X contain a …" and "which approved drugs contain …". Not for alerts
    (`structural_alerts`), nor for all molecules of the store (`substructure_search`). Comes back: the SMARTS used, rows that match
    with the matched atoms (from 0, first match), counts of given, parsed, unparsable and matched rows, and the rows (from 1) that
    could not be parsed or have no structure. An unknown group name lists the nearest ones. Limits: SMARTS of 500 characters nested
    10 deep; 2,000 molecules, or a file of 100,000 rows.
    """
    chemistry = context.bench.chemistry
    smarts = arguments.smarts or await smarts_of_group(arguments.group or "", context)
    await chemistry.call("check_pattern", {"smarts": smarts})
    molecules, bad, source = await _given(arguments, context)
    found = await chemistry.call(
        "substructure", {"smarts": smarts, "structures": [item.smiles for item in molecules]}, deadline_s=50
    )
    matched = {hit["row"]: hit for hit in found["matched"]}
    unparsable = {*bad, *found["unparsable"]}
    rows = [
        {
            "row": index + 1,
            "molecule": item.record(),
            "count": matched[index]["count"],
            "atoms": matched[index]["atoms"],
        }
        for index, item in enumerate(molecules)
        if index in matched
    ]
    record: dict[str, Any] = {
        "type": "substructure_matches",
        "group": arguments.group,
        "smarts": smarts,
        "among": source,
        "counts": {
            "given": len(molecules),
            "parsed": len(molecules) - len(unparsable),
            "unparsable": len(unparsable),
            "matched": len(rows),
        },
        "unparsable_rows": [index + 1 for index in sorted(unparsable)][:200],
        "unparsable_inputs": [
            {"row": index + 1, "text": shorten(molecules[index].query, 80)} for index in sorted(unparsable)[:20]
        ],
        "rows": rows[: arguments.most],
        "unmatched": [
            {"row": index + 1, "molecule": item.record()}
            for index, item in enumerate(molecules)
            if index not in matched and index not in unparsable
        ][:20],
        "notes": [],
    }
    what = arguments.group or smarts
    draft = computed(record, f"{len(rows)} of {len(molecules)} contain {what} ({len(unparsable)} unparsable)")
    shown = len(record["rows"])
    more = Omitted(
        what=f"{len(rows) - shown:,} more rows",
        tool="substructure_filter",
        arguments={**arguments.model_dump(mode="json", exclude_none=True), "most": 2_000},
    )
    return Findings(
        (draft,),
        matched=len(rows),
        returned=shown,
        filters={"smarts": smarts},
        omitted=more if shown < len(rows) else None,
    )


async def smarts_of_group(group: str, context: ToolContext) -> str:
    """The SMARTS of a functional group. Raises NotFound with the nearest names."""
    found = await context.bench.chemistry.call("group_smarts", {"name": group})
    if found["smarts"] is None:
        from rapidfuzz import process

        nearest = tuple(hit[0] for hit in process.extract(group, found["names"], limit=5, score_cutoff=60))
        raise NotFound(f"No functional group called {shorten(group, 80)} is known.", "Give its SMARTS.", nearest)
    return str(found["smarts"])


async def _given(arguments: SubstructureFilterArguments, context: ToolContext) -> tuple[list[Molecule], set[int], str]:
    """The molecules in order, the rows of those that could not be identified, and where they are from."""
    if arguments.drugs:
        chembl = context.bench.chembl
        approved = chembl.all_structures(approved_only=True)
        found = [Molecule(name, name, chembl_id, smiles, None, "name") for chembl_id, name, smiles in approved]
        return found, set(), f"the approved drugs of {chembl.source.release}"
    if arguments.file is not None:
        listed = await read_structures(arguments.file, context)
        rows = zip(listed.smiles, listed.names, strict=True)
        molecules = [Molecule(smiles, name or None, None, smiles, None, "file") for smiles, name in rows]
        return molecules, set(), f"{listed.name} (sha256 {listed.sha256[:12]})"
    if len(arguments.molecules) > 5:  # a pasted list: SMILES are parsed in one batch below, names looked up
        chembl = context.bench.chembl
        molecules = []
        for text in arguments.molecules:
            named = chembl.molecules_named(text) if len(text) <= 200 else []
            row = named[0] if named else None
            molecules.append(
                Molecule(text, row.name, row.chembl_id, row.smiles or "", row.inchikey, "name")
                if row
                else Molecule(text, None, None, text, None, "SMILES")
            )
        return molecules, set(), "the molecules given"
    molecules, bad = [], set[int]()
    for index, text in enumerate(arguments.molecules):
        try:
            molecules.append(await identify(text, context))
        except BiocopilotError:
            if len(arguments.molecules) == 1:
                raise
            bad.add(index)
            molecules.append(Molecule(text, None, None, "", None, "nothing"))
    if len(bad) == len(molecules):
        raise InvalidArguments("None of these molecules could be read.", "Check the spelling, or give SMILES.")
    return molecules, bad, "the molecules given"
