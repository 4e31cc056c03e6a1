"""The source that computed chemistry names, and the few things that all molecule tools do alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ...memory.records import Source
from ..contract import Draft, ToolContext
from .identify import Molecule, identify

__all__ = ["compared_as", "computed", "identify_all", "rdkit_source"]


@cache
def rdkit_source() -> Source:
    """RDKit with the version that is installed, told without importing it."""
    try:
        release = version("rdkit")
    except PackageNotFoundError:
        release = "unknown"
    return Source(
        name="RDKit",
        release=release,
        licence="BSD-3-Clause",
        attribution="RDKit: open-source cheminformatics",
        url="https://www.rdkit.org/",
    )


def computed(record: dict[str, Any], summary: str) -> Draft:
    """A finding that RDKit computed."""
    return Draft(record, rdkit_source(), "computed", summary)


async def identify_all(texts: Sequence[str], context: ToolContext) -> list[Molecule]:
    """Each of them identified, in order. Raises what `identify` raises for the first that fails."""
    return [await identify(text, context) for text in texts]


async def compared_as(molecule: Molecule, context: ToolContext) -> tuple[str, list[str]]:
    """The structure that others are compared with: the parent of a salt, said in a note."""
    structure = molecule.structure()
    if "." not in structure:
        return structure, []
    form = await context.bench.chemistry.call("describe", {"structure": structure})
    parent = str(form["parent"]["smiles"])
    return parent, [] if parent == form["smiles"] else [f"It was compared as its parent, `{parent}`."]
