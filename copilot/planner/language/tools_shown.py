"""Which tools a model is shown, and how: all where its window has room, else those that the question is likeliest to need."""

from __future__ import annotations

import json
import math
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
_ALWAYS_SCORE = 0.15
_KINDS = 4
_OF_KIND = 0.8
"""What the likeliest kind is worth beside the words of a question, all of which are worth 1."""
_WHOLE = 2
"""Tools that are described in full where not all can be, if none of them takes more than a fourth of the room."""
_PARTS = 4
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
    every = tuple(as_function(state.tools[name]) for name in ranked)
    whole = sum(count(json.dumps(function)) for function in every)
    if whole <= room:
        return ShownTools(every, whole)
    kept: list[dict[str, Any]] = []
    others: list[str] = []
    used = 0
    for place, name in enumerate(ranked):
        function, cost = _fitting(state.tools[name], place < _WHOLE, room // _PARTS, count)
        if used + cost > room:
            others.append(name)
            continue
        kept.append(function)
        used += cost
    return ShownTools(tuple(kept), used, tuple(others))


def _fitting(tool: Tool, whole: bool, most: int, count: Callable[[str], int]) -> tuple[dict[str, Any], int]:
    """The tool's declaration and its tokens: in full where that is wanted and takes no more than `most`."""
    if whole:
        function = as_function(tool)
        cost = count(json.dumps(function))
        if cost <= most:
            return function, cost
    function = as_function(tool, False)
    return function, count(json.dumps(function))


def likeliest(state: State, frames: Sequence[Frame]) -> list[str]:
    """All tools, the likeliest first: by the kinds that the question may be, and by the words that only few descriptions share."""
    scores = dict.fromkeys(state.tools, 0.0)
    for frame in frames:
        for place, kind in enumerate((frame.kind, *frame.runners_up[: _KINDS - 1])):
            for further, name in enumerate(TOOLS_OF[kind]):
                if name in scores:
                    scores[name] = max(scores[name], _OF_KIND / (1 + place) / (1 + further))
    by_words = _by_words(state.question, {name: tool.doc for name, tool in state.tools.items()})
    for name in scores:
        scores[name] += by_words[name] + (_ALWAYS_SCORE if name in _ALWAYS else 0.0)
    if state.earlier is not None and RECALL in scores:
        scores[RECALL] += _OF_KIND
    return sorted(scores, key=lambda name: -scores[name])


def _by_words(question: str, docs: Mapping[str, str]) -> dict[str, float]:
    """How much of the question's words, the rare ones of the descriptions counted most, each tool's name and description share."""
    words = {name: telling(f"{name.replace('_', ' ')} {doc}") for name, doc in docs.items()}
    wanted = telling(question)
    hits = {name: shared(wanted, said) for name, said in words.items()}
    spread = {word: sum(word in found for found in hits.values()) for word in wanted}
    weights = {word: math.log(1 + len(docs) / count) for word, count in spread.items() if count}
    most = sum(weights.values()) or 1.0
    return {name: sum(weights[word] for word in found) / most for name, found in hits.items()}


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
