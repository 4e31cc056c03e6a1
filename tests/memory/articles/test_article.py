"""What must be said of an article before anything else: retraction, concern, correction, with the notice's id."""

from __future__ import annotations

import pytest
from biocopilot.memory.articles.article import Article, EditorialNotice, relation_of


def article(**given: object) -> Article:
    return Article(database="MED", id="1", title=given.pop("title", "A title."), **given)  # type: ignore[arg-type]


def test_a_sound_article_has_no_mark() -> None:
    sound = article()
    assert (sound.mark, sound.retracted, sound.is_notice) == ("", False, False)


def test_the_mark_names_the_notice() -> None:
    taken = article(notices=(EditorialNotice("retraction", pmid="222"),), publication_types=("Retracted Publication",))
    assert taken.retracted
    assert taken.mark == "RETRACTED (notice PMID 222)"


def test_the_gravest_stands_first_whatever_the_order() -> None:
    notices = (
        EditorialNotice("correction", pmid="3"),
        EditorialNotice("expression_of_concern", doi="10.1000/x"),
        EditorialNotice("retraction", pmid="2"),
        EditorialNotice("correction", pmid="4"),
    )
    assert article(notices=notices).mark == (
        "RETRACTED (notice PMID 2); EXPRESSION OF CONCERN (notice doi:10.1000/x); corrected (notice PMID 3, PMID 4)"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"publication_types": ("journal article", "retracted publication")},
        {"title": "RETRACTED: A kinase inhibitor."},
        {"title": "[Retracted] A kinase inhibitor."},
        {"title": "RETRACTED ARTICLE: A kinase inhibitor."},
    ],
)
def test_a_retraction_without_a_notice_is_still_said(given: dict[str, object]) -> None:
    taken = article(**given)
    assert taken.retracted
    assert taken.mark == "RETRACTED (no notice is named)"


@pytest.mark.parametrize(
    "title",
    [
        "Retracted publications in oncology: a survey.",
        "Retraction: A kinase inhibitor.",
        "Retraction of the eyelid in mice.",
        "WITHDRAWN: A Cochrane review that was replaced.",
    ],
)
def test_a_title_about_retraction_is_no_retracted_article(title: str) -> None:
    assert not article(title=title).retracted


@pytest.mark.parametrize("kind", ["Retraction of Publication", "Published Erratum", "Expression of Concern"])
def test_a_notice_is_not_itself_retracted(kind: str) -> None:
    notice = article(publication_types=(kind,), notice_of=(EditorialNotice("retraction", pmid="1"),))
    assert notice.is_notice
    assert not notice.retracted
    assert notice.mark == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RetractionIn", ("retraction", True)),
        ("Retraction in", ("retraction", True)),
        ("RetractionOf", ("retraction", False)),
        ("PartialRetractionIn", ("partial_retraction", True)),
        ("Expression of concern in", ("expression_of_concern", True)),
        ("ExpressionOfConcernFor", ("expression_of_concern", False)),
        ("ErratumIn", ("correction", True)),
        ("Erratum for", ("correction", False)),
        ("CorrectedandRepublishedIn", ("republication", True)),
        ("RetractedandRepublishedIn", ("retraction", True)),
        ("Preprint of", ("preprint", True)),
        ("CommentIn", None),
        ("Comment on", None),
        ("", None),
    ],
)
def test_relations_have_one_meaning_in_both_databases(name: str, expected: object) -> None:
    assert relation_of(name) == expected


def test_labels_are_what_finds_it_again() -> None:
    assert article(pmid="1", pmcid="PMC2").label == "PMID 1"
    assert article(pmcid="PMC2", doi="10.1000/x").label == "PMC2"
    assert article(doi="10.1000/x").label == "doi:10.1000/x"
    assert article().label == "1"
