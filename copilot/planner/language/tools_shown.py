"""Which tools a model is shown, and how: all where its window has room, else those that the question is likeliest to need."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ....memory.earlier_runs import RECALL
from ....tools.contract import Tool, ToolArguments
from ...literature.words import shared, telling
from ..contract import State
from ..frames import Frame, Kind

__all__ = ["TOOLS_OF", "ShownTools", "as_function", "compact_schema", "likeliest", "shown_tools"]

TOOLS_OF: Mapping[Kind, tuple[str, ...]] = {
    "property": ("molecule_properties",),
    "drug_likeness": ("molecule_properties",),
    "permeability": ("molecule_properties",),
    "alerts": ("structural_alerts",),
    "similarity": ("molecule_similarity",),
    "compare": ("compare_molecules", "molecule_similarity"),
    "nearest": ("nearest_molecules", "chembl_analogues"),
    "substructure": ("substructure_search", "substructure_filter"),
    "scaffold": ("scaffold", "substructure_search"),
    "standardise": ("standardise_molecule",),
    "draw": ("draw_molecule",),
    "identity": ("resolve_molecule", "convert_identifier"),
    "concentration": ("convert_concentration",),
    "translate": ("sequence_tools",),
    "transcribe": ("sequence_tools",),
    "reverse_complement": ("sequence_tools",),
    "gc_content": ("sequence_tools",),
    "orfs": ("sequence_tools",),
    "protein_properties": ("sequence_tools", "target_profile"),
    "alignment": ("sequence_tools", "target_profile"),
    "restriction": ("sequence_tools",),
    "target_identity": ("find_target", "convert_identifier"),
    "target_profile": ("target_profile", "protein_features", "search_proteins"),
    "target_activities": ("target_activities", "assay_details"),
    "potency": ("compound_activities", "selectivity"),
    "compound_activities": ("compound_activities", "selectivity"),
    "mechanism": ("drug_mechanisms", "pathways"),
    "drugs_for_target": ("drugs_for_target", "clinical_candidates"),
    "drug_status": ("drug_status", "drug_warnings", "clinical_trials"),
    "indications": ("drug_indications", "clinical_trials"),
    "drugs_for_indication": ("drugs_for_indication", "disease_evidence", "clinical_trials"),
    "literature": ("search_library", "literature_search"),
    "data_status": ("data_sources",),
    "help": ("data_sources",),
    "unsupported": ("search_library", "literature_search"),
}
"""Kind of question → the tools that answer it, the likeliest first."""

_ALWAYS = ("resolve_molecule", "find_target", "search_library")
_KINDS = 4
_SHARE = 0.4
"""Of the window's tokens, at most, for tools."""


@dataclass(frozen=True)
class ShownTools:
    """What of the tools goes to the model."""

    functions: tuple[dict[str, Any], ...]
    """As OpenAI's function declarations, which every LangChain model takes."""
    tokens: int
    others: tuple[str, ...] = ()
    """Names of those that are not described."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(item["function"]["name"] for item in self.functions)


def shown_tools(
    state: State, frames: Sequence[Frame], window: int, count: Callable[[str], int], also: Sequence[str] = ()
) -> ShownTools:
    """The tools for this question, described as fully as there is room for.

    Args:
        state: of the run.
        frames: what the embedded planner makes of the question; it ranks the tools.
        window: the tokens of the model's window, the reply's left out.
        count: counts the tokens of a text.
        also: tools that must be among them.
    """
    room = int(window * _SHARE)
    ranked = [name for name in dict.fromkeys((*also, *likeliest(state, frames))) if name in state.tools]
    kept: list[dict[str, Any]] = []
    used = 0
    for place, name in enumerate(ranked):
        for whole in (True, False):
            function = as_function(state.tools[name], whole)
            cost = count(json.dumps(function))
            if used + cost <= room:
                kept.append(function)
                used += cost
                break
        else:
            return ShownTools(tuple(kept), used, tuple(ranked[place:]))
    return ShownTools(tuple(kept), used)


def likeliest(state: State, frames: Sequence[Frame]) -> list[str]:
    """All tools: first those of the kinds that the question may be, then those whose description shares its words."""
    kinds = [kind for frame in frames for kind in (frame.kind, *frame.runners_up[: _KINDS - 1])]
    first = [name for kind in kinds for name in TOOLS_OF[kind]]
    if state.earlier is not None and RECALL in state.tools:
        first.insert(0, RECALL)
    words = telling(state.question)
    by_words = sorted(state.tools, key=lambda name: -len(shared(words, telling(state.tools[name].doc))))
    return list(dict.fromkeys((*first, *_ALWAYS, *by_words)))


def as_function(tool: Tool, whole: bool = True) -> dict[str, Any]:
    """The tool's declaration: with its docstring, or with the first line of it."""
    return _function(tool.name, " ".join(tool.doc.split()) if whole else tool.summary, tool.arguments)


@cache
def _function(name: str, said: str, arguments: type[ToolArguments]) -> dict[str, Any]:
    schema = compact_schema(arguments.model_json_schema())
    schema.pop("description", None)
    return {"type": "function", "function": {"name": name, "description": said, "parameters": schema}}


def compact_schema(schema: Any) -> Any:
    """The JSON schema without titles, and an optional field as what it is when it is given."""
    if isinstance(schema, list):
        return [compact_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if kept.get("default", "") is None:
        del kept["default"]
    choices = kept.get("anyOf")
    if isinstance(choices, list):
        real = [item for item in choices if item != {"type": "null"}]
        if len(real) == 1 and len(real) < len(choices):
            del kept["anyOf"]
            kept = {**real[0], **kept}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {name: compact_schema(item) for name, item in kept["properties"].items()}
    return {key: value if key == "properties" else compact_schema(value) for key, value in kept.items()}
