"""Which reader a file gets: by its name, its beginning, and both."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.reading.formats import FORMATS, format_of

RIS = b"TY  - JOUR\nTI  - x\nER  -\n"
MEDLINE = b"\nPMID- 123\nTI  - x\n"


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("a.ris", RIS, "ris"), ("a.txt", RIS, "ris"), ("a.nbib", RIS, "ris"), ("a.RIS", b"no such thing", "ris"),
        ("a.txt", b"1.\nTY  - JOUR\n", "ris"), ("a.txt", b"\xef\xbb\xbf\r\nTY  - JOUR\r\n", "ris"), ("a.txt", RIS.decode().encode("utf-16"), "ris"),
        ("a.txt", b"TY - JOUR\n", "ris"), ("a.txt", b"Dear TY - thanks", "text"), ("a.txt", b"PARTY  - JOUR", "text"),
        ("a.nbib", MEDLINE, "medline"), ("a.txt", MEDLINE, "medline"), ("a.medline", b"TI  - x", "medline"),
        ("a.txt", b"PMC - PMC12\nPMID- 1\n", "medline"), ("a.txt", b"PMID 123 is a paper", "text"), ("a.txt", b"Words.", "text"),
        ("a.bib", b"", "bibtex"), ("a.md", b"# x", "markdown"), ("a.csv", b"id,Title,doi\n", "table"), ("a.tsv", b"x\tabstract\n", "table"),
        ("a.csv", b"smiles,ic50\n", "table"),
        ("a.xml", b"<?xml version='1.0'?>\n<!DOCTYPE x PUBLIC '-//NLM' 'y.dtd'>\n<PubmedArticleSet>", "pubmed"),
        ("a.xml", "<?xml version='1.0' encoding='UTF-16'?><PubmedArticleSet/>".encode("utf-16"), "pubmed"),
        ("a.xml", b"<PubmedBookArticleSet>", "pubmed"), ("a.xml", b"<article xmlns='x'>", "jats"), ("a.nxml", b"<article>", "jats"),
        ("a.xml", b"<pmc-articleset>", "jats"), ("a.xml", b"<?xml version='1.0'?><xml><records><record>", "endnote"),
        ("a.pdf", b"%PDF-1.7", "pdf"),
    ],
)  # fmt: skip
def test_the_format_is_told_by_name_and_beginning(name: str, data: bytes, format: str) -> None:
    assert format_of(name, data).name == format


@pytest.mark.parametrize(("name", "data"), [("a.docx", b"x"), ("a", b"x"), ("a.xml", b"<html>"), ("a.xml", b"\x89PNG")])
def test_what_is_of_no_kind_is_refused_with_a_hint(name: str, data: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        format_of(name, data)
    assert caught.value.hint


def test_every_format_has_a_reader_and_a_name_of_its_own() -> None:
    assert len({kind.name for kind in FORMATS}) == len(FORMATS)
    for kind in FORMATS:
        assert callable(kind.read)
        assert kind.reader.startswith(f"{kind.name} {kind.version}")


def test_a_beginning_without_what_is_looked_for_takes_no_time() -> None:
    for data in (b"TY" * 40_000, b"\n" * 70_000, b"<a " * 25_000, b"<?xml " * 12_000, b" " * 70_000):
        for name in ("a.txt", "a.csv"):
            format_of(name, data)
        with pytest.raises(FileRefused):
            format_of("a.xml", data)


def test_real_files_get_their_reader(shared: Path) -> None:
    data = shared / "data"
    for path in (data / "jats_fulltext").rglob("*ml.gz"):
        expected = "pubmed" if path.name.startswith("pubmed-") else "jats"
        assert format_of(path.name.removesuffix(".gz"), gzip.decompress(path.read_bytes())).name == expected
    for path in (data / "ncbi_entrez/biopython_Entrez").glob("pubmed[0-9].xml"):
        assert format_of(path.name, path.read_bytes()).name == "pubmed"
    for path in (data / "ncbi_entrez/biopython_Medline").glob("*.txt"):
        assert format_of(path.name, path.read_bytes()).name == "medline"
    for path in (data / "references_ris_bib/asreview_demo").glob("*.txt"):
        assert format_of(path.name, path.read_bytes()).name == "ris"
