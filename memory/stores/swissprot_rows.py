"""The store's rows of a flat file's entries, batch by batch: read here, or by a process of its own beside the one that writes.

Values of a table stand one behind the other, as SQLite's statements of many rows take them. Not for files of other shapes than
`swissprot_scan` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..names_index import FOREIGN, TARGET_RANKS
from .fast_keys import fast_key
from .flat_file import is_packed, opened_at
from .names_table import SHORTEST, curated_names
from .swissprot_scan import Entry, read_entry, split_entries

__all__ = ["WIDTHS", "Batch", "read_batches"]

WIDTHS = {
    "uniprot_entry": 12, "uniprot_name": 3, "uniprot_location": 3, "uniprot_keyword": 3, "uniprot_xref": 3, "uniprot_disease": 4,
    "bc_name_unsorted": 5,
}  # fmt: skip
"""How many values a row has, by table."""

_HUMAN = 9606
_FOREIGN_RANKS = {kind: rank + FOREIGN for kind, rank in TARGET_RANKS.items()}
_NEWEST = re.compile(rb"\nDT   (\d\d)-([A-Z]{3})-(\d{4}), entry version")
_MONTHS = {month: b"%02d" % n for n, month in enumerate(b"JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}

Values = list[str | int | None]
Names = dict[str, list[tuple[str, str, int]]]
"""By accession: (key, name, rank)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of some entries that follow each other."""

    end: int
    """Bytes of the unpacked file up to the end of the last of them."""
    read: int
    """Bytes of the file as it is that have been read by then."""
    newest: str
    """The latest date of an entry's version; empty where none has one."""
    values: dict[str, Values] = field(default_factory=dict)


def read_batches(file: Path, start: int, entries: int) -> Iterator[Batch]:
    """All batches of so many entries from a byte of the unpacked file on.

    Raises:
        FileRefused: it is damaged, cut short, or no flat file.
        StorageError: the system cannot read it.
    """
    categories, curated = _categories(), _curated()
    with opened_at(file, is_packed(file), start) as (stream, plain):
        values, dates, count, end = _no_rows(), set[tuple[bytes, bytes, bytes]](), 0, 0
        for data, end in split_entries(stream, str(file)):
            _add_rows(read_entry(data), categories, curated, values)
            dated = _NEWEST.search(data)
            if dated is not None:
                dates.add((dated[1], dated[2], dated[3]))
            count += 1
            if count == entries:
                yield Batch(start + end, plain.tell(), _newest(dates), values)
                values, dates, count = _no_rows(), set(), 0
        if count:
            yield Batch(start + end, plain.tell(), _newest(dates), values)


def _no_rows() -> dict[str, Values]:
    return {table: [] for table in WIDTHS}


def _add_rows(entry: Entry, categories: dict[str, str], curated: Names, into: dict[str, Values]) -> None:
    accession = entry.accession
    into["uniprot_entry"] += (
        accession, entry.entry_name, int(entry.reviewed), entry.gene, entry.protein_name, entry.organism, entry.tax_id,
        entry.family, entry.length, entry.mass_da, entry.sequence, entry.existence,
    )  # fmt: skip
    values = into["uniprot_name"]
    for kind, name in entry.names:
        values += (accession, kind, name)
    values = into["uniprot_keyword"]
    for word in entry.keywords:
        values += (accession, word, categories.get(word))
    for location, topology in entry.locations:
        into["uniprot_location"] += (accession, location, topology)
    for database, identifier in entry.xrefs:
        into["uniprot_xref"] += (accession, database, identifier)
    for disease, acronym, mim in entry.diseases:
        into["uniprot_disease"] += (accession, disease, acronym, mim)
    values = into["bc_name_unsorted"]
    for key, (rank, _kind, name) in _ranked(entry, curated).items():
        values += (key, name, "target", accession, rank)


def _ranked(entry: Entry, curated: Names) -> dict[str, tuple[int, str, str]]:
    """Each key of its names once, with (rank, kind, name) at its best; names that are kept by hand come before any other."""
    found = {key: (rank, "", name) for key, name, rank in curated.get(entry.accession, ())}
    ranks = TARGET_RANKS if entry.tax_id == _HUMAN else _FOREIGN_RANKS
    for kind, name in entry.names:
        if kind in ranks:
            key = fast_key(name)
            if key not in found:
                if len(key) >= SHORTEST:
                    found[key] = (ranks[kind], kind, name)
            elif (ranks[kind], kind, name) < found[key]:
                found[key] = (ranks[kind], kind, name)
    return found


def _curated() -> Names:
    found: Names = {}
    for key, name, _kind, accession, rank, _place in curated_names():
        found.setdefault(accession, []).append((key, name, rank))
    return found


def _categories() -> dict[str, str]:
    """UniProt's category of a keyword. The flat file does not say it; those of the keywords of drug targets are kept here."""
    lines = Path(__file__).with_name("keyword_categories.tsv").read_text("utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def _newest(dates: set[tuple[bytes, bytes, bytes]]) -> str:
    known = [(year, _MONTHS[month], day) for day, month, year in dates if month in _MONTHS]
    return "-".join(part.decode() for part in max(known)) if known else ""
