"""The `ask_about_molecule` tool: BioMedGPT-10B's answer about a structure, held against the structure."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.records import Evidence
from ..chemistry.computed import computed
from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .biomedgpt import ask
from .failures import errors_of_the_model
from .generated import generated_findings
from .judging import judge_text
from .molecule_statements import StructureFacts, molecule_trials
from .structure_words import WORDS

__all__ = ["ask_about_molecule"]

_NOTE = "Matches are of wide patterns, by which words are checked; they are no classification."
_PROPERTIES = ["molecular_weight", "monoisotopic_mass", "formula", "rings", "aromatic_rings"]


class AskAboutMoleculeArguments(ToolArguments):
    """About which molecule, and what."""

    molecule: str = Field(min_length=1, max_length=2_000, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    question: str = Field(
        default="Please describe this molecule.",
        min_length=2,
        max_length=500,
        description="what to ask about it, in English",
    )


async def _found_again(item: Evidence, context: ToolContext) -> Draft:
    if item.backend == "generated":
        raise NotFound("a model wrote it")
    molecule = item.record["molecule"]
    return _draft(molecule, *await _computed(str(molecule["smiles"]), context))


@tool(
    title="BioMedGPT on a molecule",
    cost="slow",
    deadline_s=900.0,
    examples=({"molecule": "aspirin"}, {"molecule": "caffeine", "question": "What class of compound is this?"}),
    find_again=_found_again,
)
async def ask_about_molecule(arguments: AskAboutMoleculeArguments, context: ToolContext) -> Findings:
    """Ask BioMedGPT-10B about a molecule: the model sees its atoms and bonds and writes a few sentences.

    Use it for a description in words: what class of compound, what role, where from. Not for anything that can be computed or
    looked up (`molecule_properties`, `drug_mechanisms`), and not as a source: its text is generated, often wrong, and supports
    nothing. Comes back: one record of computed facts, and one record of the answer, from which sentences are struck that the
    structure contradicts (groups, rings, atoms, formula, mass), with the reason. Offered only where the model's weights are
    installed; the first call reads them, which takes a while. Limits: 2,000 characters, 1,000 atoms, 256 tokens of answer. Fails
    on a dative bond or an unknown chirality, which the model has no number for.
    """
    molecule = await identify(arguments.molecule, context)
    smiles = molecule.structure()
    facts, properties = await _computed(
        smiles, context
    )  # in a killable process, before anything here reads the structure
    await asyncio.to_thread(_check_readable, smiles)
    written = await ask(context, "molecule", smiles, arguments.question)
    judged = judge_text(written.text, lambda sentence: molecule_trials(sentence, facts))
    return generated_findings(
        _draft(molecule.record(), facts, properties), molecule.record(), arguments.question, written, judged
    )


def _check_readable(smiles: str) -> None:
    """Refuse what the model cannot take before its weights are read."""
    with errors_of_the_model():
        from ...model.biomedgpt.molecule_graph import graph_of

        graph_of(smiles)


async def _computed(smiles: str, context: ToolContext) -> tuple[StructureFacts, dict[str, Any]]:
    """What the answer is held against, and the properties among it as quantities."""
    chemistry = context.bench.chemistry
    patterns = [smarts for word in WORDS for smarts in word.smarts]
    found = await chemistry.call("pattern_counts", {"structure": smiles, "patterns": patterns})
    counts = dict(zip(patterns, found, strict=True))
    computed_too = await chemistry.call("properties", {"structure": smiles, "wanted": _PROPERTIES, "rules": False})
    properties: dict[str, Any] = computed_too["properties"]
    facts = StructureFacts(
        counts={word.key: sum(counts[smarts] for smarts in word.smarts) for word in WORDS},
        elements=await chemistry.call("elements", {"structure": smiles}),
        formula=properties["formula"]["text"],
        average_mass=properties["molecular_weight"]["value"],
        monoisotopic_mass=properties["monoisotopic_mass"]["value"],
        rings=properties["rings"]["value"],
        aromatic_rings=properties["aromatic_rings"]["value"],
    )
    return facts, properties


def _draft(molecule: dict[str, Any], facts: StructureFacts, properties: dict[str, Any]) -> Draft:
    record = {
        "type": "structure_facts",
        "molecule": molecule,
        "properties": properties,
        "matches": facts.present,
        "notes": [_NOTE],
    }
    label = molecule["name"] or molecule["smiles"]
    return computed(record, f"{label}: {facts.formula}, {facts.average_mass:.2f} g/mol")
