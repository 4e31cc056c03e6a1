"""What may be asked with: identifiers, names and structures, checked by their shape before they reach a request."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....memory.errors import InvalidArguments, InvalidIdentifier, InvalidStructure
from ....memory.text import clean, shorten
from ...identifiers import is_inchikey, is_uniprot_accession

__all__ = ["accession", "chembl_id", "chembl_ids", "inchikey", "is_public_id", "name", "structure"]

_CHEMBL_ID = re.compile(r"CHEMBL\d{1,9}", re.IGNORECASE | re.ASCII)
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()\\/%=#$:.*~{}]+", re.ASCII)
_LONGEST_NAME = 250
_LONGEST_SMILES = 2000


def is_public_id(text: str) -> bool:
    """Whether it has the shape of an id that ChEMBL itself gives: the starter set's own ids mean nothing to it."""
    return _CHEMBL_ID.fullmatch(text.strip()) is not None


def chembl_id(text: str) -> str:
    """A ChEMBL id in capitals. Raises InvalidIdentifier."""
    if not is_public_id(text):
        raise InvalidIdentifier(
            f"“{_shown(text)}” is no ChEMBL id.",
            "An id looks like CHEMBL25; ids of the starter set are not known there.",
        )
    return text.strip().upper()


def chembl_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """ChEMBL ids, each once, in their order."""
    return tuple(dict.fromkeys(chembl_id(text) for text in texts))


def inchikey(text: str) -> str:
    """An InChIKey in capitals. Raises InvalidIdentifier."""
    if not is_inchikey(text.strip()):
        raise InvalidIdentifier(f"“{_shown(text)}” is no InChIKey.", "It looks like BSYNRYMUTXBXSQ-UHFFFAOYSA-N.")
    return text.strip().upper()


def accession(text: str) -> str:
    """A UniProt accession in capitals. Raises InvalidIdentifier."""
    if not is_uniprot_accession(text.strip()):
        raise InvalidIdentifier(f"“{_shown(text)}” is no UniProt accession.", "It looks like P00533.")
    return text.strip().upper()


def name(text: str) -> str:
    """A name as someone writes it, cleaned. Raises InvalidArguments."""
    found = " ".join(clean(text).split())
    if not found or len(found) > _LONGEST_NAME:
        raise InvalidArguments(f"A name has 1 to {_LONGEST_NAME} characters, not {len(found):,}.", "Shorten it.")
    return found


def structure(text: str) -> str:
    """A SMILES by its characters and length; whether chemistry allows it is for the service. Raises InvalidStructure."""
    found = text.strip()
    if len(found) > _LONGEST_SMILES:
        raise InvalidStructure(
            f"A SMILES has at most {_LONGEST_SMILES:,} characters, not {len(found):,}.", "Shorten it."
        )
    if _SMILES.fullmatch(found) is None or not any(char.isalpha() or char == "*" for char in found):
        raise InvalidStructure(f"“{_shown(text)}” is no SMILES.", "Give a SMILES such as CCO, or a ChEMBL id.")
    return found


def _shown(text: str) -> str:
    return shorten(clean(text), 60)
