"""EndNote's XML."""

from __future__ import annotations

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.reading.endnote import read

STYLE = '<style face="normal" font="default" size="100%">{}</style>'
RECORD = f"""<record><database name="My Library.enl">My Library.enl</database><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author>{STYLE.format("Lee, Min S.")}</author><author>{STYLE.format("The Group,")}</author></authors></contributors>
<titles><title>{STYLE.format("IC")}{STYLE.format("50")}{STYLE.format(" of EGFR")}</title>
<secondary-title>{STYLE.format("Cancer Res")}</secondary-title></titles>
<periodical><full-title>{STYLE.format("Cancer Research")}</full-title></periodical>
<keywords><keyword>{STYLE.format("EGFR")}</keyword></keywords><dates><year>{STYLE.format("2010")}</year></dates>
<accession-num>{STYLE.format("123456")}</accession-num><custom2>{STYLE.format("PMC77")}</custom2>
<electronic-resource-num>{STYLE.format("10.1000/X")}</electronic-resource-num>
<abstract>{STYLE.format("It binds.&#xD;Twice.")}</abstract>
<notes>{STYLE.format("Review&#xD;Retraction in: J Foo. PMID: 88")}</notes>
<remote-database-provider>{STYLE.format("NLM")}</remote-database-provider></record>"""
FILE = f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{RECORD}{RECORD.replace("123456", "77")}</records></xml>'


def test_records_are_read_with_all_that_they_say() -> None:
    first, second = read(FILE.encode(), "a.xml")
    about = first.about
    assert (about.title, about.authors, about.year) == ("IC50 of EGFR", ("Lee MS", "The Group"), 2010)
    assert (about.journal, about.doi, about.pmid, about.pmcid) == ("Cancer Research", "10.1000/x", "123456", "PMC77")
    assert (about.keywords, about.publication_types) == (("EGFR",), ("Journal Article", "Review"))
    assert about.standing == "RETRACTED (notice PMID 88)"
    assert [part.text for part in first.parts] == ["It binds.\nTwice."]
    assert (second.about.pmid, second.entry, second.format) == ("77", 1, "endnote")


def test_a_file_that_breaks_off_gives_what_is_whole_and_says_where() -> None:
    reading = read(FILE[: len(FILE) - 300].encode(), "a.xml")
    assert next(reading).about.pmid == "123456"
    with pytest.raises(FileRefused, match=r"no whole EndNote XML, behind document 1: .*line"):
        next(reading)
