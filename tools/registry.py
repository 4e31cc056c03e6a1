"""The list of all tools: one line a module, in the order in which menus show them.

Importing this loads every tool's declaration but neither RDKit, Biopython nor a client of the network, which wait for the first call.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .contract import Tool

__all__ = ["TOOL_MODULES", "all_tools"]

TOOL_MODULES = (
    "chemistry.resolve_molecule",
    "chemistry.molecule_properties",
    "chemistry.structural_alerts",
    "chemistry.molecule_similarity",
    "chemistry.compare_molecules",
    "chemistry.nearest_molecules",
    "chemistry.chembl_analogues",
    "chemistry.substructure_filter",
    "chemistry.scaffold",
    "chemistry.standardise_molecule",
    "chemistry.draw_molecule",
    "chemistry.convert_concentration",
    "sequences.sequence_tools",
    "targets.find_target",
    "targets.target_profile",
    "targets.target_activities",
    "targets.selectivity",
    "drugs.compound_activities",
    "drugs.drug_mechanisms",
    "drugs.drugs_for_target",
    "drugs.drug_status",
    "drugs.drug_indications",
    "drugs.drugs_for_indication",
    "conversion.convert_identifier",
    "targets.protein_interactions",
    "targets.pathways",
    "context.disease_evidence",
    "context.target_safety",
    "context.clinical_trials",
    "context.target_structures",
    "literature.literature_search",
    "literature.fetch_article",
    "data.data_sources",
)
"""Modules below this package, each with one tool of the module's own name."""


@cache
def all_tools() -> dict[str, Tool]:
    """Every tool by name."""
    found: dict[str, Tool] = {}
    for path in TOOL_MODULES:
        name = path.rpartition(".")[2]
        found[name] = getattr(import_module(f".{path}", __package__), name)
    return found
