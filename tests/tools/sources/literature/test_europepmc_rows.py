"""Rows of Europe PMC become articles; recorded ones too, and whatever shape a row has, nothing else is raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.articles.article import EditorialNotice
from biocopilot.memory.errors import BadReply
from biocopilot.tools.sources.literature.europepmc_rows import article_of
from hypothesis import given, settings
from hypothesis import strategies as st

MakeRow = Callable[..., dict[str, Any]]


def test_a_core_row_in_all_its_parts(row: MakeRow) -> None:
    found = article_of(row(5))
    assert (found.database, found.pmid, found.pmcid, found.doi) == ("MED", "20000005", "PMC3000005", "10.1000/test.5")
    assert found.title == "Inhibitors of EGFR, part 5."
    assert found.abstract_text == "Background: IC50 was 10^-6 M (P < 0.01).\nResults: It works."
    assert [(author.name, author.fore_name, author.collective) for author in found.authors] == [
        ("Lee MS", "Megan S", False),
        ("Kinase Study Group", "", True),
    ]
    assert (found.journal, found.journal_abbreviation, found.volume, found.pages) == (
        "Cancer research",
        "Cancer Res",
        "70",
        "4880-4890",
    )
    assert (found.year, found.date, found.languages) == (2010, "2010 Jun", ("eng",))
    assert (found.licence, found.open_access, found.cited_by) == ("CC BY", True, 133)
    assert [(h.name, h.major, [(q.name, q.major) for q in h.qualifiers]) for h in found.mesh] == [
        ("ErbB Receptors", False, [("inhibitors", True)])
    ]
    assert found.keywords == ("kinase",)


def test_retractions_and_corrections_have_their_notices(row: MakeRow) -> None:
    relations = [
        {"id": "888", "source": "MED", "type": "Erratum in", "reference": "Cancer Res. 2011", "orderIn": 1},
        {"id": "777", "source": "MED", "type": "Retraction in", "reference": "Cancer Res. 2012"},
        {"id": "666", "source": "MED", "type": "Comment in"},
    ]
    found = article_of(row(1, commentCorrectionList={"commentCorrection": relations}))
    assert found.mark == "RETRACTED (notice PMID 777); corrected (notice PMID 888)"
    notice = article_of(
        row(2, commentCorrectionList={"commentCorrection": {"id": "1", "source": "MED", "type": "Retraction of"}})
    )
    assert notice.notice_of == (EditorialNotice("retraction", pmid="1"),)
    assert not notice.retracted


def test_a_preprint_names_what_was_published_of_it(row: MakeRow) -> None:
    published = {"commentCorrection": [{"id": "31978945", "source": "MED", "type": "Preprint of"}]}
    found = article_of(row(1, id="PPR123", source="PPR", pmid=None, pmcid=None, commentCorrectionList=published))
    assert (found.database, found.id, found.pmid) == ("PPR", "PPR123", "")
    assert found.notices == (EditorialNotice("preprint", pmid="31978945"),)
    assert found.mark == ""


def test_a_lite_row_of_a_retracted_article_is_marked(row: MakeRow) -> None:
    lite = {
        "id": "9",
        "source": "MED",
        "title": "T",
        "pubType": "retracted publication; journal article",
        "pubYear": "2009",
    }
    assert article_of(lite).mark == "RETRACTED (no notice is named)"


@pytest.mark.parametrize("bad", [None, 7, "x", [], {}, {"id": ""}, {"id": None}, {"id": {"a": 1}}])
def test_a_row_without_an_id_is_refused(bad: Any) -> None:
    with pytest.raises(BadReply):
        article_of(bad)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_fields_of_any_shape_leave_an_article(row: MakeRow, data: st.DataObject) -> None:
    given_row = row(3)
    for name in data.draw(st.lists(st.sampled_from(sorted(given_row)), max_size=4)):
        given_row[name] = data.draw(_JSON)
    try:
        found = article_of(given_row)
    except BadReply:
        return
    assert isinstance(found.title, str)
    assert found.year is None or 1500 <= found.year < 2100


def test_recorded_rows_are_read(shared: Path) -> None:
    folder = shared / "data/biomcp_captures"
    paths = [
        folder / "europepmc/search_pmid_20516115.json",
        *(folder / "variant_articles_683/europepmc").glob("*.json"),
    ]
    count = 0
    for path in paths:
        value = json.loads(path.read_text("utf-8"))
        for given_row in value["resultList"]["result"]:
            found = article_of(given_row)
            assert found.pmid == given_row.get("pmid", "")
            assert found.doi == given_row.get("doi", "")
            assert found.pmcid == given_row.get("pmcid", "")
            assert found.year == int(given_row["pubYear"])
            assert found.cited_by == given_row["citedByCount"]
            assert found.open_access == (given_row["isOpenAccess"] == "Y")
            assert "<" not in found.title
            names = [name for name in given_row.get("authorString", "").split(",") if name]
            assert len(found.authors) == len(names)
            count += 1
    assert count == 17
