"""Which documents are one, whose text is kept, and that text, words, vectors and sources follow."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.writing import (
    WAITING,
    Origin,
    add_documents,
    context_of,
    embedded_text,
    forget_file,
    remove_documents,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
TITLE = "Allosteric inhibition of a kinase by a small molecule"

ABOUT = About(title=TITLE, year=2019)
RIS = ReadDocument(replace(ABOUT, doi="10.1/a"), (Part("From the reference manager.", "abstract"),), "ris", 10)
PUBMED = ReadDocument(
    replace(ABOUT, title=f"RETRACTED: {TITLE}", pmid="7", doi="10.1/A", state="retracted", standing="RETRACTED (notice PMID 8)"),
    (Part("As PubMed has it.", "abstract"),), "pubmed", 20,
)  # fmt: skip
PDF = ReadDocument(replace(ABOUT, doi="10.1/a"), (Part("As printed.", "page", 1),), "pdf", 30)
JATS = ReadDocument(
    replace(ABOUT, pmid="7", pmcid="PMC9", doi="10.1/a", state="concern"), (Part("In full.", "body"),), "jats", 40
)
ARTICLE = (RIS, PUBMED, PDF, JATS)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "library.sqlite", writing=True)
    yield opened
    opened.close()
    assert MADE["disagreements"](tmp_path / "library.sqlite") == []


@pytest.fixture
def model() -> Any:
    return MADE["WordHash"]()


def add(
    catalogue: Catalogue, model: Any, read: ReadDocument, path: str = "", sha: str = "1", collection: str = ""
) -> Any:
    origin = Origin(path or f"/{read.format}", sha)
    return add_documents(catalogue, [read], origin, collection, model.documents)[0]


def words(catalogue: Catalogue, match: str) -> list[str]:
    query = "SELECT p.document FROM words w JOIN passage p ON p.seq = w.rowid WHERE words MATCH ?"
    return [row[0] for row in catalogue.rows(query, (match,))]


@given(order=st.permutations(range(4)), together=st.booleans())
@settings(max_examples=48, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_article_from_four_formats_is_one_document_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], together: bool
) -> None:
    path = tmp_path_factory.mktemp("order") / "library.sqlite"
    model = MADE["WordHash"]()
    catalogue = Catalogue.open(path, writing=True)
    try:
        reads = [replace(ARTICLE[n], entry=n) for n in order]
        if together:
            add_documents(catalogue, reads, Origin("/all", "1"), "", model.documents)
        else:
            for read in reads:
                add(catalogue, model, read)
        (row,) = catalogue.documents()
        assert [part.text for part in catalogue.parts(row.id)] == ["In full."]
        assert (row.rank, row.format, row.about.title) == (40, "jats", TITLE)
        assert (row.about.pmid, row.about.pmcid, row.about.doi) == ("7", "PMC9", "10.1/a")
        assert (row.about.state, row.about.standing) == ("retracted", "RETRACTED (notice PMID 8)")
        assert len(catalogue.passages_of(row.id)) == 1
    finally:
        catalogue.close()
    assert MADE["disagreements"](path) == []


def test_the_better_text_stays_and_the_lesser_is_known(catalogue: Catalogue, model: Any) -> None:
    name, outcome = add(catalogue, model, JATS)
    assert outcome == "added"
    before = catalogue.passages_of(name)
    assert add(catalogue, model, RIS) == (name, "known")
    assert add(catalogue, model, JATS, "/copy") == (name, "known")
    assert catalogue.passages_of(name) == before
    assert [(item.format, item.is_text) for item in catalogue.sources(name)] == [("jats", 1), ("jats", 0), ("ris", 0)]


@pytest.mark.parametrize("titles", [("Reply", "Reply"), ("Introduction", "Introduction")])
def test_short_titles_do_not_make_one(catalogue: Catalogue, model: Any, titles: tuple[str, str]) -> None:
    for n, title in enumerate(titles):
        add(
            catalogue,
            model,
            ReadDocument(About(title=title, year=2001), (Part(f"Text {n}.", "abstract"),), "ris", 10, n),
        )
    assert len(catalogue.documents()) == 2


def test_a_notice_is_not_the_article_of_its_title_and_is_known_the_next_time(catalogue: Catalogue, model: Any) -> None:
    article = ReadDocument(ABOUT, (Part("Found.", "abstract"),), "ris", 10)
    notice = ReadDocument(replace(ABOUT, state="notice"), (Part("It is retracted.", "abstract"),), "ris", 10, 1)
    first, second = add(catalogue, model, article)[0], add(catalogue, model, notice)[0]
    assert first != second
    assert add(catalogue, model, notice, "/again") == (second, "known")
    assert add(catalogue, model, article, "/again") == (first, "known")


@pytest.mark.parametrize(("field", "other"), [("pmid", "8"), ("doi", "10.1/b"), ("pmcid", "PMC8")])
def test_what_differs_in_an_identifier_is_not_one(catalogue: Catalogue, model: Any, field: str, other: str) -> None:
    add(catalogue, model, JATS)
    about = replace(JATS.about, **{field: other})
    read = replace(JATS, about=about, parts=(Part("Another text.", "body"),))
    name, outcome = add(catalogue, model, read, "/other")
    assert outcome == "added"
    assert len(catalogue.documents()) == 2
    assert add(catalogue, model, read, "/other") == (name, "known")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_record_that_names_two_documents_makes_them_one(
    catalogue: Catalogue, model: Any, order: tuple[int, ...]
) -> None:
    reads = (
        ReadDocument(About(title="Preprint", doi="10.1/a", year=2018), (Part("By its DOI.", "page", 1),), "pdf", 30),
        ReadDocument(
            About(title="Abstract", pmid="7", pmcid="PMC4"), (Part("By its PMID.", "abstract"),), "pubmed", 20
        ),
        ReadDocument(About(title="Both", doi="10.1/a", pmid="7"), (Part("By both.", "abstract"),), "ris", 10),
    )
    for n in order:
        add(catalogue, model, reads[n], collection=f"c{n}")
    (row,) = catalogue.documents()
    assert (row.about.doi, row.about.pmid, row.about.title) == ("10.1/a", "7", "Preprint")
    assert [part.text for part in catalogue.parts(row.id)] == ["By its DOI."]
    assert {item.format for item in catalogue.sources(row.id)} == {"pdf", "pubmed", "ris"}
    assert {row[0] for row in catalogue.rows("SELECT key FROM document_key")} >= {"doi:10.1/a", "pmid:7", "pmcid:PMC4"}
    assert words(catalogue, "printed OR abstract") == []
    waiting = dict(catalogue.rows("SELECT action, count(*) FROM outbox GROUP BY action"))
    assert waiting["add"] == 1


def test_a_record_that_contradicts_one_of_two_joins_the_other_only(catalogue: Catalogue, model: Any) -> None:
    one = ReadDocument(About(title="One", doi="10.1/a", pmid="1"), (Part("One.", "abstract"),), "pubmed", 20)
    two = ReadDocument(About(title="Two", pmcid="PMC2"), (Part("Two.", "abstract"),), "pubmed", 20)
    both = ReadDocument(About(title="B", doi="10.1/a", pmid="9", pmcid="PMC2"), (Part("B.", "abstract"),), "ris", 10)
    for n, read in enumerate((one, two, both)):
        add(catalogue, model, read, f"/{n}")
    assert {(row.about.pmid, row.about.pmcid) for row in catalogue.documents()} == {("1", ""), ("9", "PMC2")}


def test_an_edited_file_gives_its_new_text_whatever_its_rank(catalogue: Catalogue, model: Any) -> None:
    name, _ = add(catalogue, model, PUBMED, "/a")
    edited = replace(PUBMED, parts=(Part("Shortened.", "abstract"),), rank=1)
    assert add(catalogue, model, edited, "/a", "2") == (name, "updated")
    assert forget_file(catalogue, Origin("/a", "2")) == []
    assert [part.text for part in catalogue.parts(name)] == ["Shortened."]
    assert words(catalogue, "shortened") == [name]
    assert words(catalogue, "pubmed") == []


def test_an_edited_record_is_known_also_where_others_were_put_before_it(catalogue: Catalogue, model: Any) -> None:
    name, _ = add(catalogue, model, RIS, "/all.ris")
    edited = replace(RIS, parts=(Part("Edited.", "abstract"),), entry=4)
    assert add(catalogue, model, edited, "/all.ris", "2") == (name, "updated")
    forget_file(catalogue, Origin("/all.ris", "2"))
    assert [part.text for part in catalogue.parts(name)] == ["Edited."]


def test_an_edited_file_without_identifiers_replaces_what_it_held(catalogue: Catalogue, model: Any) -> None:
    note = ReadDocument(About(title="Bench"), (Part("Day one.", "body"),), "markdown", 5)
    old, _ = add(catalogue, model, note, "/n.md")
    new, outcome = add(catalogue, model, replace(note, parts=(Part("Day two.", "body"),)), "/n.md", "2")
    assert (outcome, forget_file(catalogue, Origin("/n.md", "2"))) == ("added", [old])
    assert [row.id for row in catalogue.documents()] == [new]
    assert words(catalogue, "day") == [new]


def test_a_document_whose_file_went_takes_the_text_of_the_file_that_is_left(catalogue: Catalogue, model: Any) -> None:
    name, _ = add(catalogue, model, RIS, "/kept.ris")
    with catalogue.write() as connection:
        connection.execute("INSERT INTO file VALUES ('1', '', 'ris 1', '/kept.ris', '', 1)")
    add(catalogue, model, JATS, "/edited.xml")
    other = replace(JATS, about=About(title="Quite another article in this file", pmid="99"))
    add(catalogue, model, other, "/edited.xml", "2")
    assert forget_file(catalogue, Origin("/edited.xml", "2")) == []
    assert catalogue.rows("SELECT * FROM file") == []  # so that it is read again
    add(catalogue, model, RIS, "/kept.ris")
    assert [part.text for part in catalogue.parts(name)] == ["From the reference manager."]


def test_a_title_that_comes_later_is_seen_by_words_and_meaning(catalogue: Catalogue, model: Any) -> None:
    read = ReadDocument(About(pmid="5"), (Part("It fell by half.", "abstract"),), "pdf", 30)
    name, _ = add(catalogue, model, read)
    (before,) = catalogue.passages_of(name)
    named = ReadDocument(About(title="Zebrafish hearts", pmid="5"), (Part("x", "abstract"),), "ris", 10)
    assert add(catalogue, model, named) == (name, "updated")
    (after,) = catalogue.passages_of(name)
    assert (after.id, after.text) == (before.id, before.text)
    assert words(catalogue, "zebrafish") == [name]
    context = context_of(catalogue.documents()[0].about, catalogue.parts(name)[0])
    wanted = model.query(embedded_text(context, after.text)).astype("<f4").tobytes()
    assert catalogue.rows("SELECT value FROM vector") == [(wanted,)]


def test_a_document_keeps_its_collection(catalogue: Catalogue, model: Any) -> None:
    add(catalogue, model, RIS, collection="mine")
    add(catalogue, model, JATS, collection="other")
    assert [row.collection for row in catalogue.documents()] == ["mine"]


def test_what_was_removed_can_be_added_again(catalogue: Catalogue, model: Any) -> None:
    for read in (RIS, JATS):
        add(catalogue, model, read)
        with catalogue.write() as connection:
            connection.execute("INSERT INTO file VALUES ('1', '', 'r', ?, '', 1)", (f"/{read.format}",))
            connection.execute("INSERT OR IGNORE INTO file VALUES ('1', '', 'r', '/unlike', '', 1)")
    (row,) = catalogue.documents()
    seqs = [passage.seq for passage in catalogue.passages_of(row.id)]
    remove_documents(catalogue, [row.id])
    for table in ("document", "document_key", "source", "part", "passage", "vector"):
        assert catalogue.rows(f"SELECT * FROM {table}") == [], table
    assert catalogue.rows("SELECT path FROM file") == [("/unlike",)]
    assert dict(catalogue.rows("SELECT seq, action FROM outbox"))[seqs[0]] == "remove"
    assert add(catalogue, model, JATS)[1] == "added"


def test_documents_added_without_a_model_wait_for_one(catalogue: Catalogue) -> None:
    add_documents(catalogue, [RIS], Origin("/a", "1"), "", None)
    assert catalogue.counts()["without_vector"] == 1
    assert catalogue.fact(WAITING) == "1"


def test_a_failing_model_leaves_nothing_behind(catalogue: Catalogue) -> None:
    def fails(_texts: object) -> Any:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        add_documents(catalogue, [RIS], Origin("/a", "1"), "", fails)
    assert catalogue.documents() == []


def test_adding_what_is_known_changes_nothing_for_readers(catalogue: Catalogue, model: Any) -> None:
    add(catalogue, model, RIS)
    generation = catalogue.generation
    add(catalogue, model, RIS)
    assert catalogue.generation == generation
