"""Molecule or target: what shows it, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import InvalidArguments, InvalidStructure
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.conversion.kind import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CID 2244", "molecule"),
        ("pubchem cid:2244", "molecule"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "molecule"),
        ("InChI=1S/CH4/h1H4", "molecule"),
        ("CHEMBL25", "molecule"),
        ("aspirin", "molecule"),
        ("CC(=O)Oc1ccccc1C(=O)O", "molecule"),
        ("nosuchdrug", "molecule"),
        ("HGNC:3236", "target"),
        ("ENSG00000146648", "target"),
        ("P00533", "target"),
        ("Q9Y6K9", "target"),
        ("CHEMBL203", "target"),
        ("EGFR", "target"),
        ("her2", "target"),
        ("ZNF999", "target"),
        ("C1CCC1", "molecule"),  # cyclobutane, and of an accession's shape
    ],
)
async def test_the_kind_is_found_out(chemistry: Any, text: str, kind: str) -> None:
    found, because = await kind_of(text, ToolContext(bench=chemistry))
    assert (found, bool(because)) == (kind, True)


async def test_a_name_of_a_drug_and_of_a_protein_is_not_decided(chemistry: Any) -> None:
    with pytest.raises(InvalidArguments, match="name of a molecule and of a target"):
        await kind_of("alteplase", ToolContext(bench=chemistry))


async def test_an_id_that_is_not_here_cannot_be_told(chemistry: Any) -> None:
    with pytest.raises(InvalidArguments, match="does not tell a molecule from a target"):
        await kind_of("CHEMBL999999999", ToolContext(bench=chemistry))


async def test_a_broken_structure_is_said_to_be_one(chemistry: Any) -> None:
    for text in ("C1CC(=O", "C1CC"):
        with pytest.raises(InvalidStructure):
            await kind_of(text, ToolContext(bench=chemistry))
