"""The `ask_about_protein` tool: BioMedGPT-10B's answer about a sequence, held against the sequence."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from pydantic import Field

from ...memory.errors import InvalidSequence, NotFound
from ...memory.records import Evidence
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..sequences.computed import biopython_source
from ..sequences.reading import counted
from ..targets.identify_target import identify_target
from .biomedgpt import ask
from .failures import errors_of_the_model
from .generated import generated_findings
from .judging import judge_text
from .protein_statements import ChainFacts, protein_trials

__all__ = ["ask_about_protein"]

_MOST_CHARACTERS = 200_000
_LEAST_RESIDUES = 25
_LETTERS = re.compile(rf"[A-Za-z*.\-\s]{{{_LEAST_RESIDUES},}}")
_STANDARD = frozenset("ACDEFGHIKLMNPQRSTVWYUO")


class AskAboutProteinArguments(ToolArguments):
    """About which protein, and what."""

    protein: str = Field(
        min_length=1,
        max_length=_MOST_CHARACTERS,
        description="gene symbol, name, UniProt accession, one FASTA record, or at least 25 residues",
    )
    question: str = Field(
        default="What is the function of this protein?",
        min_length=2,
        max_length=500,
        description="what to ask about it, in English",
    )


async def _found_again(item: Evidence, context: ToolContext) -> Draft:
    if item.backend == "generated":
        raise NotFound("a model wrote it")
    letters = str(item.record["sequence"])
    return _draft(item.record["protein"], await asyncio.to_thread(_facts, letters))


@tool(
    title="BioMedGPT on a protein",
    cost="slow",
    deadline_s=900.0,
    examples=({"protein": "EGFR"}, {"protein": "P00533", "question": "What family does this protein belong to?"}),
    find_again=_found_again,
)
async def ask_about_protein(arguments: AskAboutProteinArguments, context: ToolContext) -> Findings:
    """Ask BioMedGPT-10B about a protein: the model sees its residues and writes a few sentences.

    Use it for a sequence that no source knows, or for what the model says of a known one: function, names, family, place in the
    cell. Not for known proteins where facts are wanted (`target_profile`), and not as a source: its text is generated, often
    wrong, and supports nothing. Comes back: one record of facts computed from the sequence, and one record of the answer, from
    which sentences are struck that the sequence contradicts (length, mass, residues, quoted stretches), with the reason. Offered
    only where the model's weights are installed; the first call reads them, which takes a while. Limits: the model sees the first
    1,022 residues, which a warning says, and answers in 256 tokens. Fails on several FASTA records and on what is no residue.
    """
    about, text = _protein(arguments.protein, context)
    with errors_of_the_model():
        from ...model.biomedgpt.protein import read_protein

        sequence = read_protein(text, len(text) + 2).sequence
    facts = await asyncio.to_thread(_facts, sequence)
    written = await ask(context, "protein", text, arguments.question)
    judged = judge_text(written.text, lambda sentence: protein_trials(sentence, facts))
    return generated_findings(_draft(about, facts), about, arguments.question, written, judged)


def _protein(asked: str, context: ToolContext) -> tuple[dict[str, Any], str]:
    """How a record names the protein, and its sequence as given."""
    if asked.startswith(">") or _LETTERS.fullmatch(asked):
        name = asked[1:].split()[0] if asked.startswith(">") and asked[1:].split() else None
        return {"query": shorten(asked, 80), "name": name, "accession": None}, asked
    target = identify_target(asked, context)
    if target.entry is None or not target.entry.sequence:
        raise InvalidSequence(
            f"{target.label} has no sequence in this source.", "Give the sequence itself, or a FASTA record."
        )
    return target.record(), target.entry.sequence


def _facts(letters: str) -> ChainFacts:
    if set(letters) - _STANDARD:
        return ChainFacts(letters, None)
    from Bio.SeqUtils import molecular_weight

    return ChainFacts(letters, round(float(molecular_weight(letters, "protein")), 3))


def _draft(about: dict[str, Any], facts: ChainFacts) -> Draft:
    record: dict[str, Any] = {
        "type": "chain_facts",
        "protein": about,
        "sequence": facts.sequence,
        "length": counted(len(facts.sequence), "amino acids", "sequence_length", "letters of the sequence given"),
        "molecular_weight": None,
        "composition": dict(sorted(facts.composition.items())),
    }
    if facts.average_mass is not None:
        how = "average residue masses plus water, unmodified, Biopython"
        record["molecular_weight"] = counted(facts.average_mass, "g/mol", "molecular_weight_average", how)
    mass = "" if facts.average_mass is None else f", {facts.average_mass / 1_000:.1f} kDa as a bare chain"
    return Draft(record, biopython_source(), "computed", f"{len(facts.sequence):,} residues{mass}")
