"""Structures in running text: SMILES by their grammar, InChI, InChIKey, ChEMBL ids.

What follows SMILES grammar and could be no word is taken for a molecule even where its chemistry is wrong, so that
the tool can say what is wrong with it; RDKit, in its worker, is the judge of chemistry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = [
    "chembl_ids",
    "follows_grammar",
    "inchi_keys",
    "inchis",
    "is_broken_smiles",
    "looks_like_smarts",
    "smiles_tokens",
]

_INCHI = re.compile(r"InChI=1S?/[^\s\"'`“”‘’<>]+")
_INCHIKEY = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]{14}-[A-Za-z]{10}-[A-Za-z](?![A-Za-z0-9-])")
_CHEMBL = re.compile(r"(?<![A-Za-z0-9])CHEMBL(?P<gap>[ -]?)(?P<number>\d{1,18})(?!\d)", re.IGNORECASE)
_NEWEST_RELEASE = 60
"""`ChEMBL 36`, set apart and this small, is a release of the database and no molecule."""

_CHUNK = re.compile(r"[^\s,;|\"'`“”‘’«»]+")
_ATOM = re.compile(
    r"Cl|Br|[BCNOPSFI]|[bcnops]"
    r"|\[(?:\d{1,3})?(?:[A-Z][a-z]?|[a-z][a-z]?|\*|#\d{1,3})(?:@@?(?:(?:TH|AL|SP|TB|OH)\d{1,2})?)?(?:H\d?)?"
    r"(?:[+-]{1,4}\d{0,6}|[+-]\d{1,6})?(?::\d{1,4})?\]"
)
_SYNTAX = re.compile(
    rf"(?P<atom>{_ATOM.pattern})|(?P<bond>[-=#$:/\\~])|(?P<ring>%\(\d{{1,5}}\)|%\d\d|\d)|(?P<other>[().])"
)
_TELLING = re.compile(r"[=#\[\]@\\]|\(|[a-zA-Z\])]\d")
_PLAIN = frozenset("BCNOPSFI")
# Formulas and codes that follow the grammar and are no structures: C8, SB203580 is refused by S–B–2, IC50 by rings.
_NOT_STRUCTURES = frozenset("I IN IF ON NO SO OF IS OK CO CNS COX PO PK PPI CNN NCI FBS PBS BBB FDA PC OS".split())


def inchis(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and InChI, without the full stop or question mark that ended the sentence."""
    for hit in _INCHI.finditer(text):
        value = hit.group().rstrip("?!.;:")
        value = value.rstrip(",")
        if value.endswith(")") and value.count("(") < value.count(")"):
            value = value[:-1]
        yield hit.start(), hit.start() + len(value), value


def inchi_keys(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and InChIKey in capitals."""
    for hit in _INCHIKEY.finditer(text):
        if hit.group().isupper() or hit.group().islower():
            yield hit.start(), hit.end(), hit.group().upper()


def chembl_ids(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and ChEMBL id, as ChEMBL writes it."""
    for hit in _CHEMBL.finditer(text):
        if not (hit.group("gap") and int(hit.group("number")) <= _NEWEST_RELEASE):
            yield hit.start(), hit.end(), f"CHEMBL{hit.group('number')}"


def smiles_tokens(text: str, *, bare: bool = False) -> Iterator[tuple[int, int, str]]:
    """Start, end and SMILES of every chunk that follows SMILES grammar and reads as no word.

    Args:
        text: the question.
        bare: also take chunks of capital letters alone (CCO, CCN), as where a structure was announced.
    """
    for hit in _CHUNK.finditer(text):
        found = _trimmed(hit.group(), hit.start(), bare)
        if found:
            yield found


def _trimmed(chunk: str, start: int, bare: bool) -> tuple[int, int, str] | None:
    if len(chunk) < 2 or not any(char in "BCNOPSFIbcnops[" for char in chunk):
        return None
    for lead in range(2):
        if lead and not (
            chunk[:1] == "(" or chunk.lower().startswith("smiles=") or chunk.lower().startswith("smiles:")
        ):
            break
        offset = 0 if not lead else 1 if chunk[0] == "(" else 7
        body = chunk[offset:]
        for cut in range(min(4, len(body))):
            piece = body[: len(body) - cut]
            if cut and body[len(body) - cut] not in ".?!:)*":
                break
            if _is_smiles(piece, bare):
                return start + offset, start + offset + len(piece), piece
    return None


def _is_smiles(piece: str, bare: bool) -> bool:
    if len(piece) < 2 or not follows_grammar(piece):
        return False
    if set(piece) <= _PLAIN:
        return _bare_chain(piece, bare)
    letters = "".join(char for char in piece if char.isalpha())
    if not _TELLING.search(piece):
        # Only letters, hyphens, stops: CCCl, ClCCl, C.C, Br-Br, but not "Bob", "soon", "scoop" or "C-C chemokine".
        heavy = piece.count("C") + piece.count("c")
        return heavy >= 2 and piece.startswith(("C", "Cl", "Br", "O", "N", "F", "I", "S")) and not piece[1:].islower()
    if piece.isalnum() and not any(char.islower() for char in piece):
        # Codes such as CN2, SC5, P53 and ICS15 have an unclosed ring; C1CC1 closes it.
        return len(letters) >= 3 and "C" in letters
    return len(letters) >= 2 or "[" in piece


def _bare_chain(piece: str, bare: bool) -> bool:
    if piece in _NOT_STRUCTURES:
        return False
    if bare:
        return True
    return len(piece) >= 3 and ("CC" in piece or piece in ("CNC", "COC", "CSC", "CCO", "CCN", "OCO"))


def follows_grammar(text: str) -> bool:
    """Whether `text` is SMILES by syntax: known tokens, closed branches and rings, a bond between atoms."""
    if "(" not in text and "[" not in text and len(text) > 5_000:
        return False
    position, depth, previous = 0, 0, "start"
    rings: set[str] = set()
    while position < len(text):
        hit = _SYNTAX.match(text, position)
        if hit is None:
            return False
        token, kind = hit.group(), hit.lastgroup
        if kind == "ring":
            if previous not in ("atom", "ring", "bond"):
                return False
            rings ^= {token.lstrip("%")}
        elif kind == "bond":
            if previous in ("start", "bond", "stop"):
                return False
        elif kind == "other":
            if token == "(":
                depth += 1
                if previous not in ("atom", "ring", "close"):
                    return False
                kind = "open"
            elif token == ")":
                depth -= 1
                if depth < 0 or previous in ("open", "bond", "start"):
                    return False
                kind = "close"
            else:
                if previous not in ("atom", "ring", "close"):
                    return False
                kind = "stop"
        previous = str(kind)
        position = hit.end()
    return depth == 0 and not rings and previous in ("atom", "ring", "close")


_SMARTS_MARKS = re.compile(
    r"\[[^\]]*[,;!&$][^\]]*\]|\[#\d+|\[[A-Za-z]?[XDRrHhv]\d|\*~|~\*|\[\*\]|\[R\d?\]|\[[a-zA-Z]+[XxDvRr]\d"
)


def looks_like_smarts(chunk: str) -> bool:
    """Whether a chunk without white space is a query pattern: brackets with logic, #6, X3, and balanced."""
    balanced = chunk.count("[") == chunk.count("]") and chunk.count("(") == chunk.count(")")
    return len(chunk) >= 4 and balanced and bool(_SMARTS_MARKS.search(chunk))


_SMILES_LETTERS = re.compile(r"(?:Cl|Br|Si|Se|Na|Li|[BCNOPSFIHKbcnops0-9@+\-\[\]()=#/\\%.$:*])+")


def is_broken_smiles(chunk: str) -> bool:
    """Whether a chunk is written as a SMILES is, and is none: unclosed rings or branches, or a letter too many.

    It needs carbon and the signs of a structure, so that no word, code or formula passes for one.
    """
    if len(chunk) < 6 or follows_grammar(chunk) or _SMILES_LETTERS.fullmatch(chunk) is None:
        return False
    carbons = chunk.count("C") + chunk.count("c")
    signs = sum(char in "=#()[]@" for char in chunk) + sum(char.isdigit() for char in chunk)
    return carbons >= 3 and signs >= 2 and any(char in "=#([@" for char in chunk)
