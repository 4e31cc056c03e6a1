"""Structural alerts from RDKit's filter catalogues, with the atoms that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from rdkit import Chem
from rdkit.Chem import FilterCatalog

from ....memory.errors import InvalidArguments

__all__ = ["CATALOGUES", "alerts_in", "alerts_listed", "entries_of"]

CATALOGUES = {
    "PAINS": ("PAINS_A", "PAINS_B", "PAINS_C"),
    "BRENK": ("BRENK",),
    "NIH": ("NIH",),
    "ZINC": ("ZINC",),
    "CHEMBL": (
        "CHEMBL_BMS", "CHEMBL_Dundee", "CHEMBL_Glaxo", "CHEMBL_Inpharmatica", "CHEMBL_LINT", "CHEMBL_MLSMR", "CHEMBL_SureChEMBL",
    ),
}  # fmt: skip
"""A catalogue's name here, and RDKit's for its parts."""


@cache
def _catalogue(part: str) -> FilterCatalog.FilterCatalog:
    parameters = FilterCatalog.FilterCatalogParams()
    parameters.AddCatalog(getattr(FilterCatalog.FilterCatalogParams.FilterCatalogs, part))
    return FilterCatalog.FilterCatalog(parameters)


def alerts_in(molecule: Chem.Mol, catalogues: Sequence[str]) -> list[dict[str, Any]]:
    """Each alert with catalogue, part, name, atoms (indices from 0 in the molecule given) and reference.

    Raises:
        InvalidArguments: a catalogue that is not one of `CATALOGUES`.
    """
    matched = []
    for name in catalogues:
        if name not in CATALOGUES:
            raise InvalidArguments(f"No catalogue is called {name!r}.", f"Catalogues: {', '.join(CATALOGUES)}.")
        for part in CATALOGUES[name]:
            matched += [(name, part, entry) for entry in _catalogue(part).GetMatches(molecule)]
    return alerts_listed(molecule, matched)


def entries_of(name: str) -> list[tuple[str, str, FilterCatalog.FilterCatalogEntry]]:
    """All entries of one of `CATALOGUES`, each with the catalogue's name and the part it stands in."""
    return [
        (name, part, _catalogue(part).GetEntryWithIdx(index))
        for part in CATALOGUES[name]
        for index in range(_catalogue(part).GetNumEntries())
    ]


def alerts_listed(
    molecule: Chem.Mol, matched: Iterable[tuple[str, str, FilterCatalog.FilterCatalogEntry]]
) -> list[dict[str, Any]]:
    """The alerts of entries that match, as `alerts_in` gives them."""
    found: dict[tuple[str, str, tuple[int, ...]], dict[str, Any]] = {}
    for name, part, entry in matched:
        title = _title(entry.GetDescription())
        for match in entry.GetFilterMatches(molecule):
            atoms = tuple(sorted({int(pair[1]) for pair in match.atomPairs}))
            found.setdefault(
                (name, title, atoms), {"catalogue": name, "part": part, "name": title, "atoms": list(atoms)}
            )
    return [found[key] for key in sorted(found)]


def _title(description: str) -> str:
    """`quinone_A(370)` → `quinone_A`: the count in WEHI's screening set is no part of the name."""
    name, _, count = description.rpartition("(")
    return name if name and count.rstrip(")").isdigit() else description
