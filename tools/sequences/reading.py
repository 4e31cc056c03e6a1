"""From pasted text to one sequence: what was removed is said, what cannot be a residue is refused at its position."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...memory.errors import InvalidSequence
from ...memory.records import Quantity

__all__ = ["MOST_LETTERS", "Alphabet", "Sequence", "counted", "read_sequence"]

Alphabet = Literal["dna", "rna", "protein"]

MOST_LETTERS = 100_000
_SHOWN = 1_000

_BASES = {"dna": frozenset("ACGT"), "rna": frozenset("ACGU"), "protein": frozenset("ACDEFGHIKLMNPQRSTVWYUO")}
_ALLOWED = {
    "dna": frozenset("ACGTRYSWKMBDHVN"),
    "rna": frozenset("ACGURYSWKMBDHVN"),
    "protein": frozenset("ACDEFGHIKLMNPQRSTVWYUOBJXZ"),
}
_NAMES = {"dna": "DNA", "rna": "RNA", "protein": "protein"}
_LEAST_PLAIN = 0.8
"""Share of plain bases above which letters that a protein could have too are taken for a nucleic acid."""
_ENDS = re.compile(r"^\s*5\s?['’′]?\s?-|-\s?3\s?['’′]?\s*$")


@dataclass(frozen=True)
class Sequence:
    """Letters in capitals, their alphabet, and notes on how the text was read."""

    letters: str
    alphabet: Alphabet
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.letters)

    @property
    def ambiguous(self) -> dict[str, int]:
        """How often each ambiguity code occurs."""
        codes = sorted(set(self.letters) - _BASES[self.alphabet] - {"*"})
        return {code: self.letters.count(code) for code in codes}

    @property
    def unit(self) -> str:
        """What its length is counted in: nucleotides or amino acids."""
        return "aa" if self.alphabet == "protein" else "nt"

    def noting(self, *notes: str) -> Sequence:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def record(self) -> dict[str, Any]:
        """How a record names its sequence: whole up to a thousand letters, else its start."""
        whole = len(self) <= _SHOWN
        return {
            "alphabet": self.alphabet,
            "length": counted(len(self), self.unit, "sequence_length", "letters after cleaning"),
            "letters": self.letters if whole else None,
            "start": None if whole else self.letters[:60],
            "ambiguity_codes": self.ambiguous,
        }


def counted(value: float | int, unit: str, kind: str, convention: str) -> dict[str, Any]:
    """A quantity as JSON."""
    return Quantity(value=value, unit=unit, kind=kind, convention=convention).model_dump(mode="json")


def read_sequence(
    text: str, alphabet: Alphabet | None = None, expected: Literal["nucleotide", "protein"] | None = None
) -> Sequence:
    """Clean `text` and tell what it is.

    Args:
        text: letters, or one FASTA record; white space, digits and 5'-/-3' marks are dropped and noted.
        alphabet: what it is, where the user says so.
        expected: what the operation needs; letters that may be either are then taken for that.

    Raises:
        InvalidSequence: empty, too long, several records, a letter of no alphabet, or not what is expected.
    """
    letters, notes = _cleaned(text)
    kind = alphabet or _kind(letters, expected)
    _refuse_foreign(letters, kind)
    if expected == "nucleotide" and kind == "protein":
        raise InvalidSequence(
            "This is a protein sequence; DNA or RNA is needed.", "Give the coding sequence in A, C, G, T or U."
        )
    if expected == "protein" and kind != "protein":
        raise InvalidSequence(
            f"This reads as {_NAMES[kind]}; a protein is needed.",
            "Translate it first, or say alphabet=protein if these letters are amino acids.",
        )
    sequence = Sequence(letters, kind, tuple(notes))
    if alphabet is None and expected is None and kind != "protein" and set(letters) <= _ALLOWED["protein"]:
        sequence = sequence.noting(f"Read as {_NAMES[kind]}, though every letter is an amino acid too.")
    return sequence


def _cleaned(text: str) -> tuple[str, list[str]]:
    notes: list[str] = []
    lines = text.strip().splitlines()
    headers = [line for line in lines if line.lstrip().startswith((">", ";"))]
    if len(headers) > 1:
        raise InvalidSequence(
            f"These are {len(headers)} FASTA records; one sequence is needed.", "Give them one by one."
        )
    if headers:
        if not lines[0].lstrip().startswith((">", ";")):
            raise InvalidSequence(
                "A FASTA header stands after the sequence has begun.", "Put it first, or leave it out."
            )
        lines = lines[1:]
        notes.append("The FASTA header was left out.")
    body = _ENDS.sub("", "\n".join(lines))
    if re.search(r"\d", body):
        notes.append("Position numbers were left out.")
    letters = re.sub(r"[\s\d]", "", body).upper()
    if not letters.strip("*"):
        raise InvalidSequence("There is no sequence here.", "Give DNA, RNA or protein letters, or one FASTA record.")
    if len(letters) > MOST_LETTERS:
        raise InvalidSequence(
            f"The sequence has {len(letters):,} letters; at most {MOST_LETTERS:,} are taken.",
            "Give the part that matters.",
        )
    if letters.endswith("*"):
        letters = letters.rstrip("*")
        notes.append("The stop mark * at the end was left out.")
    return letters, notes


def _kind(letters: str, expected: str | None) -> Alphabet:
    present = set(letters)
    if (
        "T" in present
        and "U" in present
        and present <= _ALLOWED["dna"] | {"U"}
        and _plain_share(letters) >= _LEAST_PLAIN
    ):
        position = letters.index("U") + 1
        raise InvalidSequence(
            f"T and U stand side by side (first U at {position}).", "DNA has T, RNA has U; say which is meant."
        )
    kind: Alphabet = "rna" if "U" in present and "T" not in present else "dna"
    if not present <= _ALLOWED[kind]:
        if expected == "nucleotide" and (not present <= _ALLOWED["protein"] or _plain_share(letters) >= _LEAST_PLAIN):
            return kind  # nearly a nucleic acid: its first wrong letter is the news
        return "protein"
    if expected == "nucleotide" or _plain_share(letters) >= _LEAST_PLAIN:
        return kind
    return "protein"


def _plain_share(letters: str) -> float:
    return sum(letters.count(base) for base in "ACGTUN") / len(letters)


def _refuse_foreign(letters: str, kind: Alphabet) -> None:
    for position, letter in enumerate(letters, 1):
        if letter in _ALLOWED[kind]:
            continue
        if letter in "-.":
            hint = "Gaps belong to an alignment; give the sequence without them."
        elif letter == "*":
            hint = "A stop inside a protein: give the part before it."
        else:
            allowed = "".join(sorted(_ALLOWED[kind]))
            hint = f"{_NAMES[kind]} letters are {allowed}; say `alphabet` if it is of another kind."
        raise InvalidSequence(f"{letter!r} at position {position} is no {_NAMES[kind]} letter.", hint)
