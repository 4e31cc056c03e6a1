"""RIS: how exporters bend it, one by one, and real exports of six databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.ris import read

ONE = """TY  - JOUR
TI  - Gatekeeper mutations of EGFR
AU  - Lee, Min S.
AU  - van der Berg, Jan
PY  - 2010///
JF  - Cancer Research
DO  - https://doi.org/10.1158/ABC
AB  - It binds.
KW  - EGFR
ER  -
"""


def documents(text: str | bytes) -> list[ReadDocument]:
    return list(read(text if isinstance(text, bytes) else text.encode(), "a.ris"))


def texts(document: ReadDocument) -> list[str]:
    return [part.text for part in document.parts]


def test_a_reference_is_read_with_all_that_it_says() -> None:
    (document,) = documents(ONE)
    about = document.about
    assert (about.title, about.year, about.journal, about.doi) == (
        "Gatekeeper mutations of EGFR", 2010, "Cancer Research", "10.1158/abc",
    )  # fmt: skip
    assert about.authors == ("Lee MS", "van der Berg J")
    assert (about.keywords, about.publication_types, about.state) == (("EGFR",), ("Journal Article",), "none")
    assert (texts(document), document.rank, document.format) == (["It binds."], 20, "ris")


def test_a_reference_with_a_title_only_is_found_by_it_and_ranks_lowest() -> None:
    (document,) = documents("TY  - JOUR\nTI  - Only a title\nER  -\n")
    assert (texts(document), document.rank) == (["Only a title"], 1)


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param(ONE.replace("\n", "\r\n"), id="crlf"),
        pytest.param(ONE.replace("\n", "\r"), id="old mac"),
        pytest.param(b"\xef\xbb\xbf" + ONE.encode(), id="byte order mark"),
        pytest.param(ONE.encode("utf-16"), id="utf-16"),
        pytest.param(ONE.replace("  - ", " - "), id="one blank"),
        pytest.param(ONE.replace("  - ", "- "), id="no blank"),
        pytest.param(ONE.replace("TI  - ", "TI\t- "), id="a tab"),
        pytest.param("".join(f"   {line}\n" for line in ONE.splitlines()), id="indented"),
        pytest.param(ONE.replace("ER  -\n", ""), id="no end"),
        pytest.param("Provider: a database\n\n1.\n" + ONE + "\nLink to the full text: x\n", id="lines around it"),
        pytest.param(ONE.replace("TY  - JOUR\n", "TY  - JOUR\nX9  - unknown\nZZ  -\n"), id="unknown tags"),
    ],
)
def test_bent_files_give_the_same_reference(bent: str | bytes) -> None:
    (document,) = documents(bent)
    assert (document.about, document.parts) == (documents(ONE)[0].about, documents(ONE)[0].parts)


def test_windows_letters_are_read() -> None:
    (document,) = documents(ONE.replace("Lee, Min", "Müller, Özgür").encode("cp1252"))
    assert document.about.authors[0] == "Müller ÖS"


def test_every_record_is_read_where_ends_are_missing() -> None:
    found = documents("TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\nER  - \nTI  - Three, without its type\nER  -\n")
    assert [(item.entry, item.about.title) for item in found] == [
        (0, "One"),
        (1, "Two"),
        (2, "Three, without its type"),
    ]


def test_values_go_on_in_further_lines() -> None:
    (document,) = documents(
        "TY  - JOUR\nAB  - The dose was\n5 mg. T1 - weighted images\nT2-weighted too.\nKW  - Animals\nMice\nAU  - Lee, M.\nKim, J.\nER  -\n"
    )
    assert texts(document) == ["The dose was 5 mg. T1 - weighted images T2-weighted too."]
    assert document.about.keywords == ("Animals", "Mice")
    assert document.about.authors == ("Lee M", "Kim J")


def test_an_abstract_that_stands_under_two_tags_is_read_once_and_two_are_both_kept() -> None:
    assert texts(documents("TY  - JOUR\nN2  - Same.\nAB  - Same.\n")[0]) == ["Same."]
    assert texts(documents("TY  - JOUR\nN2  - Other.\nAB  - One.\n")[0]) == ["One.\nOther."]


@pytest.mark.parametrize(
    ("lines", "pmid", "pmcid"),
    [
        ("DB  - PubMed\nAN  - 26957754", "26957754", ""),
        ("DP  - NLM\nAN  - 26957754", "26957754", ""),
        ("DB  - Scopus\nAN  - 26957754", "", ""),
        ("U1  - 26957754[pmid]\nU2  - PMC4756000[pmcid]", "26957754", "PMC4756000"),
        ("AN  - PMC3654245", "", "PMC3654245"),
        ("N1  - PMID: 26957754\nC2  - PMC4756000", "26957754", "PMC4756000"),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/26957754/\nL2  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4756000/", "26957754", "PMC4756000"),
    ],
)  # fmt: skip
def test_ids_are_found_where_exporters_put_them(lines: str, pmid: str, pmcid: str) -> None:
    (document,) = documents(f"TY  - JOUR\nTI  - T\n{lines}\nER  -\n")
    assert (document.about.pmid, document.about.pmcid) == (pmid, pmcid)


@pytest.mark.parametrize(
    "lines",
    [
        "UR  - https://dx.doi.org/10.1021/x",
        "N1  - doi: 10.1021/x",
        "DO  - doi:10.1021/x",
        "DO  - 10.1021/x [doi] 10.1021/y",
        "M3  - doi: 10.1021/x",
    ],
)
def test_a_doi_is_found_where_exporters_put_it(lines: str) -> None:
    (document,) = documents(f"TY  - JOUR\nTI  - T\n{lines}\nER  -\n")
    assert document.about.doi == "10.1021/x"


@pytest.mark.parametrize(
    ("lines", "state", "standing"),
    [
        ("TI  - RETRACTED: On EGFR", "retracted", "RETRACTED (no notice is named)"),
        ("TI  - On EGFR\nN1  - Retracted Publication", "retracted", "RETRACTED (no notice is named)"),
        ("TI  - On EGFR\nM3  - Retracted", "retracted", "RETRACTED (no notice is named)"),
        ("TI  - On EGFR\nC1  - Retraction in: J Foo. 2012;3:4. PMID: 77", "retracted", "RETRACTED (notice PMID 77)"),
        ("TI  - On EGFR\nN1  - 1234\nErratum in: J Foo. 2012;3:4", "corrected", "corrected (no notice is named)"),
        ("TI  - On EGFR\nN1  - Expression of concern in: doi: 10.1/x", "concern", "EXPRESSION OF CONCERN (no notice is named)"),
        ("TI  - Retraction notice to: On EGFR", "notice", ""),
        ("TI  - Correction to: On EGFR", "notice", ""),
        ("TI  - Expression of Concern: On EGFR", "notice", ""),
        ("TI  - Correction of hyponatraemia in the elderly", "none", ""),
        ("TI  - Retraction of the upper eyelid", "none", ""),
        ("TI  - On EGFR\nN1  - Cited By :9", "none", ""),
    ],
)  # fmt: skip
def test_standing_is_read_from_title_type_and_notes(lines: str, state: str, standing: str) -> None:
    (document,) = documents(f"TY  - JOUR\n{lines}\nER  -\n")
    assert (document.about.state, document.about.standing) == (state, standing)


def test_the_pmid_of_a_notice_is_not_that_of_the_article() -> None:
    (document,) = documents("TY  - JOUR\nTI  - T\nN1  - Retraction in: J Foo. PMID: 77\nER  -\n")
    assert document.about.pmid == ""


def test_escape_sequences_and_markup_are_gone() -> None:
    (document,) = documents("TY  - JOUR\nTI  - A \x1b[31m<i>red</i>\u202e title\nER  -\n")
    assert document.about.title == "A red title"


@pytest.mark.parametrize(
    ("name", "number", "with_abstract"),
    [
        ("scopus.ris", 6, 6), ("embase.ris", 6, 6), ("ovid_psycinfo.ris", 6, 6), ("proquest.ris", 6, 6),
        ("pubmed_zotero.ris", 6, 6), ("web_of_science.txt", 10, 10), ("pubmed_endnote.txt", 6, 6), ("_baseline.ris", 100, 98),
    ],
)  # fmt: skip
def test_real_exports_are_read_whole(shared: Path, name: str, number: int, with_abstract: int) -> None:
    data = (shared / "data/references_ris_bib/asreview_demo" / name).read_bytes()
    found = list(read(data, name))
    assert len(found) == number
    assert sum(item.rank == 20 for item in found) == with_abstract
    assert all(item.about.title and item.about.authors and item.about.year for item in found if "baseline" not in name)
    assert [item.text_sha256 for item in read(data, name)] == [item.text_sha256 for item in found]
