"""The notes that ship as a starter library: their form, their number, and that no identifier or reference is made up."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from biocopilot.memory.starter.table_files import read_table

FOLDER = Path(__file__).resolve().parents[3] / "memory" / "library" / "starter_notes"
FIELDS = ["title", "kind", "identifiers", "references"]
KINDS = {"target", "mechanism", "resistance mutation", "assay pitfall", "concept"}
ACCESSION = r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}"
IDENTIFIER = re.compile(rf"UniProt (?:{ACCESSION})|ChEMBL CHEMBL[1-9]\d*|HGNC [1-9]\d*")
REFERENCE = re.compile(r"PMID [1-9]\d{0,7}|DOI 10\.\d{4,9}/[^\s;]+")
UNIPROT_PAPER = re.compile(rb'"citationCrossReferences":(\[(?:\{[^{}]*\},?)*\])')


@dataclass(frozen=True)
class Note:
    name: str
    title: str
    kind: str
    identifiers: tuple[str, ...]
    references: tuple[str, ...]
    text: str

    @property
    def papers(self) -> dict[str, str]:
        """PMIDs, each with the DOI that stands behind it or nothing."""
        found: dict[str, str] = {}
        for reference in self.references:
            database, _, key = reference.partition(" ")
            if database == "PMID":
                found[key] = ""
            else:
                found[list(found)[-1]] = key.lower()
        return found


def note_of(path: Path) -> Note:
    _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    lines = [line.split(":", 1) for line in head.splitlines()]
    assert [name for name, _ in lines] == FIELDS, path.name
    values = {name: value.strip() for name, value in lines}
    return Note(
        path.stem, values["title"], values["kind"], _items(values["identifiers"]), _items(values["references"]), text
    )


def _items(value: str) -> tuple[str, ...]:
    return tuple(value.split("; ")) if value else ()


@cache
def notes() -> tuple[Note, ...]:
    return tuple(note_of(path) for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md")


def test_there_are_enough_notes_of_each_kind() -> None:
    kinds = Counter(note.kind for note in notes())
    assert kinds.total() >= 60
    assert set(kinds) == KINDS
    assert all(kinds[kind] >= 8 for kind in KINDS - {"concept"}), kinds
    assert sum(bool(note.references) for note in notes()) >= 40


def test_each_note_has_a_name_and_a_title_of_its_own() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", note.name) for note in notes())
    titles = Counter(note.title.casefold() for note in notes())
    assert all(titles), "a note without a title"
    assert max(titles.values()) == 1, titles.most_common(1)


# A colon and a blank would start a mapping for a reader of YAML.
def test_heads_are_plain_for_any_reader_of_front_matter() -> None:
    for note in notes():
        assert ": " not in f"{note.title}{note.identifiers}{note.references}", note.name
        assert note.title[0] not in "\"'[{&*#?|-<>=!%@`", note.name


def test_notes_are_short_and_a_paragraph_is_a_line() -> None:
    for note in notes():
        assert 60 <= len(note.text.split()) <= 220, note.name
        assert re.fullmatch(r"(?:\S[^\n]*\S\n\n)*\S[^\n]*\S\n", note.text), note.name


def test_identifiers_and_references_are_well_formed_and_named_once() -> None:
    for note in notes():
        for identifier in note.identifiers:
            assert IDENTIFIER.fullmatch(identifier), (note.name, identifier)
        for reference in note.references:
            assert REFERENCE.fullmatch(reference), (note.name, reference)
        for items in (note.identifiers, note.references):
            assert len(set(items)) == len(items), note.name


def test_a_doi_stands_behind_its_pmid() -> None:
    for note in notes():
        databases = " ".join(reference.split(" ")[0] for reference in note.references)
        assert re.fullmatch(r"(PMID( DOI)?( |$))*", databases), note.name


def test_proteins_and_molecules_are_in_the_starter_set() -> None:
    proteins = {row["accession"] for name in ("components", "proteins") for row in read_table(name)}
    chembl = {row["chembl_id"] for name in ("chembl_targets", "molecules") for row in read_table(name)}
    known = {f"UniProt {key}" for key in proteins} | {f"ChEMBL {key}" for key in chembl}
    for note in notes():
        for identifier in note.identifiers:
            assert identifier in known or identifier.startswith("HGNC "), (note.name, identifier)


def test_targets_and_genes_are_those_of_a_protein_of_the_note() -> None:
    accessions = {row["chembl_id"]: row["accessions"].split("|") for row in read_table("chembl_targets")}
    genes = {row["id"]: row["accession"] for row in read_table("protein_xrefs") if row["database"] == "HGNC"}
    for note in notes():
        proteins = {item.removeprefix("UniProt ") for item in note.identifiers if item.startswith("UniProt ")}
        for database, key in (item.split(" ") for item in note.identifiers):
            if database == "HGNC":
                assert genes[f"HGNC:{key}"] in proteins, (note.name, key)
            if database == "ChEMBL" and key in accessions:
                assert proteins.issuperset(accessions[key]), (note.name, key)


def test_a_drug_is_named_by_its_parent() -> None:
    forms = {row["chembl_id"] for row in read_table("molecules") if row["parent_chembl_id"]}
    for note in notes():
        assert not forms.intersection(item.removeprefix("ChEMBL ") for item in note.identifiers), note.name


def test_cited_papers_are_in_the_shared_material(shared: Path) -> None:
    cited = {pmid: doi for note in notes() for pmid, doi in note.papers.items()}
    seen: dict[str, set[str]] = {}
    for pmid, doi in _papers_of(shared / "data"):
        if pmid in cited:
            seen.setdefault(pmid, set()).add(doi.lower())
    assert set(cited) - set(seen) == set()
    assert {pmid: doi for pmid, doi in cited.items() if doi and doi not in seen[pmid]} == {}


def _papers_of(data: Path) -> Iterator[tuple[str, str]]:
    """PMID and DOI, where one is given, of all papers whose title or abstract the material holds."""
    with gzip.open(data / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz") as lines:
        for line in lines:
            for found in UNIPROT_PAPER.finditer(line):
                keys = {item["database"]: item["id"] for item in json.loads(found[1])}
                yield keys.get("PubMed", ""), keys.get("DOI", "")
    for path in (data / "bioasq").glob("*.json.gz"):
        for question in json.loads(gzip.decompress(path.read_bytes()))["questions"]:
            yield from ((snippet["document"].rsplit("/", 1)[1], "") for snippet in question.get("snippets", ()))
    for path in (data / "chembl_ws_records" / "chembl36_document.csv.gz", *data.glob("asreview_screening/**/*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as text:
            for row in csv.DictReader(text):
                pmid = row.get("pubmed_id") or row.get("pubmedID") or ""
                yield pmid.rstrip("/").rsplit("/", 1)[-1].removesuffix(".0"), row.get("doi") or ""
