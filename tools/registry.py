"""The list of all tools: one line a module, in the order in which menus show them.

A tool's module is loaded when it is first asked for; RDKit, Biopython and clients of the network wait for the first call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from ..memory.earlier_runs import RECALL
from .contract import Tool

__all__ = ["MODEL_TOOL_MODULES", "TOOL_MODULES", "all_tools", "declared_tools", "outside_a_session"]

TOOL_MODULES = (
    "chemistry.resolve_molecule",
    "chemistry.molecule_properties",
    "chemistry.structural_alerts",
    "chemistry.molecule_similarity",
    "chemistry.compare_molecules",
    "chemistry.nearest_molecules",
    "chemistry.chembl_analogues",
    "chemistry.substructure_filter",
    "chemistry.substructure_search",
    "chemistry.scaffold",
    "chemistry.standardise_molecule",
    "chemistry.draw_molecule",
    "chemistry.convert_concentration",
    "sequences.sequence_tools",
    "targets.find_target",
    "targets.target_profile",
    "targets.search_proteins",
    "targets.target_activities",
    "targets.assay_details",
    "targets.selectivity",
    "drugs.compound_activities",
    "drugs.drug_mechanisms",
    "drugs.drugs_for_target",
    "drugs.drug_status",
    "drugs.drug_indications",
    "drugs.drugs_for_indication",
    "drugs.drug_warnings",
    "conversion.convert_identifier",
    "targets.protein_interactions",
    "targets.pathways",
    "targets.protein_features",
    "targets.protein_isoforms",
    "context.disease_evidence",
    "context.target_safety",
    "context.clinical_candidates",
    "context.clinical_trials",
    "context.target_structures",
    "literature.literature_search",
    "literature.fetch_article",
    "library.search_library",
    "library.read_passage",
    "data.data_sources",
    "session.recall_result",
)
"""Modules below this package, each with one tool of the module's own name."""

MODEL_TOOL_MODULES = ("model.ask_about_molecule", "model.ask_about_protein")
"""Those whose answers BioMedGPT-10B writes: offered only where its weights are installed."""


class _Tools(Mapping[str, Tool]):
    """The tools by name; each module is loaded when its tool is first asked for, so that a question pays for what it uses."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = {path.rpartition(".")[2]: path for path in modules}
        self._loaded: dict[str, Tool] = {}

    def __getitem__(self, name: str) -> Tool:
        if name not in self._loaded:
            self._loaded[name] = getattr(import_module(f".{self._modules[name]}", __package__), name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules


def all_tools(models: Path | None = None) -> Mapping[str, Tool]:
    """Every tool that can be used on this machine, by name, in the order of menus.

    Args:
        models: where models are installed, for those tools that need one; in the user's data where None.
    """
    from .model.biomedgpt import is_installed

    return declared_tools() if is_installed(models) else _without_a_model()


@cache
def declared_tools() -> Mapping[str, Tool]:
    """Every tool that there is, also those that need weights which may not be here."""
    return _Tools((*TOOL_MODULES, *MODEL_TOOL_MODULES))


@cache
def _without_a_model() -> Mapping[str, Tool]:
    return _Tools(TOOL_MODULES)


class _Without(Mapping[str, Tool]):
    """Tools but for one; they are loaded as late as in the mapping behind."""

    def __init__(self, tools: Mapping[str, Tool], name: str) -> None:
        self._tools = tools
        self._name = name

    def __getitem__(self, name: str) -> Tool:
        if name == self._name:
            raise KeyError(name)
        return self._tools[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._tools if name != self._name)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name != self._name and name in self._tools


def outside_a_session(tools: Mapping[str, Tool]) -> Mapping[str, Tool]:
    """The tools without the one that works on a session's earlier runs."""
    return _Without(tools, RECALL)
