"""Files into the catalogue: what is there is skipped, what is broken is told and the rest goes on, what changes is followed."""

from __future__ import annotations

import gzip
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.files import find_files
from biocopilot.memory.library.ingest import Added, Step, ingest
from biocopilot.memory.library.reading import formats

BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)  # nine times ten times ten


def pubmed(*numbers: int, abstract: str = "It binds.", head: str = "") -> str:
    records = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><Journal><JournalIssue><PubDate><Year>2010</Year></PubDate>"
        f"</JournalIssue></Journal><ArticleTitle>On a kinase of number {number}</ArticleTitle><Abstract><AbstractText>{abstract}"
        "</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
        for number in numbers
    )
    return f"{head}<PubmedArticleSet>{records}</PubmedArticleSet>"


def ris(*titles: str, abstract: str = "It binds.") -> str:
    return "".join(f"TY  - JOUR\nTI  - {title}\nAB  - {abstract} {title}\nPY  - 2010\nER  -\n" for title in titles)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "library.sqlite", writing=True)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    return made


def add(catalogue: Catalogue, *paths: Path) -> Added:
    return ingest(catalogue, list(find_files(paths)), "", None)


def reasons(result: Added) -> dict[str, str]:
    return {item.name.rpartition("/")[2]: item.reason for item in result.refused}


def titles(catalogue: Catalogue) -> list[str]:
    return sorted(row.about.title for row in catalogue.documents())


def test_every_kind_of_file_is_added_and_told_where_it_came_from(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.ris").write_text(ris("One of RIS", "Two of RIS"))
    (folder / "b.xml").write_text(pubmed(1, 2))
    (folder / "c.nbib").write_text("PMID- 3\nTI  - One of MEDLINE\n")
    (folder / "d.bib").write_text("@article{k, title={One of BibTeX}}")
    (folder / "e.csv").write_text("title,abstract\nOne of a table,Text\n")
    (folder / "f.txt").write_text("A title\n\nSome text of a note.")
    (folder / "g.md").write_text("# A heading\n\nSome text.")
    with zipfile.ZipFile(folder / "h.zip", "w") as archive:
        archive.writestr("in.ris", ris("One of an archive"))
    (folder / "i.xml.gz").write_bytes(gzip.compress(pubmed(4).encode()))
    result = add(catalogue, folder)
    assert (result.added, result.files, result.refused) == (11, 9, [])
    assert len(result.documents) == catalogue.counts()["documents"] == 11
    row = next(row for row in catalogue.documents() if row.about.title == "One of an archive")
    (source,) = catalogue.sources(row.id)
    assert (Path(source.path).name, source.member, source.format, source.entry) == ("h.zip", "in.ris", "ris", 0)


def test_a_file_that_was_read_to_its_end_is_not_read_again(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.ris").write_text(ris("One", "Two"))
    add(catalogue, folder)
    again = add(catalogue, folder)
    assert (again.unchanged_files, again.files, again.added, again.known) == (1, 0, 0, 0)


def test_a_newer_reader_reads_it_again(catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.ris").write_text(ris("One"))
    add(catalogue, folder)
    newer = tuple(
        formats.Format(kind.name, kind.title, kind.suffixes, kind.module, f"{kind.version}+", kind.begins)
        for kind in formats.FORMATS
    )
    monkeypatch.setattr(formats, "FORMATS", newer)
    again = add(catalogue, folder)
    assert (again.unchanged_files, again.known) == (0, 1)


def test_a_file_that_breaks_off_gives_what_is_whole_and_is_gone_on_with(catalogue: Catalogue, folder: Path) -> None:
    whole = pubmed(*range(1, 101))
    (folder / "a.xml").write_text(whole[: int(len(whole) * 0.8)])
    (folder / "b.ris").write_text(ris("Behind it"))
    first = add(catalogue, folder)
    assert 70 <= first.added - 1 < 81  # those that are whole, but no more than the text holds
    assert "no whole PubMed XML, behind document" in reasons(first)["a.xml"]
    assert "Behind it" in titles(catalogue)
    (folder / "a.xml").write_text(whole)
    second = add(catalogue, folder)
    assert (second.added, second.known, second.refused) == (101 - first.added, first.added - 1, [])
    assert catalogue.counts()["documents"] == 101


def test_an_interruption_keeps_whole_batches_and_the_same_call_goes_on(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.ris").write_text(ris(*(f"Title of number {number}" for number in range(100))))

    def stop(step: Step) -> None:
        if step.documents >= 64:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(catalogue, list(find_files([folder])), "", None, stop, 1)
    assert catalogue.counts()["documents"] == 64
    result = add(catalogue, folder)
    assert (result.added, result.known) == (36, 64)
    assert add(catalogue, folder).unchanged_files == 1


def test_a_changed_file_updates_adds_and_removes_what_it_says(catalogue: Catalogue, folder: Path) -> None:
    file = folder / "a.ris"
    file.write_text(
        ris("Stays as it is in every file", "Changes its text in the second", "Goes with the second version")
    )
    add(catalogue, folder)
    file.write_text(
        ris("Stays as it is in every file")
        + ris("Changes its text in the second", abstract="It does not bind.")
        + ris("Comes with the second version")
    )
    result = add(catalogue, folder)
    assert (result.known, result.updated, result.added, result.removed) == (1, 1, 1, 1)
    assert titles(catalogue) == [
        "Changes its text in the second", "Comes with the second version", "Stays as it is in every file",
    ]  # fmt: skip
    changed = next(row for row in catalogue.documents() if row.about.title.startswith("Changes"))
    assert catalogue.parts(changed.id)[0].text.startswith("It does not bind.")


def test_an_article_of_two_files_is_one_with_the_better_text_and_the_graver_state(
    catalogue: Catalogue, folder: Path
) -> None:
    (folder / "a.ris").write_text(
        "TY  - JOUR\nTI  - On a kinase of number 7\nDB  - PubMed\nAN  - 7\nN1  - Retracted\nER  -\n"
    )
    (folder / "b.xml").write_text(pubmed(7))
    result = add(catalogue, folder)
    assert (result.added, result.updated) == (1, 1)
    (row,) = catalogue.documents()
    assert (row.format, row.about.state, len(catalogue.sources(row.id))) == ("pubmed", "retracted", 2)
    assert catalogue.parts(row.id)[0].text == "It binds."


def test_a_broken_record_is_named_and_the_others_are_kept(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.bib").write_text(
        "@article{one, title={One}}\n@article{two, title={Two\n@article{three, title={Three}}\n"
    )
    (folder / "b.ris").write_text("TY  - JOUR\nAU  - Lee, M.\nER  -\n" + ris("Four"))
    (folder / "c.xml").write_text(pubmed(8, 9).replace("</PubmedArticle>", "</PubmedArticle><PubmedArticle/>", 1))
    result = add(catalogue, folder)
    assert titles(catalogue) == [
        "Four", "On a kinase of number 8", "On a kinase of number 9", "One", "Three",
    ]  # fmt: skip
    assert reasons(result) == {
        "a.bib, record 2": "the entry 'two' breaks off: a brace or quotation mark is not closed.",
        "b.ris, record 1": "it has neither a title nor text.",
        "c.xml, record 2": "PubMed: an article without its citation came.",
    }


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.ris", b"", "is empty"),
        ("a.txt", b" \n ", "is empty"),
        ("a.md", b"\n", "is empty"),
        ("a.ris", b"  \n", "holds no document"),
        ("a.bib", b"% nothing", "holds no document"),
        ("a.nbib", b"Dear friend", "holds no document"),
        ("a.txt", b"PK\x00\x01\x02", "it holds bytes that no text has"),
        ("a.ris", b"TY  - JOUR\nTI  - \0\0\0\nER  -", "it holds bytes that no text has"),
        ("a.pdf", b"no pdf", "is no PDF"),
        ("a.xml", b"<html><body/></html>", "is not what its name says"),
        ("a.xml", b"<PubmedArticleSet></PubmedArticleSet>", "holds no document"),
        ("a.xml", b"<PubmedArticleSet><PubmedArticle></PubmedArticleSet>", "tag mismatch"),
        ("a.xml", pubmed(1, abstract="caf\xe9").encode("latin-1"), "encoding, line 1"),
        ("a.xml", pubmed(1, head='<?xml version="1.0" encoding="x-nothing"?>').encode(), "no whole PubMed XML"),
        ("a.nxml", b"<article>", "no whole JATS"),
        ("a.xml", b"<article><front/><body><p>" + b"<b>" * 5000, "no whole JATS"),
        ("a.csv", b"smiles,ic50\nC,1\n", "no table of references"),
        ("a.txt.gz", gzip.compress(b"word " * 100, mtime=0)[:-9], "damaged or cut short"),
        ("a.zip", b"PK", "no zip archive"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason_and_the_rest_is_added(
    catalogue: Catalogue, folder: Path, name: str, data: bytes, reason: str
) -> None:
    (folder / name).write_bytes(data)
    (folder / "z.ris").write_text(ris("The rest"))
    result = add(catalogue, folder)
    assert len(result.refused) == 1
    assert reason in result.refused[0].reason
    assert titles(catalogue) == ["The rest"]
    assert result.refused[0].hint or "record" in result.refused[0].name


def test_entities_are_not_resolved_and_bombs_stay_small(catalogue: Catalogue, folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("secret word")
    outside = f"<!DOCTYPE x [<!ENTITY out SYSTEM '{secret.as_uri()}'>]>"
    (folder / "bomb.xml").write_text(pubmed(1, abstract="Boom &j;", head=BOMB + "]>"))
    (folder / "outside.xml").write_text(pubmed(2, abstract="Read &out; this", head=outside))
    begin = time.process_time()
    add(catalogue, folder)
    assert time.process_time() - begin < 5
    texts = " ".join(part.text for row in catalogue.documents() for part in catalogue.parts(row.id))
    assert "secret word" not in texts
    assert len(texts) < 1000


def test_next_years_document_type_is_as_good_as_any(catalogue: Catalogue, folder: Path) -> None:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2031//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_310101.dtd">\n'
    )
    (folder / "a.xml").write_text(pubmed(1, head=head))
    (folder / "b.xml").write_bytes(
        pubmed(2, abstract="café", head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")
    )
    (folder / "c.xml").write_bytes(
        pubmed(3, abstract="naïve", head='<?xml version="1.0" encoding="iso-8859-1"?>').encode("latin-1")
    )
    assert add(catalogue, folder).added == 3
    texts = {row.about.pmid: catalogue.parts(row.id)[0].text for row in catalogue.documents()}
    assert texts == {"1": "It binds.", "2": "café", "3": "naïve"}


def test_a_file_that_goes_while_others_are_read_is_told(catalogue: Catalogue, folder: Path) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.ris").write_text(ris(f"Title {name}"))
    found = list(find_files([folder]))
    (folder / "b.ris").unlink()
    result = ingest(catalogue, found, "", None)
    assert titles(catalogue) == ["Title a", "Title c"]
    assert "No such file" in reasons(result)["b.ris"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX names")
def test_whatever_a_file_is_called_what_is_shown_of_it_is_clean(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a\n\x1b[31mred.bib").write_text("@article{x, title={Never closed}\n@article{y, title={Whole}}")
    (folder / "b\x1b]0;t\x07.txt").write_bytes(b"\0")
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr("d\x1b[2J.txt", b"")
    steps: list[str] = []
    result = ingest(catalogue, list(find_files([folder])), "", None, lambda step: steps.append(step.file))
    shown = " ".join([*steps, *(f"{item.name} {item.reason} {item.hint}" for item in result.refused), *result.notes])
    assert len(result.refused) == 3
    assert not set(shown) & set("\n\x1b\x07")
    assert titles(catalogue) == ["Whole"]


def test_what_a_reader_says_of_a_document_is_told_and_kept(catalogue: Catalogue, folder: Path) -> None:
    record = pubmed(1).replace("</MedlineCitation>", '</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/b</ArticleId>'
                               "</ArticleIdList></PubmedData>").replace("<ArticleTitle>", '<ELocationID EIdType="doi">10.1000/a</ELocationID><ArticleTitle>')  # fmt: skip
    (folder / "a.xml").write_text(record)
    result = add(catalogue, folder)
    assert result.notes == ["On a kinase of number 1: The record gives two DOIs: 10.1000/b and 10.1000/a."]
    assert catalogue.documents()[0].notes == ("The record gives two DOIs: 10.1000/b and 10.1000/a.",)


def test_the_progress_counts_files_and_documents(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.ris").write_text(ris(*(f"Title of number {number}" for number in range(40))))
    (folder / "b.ris").write_text(ris("Another"))
    steps: list[Step] = []
    found = list(find_files([folder]))
    ingest(catalogue, found, "", None, steps.append, len(found))
    assert [(Path(step.file).name, step.files_done, step.files_total, step.documents) for step in steps] == [
        ("a.ris", 0, 2, 32), ("a.ris", 0, 2, 40), ("a.ris", 1, 2, 40), ("b.ris", 1, 2, 41), ("b.ris", 2, 2, 41),
    ]  # fmt: skip


def test_real_exports_go_in_without_a_refusal_that_is_no_fault_of_theirs(catalogue: Catalogue, shared: Path) -> None:
    result = add(
        catalogue, shared / "data/references_ris_bib/asreview_demo", shared / "data/ncbi_entrez/biopython_Medline"
    )
    assert result.added + result.known + result.updated > 400
    names = {item.name.rpartition("/")[2].partition(",")[0] for item in result.refused}
    without_text = {
        "baseline_reference_types.ris",
        "baseline_tag-notes.ris",
        "baseline_tag_and_field_definitions_lists.ris",
    }
    assert names <= without_text | {"duplicate_records.csv", "baseline_zotero.ris", "_baseline.ris"}
