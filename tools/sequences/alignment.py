"""Pairwise alignment by Biopython, with every score stated and identity over a named denominator."""

from __future__ import annotations

from typing import Any, Literal

from ...memory.errors import InvalidSequence
from .reading import Sequence, counted

__all__ = ["MOST_CELLS", "align"]

MOST_CELLS = 16_000_000
"""Product of the two lengths; 4,000 by 4,000 takes about a third of a second and 50 MB."""
_MOST_COLUMNS_SHOWN = 2_000

AlignmentMode = Literal["global", "local"]


def align(first: Sequence, second: Sequence, mode: AlignmentMode) -> dict[str, Any]:
    """One best alignment of two sequences of one kind.

    Raises:
        InvalidSequence: protein against nucleic acid, or too long together.
    """
    protein = first.alphabet == "protein"
    if protein != (second.alphabet == "protein"):
        raise InvalidSequence("A protein and a nucleic acid cannot be aligned.", "Translate the nucleic acid first.")
    if len(first) * len(second) > MOST_CELLS:
        raise InvalidSequence(
            f"{len(first):,} by {len(second):,} letters are too many to align here.",
            f"Their product may be at most {MOST_CELLS:,}.",
        )
    notes: list[str] = ["Other alignments may have the same score."]
    target, query = _comparable(first, notes), _comparable(second, notes)
    aligner, scoring = _aligner(protein, mode)
    best = next(iter(aligner.align(target, query)), None)
    if best is None or best.length == 0:
        return {
            "type": "sequence_alignment",
            "mode": mode,
            "scoring": scoring,
            "identity": None,
            "notes": ["Nothing aligns with a score above 0."],
        }
    return {
        "type": "sequence_alignment",
        "mode": mode,
        "scoring": scoring,
        "score": counted(round(float(best.score), 1), "dimensionless", "alignment_score", scoring["description"]),
        **_identity(best, first, second),
        **_spans(best),
        **_rows(best, notes),
        "notes": notes,
    }


def _comparable(sequence: Sequence, notes: list[str]) -> str:
    letters = sequence.letters
    if sequence.alphabet == "rna":
        notes.append("U was compared as T.")
        return letters.replace("U", "T")
    if sequence.alphabet == "protein" and set(letters) & set("UOJ"):
        notes.append("U, O and J are not in BLOSUM62 and were scored as X.")
        return letters.translate(str.maketrans("UOJ", "XXX"))
    return letters


def _aligner(protein: bool, mode: AlignmentMode) -> tuple[Any, dict[str, Any]]:
    from Bio.Align import PairwiseAligner, substitution_matrices

    aligner = PairwiseAligner(mode=mode)
    ends = "gaps at the ends cost the same" if mode == "global" else "ends are free"
    if protein:
        aligner.substitution_matrix = substitution_matrices.load("BLOSUM62")
        aligner.open_gap_score, aligner.extend_gap_score = -11, -1
        text = f"BLOSUM62, first gap position −11, each further −1, {ends}"
        return aligner, {"matrix": "BLOSUM62", "gap_open": -11, "gap_extend": -1, "description": text}
    aligner.match_score, aligner.mismatch_score = 2, -3
    aligner.open_gap_score, aligner.extend_gap_score = -5, -2
    aligner.wildcard = "N"
    text = f"match 2, mismatch −3, N 0, first gap position −5, each further −2, {ends}"
    return aligner, {"match": 2, "mismatch": -3, "gap_open": -5, "gap_extend": -2, "description": text}


def _identity(best: Any, first: Sequence, second: Sequence) -> dict[str, Any]:
    counts = best.counts()
    same, columns, shorter = counts.identities, best.length, min(len(first), len(second))
    return {
        "identity": counted(
            round(100 * same / columns, 2),
            "%",
            "sequence_identity",
            "identical columns over all columns, gaps included",
        ),
        "identity_of_shorter": counted(
            round(100 * same / shorter, 2),
            "%",
            "sequence_identity",
            "identical columns over the shorter sequence's length",
        ),
        "identical": counted(same, "count", "identical_columns", "columns with one letter twice"),
        "columns": counted(columns, "count", "alignment_columns", "gaps included"),
        "gaps": counted(counts.gaps, "count", "gap_columns", "columns with a gap in either sequence"),
    }


def _spans(best: Any) -> dict[str, Any]:
    (first_starts, second_starts) = best.coordinates
    return {
        "first_span": {"start": int(first_starts[0]) + 1, "end": int(first_starts[-1])},
        "second_span": {"start": int(second_starts[0]) + 1, "end": int(second_starts[-1])},
    }


def _rows(best: Any, notes: list[str]) -> dict[str, Any]:
    if best.length > _MOST_COLUMNS_SHOWN:
        notes.append(f"The alignment itself is left out: it has more than {_MOST_COLUMNS_SHOWN:,} columns.")
        return {"first_row": None, "middle_row": None, "second_row": None}
    first, second = str(best[0]), str(best[1])
    middle = "".join("|" if a == b else " " if "-" in (a, b) else "." for a, b in zip(first, second, strict=True))
    return {"first_row": first, "middle_row": middle, "second_row": second}
