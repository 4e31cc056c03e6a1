"""The store's fields of an entry, and a store of them, made of what Bio.SwissProt parses: the benchmark's peer, and what tests
compare with.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

_RANKS = {"recommended": 0, "gene": 0, "gene_synonym": 1, "short": 1, "alternative": 1, "entry_name": 2}
_CATEGORIES = dict(
    line.split("\t")
    for line in (Path(__file__).parents[1] / "memory" / "stores" / "keyword_categories.tsv")
    .read_text("utf-8")
    .splitlines()
)
_EVIDENCE = re.compile(r"\s*\{ECO:[^{}]*\}")


def fields_of(record: Any) -> dict[str, Any]:
    """Everything but the parts of names and places, which only our scanner takes apart."""
    genes = [block for block in record.gene_name if block]
    comments = [_plain(comment) for comment in record.comments]
    diseases = [text.removeprefix("DISEASE: ") for text in comments if text.startswith("DISEASE: ") and "[MIM:" in text]
    return {
        "accession": record.accessions[0],
        "secondary": record.accessions[1:],
        "entry_name": record.entry_name,
        "reviewed": record.data_class == "Reviewed",
        "gene": next((_bare(block["Name"]) for block in genes if "Name" in block), None),
        "gene_synonyms": [_bare(name) for block in genes for name in block.get("Synonyms", [])],
        "names": _names(record.description),
        "organism": record.organism.rstrip("."),
        "tax_id": int(record.taxonomy_id[0]),
        "length": record.seqinfo[0],
        "mass_da": record.seqinfo[1],
        "sequence": record.sequence,
        "existence": record.protein_existence,
        "keywords": _bare("; ".join(record.keywords)).split("; ") if record.keywords else [],
        "xrefs": sorted(
            {(row[0], row[1]) for row in record.cross_references if row[0] in ("ChEMBL", "HGNC")}
            | {("Ensembl", _gene(row)) for row in record.cross_references if row[0] == "Ensembl"}
        ),
        "diseases": [(text.partition(" [MIM:")[0], text.partition("[MIM:")[2].partition("]")[0]) for text in diseases],
        "family": next(
            (text for text in comments if re.match(r"SIMILARITY: .*belongs to the", text, re.IGNORECASE)), ""
        ),
        "places": [text for text in comments if text.startswith("SUBCELLULAR LOCATION: ")],
    }


def _bare(text: str) -> str:
    return _EVIDENCE.sub("", text)


def _plain(comment: str) -> str:
    return _bare(re.sub(r"- (?!and |or )", "-", " ".join(comment.split())))


def _gene(row: Any) -> str:
    """The one of its fields that is a gene of a vertebrate: transcript, protein and species stand beside it."""
    return next(str(item) for item in row[1:] if re.match(r"ENS[A-Z]{0,3}G\d", item)).partition(".")[0]


def _names(description: str) -> list[tuple[str, str]]:
    """(Full, Short or EC, name) of the whole chain, before its parts and fused proteins."""
    whole = re.split(r"\b(?:Contains|Includes):", description)[0]
    return [(kind, _bare(name)) for kind, name in re.findall(r"(Full|Short|EC)=(.*?);(?= |$)", whole)]


def store(records: Iterator[Any], path: Path) -> None:
    """The store as one would write it around Bio.SwissProt: our tables, indexes and words, two thousand entries a transaction."""
    schema, sorted_names, indexes, words = statements()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-131072"):
            database.execute(f"PRAGMA {pragma}")
        database.executescript(schema)
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for count, record in enumerate(records, 1):
            for table, row in rows_of(fields_of(record)):
                rows.setdefault(table, []).append(row)
            if count % 2_000 == 0:
                _write(database, rows)
                rows = {}
        _write(database, rows)
        for statement in (*sorted_names, *indexes, *words, "ANALYZE"):
            database.execute(statement)


def _write(database: sqlite3.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    database.execute("BEGIN")
    for table, found in rows.items():
        database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(found[0]))})", found)
    database.execute("COMMIT")


def statements() -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Our tables, what sorts the names, our indexes, and the words."""
    from biocopilot.memory.stores import swissprot
    from biocopilot.memory.stores.names_table import index_words

    return swissprot._SCHEMA, swissprot._SORTED_NAMES, swissprot._INDEXES, index_words()


def rows_of(fields: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(table, row); names and places are taken apart no finer than a first version would."""
    accession, foreign = fields["accession"], 3 * (fields["tax_id"] != 9606)
    names = [("alternative" if kind == "Full" else kind.lower(), name) for kind, name in fields["names"]]
    names[0] = ("recommended", names[0][1])
    names += [("gene", fields["gene"])] if fields["gene"] else []
    names += [("gene_synonym", name) for name in fields["gene_synonyms"]]
    names += [("entry_name", fields["entry_name"]), *(("secondary_accession", name) for name in fields["secondary"])]
    yield "uniprot_entry", (
        accession, fields["entry_name"], fields["reviewed"], fields["gene"], names[0][1], fields["organism"], fields["tax_id"],
        fields["family"].partition("elongs to the ")[2].rstrip(".") or None, fields["length"], fields["mass_da"],
        fields["sequence"], fields["existence"],
    )  # fmt: skip
    for kind, name in dict.fromkeys(names):
        yield "uniprot_name", (accession, kind, name)
    for word in fields["keywords"]:
        yield "uniprot_keyword", (accession, word, _CATEGORIES.get(word))
    for database, identifier in fields["xrefs"]:
        yield "uniprot_xref", (accession, database, identifier)
    for disease, mim in fields["diseases"]:
        yield "uniprot_disease", (accession, disease, None, mim)
    for text in fields["places"]:
        for place in text.removeprefix("SUBCELLULAR LOCATION: ").partition("Note=")[0].rstrip(". ").split(". "):
            if place:
                yield "uniprot_location", (accession, *(*place.split("; "), None)[:2])
    from biocopilot.memory.stores.fast_keys import fast_key

    keys: dict[str, tuple[str, int]] = {}
    for kind, name in names:
        if kind in _RANKS:
            key, rank = fast_key(name), _RANKS[kind] + foreign
            if len(key) > 1 and (key not in keys or rank < keys[key][1]):
                keys[key] = (name, rank)
    for key, (name, rank) in keys.items():
        yield "bc_name_unsorted", (key, name, "target", accession, rank)
