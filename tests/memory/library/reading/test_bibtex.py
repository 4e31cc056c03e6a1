"""BibTeX: its syntax, what is wrong in real files, and its LaTeX."""

from __future__ import annotations

import time

import pytest
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.bibtex import read


def documents(text: str) -> list[ReadDocument]:
    return list(read(text.encode(), "a.bib"))


def test_an_entry_is_read_with_all_that_it_says() -> None:
    (document,) = documents(
        r"""@Article{Erdos2010,
  author   = {Erd{\H o}s, P{\'a}l and Min Su Lee and {Genes and Cells Network} and others},
  title    = {The {EGFR} $\alpha$-helix},
  journal  = "Cancer {Research}",
  year     = 2010,
  abstract = {First
     line.

     Second {paragraph}.},
  doi = {10.1021/jm\_100}, pmid = {123456}, keywords = {EGFR, kinase},
}"""
    )
    about = document.about
    assert about.authors == ("Erdős P", "Lee MS", "Genes and Cells Network")
    assert (about.title, about.journal, about.year) == ("The EGFR α-helix", "Cancer Research", 2010)
    assert (about.doi, about.pmid, about.keywords) == ("10.1021/jm_100", "123456", ("EGFR", "kinase"))
    assert about.publication_types == ("Journal Article",)
    assert [part.text for part in document.parts] == ["First line.\nSecond paragraph."]
    assert (document.rank, document.format) == (20, "bibtex")


@pytest.mark.parametrize(
    "entry",
    [
        "@article(k, title = {A title}, year = {1999})",
        "@article{k, title = {A title} year = 1999}",
        "@article{k,\n title = \"A title\",\n year = \"1999\",\n}",
        "@article{title = {A title}, year = 1999}",
        "@ARTICLE {k , TITLE={A title},YEAR={1999},,}",
        "@string{t = {A ti}}\n@article{k, title = t # \"tle\", year = 1999}",
        "@comment{@x}\n@preamble{\"\\newcommand\"}\n% remark\n@article{k, title = {A title}, date = {1999-05}}",
        "@article{k, title = \"A {\\\"t}itle\", year = 1999}".replace('{\\"t}', "t"),
    ],
)  # fmt: skip
def test_ways_of_writing_one_entry(entry: str) -> None:
    (document,) = documents(entry)
    assert (document.about.title, document.about.year) == ("A title", 1999)


def test_a_broken_entry_is_named_and_the_rest_is_kept() -> None:
    found = documents(
        "@article{one, title = {One}}\n@article{two, title = {Never closed, year = 1999\n}\n@article{three, title = {Three}}\n"
        '@article{four, title = "Four}\n'
    )
    assert [(item.entry, item.about.title, bool(item.parts)) for item in found] == [
        (0, "One", True), (1, "", False), (2, "Three", True), (3, "", False),
    ]  # fmt: skip
    assert found[1].notes == ("the entry 'two' breaks off: a brace or quotation mark is not closed.",)


def test_a_brace_too_many_further_down_does_not_close_an_entry_that_lacks_one() -> None:
    found = documents("@article{one, title = {One}\n@article{two, title = {Two}}}\n@article{three, title = {Three}}")
    assert [item.about.title for item in found] == ["", "Two", "Three"]
    swallowing = documents(
        "@article{one, title = {One\n@article{two, title = {Two}}}}\n@article{three, title = {Three}}"
    )
    assert [item.about.title for item in swallowing] == ["", "Two", "Three"]


def test_an_entry_that_stops_between_fields_is_named() -> None:
    (document,) = documents("@article{one, title = {One}, year = 1999")
    assert document.parts == ()
    assert "'one'" in document.notes[0]


def test_ids_in_other_fields_and_retractions_are_read() -> None:
    (first, second) = documents(
        "@article{a, title={T}, eprint={77}, eprinttype={pubmed}, url={https://doi.org/10.1/AB}, pmcid={PMC12}, note={Retracted}}\n"
        "@article{b, title={RETRACTED: T}}"
    )
    assert (first.about.pmid, first.about.pmcid, first.about.state) == ("77", "PMC12", "retracted")
    assert second.about.state == "retracted"


@pytest.mark.parametrize(
    "made",
    ["{" * 200_000, '"' + "{" * 200_000, "{" + " " * 200_000 + "}, author = {" + " " * 200_000 + "x}", "{" + "\\'{" * 60_000, "{" + "$" * 200_000,
     "{" + "a and " * 60_000 + "}", "{" + "\n " * 100_000 + "}"],
)  # fmt: skip
def test_what_is_made_to_take_forever_does_not(made: str) -> None:
    begin = time.process_time()
    found = documents(f"@article{{x, title = {made}\n@article{{y, title={{Y}}}}")
    assert found[-1].about.title == "Y"
    assert time.process_time() - begin < 3
