"""A protein as the encoder takes it: ESM-2's numbers of its residues, between a start and an end token.

What differs from the reference: a FASTA file is read as one (the reference took its first line for the sequence), lower
case is read as upper (there it became one unknown residue), letters that ESM-2 has no number for are an error or told in a
notice. `reference_ids` keeps all of the reference's ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InvalidProtein

__all__ = ["VOCABULARY", "Protein", "read_protein", "reference_ids"]

VOCABULARY = (
    "<cls> <pad> <eos> <unk> L A G V S E R T I D P K Q N F Y M H W C X B U Z O . - <null_1> <mask>".split()
)  # ESM-2's vocab.txt
START, PAD, END, UNKNOWN = range(4)
SPECIAL_TOKENS = 2  # start and end

_NUMBER = {token: number for number, token in enumerate(VOCABULARY)}
_TOKEN = re.compile("|".join(re.escape(token) for token in sorted(VOCABULARY, key=len, reverse=True)))
_NOT_IN_ESM = {"J": "leucine or isoleucine"}  # of IUPAC's letters the one that ESM-2 lacks
_MAX_CHARACTERS = 1_000_000
_SHOWN = 20


@dataclass(frozen=True)
class Protein:
    """A sequence that was read, and what had to be done to it.

    Args:
        sequence: upper case, whole.
        ids: start, residues, end, as many as fit.
        notices: what was changed or cut, a sentence each.
        name: the first word of its FASTA header; empty where there was none.
    """

    sequence: str
    ids: tuple[int, ...]
    notices: tuple[str, ...]
    name: str = ""


def read_protein(text: str, max_tokens: int) -> Protein:
    """Read one protein, given as a bare sequence or as FASTA.

    Raises:
        InvalidProtein: there is none, there are several, or it has letters that are no residue.
    """
    if len(text) > _MAX_CHARACTERS:
        raise InvalidProtein(f"That has {len(text):,} characters; {_MAX_CHARACTERS:,} are the limit.")
    name, sequence = _one_record(text)
    notices = []
    if sequence != sequence.upper():
        notices.append("Lower-case letters were read as upper case.")
        sequence = sequence.upper()
    if sequence.endswith("*"):
        notices.append("The stop sign at the end was left out.")
        sequence = sequence.rstrip("*")
    if not sequence:
        raise InvalidProtein("There is no residue in what was given.", "Give one-letter codes, or a FASTA file.")
    if wrong := sorted({letter for letter in sequence if letter not in _NUMBER and letter not in _NOT_IN_ESM}):
        listed = " ".join(wrong[:_SHOWN])
        raise InvalidProtein(f"Not residues in one-letter code: {listed}", "Letters, and - or . for gaps, can be read.")
    notices += [
        f"{letter} ({meaning}) is unknown to the encoder and was read as any residue."
        for letter, meaning in _NOT_IN_ESM.items()
        if letter in sequence
    ]
    room = max_tokens - SPECIAL_TOKENS
    if len(sequence) > room:
        notices.append(f"Only the first {room:,} of {len(sequence):,} residues are seen by the model.")
    numbers = [_NUMBER.get(letter, _NUMBER["X"]) for letter in sequence[:room]]
    return Protein(sequence, (START, *numbers, END), tuple(notices), name)


def reference_ids(text: str, max_tokens: int) -> tuple[int, ...]:
    """Number a sequence as the reference's tokenizer does: spaces dropped, a run of unknown characters one number."""
    numbers: list[int] = []
    position = 0
    for match in [*_TOKEN.finditer(text), None]:
        between = text[position : match.start() if match else len(text)]
        numbers += [UNKNOWN] * len(between.split())
        if match:
            numbers.append(_NUMBER[match.group()])
            position = match.end()
    return (START, *numbers[: max_tokens - SPECIAL_TOKENS], END)


def _one_record(text: str) -> tuple[str, str]:
    """The name and the letters of the only record, white space left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    headers = [i for i, line in enumerate(lines) if line.startswith(">")]
    if len(headers) > 1:
        raise InvalidProtein(f"There are {len(headers):,} sequences in that FASTA.", "Give one of them.")
    if headers and any(lines[: headers[0]]):
        raise InvalidProtein(
            "There is text before the header of that FASTA.", "A FASTA record begins with > and a name."
        )
    header = lines[headers[0]][1:].split() if headers else []
    body = lines[headers[0] + 1 :] if headers else lines
    letters = "".join("".join(line.split()) for line in body if not line.startswith(";"))
    return header[0] if header else "", letters
