"""DNA, RNA and peptides in running text, with FASTA headers and blocks of ten put together.

Told apart by their letters: eight or more of ACGTN are DNA, of ACGUN RNA; seven or more amino acid letters in
capitals that are not all element symbols (which a SMILES would be) are a peptide, unless they spell a word or name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .frames import EntityKind

__all__ = ["RESIDUES", "sequences"]

RESIDUES = {
    "alanine": "A", "arginine": "R", "asparagine": "N", "aspartate": "D", "aspartic acid": "D", "cysteine": "C", "glutamine": "Q",
    "glutamate": "E", "glutamic acid": "E", "glycine": "G", "histidine": "H", "isoleucine": "I", "leucine": "L", "lysine": "K",
    "methionine": "M", "phenylalanine": "F", "proline": "P", "serine": "S", "threonine": "T", "tryptophan": "W", "tyrosine": "Y", "valine": "V",
}  # fmt: skip
"""Amino acids by name, with their letters."""

_NEXT = re.compile(r"[ \t]*\n?[ \t\d]*([A-Za-z]+\*?)")
_WORD = re.compile(r"[A-Za-z]+\*?")
_DNA = frozenset("ACGTN")
_DNA_WIDE = frozenset("ACGTNRYSWKMBDHV")
_RNA = frozenset("ACGUN")
_PEPTIDE = frozenset("ACDEFGHIKLMNPQRSTVWYX")
_ELEMENTS = frozenset("CNOSPFIBH")
_PROTEIN_ONLY = frozenset("DEFHIKLMPQRVWY")


_CODONS = re.compile(
    r"\b(?P<codons>[ACGTU]{3}(?:[ -][ACGTU]{3}){2,})\b|\bcodons?\s+(?:5'-?)?(?P<one>[ACGTU]{3})\b", re.IGNORECASE
)
_ANNOUNCED_BASES = re.compile(
    r"\b(?:dna|rna|seq(?:uence)?|gc(?:\s*content)?|g\s?\+\s?c|translate|transcribe|(?:reverse|rev)?[ .-]*comp(?:lement)?\.?|revcomp|rc|strand|oligo|primer)(?:\s+(?:of|for|is|the|this))*\W{1,3}$",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:peptide|protein|sequence|polypeptide|seq|pi|gravy|protparam(?:\s+on)?|instability(?:\s+index)?)(?:\s+(?:of|for|on|the))*\W{1,3}$",
    re.IGNORECASE,
)


def _before(text: str, hit: re.Match[str]) -> str:
    """The words right before it: enough to see whether they announce it, however long the text is."""
    return text[max(0, hit.start() - 80) : hit.start()]


def _announced_bases(text: str, hit: re.Match[str]) -> EntityKind | None:
    """Four or more bases right behind the words that ask for them: `GC of GGCCAA`."""
    word = hit.group().upper()
    if len(word) < 4 or not (set(word) <= _DNA or set(word) <= _RNA) or not _ANNOUNCED_BASES.search(_before(text, hit)):
        return None
    return "rna" if "U" in word else "dna"


def _announced_peptide(text: str, hit: re.Match[str]) -> EntityKind | None:
    """Lower-case letters right behind the word `peptide` are one, at half the length otherwise asked for."""
    word = hit.group().rstrip("*")
    if (
        len(word) >= 5
        and (word.islower() or word.isupper())
        and set(word.upper()) <= _PEPTIDE
        and not word.lower().endswith(("ing", "tion", "ed"))
    ):
        return "peptide" if _ANNOUNCED.search(_before(text, hit)) and (word.isupper() or _unlike_a_word(word)) else None
    return None


def _unlike_a_word(word: str) -> bool:
    """Words have a vowel in every few letters and seldom three consonants in a row."""
    return re.search(r"[^aeiouy]{3}", word.lower()) is not None or not set("aeiou") & set(word.lower())


def sequences(text: str, *, joined: bool = True) -> Iterator[tuple[int, int, str, EntityKind]]:
    """Start, end, letters in capitals and kind of every sequence; lines and, where `joined`, blocks of ten are put together."""
    position = 0
    for codons in _CODONS.finditer(text):
        group = "codons" if codons.group("codons") else "one"
        letters = re.sub(r"[^A-Za-z]", "", codons.group(group)).upper()
        yield codons.start(group), codons.end(group), letters, "rna" if "U" in letters else "dna"
    while position < len(text):
        hit = _WORD.search(text, position)
        if hit is None:
            return
        position = hit.end()
        if not _stands_free(text, hit.start(), hit.end()):
            continue
        kind = _kind(hit.group()) or _announced_bases(text, hit) or _announced_peptide(text, hit)
        if kind is None:
            continue
        letters, end = hit.group(), hit.end()
        while (more := _NEXT.match(text, end)) is not None:
            piece = more.group(1)
            if not _stands_free(text, more.start(1), more.end(1)) or not _continues(
                piece, kind, letters, text[end : more.start(1)], joined
            ):
                break
            letters, end = letters + piece, more.end(1)
        position = end
        start = hit.start()
        if lead := re.search(r"5['’′]-?\s?$", text[max(0, start - 4) : start]):
            start -= len(lead.group())
        if tail := re.match(r"\s?-?3['’′]", text[end : end + 4]):
            end += len(tail.group())
            position = end
        yield start, end, letters.upper(), kind


def _stands_free(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before == "-" and start > 1 and text[start - 2] in "'’′5":
        before = " "
    if after == "-" and end + 1 < len(text) and text[end + 1] == "3":
        after = " "
    return (
        before not in "@[]()=#-_/\\+." + "0123456789"
        and after not in "@[(=#_/\\+-0123456789"
        and not (after == ")" and before != "(")
    ) or (before == "(" and after == ")")


def _kind(word: str) -> EntityKind | None:
    upper, plain = word.upper().rstrip("*"), word.rstrip("*")
    letters = set(upper)
    same_case = plain.isupper() or plain.islower()
    if not same_case:
        return None
    if len(upper) >= 8 and letters <= _DNA and len(letters) > 1 and len(letters - {"N"}) >= 2:
        return "dna"
    if len(upper) >= 8 and letters <= _RNA and "U" in letters:
        return "rna"
    if len(upper) >= 12 and letters <= _DNA_WIDE and sum(upper.count(base) for base in "ACGT") >= 0.8 * len(upper):
        return "dna"
    if (
        plain.isupper()
        and len(upper) >= 7
        and letters <= _PEPTIDE
        and not letters <= _ELEMENTS
        and letters & _PROTEIN_ONLY
    ):
        return "peptide"
    if plain.islower() and len(upper) >= 25 and letters <= _PEPTIDE:
        return "peptide"
    return None


def _continues(piece: str, kind: EntityKind, so_far: str, gap: str, joined: bool) -> bool:
    """Whether a following word is the next line or block of ten of the same sequence."""
    upper = piece.upper().rstrip("*")
    alphabet = _DNA if kind == "dna" else _RNA if kind == "rna" else _PEPTIDE
    if (
        not set(upper) <= alphabet
        or piece.rstrip("*").isupper() != so_far.rstrip("*").isupper()
        or so_far.endswith("*")
    ):
        return False
    if "\n" in gap:
        return len(so_far) >= 20 and (len(upper) >= 10 or len(so_far) >= 50)
    # Blocks of ten, as UniProt and GenBank print them; two sequences side by side are two.
    return joined and len(so_far) % 10 == 0 and len(upper) <= 10
