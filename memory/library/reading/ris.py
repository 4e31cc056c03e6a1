"""RIS, the exchange format of reference managers and databases: a document a reference.

Every exporter bends it: `ER` or `TY` may be missing, values go on in further lines with or without indentation, tags are set apart
by blanks or a tab, and the same thing stands under several tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import ReadDocument
from .plain import decoded
from .reference import Reference, reference_document
from .tagged import Field, fields_of, joined

__all__ = ["read", "reference_of"]

# Two blanks or a tab before the hyphen, so that a line of an abstract such as `T1 - weighted` begins no field; one or none only in
# a file that writes all its tags so.
_STRICT = re.compile(r"[ \t]*([A-Z][A-Z0-9])(?:[ ]{2,4}|[ ]?\t)-(?!-)[ ]?(.*)")
_LOOSE = re.compile(r"[ \t]*([A-Z][A-Z0-9])[ \t]{0,4}-(?=\s|$|(?<=TY-)|(?<=TY -))[ ]?(.*)")
_BEGINS = re.compile(r"^[ \t]*TY(?:[ ]{2,4}|[ ]?\t)-", re.MULTILINE)

_TYPES = {
    "JOUR": "Journal Article", "JFULL": "Journal Article", "EJOUR": "Journal Article", "MGZN": "Magazine Article", "BOOK": "Book",
    "EBOOK": "Book", "EDBOOK": "Book", "CHAP": "Book Chapter", "ECHAP": "Book Chapter", "CONF": "Conference Paper",
    "CPAPER": "Conference Paper", "THES": "Thesis", "RPRT": "Report", "PAT": "Patent", "UNPB": "Unpublished", "NEWS": "News",
}  # fmt: skip
_MEDLINE = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_NO_TYPE = re.compile(r"doi|10\.\d|\d+$", re.IGNORECASE)


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The references, one after another. Raises FileRefused for what is no text."""
    text = decoded(data, name)
    entry = 0
    for record in _records(fields_of(text, _STRICT if _BEGINS.search(text) else _LOOSE)):
        reference = reference_of(record)
        if "TY" in record or reference.has_text:
            yield reference_document(reference, "ris", entry)
            entry += 1


def reference_of(record: dict[str, list[list[str]]]) -> Reference:
    """What a record says, by the meaning of its tags. Unknown tags are left out."""

    def said(*tags: str) -> list[str]:
        return [value for tag in tags for lines in record.get(tag, []) if (value := joined(lines))]

    def lines(*tags: str) -> list[str]:
        return [line for tag in tags for lines in record.get(tag, []) for line in lines if line]

    numbers = said("AN") if _MEDLINE.search(" ".join(said("DB", "DP", "N1"))) else []
    return Reference(
        titles=said("TI", "T1", "CT", "BT", "ST"),
        abstracts=said("AB", "N2"),
        authors=lines("AU", "A1") or lines("A2", "ED"),
        dates=said("PY", "Y1", "YR", "DA"),
        journals=said("JF", "T2", "JO", "JA", "J2", "J1", "BT"),
        dois=said("DO", "DI"),
        pmids=numbers,
        pmcids=[value for value in said("C2", "AN") if value.upper().startswith("PMC")],
        types=[value for value in said("M3") if not _NO_TYPE.match(value)]
        or [_TYPES[value] for value in lines("TY") if value in _TYPES][:1],
        keywords=lines("KW"),
        languages=said("LA"),
        links=said("UR", "L1", "L2", "LK", "L3"),
        notes=["\n".join(lines("N1", "C1", "RN", "U1", "U2", "U3", "M1", "M3"))],
    )


def _records(fields: Iterator[Field]) -> Iterator[dict[str, list[list[str]]]]:
    """Fields of a reference by tag; one ends at `ER`, or where the next begins."""
    held: dict[str, list[list[str]]] = {}
    for tag, lines, _ in fields:
        if tag == "ER" or (tag == "TY" and held.keys() - {"TY"}):
            if held:
                yield held
            held = {}
        if tag != "ER":
            held.setdefault(tag, []).append(lines)
    if held:
        yield held
