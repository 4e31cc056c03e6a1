"""Builds the store of human gene names from HGNC's complete set: its table or its JSON, plain or gzipped.

`build_hgnc` is the whole of it. Some 45,000 genes take seconds, so a build that was stopped begins again; afterwards the file is
no longer needed.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from ..errors import FileRefused
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .fast_keys import fast_key
from .registry import StoreRecord, save, stores_dir

__all__ = ["build_hgnc"]

LAYOUT = "1"
_SINGLE = (
    "hgnc_id", "symbol", "name", "status", "locus_group", "locus_type", "location", "entrez_id", "ensembl_gene_id",
    "date_modified",
)  # fmt: skip
_SEVERAL = ("prev_symbol", "alias_symbol", "uniprot_ids", "refseq_accession")
_USED = (*_SINGLE, *_SEVERAL)
_SYMBOLS = ("symbol", "prev_symbol", "alias_symbol")

_GROWTH_PACKED, _GROWTH_PLAIN = 20, 3.5
"""How large the store becomes, in sizes of the file; measured, rounded up."""
_MOST_BYTES = 500_000_000
"""Of the file unpacked; the official ones have less than a tenth of that."""
_MOST_LINE = 1_000_000
_EVERY = 2_000

_GET_ONE = "Get hgnc_complete_set.txt: `biocopilot data pull hgnc`."
_AGAIN = "Download it again: `biocopilot data pull hgnc`."
_ID = re.compile(r"HGNC:\d{1,7}", re.ASCII)
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)", re.ASCII)

_SCHEMA = """
CREATE TABLE version (name TEXT PRIMARY KEY, creation_date TEXT, comments TEXT);
CREATE TABLE hgnc_gene (
  place INTEGER PRIMARY KEY, hgnc_id TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, name TEXT, status TEXT, locus_group TEXT,
  locus_type TEXT, location TEXT, entrez_id TEXT, ensembl_gene_id TEXT, date_modified TEXT);
-- What a gene has several of, under the name of HGNC's own column and in its order.
CREATE TABLE hgnc_list (
  gene INTEGER NOT NULL, field TEXT NOT NULL, place INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (gene, field, place))
  WITHOUT ROWID;
CREATE TABLE hgnc_symbol (name_key TEXT NOT NULL, symbol TEXT NOT NULL, field TEXT NOT NULL, gene INTEGER NOT NULL);
"""
_INDEXES = (
    "CREATE INDEX hgnc_symbol_key ON hgnc_symbol(name_key, symbol)",
    "CREATE INDEX hgnc_gene_ensembl ON hgnc_gene(ensembl_gene_id) WHERE ensembl_gene_id IS NOT NULL",
    "CREATE INDEX hgnc_list_uniprot ON hgnc_list(value) WHERE field = 'uniprot_ids'",
)

Document = Mapping[str, Any]


def build_hgnc(file: Path, report: Report = quiet, release: str = "") -> StoreRecord:
    """Build and register the store of gene names; the old one stays until the new one is whole.

    Args:
        file: hgnc_complete_set.txt or .json, plain or gzipped.
        report: told how far it is.
        release: the day of the data, such as 2025-06-17; taken from the file's name or its newest entry where not given.

    Raises:
        FileRefused: it is not HGNC's complete set, or not whole.
        StorageError: no room, no permission, or another process is at it.
    """
    if release and not _DAY.fullmatch(release):
        raise FileRefused(f"{release} is no day.", "HGNC's data are known by their day, as in 2025-06-17.")
    packed, is_json = _look_at(file)
    folder = stores_dir()
    with only_one(folder / "hgnc.lock", "the HGNC store"):
        size = file.stat().st_size
        check_space(folder, int(size * (_GROWTH_PACKED if packed else _GROWTH_PLAIN)))
        source, target = fingerprint(file), folder / "hgnc.sqlite"
        build = BuildFile(target, {"source": source, "layout": LAYOUT}, _SCHEMA)
        try:
            if build.position("genes") >= 0:
                with build.step() as connection:
                    _insert(connection, file, _documents(file, packed, is_json, report))
                    build.mark("genes")
            newest = (
                build.connection.execute("SELECT max(date_modified) FROM hgnc_gene").fetchone()[0] or "unknown date"
            )
            said = release or _day_of(file) or f"of {newest} (newest entry)"
            rows = _round_off(build, said, newest, report)
            finished = datetime.now(UTC)
            build.finish({"finished": finished.isoformat()})
        except FileRefused:
            build.close()
            discard(build.path)
            raise
        finally:
            build.close()
        record = StoreRecord(
            name="hgnc", release=said, licence="CC0 1.0", store=target, source=file.resolve(), fingerprint=source, rows=rows,
            bytes=target.stat().st_size, source_bytes=size, built_at=finished,
        )  # fmt: skip
        save(record)
    return record


def _look_at(file: Path) -> tuple[bool, bool]:
    """Whether it is gzipped, and whether it is JSON. Raises FileRefused where it can be neither form of the set."""
    if file.is_dir():
        raise FileRefused(f"{file} is a folder.", _GET_ONE)
    try:
        with file.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with _opened(file, packed) as stream:
            head = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _not_whole(file, error) from error
    except OSError as error:
        raise FileRefused(f"{file} cannot be read: {error.strerror}.", _GET_ONE) from error
    if not head:
        raise FileRefused(f"{file} is empty.", _GET_ONE)
    if head.startswith(b"{") or head.startswith(b"hgnc_id\t"):
        return packed, head.startswith(b"{")
    what = {
        b"SQL": "a SQLite database",
        b"<!d": "a web page",
        b"<!D": "a web page",
        b"<?x": "XML",
        b"PK\x03": "a ZIP archive",
    }
    if head.startswith(b"HGNC ID\t"):
        raise FileRefused(f"{file} is a custom download of HGNC, not its complete set.", _GET_ONE)
    raise FileRefused(f"{file} is not HGNC's complete set: it is {what.get(head[:3], 'something else')}.", _GET_ONE)


def _opened(file: Path, packed: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if packed else file.open("rb")


def _not_whole(file: Path, error: object) -> FileRefused:
    return FileRefused(f"{file} is damaged or cut short: {error}.", _AGAIN)


def _documents(file: Path, packed: bool, is_json: bool, report: Report) -> Iterator[Document]:
    """One for each gene, as HGNC's service shapes them. Raises FileRefused where the file is not whole."""
    size = file.stat().st_size
    try:
        with file.open("rb") as plain:
            stream: BinaryIO = gzip.GzipFile(fileobj=plain) if packed else plain  # type: ignore[assignment]  # reads bytes too
            several = _from_json(file, stream) if is_json else _from_table(file, stream)
            for number, document in enumerate(several):
                if number % _EVERY == 0:
                    report(Progress("genes", plain.tell(), size))
                yield document
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _not_whole(file, error) from error
    except UnicodeDecodeError as error:
        raise _not_whole(file, "it is not text in UTF-8") from error


def _from_table(file: Path, stream: BinaryIO) -> Iterator[Document]:
    header = stream.readline(_MOST_LINE).decode("utf-8-sig").rstrip("\r\n").split("\t")
    lacking = [name for name in _USED if name not in header]
    if lacking:
        raise FileRefused(f"{file} lacks columns of HGNC's complete set: {', '.join(lacking[:5])}.", _GET_ONE)
    places = {name: header.index(name) for name in _USED}
    number, read = 1, 0
    while line := stream.readline(_MOST_LINE):
        number, read = number + 1, read + len(line)
        cells = line.decode("utf-8").rstrip("\r\n").split("\t")
        if len(cells) != len(header) or not line.endswith(b"\n"):
            raise _not_whole(file, f"line {number:,} has {len(cells)} of {len(header)} columns, or does not end")
        if read > _MOST_BYTES:
            raise _too_long(file)
        document: dict[str, Any] = {name: _unquoted(cells[place]) for name, place in places.items()}
        for name in _SEVERAL:
            document[name] = document[name].split("|")
        yield document


def _unquoted(cell: str) -> str:
    """Cells with several values stand in quotation marks."""
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _from_json(file: Path, stream: BinaryIO) -> Iterator[Document]:
    data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise _too_long(file)
    kept = {*_USED, "response", "docs", "numFound"}
    try:
        whole = json.loads(data, object_hook=lambda found: {name: found[name] for name in kept & found.keys()})
    except (json.JSONDecodeError, RecursionError) as error:
        raise _not_whole(file, error) from error
    response = whole.get("response")
    documents = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(documents, list) or not all(isinstance(item, dict) for item in documents):
        raise FileRefused(f"{file} is JSON without HGNC's list of genes.", _GET_ONE)
    if response.get("numFound", len(documents)) != len(documents):
        raise _not_whole(file, f"it says {response['numFound']} genes and has {len(documents)}")
    yield from documents


def _too_long(file: Path) -> FileRefused:
    return FileRefused(f"{file} has more than {_MOST_BYTES:,} bytes of text, which HGNC's set has not.", _GET_ONE)


def _insert(connection: sqlite3.Connection, file: Path, documents: Iterable[Document]) -> None:
    into_gene = f"INSERT INTO hgnc_gene VALUES (?, {', '.join('?' * len(_SINGLE))})"
    place = 0
    for document in documents:
        place += 1
        values = {name: _texts(document.get(name)) for name in _USED}
        single = {name: values[name][0] if values[name] else None for name in _SINGLE}
        if not _ID.fullmatch(single["hgnc_id"] or "") or not single["symbol"]:
            raise FileRefused(f"{file} has a gene without an id or a symbol, number {place:,}.", _AGAIN)
        single["date_modified"] = (single["date_modified"] or "")[:10] or None
        try:
            connection.execute(into_gene, (place, *(single[name] for name in _SINGLE)))
        except sqlite3.IntegrityError as error:
            raise FileRefused(f"{file} has {single['hgnc_id']} twice.", "Take the file as HGNC offers it.") from error
        connection.executemany(
            "INSERT INTO hgnc_list VALUES (?, ?, ?, ?)",
            [(place, name, number, text) for name in _SEVERAL for number, text in enumerate(values[name])],
        )
        connection.executemany(
            "INSERT INTO hgnc_symbol VALUES (?, ?, ?, ?)",
            [(fast_key(text), text, name, place) for name in _SYMBOLS for text in values[name]],
        )
    if not place:
        raise FileRefused(f"{file} has no genes.", _GET_ONE)


def _texts(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(text for item in several if item is not None and (text := str(item).strip())))


def _round_off(build: BuildFile, release: str, newest: str, report: Report) -> dict[str, int]:
    report(Progress("indexes", 0, 0))
    for number, statement in enumerate(_INDEXES):
        build.run(f"index {number}", statement)
    with build.step() as connection:
        connection.execute("DELETE FROM version")
        connection.execute("INSERT INTO version VALUES (?, ?, NULL)", (f"HGNC_{release}", newest))
    build.run("statistics", "ANALYZE main")
    genes, symbols = (
        build.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("hgnc_gene", "hgnc_symbol")
    )
    return {"genes": genes, "symbols old and new": symbols}


def _day_of(file: Path) -> str:
    """The day as `data pull` noted it, or as the name of an archived file has it."""
    beside = file.with_name(f"{file.name}.release")
    noted = beside.read_text("utf-8", "replace")[:100] if beside.is_file() else ""
    found = _DAY.search(noted) or _DAY.search(file.name)
    return found[0] if found else ""
