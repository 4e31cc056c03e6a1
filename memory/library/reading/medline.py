"""MEDLINE's tagged text, PubMed's own export (`.nbib`): a document a record.

Not by Bio.Medline, which takes a tag and its value by their columns: of a file that was edited by hand or by another program it loses
first letters and lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...articles.article import EditorialNotice
from ..document import ReadDocument
from .plain import decoded
from .reference import Reference, notice_from, reference_document
from .tagged import Field, fields_of, joined

__all__ = ["read"]

# A tag is padded to four columns; where it is not, a blank must follow its hyphen, since `TNF-alpha` begins no field.
_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3})(?: {2}-| ?-(?=\s|$)|(?<=PMID)-(?=\d)|(?<=PMC) -)[ ]?(.*)")
_FIRST = frozenset(("PMID", "PMC", "PMCR", "OWN", "STAT"))
"""What a record may begin with behind an empty line."""
_RELATIONS = {
    "RIN": "retraction in", "ROF": "retraction of", "PRIN": "partial retraction in", "PROF": "partial retraction of",
    "RRI": "retracted and republished in", "RRF": "retracted and republished from", "EIN": "erratum in", "EFR": "erratum for",
    "ECI": "expression of concern in", "ECF": "expression of concern for", "CRI": "corrected and republished in",
    "CRF": "corrected and republished from", "RPI": "republished in", "RPF": "republished from", "UIN": "update in",
    "UOF": "update of",
}  # fmt: skip
_ID = re.compile(r"(\S+)\s*\[(\w+)\]")
_NUMBER = re.compile(r"\s*(\d{1,8})\b")


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The records, one after another. Raises FileRefused for what is no text."""
    entry = 0
    for record in _records(fields_of(decoded(data, name), _TAG)):
        if "PMID" in record or any(record.get(tag) for tag in ("TI", "BTI", "AB")):
            yield reference_document(_reference(record), "medline", entry)
            entry += 1


def _records(fields: Iterator[Field]) -> Iterator[dict[str, list[str]]]:
    held: dict[str, list[str]] = {}
    for tag, lines, apart in fields:
        if held and ((tag == "PMID" and "PMID" in held) or (apart and tag in _FIRST)):
            yield held
            held = {}
        held.setdefault(tag, []).append(joined(_until_empty(lines)))
    if held:
        yield held


def _until_empty(lines: list[str]) -> list[str]:
    """Without what stands behind an empty line: no value of MEDLINE holds one, and what comes then is a footer."""
    return lines[: lines.index("")] if "" in lines[1:] and lines[0] else lines


def _reference(record: dict[str, list[str]]) -> Reference:
    def said(*tags: str) -> list[str]:
        return [value for tag in tags for value in record.get(tag, []) if value]

    ids = [(found[1], found[2].lower()) for value in said("LID", "AID") if (found := _ID.match(value))]
    about_this: list[EditorialNotice] = []
    about_others: list[EditorialNotice] = []
    for tag, relation in _RELATIONS.items():
        for cited in said(tag):
            notice = notice_from(relation, cited)
            if notice is not None:
                (about_this if notice[1] else about_others).append(notice[0])
    return Reference(
        titles=said("TI", "BTI", "CTI", "TT"),
        abstracts=said("AB", "OAB"),
        authors=said("AU") or said("FAU") or said("ED", "FED"),
        groups=said("CN"),
        dates=said("DP", "DEP"),
        journals=said("JT", "TA", "BTI"),
        dois=[value for value, kind in ids if kind == "doi"] or said("AID"),
        pmids=[found[1] for value in said("PMID") if (found := _NUMBER.match(value))],
        pmcids=[value.split()[0] for value in said("PMC")],
        types=said("PT"),
        keywords=[*(value.partition("/")[0] for value in said("MH")), *said("OT")],
        languages=said("LA"),
        notices=about_this,
        notice_of=about_others,
    )
