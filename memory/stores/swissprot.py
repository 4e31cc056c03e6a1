"""Builds the protein store from UniProt's flat file, `uniprot_sprot.dat.gz` or the same unpacked.

`build_uniprot` is the whole of it: the file is streamed into the `uniprot_*` tables of the starter set's schema, with an index
of names and full-text search over them. Afterwards the file is no longer needed.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ..errors import FileRefused
from ..names_index import FOREIGN, TARGET_RANKS
from ..store_connection import STARTER
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .fast_keys import fast_key
from .names_table import NameRow, curated_names, fill_names, index_words
from .registry import StoreRecord, save, stores_dir
from .swissprot_scan import Entry, read_entry, split_entries

__all__ = ["build_uniprot", "read_entries", "rows_of"]

LAYOUT = "1"
BATCH = 2_000
_HUMAN = 9606
_GROWTH_PACKED, _GROWTH_PLAIN = 4.5, 0.9
"""How large the store becomes, in sizes of the file; measured, rounded up."""

_GET_ONE = "Get uniprot_sprot.dat.gz: `biocopilot data pull uniprot`."
_RELEASE = re.compile(r"^\d{4}_\d{2}$")
_NEWEST = re.compile(rb"^DT   (\d{2}-[A-Z]{3}-\d{4}), entry version", re.MULTILINE)

_SCHEMA = """
CREATE TABLE version (name TEXT PRIMARY KEY, creation_date TEXT, comments TEXT);
CREATE TABLE uniprot_entry (
  accession TEXT PRIMARY KEY, entry_name TEXT NOT NULL, reviewed INTEGER NOT NULL, gene TEXT, protein_name TEXT NOT NULL,
  organism TEXT NOT NULL, tax_id INTEGER NOT NULL, family TEXT, length INTEGER NOT NULL, mass_da INTEGER, sequence TEXT NOT NULL,
  protein_existence TEXT) WITHOUT ROWID;
-- In the key's order: SQLite up to 3.40 takes a file for damaged where a table without row ids has its key in another one.
CREATE TABLE uniprot_name (
  accession TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (accession, kind, name)) WITHOUT ROWID;
CREATE TABLE uniprot_location (accession TEXT NOT NULL, location TEXT NOT NULL, topology TEXT);
CREATE TABLE uniprot_keyword (
  accession TEXT NOT NULL, keyword TEXT NOT NULL, category TEXT, PRIMARY KEY (accession, keyword)) WITHOUT ROWID;
CREATE TABLE uniprot_xref (
  accession TEXT NOT NULL, database TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (accession, database, id)) WITHOUT ROWID;
CREATE TABLE uniprot_disease (accession TEXT NOT NULL, disease TEXT NOT NULL, acronym TEXT, mim TEXT);
CREATE TABLE bc_target_description (accession TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE bc_name (name_key TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL);
"""

_INDEXES = (
    "CREATE INDEX uniprot_name_secondary ON uniprot_name(name, accession) WHERE kind = 'secondary_accession'",
    "CREATE INDEX uniprot_entry_gene ON uniprot_entry(gene COLLATE NOCASE)",
    "CREATE INDEX uniprot_entry_organism ON uniprot_entry(tax_id)",
    "CREATE INDEX uniprot_location_accession ON uniprot_location(accession)",
    "CREATE INDEX uniprot_xref_id ON uniprot_xref(id)",
    "CREATE INDEX uniprot_disease_accession ON uniprot_disease(accession)",
    "CREATE INDEX bc_name_key ON bc_name(name_key, kind, rank)",
)

Rows = dict[str, list[tuple[object, ...]]]


def build_uniprot(file: Path, report: Report = quiet, release: str = "") -> StoreRecord:
    """Build and register the protein store, going on where an earlier attempt ended; the old one stays until it is whole.

    Args:
        file: the flat file, plain or gzipped.
        report: told how far it is.
        release: such as 2025_04; taken from what lies beside the file, or from its newest entry, where not given.

    Raises:
        FileRefused: it is no flat file of UniProt, or not whole.
        StorageError: no room, no permission, or another process is at it.
        Cancelled: stopped by Ctrl-C; the same call goes on from there.
    """
    if release and not _RELEASE.match(release):
        raise FileRefused(f"{release} is no UniProt release.", "Releases are written as in 2025_04.")
    packed = _look_at(file)
    folder = stores_dir()
    with only_one(folder / "uniprot.lock", "the UniProt store"):
        size = file.stat().st_size
        check_space(folder, int(size * (_GROWTH_PACKED if packed else _GROWTH_PLAIN)))
        target = folder / "uniprot.sqlite"
        build = BuildFile(target, {"source": fingerprint(file), "layout": LAYOUT}, _SCHEMA)
        try:
            newest = _fill(build, file, packed, report)
            known = release or _release_beside(file)
            said = known or f"of {newest} (newest entry)"
            rows = _round_off(build, f"UniProt_{said}", newest, report)
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


def rows_of(entry: Entry, categories: dict[str, str], into: Rows) -> None:
    """The entry's rows, by table."""
    accession = entry.accession
    into["uniprot_entry"].append((
        accession, entry.entry_name, int(entry.reviewed), entry.gene, entry.protein_name, entry.organism, entry.tax_id,
        entry.family, entry.length, entry.mass_da, entry.sequence, entry.existence,
    ))  # fmt: skip
    into["uniprot_name"] += [(accession, kind, name) for kind, name in entry.names]
    into["uniprot_location"] += [(accession, *place) for place in entry.locations]
    into["uniprot_keyword"] += [(accession, word, categories.get(word)) for word in entry.keywords]
    into["uniprot_xref"] += [(accession, *xref) for xref in entry.xrefs]
    into["uniprot_disease"] += [(accession, *disease) for disease in entry.diseases]


_WIDTHS = {
    "uniprot_entry": 12, "uniprot_name": 3, "uniprot_location": 3, "uniprot_keyword": 3, "uniprot_xref": 3, "uniprot_disease": 4,
}  # fmt: skip


def _look_at(file: Path) -> bool:
    """Whether it is gzipped. Raises FileRefused where it cannot be a flat file."""
    if file.is_dir():
        raise FileRefused(f"{file} is a folder.", _GET_ONE)
    try:
        with file.open("rb") as plain:
            head = plain.read(5)
            packed = head[:2] == b"\x1f\x8b"
            if packed:
                plain.seek(0)
                with gzip.GzipFile(fileobj=plain) as stream:
                    head = stream.read(5)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _not_whole(file, error) from error
    except OSError as error:
        raise FileRefused(f"{file} cannot be read: {error.strerror}.", _GET_ONE) from error
    if not head:
        raise FileRefused(f"{file} is empty.", _GET_ONE)
    if head != b"ID   ":
        what = "a SQLite database" if head == b"SQLit" else "XML" if head == b"<?xml" else "something else"
        raise FileRefused(f"{file} is no flat file of UniProt: it is {what}.", _GET_ONE)
    return packed


def _not_whole(file: Path, error: Exception) -> FileRefused:
    return FileRefused(
        f"{file} is damaged or cut short: {error}.", "Download it again: `biocopilot data pull uniprot`."
    )


def _fill(build: BuildFile, file: Path, packed: bool, report: Report) -> str:
    """Stream the entries in; the date of the newest."""
    size = file.stat().st_size
    if build.position("entries") < 0:
        return _kept(build, "newest")
    categories = _categories()
    newest = date.fromisoformat(_kept(build, "newest"))
    with file.open("rb") as plain:
        stream: BinaryIO = gzip.GzipFile(fileobj=plain) if packed else plain  # type: ignore[assignment]  # reads bytes too
        try:
            offset = _skip(stream, build.position("entries"), packed)
            entries = split_entries(stream, str(file))
            while batch := list(islice(entries, BATCH)):
                rows: Rows = {table: [] for table in _WIDTHS}
                for data, _end in batch:
                    found = _NEWEST.search(data)
                    newest = max(newest, _as_date(found[1].decode()) if found else newest)
                    rows_of(read_entry(data), categories, rows)
                with build.step() as connection:
                    _insert(connection, rows, file)
                    connection.execute("INSERT OR REPLACE INTO bc_build VALUES ('newest', ?)", (newest.isoformat(),))
                    build.mark("entries", offset + batch[-1][1])
                report(Progress("entries", plain.tell(), size))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _not_whole(file, error) from error
    with build.step():
        build.mark("entries")
    return _kept(build, "newest")


def _skip(stream: BinaryIO, wanted: int, packed: bool) -> int:
    """Go to where an earlier attempt ended; in a gzipped file by reading up to there."""
    if not packed:
        stream.seek(wanted)
        return wanted
    left = wanted
    while left and (block := stream.read(min(left, 1 << 22))):
        left -= len(block)
    return wanted - left


def _insert(connection: sqlite3.Connection, rows: Rows, file: Path) -> None:
    for table, width in _WIDTHS.items():
        try:
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows[table])
        except sqlite3.IntegrityError as error:
            raise FileRefused(f"{file} has an entry twice: {error}.", "Take the file as UniProt offers it.") from error


def _round_off(build: BuildFile, version: str, newest: str, report: Report) -> dict[str, int]:
    report(Progress("names", 0, 0))
    if build.position("names") >= 0:
        with build.step() as connection:
            fill_names(connection, _names(connection))
            connection.execute("DELETE FROM version")
            connection.execute("INSERT INTO version VALUES (?, ?, NULL)", (version, newest))
            connection.executemany("INSERT INTO bc_target_description VALUES (?, ?)", _descriptions(connection))
            build.mark("names")
    for number, statement in enumerate(_INDEXES):
        report(Progress("indexes", number, len(_INDEXES)))
        build.run(f"index {number}", statement)
    report(Progress("words", 0, 0))
    build.run("words", *index_words())
    build.run("statistics", "ANALYZE main")
    query = "SELECT count(*), sum(tax_id = ?) FROM uniprot_entry"
    proteins, human = build.connection.execute(query, (_HUMAN,)).fetchone()
    return {"proteins": proteins, "human proteins": human or 0}


def _names(connection: sqlite3.Connection) -> Iterator[NameRow]:
    query = "SELECT n.name, n.kind, n.accession, e.tax_id FROM uniprot_name n JOIN uniprot_entry e USING (accession)"
    for name, kind, accession, tax_id in connection.execute(query):
        if kind in TARGET_RANKS:
            yield fast_key(name), name, "target", accession, TARGET_RANKS[kind] + FOREIGN * (tax_id != _HUMAN), 0
    is_there = "SELECT 1 FROM uniprot_entry WHERE accession = ?"
    yield from (row for row in curated_names() if connection.execute(is_there, (row[3],)).fetchone())


def _descriptions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """What this project says of proteins in its own words, of those that are here."""
    with closing(sqlite3.connect(f"{STARTER.as_uri()}?mode=ro&immutable=1", uri=True)) as starter:
        rows = starter.execute("SELECT accession, text FROM bc_target_description").fetchall()
    is_there = "SELECT 1 FROM uniprot_entry WHERE accession = ?"
    return [row for row in rows if connection.execute(is_there, (row[0],)).fetchone()]


def _categories() -> dict[str, str]:
    """UniProt's category of a keyword. The flat file does not say it; those of the keywords of drug targets are kept here."""
    lines = Path(__file__).with_name("keyword_categories.tsv").read_text("utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


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


_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()


def _as_date(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), _MONTHS.index(month) + 1, int(day))
