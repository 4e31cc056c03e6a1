"""Open reading frames on both strands, with coordinates on the strand that was given."""

from __future__ import annotations

import re
from typing import Any

from .genetic_code import code_record, code_table
from .reading import Sequence, counted

__all__ = ["MOST_FRAMES", "open_frames"]

MOST_FRAMES = 50


def open_frames(
    sequence: Sequence, genetic_code: int, least_aa: int, start_codon: str, skip: int = 0
) -> dict[str, Any]:
    """Every ORF of at least `least_aa` amino acids, longest first; `total` is how many there are before the cut.

    An ORF runs from the first start codon after a stop to the next in-frame stop, which is counted in its
    coordinates and not in its length. One that runs off the end has no stop and says so.

    Args:
        sequence: DNA or RNA.
        genetic_code: NCBI's number of the table.
        least_aa: shortest protein to report.
        start_codon: `ATG`, or `any` for all starts of the table.
        skip: how many of the longest to leave out.
    """
    table = code_table(genetic_code)
    starts = {"ATG"} if start_codon == "ATG" else set(table.start_codons)
    stops = set(table.stop_codons)
    forward = sequence.letters.replace("U", "T")
    found: list[dict[str, Any]] = []
    for strand, letters in (("+", forward), ("-", _other_strand(forward))):
        for offset in range(3):
            found += _in_frame(letters, strand, offset, starts, stops, least_aa, genetic_code)
    found.sort(key=lambda orf: (-orf["length"]["value"], orf["strand"], orf["start"]))
    return {
        "type": "sequence_orfs",
        "orfs": found[skip : skip + MOST_FRAMES],
        "total": counted(len(found), "count", "open_reading_frames", f"at least {least_aa} amino acids, both strands"),
        "genetic_code": code_record(table),
        "start_codons": sorted(starts),
        "least_length": counted(least_aa, "aa", "least_length", "amino acids, stop not counted"),
        "coordinates": "1-based, inclusive, on the strand given, stop codon included; start above end on the other",
        "notes": []
        if found
        else [f"No ORF of at least {least_aa} amino acids starts with {' or '.join(sorted(starts))}."],
    }


def _other_strand(letters: str) -> str:
    from Bio.Seq import Seq

    return str(Seq(letters).reverse_complement())


def _in_frame(
    letters: str, strand: str, offset: int, starts: set[str], stops: set[str], least_aa: int, genetic_code: int
) -> list[dict[str, Any]]:
    from Bio.Seq import Seq

    codons = re.findall("...", letters[offset:])
    orfs, begun = [], -1
    for index, codon in enumerate([*codons, ""]):  # the empty codon is the end of the sequence
        if begun < 0 and codon in starts:
            begun = index
        elif begun >= 0 and (codon in stops or not codon):
            if index - begun >= least_aa:
                protein = str(Seq("".join(codons[begun:index])).translate(table=genetic_code))
                first, last = offset + 3 * begun + 1, offset + 3 * (index + bool(codon))
                orfs.append(_orf(protein, strand, offset, first, last, len(letters), codons[begun], codon))
            begun = -1
    return orfs


def _orf(
    protein: str, strand: str, offset: int, first: int, last: int, total: int, start: str, stop: str
) -> dict[str, Any]:
    turned = strand == "-"
    return {
        "strand": strand,
        "frame": -(offset + 1) if turned else offset + 1,
        "start": total - first + 1 if turned else first,
        "end": total - last + 1 if turned else last,
        "length": counted(len(protein), "aa", "orf_length", "amino acids, stop not counted"),
        "start_codon": start,
        "stop_codon": stop or None,
        "protein": "M" + protein[1:],  # an initiator codon gives methionine, whatever it codes for inside
    }
