"""Registers the official ChEMBL SQLite dump: looks whether it is one, and lays out beside it what makes look-ups fast.

`build_chembl` is the whole of it. The dump is opened read-only and never touched; it must stay where it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from ..chembl_names import NAME_QUERIES
from ..errors import FileRefused, StorageError
from .archives import is_gzip, unpack_dump
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .chembl_blocks import block_activities
from .chembl_tables import COPIES, COUNTS, EXTENTS, INDEXES, KIND_COLUMNS, LAY_OUT, NEEDED, RAW_COLUMNS, SCHEMA
from .fast_keys import fast_key
from .names_table import NameRow, curated_names, fill_names, index_words
from .registry import StoreRecord, save, stores_dir

__all__ = ["Dump", "build_chembl", "probe_dump"]

LAYOUT = "4"
"""Goes up when the tables beside a dump change, so that a store of another layout is built anew."""

COPY_ROWS = 50_000
BUCKET_ROWS = 250_000
"""About how many activities are sorted at once."""

_BYTES_AN_ACTIVITY = 330
_BYTES_A_MOLECULE = 450
"""With indexes and the scratch file; measured on a million activities, rounded up."""

_GET_ONE = "Get chembl_NN_sqlite.tar.gz: `biocopilot data pull chembl`."


@dataclass(frozen=True)
class Dump:
    """A ChEMBL dump that was looked at."""

    path: Path
    release: str
    columns: dict[str, frozenset[str]]
    activities: int
    molecules: int

    def has(self, table: str, column: str) -> bool:
        """Whether it has that column."""
        return column in self.columns.get(table, ())


def build_chembl(file: Path, report: Report = quiet) -> StoreRecord:
    """Register a dump, or the archive of one, building what belongs beside it; going on where an earlier attempt ended.

    Args:
        file: `chembl_NN.db`, or `chembl_NN_sqlite.tar.gz`, which is unpacked into the user's data folder.
        report: told how far it is.

    Raises:
        FileRefused: it is no ChEMBL dump, or not whole.
        StorageError: no room, no permission, or another process is at it.
        Cancelled: stopped by Ctrl-C; the same call goes on from there.
    """
    _look_at(file)
    folder = stores_dir()
    with only_one(folder / "chembl.lock", "the ChEMBL store"):
        if is_gzip(file):
            file = unpack_dump(file, folder, report)
        dump = probe_dump(file)
        target = folder / "chembl.sqlite"
        print_of_dump = fingerprint(dump.path)
        facts = {"source": print_of_dump, "layout": LAYOUT}
        if not _is_built(target, facts):
            _build(dump, target, facts, report)
        record = _record(dump, target, print_of_dump)
        save(record)
        return record


def probe_dump(path: Path) -> Dump:
    """Look at a dump's header, tables and columns.

    Raises:
        FileRefused: it is something else, and what it is.
    """
    _look_at(path)
    with path.open("rb") as file:
        if not file.read(16).startswith(b"SQLite format 3\x00"):
            raise FileRefused(f"{path} is no SQLite database.", _GET_ONE)
    unfinished = path.with_name(path.name + "-wal")
    if unfinished.exists() and unfinished.stat().st_size:
        raise FileRefused(f"{path} is being written by another program.", "Close that program, then try again.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return _probed(path, connection)
    except sqlite3.Error as error:
        raise FileRefused(
            f"{path} cannot be read to its end: {error}.", "Unpack it again, or download it again."
        ) from error


def _look_at(path: Path) -> None:
    if path.is_dir():
        raise FileRefused(f"{path} is a folder.", "Give the .db file in it, or the .tar.gz.")
    try:
        size = path.stat().st_size
        path.open("rb").close()
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.", _GET_ONE) from error
    if size == 0:
        raise FileRefused(f"{path} is empty.", _GET_ONE)


def _probed(path: Path, connection: sqlite3.Connection) -> Dump:
    query = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(query):
        columns.setdefault(table, set()).add(column)
    if any(name.startswith("bc_") for name in columns):
        raise FileRefused(f"{path} is a database that Biocopilot made, not the official dump.", _GET_ONE)
    for table, needed in NEEDED.items():
        missing = [name for name in needed if name not in columns.get(table, ())]
        if missing:
            what = f"the column {table}.{missing[0]}" if table in columns else f"the table {table}"
            raise FileRefused(f"{path} is no ChEMBL dump: it lacks {what}.", _GET_ONE)
    query = "SELECT name FROM version WHERE name LIKE 'ChEMBL\\_%' ESCAPE '\\' ORDER BY length(name) DESC, name DESC"
    release = next((row[0] for row in connection.execute(query)), "")
    if not release:
        raise FileRefused(f"{path} does not say which ChEMBL release it is.", _GET_ONE)
    activities = connection.execute("SELECT max(rowid) FROM activities").fetchone()[0] or 0
    molecules = connection.execute("SELECT max(rowid) FROM molecule_dictionary").fetchone()[0] or 0
    return Dump(
        path.resolve(), release, {name: frozenset(held) for name, held in columns.items()}, activities, molecules
    )


def _is_built(target: Path, facts: dict[str, str]) -> bool:
    if not target.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            known = dict(connection.execute("SELECT name, value FROM bc_build"))
    except sqlite3.Error:
        return False
    return all(known.get(name) == value for name, value in facts.items()) and "finished" in known


def _build(dump: Dump, target: Path, facts: dict[str, str], report: Report) -> None:
    check_space(target.parent, dump.activities * _BYTES_AN_ACTIVITY + dump.molecules * _BYTES_A_MOLECULE + 10_000_000)
    build = BuildFile(target, facts, SCHEMA)
    raw = target.with_name(target.name + ".raw")
    try:
        build.connection.execute("ATTACH ? AS dump", (f"{dump.path.as_uri()}?mode=ro&immutable=1",))
        for table in COPIES:
            _copy(build, dump, table, report)
        _lay_out(build, dump, raw, report)
        _name(build, report)
        for number, statement in enumerate(INDEXES):
            report(Progress("indexes", number, len(INDEXES)))
            build.run(f"index {number}", statement)
        build.run("words", *index_words())
        with build.step() as connection:
            connection.execute("DELETE FROM bc_count")
            for what, query in COUNTS.items():
                connection.execute(
                    "INSERT INTO bc_count VALUES (?, ?)", (what, connection.execute(query).fetchone()[0])
                )
        build.run("statistics", "ANALYZE main")
        build.finish({"finished": datetime.now(UTC).isoformat(), "release": dump.release})
    except FileRefused:
        build.close()
        discard(build.path)
        raise
    finally:
        build.close()
    discard(raw.with_name(raw.name + ".building"))


def _copy(build: BuildFile, dump: Dump, table: str, report: Report) -> None:
    """A narrow copy, some ten thousand rows at a time."""
    if table not in dump.columns or build.position(table) < 0:
        return
    names = [column.split()[0] for column in COPIES[table]]
    chosen = ", ".join(name if dump.has(table, name) else "NULL" for name in names)
    last = build.connection.execute(f"SELECT max(rowid) FROM dump.{table}").fetchone()[0] or 0
    done = build.position(table)
    while done < last:
        with build.step() as connection:
            try:
                connection.execute(
                    f"INSERT INTO main.{table} SELECT {chosen} FROM dump.{table} WHERE rowid > ? AND rowid <= ?",
                    (done, done + COPY_ROWS),
                )
            except sqlite3.IntegrityError as error:
                raise FileRefused(f"{dump.path} has a row twice in {table}: {error}.", _GET_ONE) from error
            done += COPY_ROWS
            build.mark(table, done)
        report(Progress(table.replace("_", " "), min(done, last), last))
    with build.step():
        build.mark(table)


def _lay_out(build: BuildFile, dump: Dump, raw: Path, report: Report) -> None:
    """Activities by target. First dealt out to buckets of targets as they lie in the dump, then bucket by bucket joined and sorted."""
    if build.position("activities") < 0:
        return
    buckets = max(1, min(256, dump.activities // BUCKET_ROWS))
    names = [f"bucket_{number}" for number in range(buckets)]
    schema = "".join(f"CREATE TABLE {name} (tid INTEGER, kind INTEGER, {', '.join(RAW_COLUMNS)});" for name in names)
    schema += f"CREATE TABLE kinds (kind INTEGER PRIMARY KEY, {', '.join(KIND_COLUMNS)});"
    dealt = BuildFile(raw, {"source": fingerprint(dump.path), "layout": LAYOUT, "buckets": str(buckets)}, schema)
    try:
        _deal(dealt, dump, names, report)
    finally:
        dealt.close()
    build.connection.execute("ATTACH ? AS raw", (str(dealt.path),))
    build.run("kinds", "INSERT INTO main.bc_kind SELECT * FROM raw.kinds")
    columns = {
        "year": "d.year" if dump.has("docs", "year") else "NULL",
        "confidence_score": "s.confidence_score" if dump.has("assays", "confidence_score") else "NULL",
        "assay_type": "s.assay_type" if dump.has("assays", "assay_type") else "NULL",
        "variant": "s.variant_id IS NOT NULL" if dump.has("assays", "variant_id") else "0",
        "assay_doc": "s.doc_id" if dump.has("assays", "doc_id") else "NULL",
        "docs": "dump.docs" if dump.has("docs", "doc_id") else "(SELECT NULL AS doc_id, NULL AS chembl_id)",
    }
    for number in range(build.position("activities"), buckets):
        report(Progress("activities by target", number, buckets))
        with build.step() as connection:
            before = connection.execute("SELECT coalesce(max(rowid), 0) FROM main.bc_target_activity").fetchone()[0]
            for statement in LAY_OUT:
                connection.execute(statement.format(bucket=names[number], **columns))
            for statement in EXTENTS:
                connection.execute(statement, (before,))
            block_activities(connection, before)
            build.mark("activities", number + 1)
    with build.step():
        build.mark("activities")
    build.connection.execute("DETACH raw")
    discard(dealt.path)


def _deal(dealt: BuildFile, dump: Dump, names: list[str], report: Report) -> None:
    if dealt.position("dealt") < 0:
        return

    def chosen(names: tuple[str, ...]) -> str:
        bare = [name.split()[0] for name in names]
        return ", ".join(f"a.{name}" if dump.has("activities", name) else "NULL" for name in bare)

    query = (
        f"SELECT {chosen(KIND_COLUMNS)}, s.tid, {chosen(RAW_COLUMNS)} FROM dump.activities a"
        " JOIN dump.assays s ON s.assay_id = a.assay_id WHERE a.rowid > ? AND a.rowid <= ? AND s.tid IS NOT NULL"
    )
    connection = dealt.connection
    connection.execute("ATTACH ? AS dump", (f"{dump.path.as_uri()}?mode=ro&immutable=1",))
    kinds = {tuple(row[1:]): row[0] for row in connection.execute("SELECT * FROM kinds")}
    marks, width = ", ".join("?" * (len(RAW_COLUMNS) + 2)), len(KIND_COLUMNS)
    done = dealt.position("dealt")
    while done < dump.activities:
        with dealt.step():
            shares: list[list[tuple[object, ...]]] = [[] for _ in names]
            known = len(kinds)
            for row in connection.execute(query, (done, done + COPY_ROWS)):
                kind = kinds.setdefault(row[:width], len(kinds))
                shares[row[width] % len(names)].append((row[width], kind, *row[width + 1 :]))
            for name, rows in zip(names, shares, strict=True):
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            connection.executemany(
                f"INSERT INTO kinds VALUES ({', '.join('?' * (width + 1))})",
                ((number, *kind) for kind, number in islice(kinds.items(), known, None)),
            )
            done += COPY_ROWS
            dealt.mark("dealt", done)
        report(Progress("activities", min(done, dump.activities), dump.activities))
    with dealt.step():
        dealt.mark("dealt")


def _name(build: BuildFile, report: Report) -> None:
    if build.position("names") < 0:
        return
    report(Progress("names", 0, 0))
    with build.step() as connection:
        fill_names(connection, _names(connection))
        build.mark("names")


def _names(connection: sqlite3.Connection) -> Iterator[NameRow]:
    for kind, query in NAME_QUERIES.items():
        rows: Iterable[tuple[str, str, int, int]] = connection.execute(query)
        for name, identifier, rank, place in rows:
            text = str(name)
            yield fast_key(text), text, kind, identifier, rank, place
    known = {row[0] for row in connection.execute("SELECT accession FROM component_sequences")}
    yield from (row for row in curated_names() if row[3] in known)


def _record(dump: Dump, target: Path, print_of_dump: str) -> StoreRecord:
    try:
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            rows = dict(connection.execute("SELECT what, n FROM bc_count"))
            known = dict(connection.execute("SELECT name, value FROM bc_build"))
    except sqlite3.Error as error:
        raise StorageError(
            f"{target} cannot be read: {error}.", "Delete it, then give the same command again."
        ) from error
    return StoreRecord(
        name="chembl",
        release=dump.release,
        licence="CC BY-SA 3.0",
        store=target,
        source=dump.path,
        fingerprint=print_of_dump,
        rows=rows,
        bytes=target.stat().st_size,
        source_bytes=dump.path.stat().st_size,
        built_at=datetime.fromisoformat(known["finished"]),
    )
