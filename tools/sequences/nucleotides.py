"""Nucleic acids: translation, transcription, reverse complement and GC content, by Biopython."""

from __future__ import annotations

from typing import Any

from ...memory.errors import InvalidSequence
from .genetic_code import code_record, code_table
from .reading import Sequence, counted

__all__ = ["gc_content", "reverse_complement", "transcribe", "translate"]


def reverse_complement(sequence: Sequence) -> dict[str, Any]:
    """The other strand, 5' to 3'; ambiguity codes are complemented too."""
    return {"type": "sequence_reverse_complement", "result": _turned(sequence), "notes": []}


def _turned(sequence: Sequence) -> str:
    from Bio.Seq import Seq

    letters = Seq(sequence.letters)
    return str(letters.reverse_complement_rna() if sequence.alphabet == "rna" else letters.reverse_complement())


def transcribe(sequence: Sequence) -> dict[str, Any]:
    """DNA to RNA, or RNA back to DNA: T and U change places, the strand stays."""
    from Bio.Seq import Seq

    letters = Seq(sequence.letters)
    back = sequence.alphabet == "rna"
    return {
        "type": "sequence_transcription",
        "result": str(letters.back_transcribe() if back else letters.transcribe()),
        "result_alphabet": "dna" if back else "rna",
        "notes": ["U was written for T." if not back else "RNA was given, so T was written for U (back-transcription)."]
        + ([] if back else ["The sequence was taken for the coding strand."]),
    }


def gc_content(sequence: Sequence) -> dict[str, Any]:
    """Percent of G and C, with the letters counted; ambiguity codes give bounds."""
    from Bio.SeqUtils import gc_fraction

    counts = {base: sequence.letters.count(base) for base in ("ACGU" if sequence.alphabet == "rna" else "ACGT")}
    strong, weak = sequence.letters.count("S"), sequence.letters.count("W")
    decided = sum(counts.values()) + strong + weak
    if not decided:
        raise InvalidSequence(
            "Every letter is an ambiguity code, so the GC content is unknown.", "Give a sequence with bases in it."
        )
    percent = round(100 * gc_fraction(sequence.letters, ambiguous="remove"), 4)
    gc = counts["G"] + counts["C"] + strong
    record: dict[str, Any] = {
        "type": "sequence_gc",
        "gc_content": counted(
            percent, "%", "gc_content", "G, C and S over A, C, G, T, U, S and W; other codes left out"
        ),
        "gc_count": counted(gc, "nt", "gc_count", "letters G, C and S"),
        "counted_letters": counted(decided, "nt", "counted_letters", "letters whose GC is decided"),
        "base_counts": counts,
        "lowest": None,
        "highest": None,
        "notes": [],
    }
    undecided = len(sequence) - decided
    if undecided:
        total = len(sequence)
        record["lowest"] = counted(
            round(100 * gc / total, 4), "%", "gc_content", "every undecided letter taken for A or T"
        )
        record["highest"] = counted(
            round(100 * (gc + undecided) / total, 4),
            "%",
            "gc_content",
            "every undecided letter taken for G or C",
        )
        record["notes"] = [f"Ambiguous letters left out of the percentage: {undecided}; lowest and highest bound it."]
    return record


def translate(sequence: Sequence, genetic_code: int, frame: int, to_stop: bool) -> dict[str, Any]:
    """Protein in one frame.

    Args:
        sequence: DNA or RNA.
        genetic_code: NCBI's number of the table.
        frame: 1, 2, 3 from the first letter, or -1, -2, -3 on the other strand.
        to_stop: end before the first stop; else stops are shown as `*`.
    """
    from Bio.Seq import Seq

    table = code_table(genetic_code)
    strand = sequence.letters if frame > 0 else _turned(sequence)
    reading = strand[abs(frame) - 1 :]
    left = len(reading) % 3
    reading = reading[: len(reading) - left]
    if not reading:
        raise InvalidSequence(f"{len(sequence)} letters hold no whole codon in frame {frame}.", "Give at least three.")
    whole = str(Seq(reading).translate(table=genetic_code))
    stop = whole.find("*")
    protein = whole[:stop] if to_stop and stop >= 0 else whole
    first = reading[:3].replace("U", "T")
    notes = _translation_notes(whole, stop, to_stop, left, first, tuple(table.start_codons))
    return {
        "type": "sequence_translation",
        "protein": protein,
        "protein_length": counted(
            len(protein.replace("*", "")), "aa", "protein_length", "amino acids, stops not counted"
        ),
        "genetic_code": code_record(table),
        "frame": frame,
        "first_codon": reading[:3],
        "stop_codon": reading[3 * stop : 3 * stop + 3] if stop >= 0 else None,
        "stop_at_codon": stop + 1 if stop >= 0 else None,
        "stops": whole.count("*"),
        "to_stop": to_stop,
        "letters_left_over": left,
        "notes": notes,
    }


def _translation_notes(
    whole: str, stop: int, to_stop: bool, left: int, first: str, starts: tuple[str, ...]
) -> list[str]:
    notes = []
    if stop < 0:
        notes.append("There is no stop codon in this frame.")
    elif stop < len(whole) - 1:
        shown = "translation ended there" if to_stop else "later codons were translated too"
        notes.append(f"The first stop is codon {stop + 1} of {len(whole)}; {shown}.")
    if left:
        notes.append(f"{left} {'letter' if left == 1 else 'letters'} at the end made no codon.")
    if first != "ATG":
        can = (
            "can start a protein in this code, where it gives M"
            if first in starts
            else "is no start codon of this code"
        )
        notes.append(f"The first codon {first} {can}; it was translated by the table.")
    if "X" in whole:
        notes.append("X stands for a codon whose ambiguity codes leave the amino acid open.")
    return notes
