"""MEDLINE's tagged text: its tags, files that were bent by hand, and real ones beside Bio.Medline."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.medline import read

ONE = """
PMID- 123456
OWN - NLM
DP  - 2010 Jun 15
TI  - Gatekeeper mutations of EGFR and
      what follows.
LID - 10.1000/S1 [pii]
LID - 10.1158/ABC [doi]
AB  - BACKGROUND: It binds. RESULTS: TNF-alpha
      fell.
FAU - Lee, Min Su
AU  - Lee MS
CN  - The Group
LA  - eng
PT  - Journal Article
PT  - Review
TA  - Cancer Res
JT  - Cancer research
MH  - *ErbB Receptors/*antagonists & inhibitors
OT  - kinase
PMC - PMC1234567
SO  - Cancer Res. 2010 Jun 15.
"""


def documents(text: str) -> list[ReadDocument]:
    return list(read(text.encode(), "a.nbib"))


def test_a_record_is_read_with_all_that_it_says() -> None:
    (document,) = documents(ONE)
    about = document.about
    assert about.title == "Gatekeeper mutations of EGFR and what follows."
    assert about.authors == ("Lee MS", "The Group")
    assert (about.year, about.journal, about.doi) == (2010, "Cancer research", "10.1158/abc")
    assert (about.pmid, about.pmcid, about.language) == ("123456", "PMC1234567", "eng")
    assert about.publication_types == ("Journal Article", "Review")
    assert about.keywords == ("ErbB Receptors", "kinase")
    assert [part.text for part in document.parts] == ["BACKGROUND: It binds. RESULTS: TNF-alpha fell."]
    assert (document.rank, document.format) == (20, "medline")


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param(ONE.replace("\n", "\r\n"), id="crlf"),
        pytest.param(ONE.replace("      what", "  what"), id="less indented"),
        pytest.param(ONE.replace("      ", ""), id="not indented"),
        pytest.param(ONE.replace("TI  - ", "TI  -").replace("PMID- ", "PMID-"), id="no blank behind the hyphen"),
        pytest.param(ONE + "\nThis line is a footer.\n", id="a footer"),
        pytest.param(ONE.replace("OWN - NLM", "OWN - NLM\nXYZ - unknown"), id="unknown tag"),
    ],
)
def test_bent_files_give_the_same_record(bent: str) -> None:
    (document,) = documents(bent)
    assert (document.about, document.parts) == (documents(ONE)[0].about, documents(ONE)[0].parts)


def test_records_are_told_apart_with_and_without_an_empty_line() -> None:
    second = ONE.replace("123456", "77").strip()
    for between in ("\n", "\n\n\n"):
        found = documents(ONE.strip() + between + second)
        assert [(item.entry, item.about.pmid) for item in found] == [(0, "123456"), (1, "77")]


def test_records_without_a_pmid_are_told_apart_by_an_empty_line() -> None:
    found = documents("PMC - PMC1\nTI  - One\n\nPMC - PMC2\nTI  - Two\n")
    assert [(item.about.pmcid, item.about.title) for item in found] == [("PMC1", "One"), ("PMC2", "Two")]


def test_a_footer_is_no_part_of_the_last_value() -> None:
    assert documents("PMID- 1\nTI  - A title\n\nThis line is a footer.\n")[0].about.title == "A title"


@pytest.mark.parametrize(
    ("lines", "state", "standing"),
    [
        ("PT  - Retracted Publication\nRIN - J Foo. 2012;3:4. PMID: 77", "retracted", "RETRACTED (notice PMID 77)"),
        ("RIN - J Foo. 2012;3:4. doi: 10.1000/x.", "retracted", "RETRACTED (notice doi:10.1000/x)"),
        ("PRIN- J Foo. PMID: 77", "concern", "RETRACTED IN PART (notice PMID 77)"),
        ("ECI - J Foo. PMID: 77", "concern", "EXPRESSION OF CONCERN (notice PMID 77)"),
        ("EIN - J Foo. PMID: 77", "corrected", "corrected (notice PMID 77)"),
        ("RRI - J Foo. PMID: 77", "retracted", "RETRACTED (notice PMID 77)"),
        ("ROF - J Foo. PMID: 77\nPT  - Retraction of Publication", "notice", ""),
        ("ECF - J Foo. PMID: 77", "notice", ""),
        ("CIN - J Foo. PMID: 77", "none", ""),
        ("UIN - J Foo. PMID: 77", "none", ""),
    ],
)
def test_notices_are_read(lines: str, state: str, standing: str) -> None:
    (document,) = documents(ONE.replace("OWN - NLM", lines))
    assert (document.about.state, document.about.standing, document.about.pmid) == (state, standing, "123456")


def test_a_book_has_its_title_and_a_record_without_any_text_has_no_parts() -> None:
    assert documents("PMID- 5\nBTI - A Book\n")[0].about.title == "A Book"
    assert documents("PMID- 5\nDP  - 2000\n")[0].parts == ()


def test_real_files_are_read_as_bio_medline_reads_them(shared: Path) -> None:
    from Bio import Medline

    paths = sorted((shared / "data/ncbi_entrez/biopython_Medline").glob("*.txt"))
    compared = 0
    for path in paths:
        with path.open(encoding="utf-8") as opened:
            expected = list(Medline.parse(opened))
        found = list(read(path.read_bytes(), path.name))
        assert len(found) == len(expected)
        for document, record in zip(found, expected, strict=True):
            about = document.about
            assert about.pmid == record["PMID"]
            assert about.title == " ".join(record["TI"].split())
            assert about.authors == tuple(record["AU"])
            assert document.parts[0].text == " ".join(record["AB"].split())
            assert (about.journal, about.publication_types) == (record["JT"], tuple(record["PT"]))
            assert about.doi == next((item.split()[0].lower() for item in record.get("AID", []) if "[doi]" in item), "")
            compared += 1
    assert compared == 6
