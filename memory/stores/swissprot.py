"""Builds the protein store from UniProt's flat file, `uniprot_sprot.dat.gz` or the same unpacked.

`build_uniprot` is the whole of it: the file is streamed into the `uniprot_*` tables of the starter set's schema, with an index
of names and full-text search over them. Afterwards the file is no longer needed.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ..errors import FileRefused, StorageError
from ..store_connection import STARTER
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .flat_file import is_packed
from .names_table import index_words
from .registry import StoreRecord, save, stores_dir
from .swissprot_rows import WIDTHS, Batch, Values, read_batches
from .swissprot_scan import Entry, read_entry, split_entries
from .swissprot_worker import read_beside

__all__ = ["build_uniprot", "read_entries"]

LAYOUT = "2"
BATCH = 2_000
BESIDE_BYTES = 8 << 20
"""From this size on a process of its own reads the file, where there is a core for it; starting one takes a tenth of a second."""
_VALUES = 960
"""Values a statement: statements of many rows save a third of the time; SQLite's own limit is 999 in old versions."""
_HUMAN = 9606
_ANALYSED_ROWS = 1_000
"""Rows of an index that tell SQLite how selective it is; reading all of them would tell it little more."""
_GROWTH_PACKED, _GROWTH_PLAIN = 4.5, 0.9
"""How large the store becomes, in sizes of the file; measured, rounded up."""

_RELEASE = re.compile(r"^\d{4}_\d{2}$")

_SCHEMA = """
CREATE TABLE version (name TEXT PRIMARY KEY, creation_date TEXT, comments TEXT);
-- No keys: rows go to the end of their table, as the file has them, and what finds them is sorted once they are all there.
CREATE TABLE uniprot_entry (
  accession TEXT NOT NULL, entry_name TEXT NOT NULL, reviewed INTEGER NOT NULL, gene TEXT, protein_name TEXT NOT NULL,
  organism TEXT NOT NULL, tax_id INTEGER NOT NULL, family TEXT, length INTEGER NOT NULL, mass_da INTEGER, sequence TEXT NOT NULL,
  protein_existence TEXT);
CREATE TABLE uniprot_name (accession TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE uniprot_location (accession TEXT NOT NULL, location TEXT NOT NULL, topology TEXT);
CREATE TABLE uniprot_keyword (accession TEXT NOT NULL, keyword TEXT NOT NULL, category TEXT);
CREATE TABLE uniprot_xref (accession TEXT NOT NULL, database TEXT NOT NULL, id TEXT NOT NULL);
CREATE TABLE uniprot_disease (accession TEXT NOT NULL, disease TEXT NOT NULL, acronym TEXT, mim TEXT);
CREATE TABLE bc_target_description (accession TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE bc_name (name_key TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL);
CREATE TABLE bc_name_unsorted (name_key TEXT, name TEXT, kind TEXT, id TEXT, rank INTEGER);
"""

_SORTED_NAMES = (
    "INSERT INTO bc_name SELECT name_key, name, kind, id, rank FROM bc_name_unsorted ORDER BY name_key, rank, length(id), id",
    "DROP TABLE bc_name_unsorted",
)
"""In the order in which they are given out."""

_INDEXES = (
    "CREATE UNIQUE INDEX uniprot_entry_accession ON uniprot_entry(accession)",
    "CREATE INDEX uniprot_name_accession ON uniprot_name(accession)",
    "CREATE INDEX uniprot_keyword_accession ON uniprot_keyword(accession)",
    "CREATE INDEX uniprot_xref_accession ON uniprot_xref(accession)",
    "CREATE INDEX uniprot_name_secondary ON uniprot_name(name, accession) WHERE kind = 'secondary_accession'",
    "CREATE INDEX uniprot_entry_gene ON uniprot_entry(gene COLLATE NOCASE)",
    "CREATE INDEX uniprot_entry_organism ON uniprot_entry(tax_id)",
    "CREATE INDEX uniprot_location_accession ON uniprot_location(accession)",
    "CREATE INDEX uniprot_xref_id ON uniprot_xref(id)",
    "CREATE INDEX uniprot_disease_accession ON uniprot_disease(accession)",
    "CREATE INDEX bc_name_key ON bc_name(name_key, kind, rank)",
)


def build_uniprot(file: Path, report: Report = quiet, release: str = "") -> StoreRecord:
    """Build and register the protein store, going on where an earlier attempt ended; the old one stays until it is whole.

    Args:
        file: the flat file, plain or gzipped.
        report: told how far it is.
        release: such as 2025_04; taken from what lies beside the file, or from its newest entry, where not given.

    Raises:
        FileRefused: it is no flat file of UniProt, or not whole.
        StorageError: no room, no permission, or another process is at it.
        WorkerDied: the process that reads the file ended; the same call goes on from there.
        Cancelled: stopped by Ctrl-C; the same call goes on from there.
    """
    if release and not _RELEASE.match(release):
        raise FileRefused(f"{release} is no UniProt release.", "Releases are written as in 2025_04.")
    packed = is_packed(file)
    folder = stores_dir()
    with only_one(folder / "uniprot.lock", "the UniProt store"):
        size = file.stat().st_size
        check_space(folder, int(size * (_GROWTH_PACKED if packed else _GROWTH_PLAIN)))
        target = folder / "uniprot.sqlite"
        build = BuildFile(target, {"source": fingerprint(file), "layout": LAYOUT}, _SCHEMA)
        try:
            newest = _fill(build, file, report)
            known = release or _release_beside(file)
            said = known or f"of {newest} (newest entry)"
            rows = _round_off(build, file, f"UniProt_{said}", newest, report)
            finished = datetime.now(UTC)
            build.finish({"finished": finished.isoformat()})
        except FileRefused:
            build.close()
            discard(build.path)
            raise
        finally:
            build.close()
        record = StoreRecord(
            name="uniprot", release=said, licence="CC BY 4.0", store=target, source=file.resolve(), fingerprint=fingerprint(file),
            rows=rows, bytes=target.stat().st_size, source_bytes=size, built_at=finished,
        )  # fmt: skip
        save(record)
        return record


def read_entries(file: BinaryIO, name: str) -> Iterator[Entry]:
    """Every entry of a flat file. Raises FileRefused."""
    for data, _offset in split_entries(file, name):
        yield read_entry(data)


def _fill(build: BuildFile, file: Path, report: Report) -> str:
    """Stream the entries in; the date of the newest."""
    start, newest = build.position("entries"), _kept(build, "newest")
    if start < 0:
        return newest
    size = file.stat().st_size
    beside = size >= BESIDE_BYTES and (os.cpu_count() or 1) > 1
    batches: Iterator[Batch] = (read_beside if beside else read_batches)(file, start, BATCH)
    with closing(batches):  # type: ignore[type-var]
        for batch in batches:
            newest = max(newest, batch.newest)
            with build.step() as connection:
                for table, values in batch.values.items():
                    _insert(connection, table, values)
                connection.execute("INSERT OR REPLACE INTO bc_build VALUES ('newest', ?)", (newest,))
                build.mark("entries", batch.end)
            report(Progress("entries", batch.read, size))
    with build.step():
        build.mark("entries")
    return newest


def _insert(connection: sqlite3.Connection, table: str, values: Values) -> None:
    """Many rows a statement; then those that are left, a row a statement."""
    width = WIDTHS[table]
    row = f"({', '.join('?' * width)})"
    most = _VALUES // width * width
    whole = len(values) // most * most
    for rows, begin, end, step in ((most // width, 0, whole, most), (1, whole, len(values), width)):
        statement = f"INSERT INTO {table} VALUES {', '.join([row] * rows)}"
        connection.executemany(statement, (values[place : place + step] for place in range(begin, end, step)))


def _round_off(build: BuildFile, file: Path, version: str, newest: str, report: Report) -> dict[str, int]:
    report(Progress("names", 0, 0))
    build.run("names", *_SORTED_NAMES)
    for number, statement in enumerate(_INDEXES):
        report(Progress("indexes", number, len(_INDEXES)))
        try:
            build.run(f"index {number}", statement)
        except StorageError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise FileRefused(
                    f"{file} has an entry twice: {error.__cause__}.", "Take the file as UniProt offers it."
                ) from error
            raise
    with build.step() as connection:
        connection.execute("DELETE FROM version")
        connection.execute("INSERT INTO version VALUES (?, ?, NULL)", (version, newest))
        connection.executemany("INSERT OR REPLACE INTO bc_target_description VALUES (?, ?)", _descriptions(connection))
    report(Progress("words", 0, 0))
    build.run("words", *index_words())
    build.run("statistics", f"PRAGMA analysis_limit={_ANALYSED_ROWS}", "ANALYZE main")
    query = "SELECT count(*), sum(tax_id = ?) FROM uniprot_entry"
    proteins, human = build.connection.execute(query, (_HUMAN,)).fetchone()
    return {"proteins": proteins, "human proteins": human or 0}


def _descriptions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """What this project says of proteins in its own words, of those that are here."""
    with closing(sqlite3.connect(f"{STARTER.as_uri()}?mode=ro&immutable=1", uri=True)) as starter:
        rows = starter.execute("SELECT accession, text FROM bc_target_description").fetchall()
    is_there = "SELECT 1 FROM uniprot_entry WHERE accession = ?"
    return [row for row in rows if connection.execute(is_there, (row[0],)).fetchone()]


def _release_beside(file: Path) -> str:
    """The release as `data pull` noted it, or UniProt's own reldate.txt says it."""
    for name, pattern in (
        (f"{file.name}.release", r"(\d{4}_\d{2})"),
        ("reldate.txt", r"Swiss-Prot Release (\d{4}_\d{2})"),
    ):
        beside = file.with_name(name)
        try:
            found = re.search(pattern, beside.read_text("utf-8", "replace")[:2_000])
        except OSError:
            continue
        if found:
            return found[1]
    return ""


def _kept(build: BuildFile, name: str) -> str:
    row = build.connection.execute("SELECT value FROM bc_build WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else "1986-01-01"  # Swiss-Prot's first year
