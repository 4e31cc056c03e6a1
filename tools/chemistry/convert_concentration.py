"""The `convert_concentration` tool: molar, mass per volume and pIC50-like units into one another."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import Field

from ...memory.records import Quantity, Relation, Source
from ...memory.units import Conversion, Unit, convert, parse_unit
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .identify import Molecule, identify

__all__ = ["convert_concentration"]


class ConvertConcentrationArguments(ToolArguments):
    """What to convert, into what, and for which molecule."""

    value: float = Field(description="the number, in `unit`")
    unit: str = Field(
        max_length=60,
        description="M, mM, µM (or uM), nM, pM, mol/L, g/L, mg/L, mg/mL, µg/mL, ng/mL, pIC50, pKi, pKd, …",
    )
    to_unit: str = Field(max_length=60, description="the unit wanted, from the same list")
    molecule: str | None = Field(
        default=None, description="name, SMILES, InChI, InChIKey or ChEMBL id; needed between mass and molar units"
    )
    relation: Relation = Field(default="=", description="`<`, `>` or `~` where the value is a bound or an estimate")


@tool(
    title="Convert concentration",
    cost="fast",
    examples=(
        {"value": 1.2, "unit": "µg/mL", "to_unit": "nM", "molecule": "amlodipine"},
        {"value": 7.3, "unit": "pIC50", "to_unit": "nM"},
    ),
)
async def convert_concentration(arguments: ConvertConcentrationArguments, context: ToolContext) -> Findings:
    """Convert a concentration: molar (nM, µM, …), mass per volume (µg/mL, …), or logged (pIC50, pKi, …).

    Use it when a value is in another unit than the one needed. Not for doses per body weight, and not to turn an IC50
    into a Ki, which needs an assay's conditions. Comes back: both quantities, the calculation in a line and, between
    mass and molar units, the molecular weight used: the average weight of the structure as given, counter-ions and
    water included. Six significant digits. Fails on a missing or unknown unit, on a negative value, and between mass
    and molar units without a molecule or for one without a structure.
    """
    given, wanted = parse_unit(arguments.unit), parse_unit(arguments.to_unit)
    molecule: Molecule | None = None
    weight: dict[str, Any] | None = None
    notes: list[str] = []
    if arguments.molecule and _needs_weight(given, wanted):
        molecule = await identify(arguments.molecule, context)
        weight, notes = await _molecular_weight(molecule, context)
    elif arguments.molecule:
        notes = ["No molecular weight is needed between these units, so the molecule was not looked up."]
    found = convert(
        arguments.value, arguments.unit, arguments.to_unit, weight["value"] if weight else None, arguments.relation
    )
    record = _record(found, molecule, weight, notes)
    of = f"{molecule.label}: " if molecule else ""
    return Findings((Draft(record, _source(), "computed", of + found.arithmetic),), matched=1, returned=1)


def _needs_weight(given: Unit, wanted: Unit) -> bool:
    return given.dimension != wanted.dimension and "mass" in (given.dimension, wanted.dimension)


async def _molecular_weight(molecule: Molecule, context: ToolContext) -> tuple[dict[str, Any], list[str]]:
    """The average molecular weight of the structure as given; notes say what it includes."""
    chemistry = context.bench.chemistry
    structure = molecule.structure()
    found = await chemistry.call("properties", {"structure": structure, "wanted": ["molecular_weight"], "rules": False})
    weight: dict[str, Any] = found["properties"]["molecular_weight"]
    if "." not in found["smiles"]:
        return weight, []
    form = await chemistry.call("describe", {"structure": structure})
    parts = f"The structure has {form['components']} parts and its whole weight was used"
    if form["parent"]["smiles"] == found["smiles"]:  # a complex or an inorganic salt
        return weight, [f"{parts}."]
    parent = await chemistry.call(
        "properties", {"structure": form["parent"]["smiles"], "wanted": ["molecular_weight"], "rules": False}
    )
    parent_weight = parent["properties"]["molecular_weight"]["value"]
    return weight, [f"{parts}; the parent ({form['parent']['formula']}) alone weighs {parent_weight} g/mol."]


def _record(
    found: Conversion, molecule: Molecule | None, weight: dict[str, Any] | None, notes: list[str]
) -> dict[str, Any]:
    given = found.given
    return {
        "type": "concentration_conversion",
        "molecule": molecule.record() if molecule else None,
        "from": _quantity(given.value, given.unit, given.relation, "as given"),
        "to": _quantity(found.value, found.unit, found.relation, "converted, six significant digits"),
        "molecular_weight": weight,
        "arithmetic": found.arithmetic,
        "notes": notes,
    }


def _quantity(value: float, unit: Unit, relation: Relation, convention: str) -> dict[str, Any]:
    logged = unit.dimension == "logged"
    return Quantity(
        value=value,
        unit="dimensionless" if logged else unit.symbol,
        relation=relation,
        kind=unit.symbol if logged else f"{unit.dimension}_concentration",
        convention=f"−log10 of the molar value, {convention}" if logged else convention,
    ).model_dump(mode="json")


@cache
def _source() -> Source:
    return Source(
        name="Pint",
        release=version("pint"),
        licence="BSD-3-Clause",
        attribution="Pint: units for Python",
        url="https://pint.readthedocs.io/",
    )
