"""The `sequence_tools` tool: one declaration over the operations of this folder, run in a thread."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from pydantic import Field

from ...memory.errors import InvalidSequence
from ...memory.records import Omitted
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .alignment import align
from .computed import biopython_source
from .nucleotides import gc_content, reverse_complement, transcribe, translate
from .open_frames import open_frames
from .proteins import protein_properties
from .reading import MOST_LETTERS, Alphabet, Sequence, counted, read_sequence
from .restriction import restriction_sites

__all__ = ["sequence_tools"]

Operation = Literal[
    "translate",
    "transcribe",
    "reverse_complement",
    "gc_content",
    "orfs",
    "protein_properties",
    "align",
    "restriction_sites",
    "identify",
]
_MOST_CHARACTERS = 2 * MOST_LETTERS  # numbered blocks and line ends take up to half of a pasted entry


class SequenceToolsArguments(ToolArguments):
    """What to do with which sequence."""

    operation: Operation = Field(description="what to compute")
    sequence: str = Field(
        min_length=1, max_length=_MOST_CHARACTERS, description="DNA, RNA or protein letters, or one FASTA record"
    )
    other: str | None = Field(default=None, max_length=_MOST_CHARACTERS, description="for align: the second sequence")
    alphabet: Alphabet | None = Field(default=None, description="dna, rna or protein, where the letters leave it open")
    genetic_code: int = Field(
        default=1,
        ge=1,
        le=33,
        description="for translate and orfs: NCBI's number; 1 standard, 2 vertebrate mitochondrial, 11 bacterial",
    )
    frame: Literal[1, 2, 3, -1, -2, -3] = Field(
        default=1, description="for translate: reading frame, negative on the other strand"
    )
    to_stop: bool = Field(
        default=True, description="for translate: end before the first stop; else stops are shown as *"
    )
    min_orf_aa: int = Field(default=30, ge=1, le=MOST_LETTERS, description="for orfs: shortest protein, in amino acids")
    start_codon: Literal["ATG", "any"] = Field(
        default="ATG", description="for orfs: ATG only, or any start of the genetic code"
    )
    skip_orfs: int = Field(
        default=0, ge=0, description="for orfs: how many of the longest to leave out, to see the next"
    )
    enzymes: tuple[str, ...] = Field(
        default=(), max_length=100, description="for restriction_sites: names; a common set where empty"
    )
    circular: bool = Field(default=False, description="for restriction_sites: whether the DNA is a circle")
    alignment_mode: Literal["global", "local"] = Field(
        default="global", description="for align: end to end, or the best part"
    )


@tool(
    title="Sequence tools",
    cost="fast",
    deadline_s=15.0,
    examples=(
        {"operation": "translate", "sequence": "ATGGATGATCATTGGATCGCGTATAACAACTATTAA"},
        {"operation": "gc_content", "sequence": "ATGCGTAGCGGTGTTCATCGTACCCATTTCTAA"},
        {"operation": "protein_properties", "sequence": "MKWVTFISLLFLFSSAYSRGVFRR"},
        {"operation": "align", "sequence": "MKTAYIAKQR", "other": "MKTAIAKQR"},
        {"operation": "restriction_sites", "sequence": "AAGAATTCTTGGATCCAA", "enzymes": ["EcoRI", "BamHI"]},
    ),
)
async def sequence_tools(arguments: SequenceToolsArguments, context: ToolContext) -> Findings:
    """Work on one DNA, RNA or protein sequence: translate, find ORFs and restriction sites, align, compute properties.

    The operations are translate, transcribe, reverse_complement, gc_content, orfs, protein_properties, align (with `other`),
    restriction_sites and identify. Use it for letters that someone gives. Not for the sequence of a named protein
    (`target_profile` has it), and not for structures of small molecules. Comes back: one record with the result, its
    conventions (genetic code, frame, scale, scores, denominators, 1-based coordinates) and notes on what was cleaned. Limits:
    100,000 letters; an alignment's lengths multiply to at most 16,000,000; 50 ORFs a call. Fails with the position of the first
    letter that is no residue, on several FASTA records, and on a protein where a nucleic acid is needed or the other way round.
    """
    # Biopython is quick within these limits but blocks; in a thread the run's deadline and cancellation stay alert.
    record = await asyncio.to_thread(_work, arguments)
    draft = Draft(record, biopython_source(), "computed", _summary(record))
    if record["type"] != "sequence_orfs":
        return Findings((draft,), matched=1, returned=1)
    return _orf_findings(arguments, record, draft)


def _work(arguments: SequenceToolsArguments) -> dict[str, Any]:
    operation = arguments.operation
    expected: Literal["nucleotide", "protein"] | None = None
    if operation in ("translate", "transcribe", "reverse_complement", "gc_content", "orfs", "restriction_sites"):
        expected = "nucleotide"
    elif operation == "protein_properties":
        expected = "protein"
    sequence = read_sequence(arguments.sequence, arguments.alphabet, expected)
    result = _result(arguments, sequence)
    kind = result.pop("type")
    notes = list(dict.fromkeys([*sequence.notes, *result.pop("notes")]))
    return {"type": kind, "sequence": sequence.record(), **result, "notes": notes}


def _result(arguments: SequenceToolsArguments, sequence: Sequence) -> dict[str, Any]:
    match arguments.operation:
        case "translate":
            return translate(sequence, arguments.genetic_code, arguments.frame, arguments.to_stop)
        case "transcribe":
            return transcribe(sequence)
        case "reverse_complement":
            return reverse_complement(sequence)
        case "gc_content":
            return gc_content(sequence)
        case "orfs":
            return open_frames(
                sequence, arguments.genetic_code, arguments.min_orf_aa, arguments.start_codon, arguments.skip_orfs
            )
        case "protein_properties":
            return protein_properties(sequence)
        case "align":
            return _aligned(arguments, sequence)
        case "restriction_sites":
            return restriction_sites(sequence, arguments.enzymes, arguments.circular)
        case "identify":
            return _identified(sequence)


def _aligned(arguments: SequenceToolsArguments, sequence: Sequence) -> dict[str, Any]:
    if not arguments.other:
        raise InvalidSequence("An alignment needs two sequences.", "Give the second as `other`.")
    other = read_sequence(arguments.other, arguments.alphabet)
    result = align(sequence, other, arguments.alignment_mode)
    return {**result, "other": other.record(), "notes": [*other.notes, *result["notes"]]}


def _identified(sequence: Sequence) -> dict[str, Any]:
    letters = sequence.letters
    return {
        "type": "sequence_identity",
        "composition": {
            letter: counted(letters.count(letter), "count", "letters", "occurrences") for letter in sorted(set(letters))
        },
        "notes": [],
    }


def _orf_findings(arguments: SequenceToolsArguments, record: dict[str, Any], draft: Draft) -> Findings:
    total, shown = record["total"]["value"], record["orfs"]
    filters = {
        "min_orf_aa": arguments.min_orf_aa,
        "start_codon": arguments.start_codon,
        "genetic_code": arguments.genetic_code,
    }
    if total == len(shown):
        return Findings((draft,), matched=total, returned=total, filters=filters, empty=total == 0)
    before = arguments.skip_orfs
    if before + len(shown) >= total:
        return Findings((draft,), matched=total, returned=len(shown), filters={**filters, "skip_orfs": before})
    again = {**arguments.model_dump(mode="json", exclude_defaults=True), "skip_orfs": before + len(shown)}
    what = f"{total - before - len(shown)} of {total} ORFs, none longer than the last one shown"
    return Findings(
        (draft,),
        matched=total,
        returned=len(shown),
        filters=filters,
        omitted=Omitted(what=what, tool="sequence_tools", arguments=again),
    )


def _summary(record: dict[str, Any]) -> str:
    """The result in a line."""
    match record["type"]:
        case "sequence_translation":
            how = f"code {record['genetic_code']['ncbi_id']}, frame {record['frame']}"
            return f"protein {shorten(record['protein'], 300)}, {record['protein_length']['value']} aa, {how}"
        case "sequence_gc":
            return f"GC content {record['gc_content']['value']} % of {record['counted_letters']['value']} nt"
        case "sequence_orfs":
            longest = f", longest {record['orfs'][0]['length']['value']} aa" if record["orfs"] else ""
            return f"{record['total']['value']} open reading frames{longest}"
        case "protein_properties":
            return f"average MW {record['molecular_weight']['value']} g/mol, pI {record['isoelectric_point']['value']}"
        case "sequence_alignment":
            identity = record["identity"]
            return f"identity {identity['value']} % ({identity['convention']})" if identity else "nothing aligns"
        case "restriction_map":
            cuts = "; ".join(f"{row['enzyme']} {row['positions'][:5]}" for row in record["cutters"][:12])
            return f"{record['cutter_count']['value']} enzymes cut: {cuts}" if cuts else "no enzyme cuts"
        case "sequence_identity":
            length = record["sequence"]["length"]
            return f"{record['sequence']['alphabet']}, {length['value']} {length['unit']}"
        case _:
            return shorten(record["result"], 300)
