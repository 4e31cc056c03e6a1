"""The shapes of identifiers, checked before any of them reaches a source."""

from __future__ import annotations

import re

__all__ = ["is_cas_number", "is_chembl_id", "is_inchikey", "is_uniprot_accession", "public_id"]

_CHEMBL = re.compile(r"(?:CHEMBL\d{1,18}|BCSTARTER\d{1,6}|BCT-?[A-Z0-9-]{1,30})", re.IGNORECASE | re.ASCII)
_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)", re.ASCII)
_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]", re.IGNORECASE | re.ASCII)
# The pattern that UniProt documents for its accessions, with an optional isoform number.
_ACCESSION = re.compile(
    r"(?:[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d{1,3})?", re.IGNORECASE | re.ASCII
)


def is_chembl_id(text: str) -> bool:
    """Whether it has the shape of a ChEMBL id (or of the starter set's own ids)."""
    return _CHEMBL.fullmatch(text) is not None


def is_inchikey(text: str) -> bool:
    """Whether it has the shape of a standard InChIKey."""
    return _INCHIKEY.fullmatch(text) is not None


def is_uniprot_accession(text: str) -> bool:
    """Whether it has the shape of a UniProt accession, isoform number allowed."""
    return _ACCESSION.fullmatch(text) is not None


def is_cas_number(text: str) -> bool:
    """Whether it is a CAS registry number, check digit and all."""
    hit = _CAS.fullmatch(text)
    if hit is None:
        return False
    digits = (hit.group(1) + hit.group(2))[::-1]
    return sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 10 == int(hit.group(3))


def public_id(chembl_id: str) -> str | None:
    """A ChEMBL id as it is; None for an id of the starter set's own, which means nothing to anyone else."""
    return chembl_id if chembl_id.startswith("CHEMBL") else None
