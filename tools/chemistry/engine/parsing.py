"""From text to molecule, behind the input limits: 2,000 characters, 1,000 atoms, one line, no white space.

RDKit takes minutes over some long strings and reads others in surprising ways (an empty string is a molecule of no
atoms, what follows a space is a name), so the limits are checked before it sees anything.
"""

from __future__ import annotations

import re
from typing import Any

from rdkit import Chem, RDLogger, rdBase

from ....memory.errors import InvalidStructure
from ....memory.text import shorten

__all__ = [
    "ATOMS",
    "CHARACTERS",
    "molecule_from",
    "pattern_from",
    "rdkit_version",
    "smiles_of_block",
    "structure_record",
]

CHARACTERS = 2_000
ATOMS = 1_000
SMARTS_CHARACTERS = 500
SMARTS_NESTING = 10
_CHARGE = 12

_TOKENS = re.compile(r"\[[^\]]*\]|Cl|Br|[BCNOPSFIbcnops*]")
_NOT_SMILES = re.compile(r"[^A-Za-z0-9@+\-\[\]()=#$:/\\.%*~]")
_DATIVE = re.compile(r"->|<-")
_SMARTS_ATOM = re.compile(r"\[[^\]]*(?:#\d|[;,&!$^])[^\]]*\]")

RDLogger.DisableLog("rdApp.*")


def rdkit_version() -> str:
    """RDKit's version, which stands in every computed record."""
    return str(rdBase.rdkitVersion)


def molecule_from(text: str) -> Chem.Mol:
    """The molecule that a SMILES or InChI says.

    Raises:
        InvalidStructure: it is empty, too long, holds white space, or is refused by RDKit (with RDKit's reason).
    """
    _check_text(text)
    if text.startswith("InChI="):
        molecule = _parsed(Chem.MolFromInchi, text, "InChI")
    else:
        _check_alphabet(text)
        if len(_TOKENS.findall(text)) > ATOMS:
            raise InvalidStructure(f"The structure has more than {ATOMS:,} atoms.", "Give a smaller structure.")
        molecule = _parsed(Chem.MolFromSmiles, text, "SMILES")
    if molecule.GetNumAtoms() == 0:
        raise InvalidStructure("The structure has no atoms.", "Give a SMILES with at least one atom, such as CCO.")
    if molecule.GetNumAtoms() > ATOMS:
        raise InvalidStructure(f"The structure has more than {ATOMS:,} atoms.", "Give a smaller structure.")
    for atom in molecule.GetAtoms():
        if abs(atom.GetFormalCharge()) > _CHARGE:
            raise InvalidStructure(
                f"Atom {atom.GetIdx()} ({atom.GetSymbol()}) has a charge of {atom.GetFormalCharge():+d}, which no atom has.",
                "Check the charges in square brackets.",
            )
        if atom.GetAtomicNum() == 0:
            raise InvalidStructure(
                f"Atom {atom.GetIdx()} is an open attachment point (*), so this is no whole molecule.",
                "Give the whole structure; a pattern goes into `substructure_filter`.",
            )
        atom.SetAtomMapNum(0)  # the numbers of a reaction scheme are no part of the molecule
    return molecule


def smiles_of_block(block: str) -> str:
    """The canonical SMILES of a molfile (V2000 or V3000); empty where it is none, or beyond the limits."""
    try:
        with rdBase.BlockLogs():
            molecule = Chem.MolFromMolBlock(block)
        return "" if molecule is None else str(Chem.MolToSmiles(molecule_from(Chem.MolToSmiles(molecule))))
    except (InvalidStructure, RuntimeError, ValueError):
        return ""


def _check_alphabet(text: str) -> None:
    if _SMARTS_ATOM.search(text):
        raise InvalidStructure(
            "This is a SMARTS pattern, not a molecule.", "Give the SMILES; a pattern goes into `substructure_filter`."
        )
    plain = _DATIVE.sub("", text)
    if ">" in plain:
        raise InvalidStructure("This is a reaction, not a molecule.", "Give one structure, without the arrow.")
    if hit := _NOT_SMILES.search(plain):
        raise InvalidStructure(
            f"A SMILES cannot hold the character {hit.group()!r} (position {text.index(hit.group()) + 1}).",
            "Give one SMILES, or the molecule's name.",
        )


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidStructure("The structure is empty.", "Give a SMILES such as CCO, or a molecule's name.")
    if len(text) > CHARACTERS:
        raise InvalidStructure(
            f"The structure has {len(text):,} characters; {CHARACTERS:,} is the most.", "Give a smaller structure."
        )
    if any(char.isspace() or not char.isprintable() for char in text):
        raise InvalidStructure(
            "The structure holds white space or control characters.", "Give one structure, without a name behind it."
        )


def _parsed(parse: Any, text: str, kind: str) -> Chem.Mol:
    with rdBase.BlockLogs():
        molecule = parse(text)
    if molecule is not None:
        return molecule
    if kind == "InChI":
        raise InvalidStructure(
            "This InChI cannot be read: RDKit refused it.",
            "Check that it is whole, from `InChI=1S/` to its last layer.",
        )
    raise InvalidStructure(
        f"This SMILES cannot be read: {_reason(text)}.", "Check brackets, ring numbers and valences."
    )


def _reason(text: str) -> str:
    """Why RDKit refused, in its own words made readable."""
    parameters = Chem.SmilesParserParams()
    parameters.sanitize = False
    try:
        with rdBase.BlockLogs():
            raw = Chem.MolFromSmiles(text, parameters)
            if raw is not None:
                problems = Chem.DetectChemistryProblems(raw)
                if problems:
                    return "; ".join(problem.Message().rstrip(".") for problem in list(problems)[:2])
    except (RuntimeError, ValueError):
        return "RDKit refused it"
    for opening, closing, name in ("()", ")", "parenthesis"), ("[]", "]", "square bracket"):
        if text.count(opening[0]) != text.count(closing):
            return f"a {name} is not closed or not opened"
    if _unpaired_ring(text):
        return "a ring number is not closed"
    return "its grammar is not that of SMILES"


def _unpaired_ring(text: str) -> bool:
    bare = re.sub(r"\[[^\]]*\]", "", text)
    labels = re.findall(r"%\d\d|\d", bare)
    return any(labels.count(label) % 2 for label in set(labels))


def pattern_from(smarts: str) -> Chem.Mol:
    """The query that a SMARTS says.

    Raises:
        InvalidStructure: too long, too deeply nested, or refused by RDKit.
    """
    if not smarts.strip() or any(char.isspace() for char in smarts):
        raise InvalidStructure("The SMARTS is empty or holds white space.", "Give one pattern such as S(=O)(=O)N.")
    if len(smarts) > SMARTS_CHARACTERS:
        raise InvalidStructure(
            f"The SMARTS has {len(smarts):,} characters; {SMARTS_CHARACTERS} is the most.", "Give a simpler pattern."
        )
    depth = deepest = 0
    for char in smarts:
        depth += (char in "([") - (char in ")]")
        deepest = max(deepest, depth)
    if deepest > SMARTS_NESTING:
        raise InvalidStructure(
            f"The SMARTS is nested {deepest} deep; {SMARTS_NESTING} is the most.", "Give a simpler pattern."
        )
    with rdBase.BlockLogs():
        query = Chem.MolFromSmarts(smarts)
    if query is None or query.GetNumAtoms() == 0:
        raise InvalidStructure(
            f"This SMARTS cannot be read: {shorten(smarts, 80)}", "Check its brackets and primitives."
        )
    return query


def structure_record(molecule: Chem.Mol) -> dict[str, str]:
    """Canonical isomeric SMILES and standard InChIKey; the key is empty where InChI has no place for the structure."""
    return {"smiles": Chem.MolToSmiles(molecule), "inchikey": inchikey_of(molecule)}


def inchikey_of(molecule: Chem.Mol) -> str:
    """The standard InChIKey, or nothing: InChI refuses some organometallics, and RDKit raises for others."""
    try:
        with rdBase.BlockLogs():
            return str(Chem.MolToInchiKey(molecule))
    except (ValueError, RuntimeError):
        return ""
