from typing import Any

import pytest
from biocopilot.copilot.literature.answer import answered_from

QUESTION = "Does zinc reduce mortality in sepsis?"
FOR = "Zinc reduced mortality in sepsis in 120 patients."
AGAINST = "Zinc did not reduce mortality in sepsis."


def passage(document: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "passage",
        "document": document,
        "label": document,
        "title": f"About {document}",
        "text": text,
        **more,
    }


def test_both_sides_stand_side_by_side_and_are_not_counted() -> None:
    said = answered_from(
        QUESTION,
        [("E1", passage("a", FOR)), ("E2", passage("b", f"{FOR} Again.")), ("E3", passage("c", AGAINST))],
    )
    assert {item.evidence for item in said.supporting} <= {"E1", "E2"}
    assert [item.evidence for item in said.opposing] == ["E3"]


def test_a_quotation_is_an_exact_span_of_its_passage() -> None:
    text = f"BACKGROUND: Sepsis kills.\nRESULTS: {FOR} It was cheap."
    (item,) = answered_from(QUESTION, [("E1", passage("a", text))]).supporting
    assert item.text == text[item.start : item.end] == FOR


def test_a_sentence_that_leans_on_the_one_before_brings_it() -> None:
    text = "Sepsis kills. Zinc is a metal of old renown. It reduced mortality in sepsis."
    (item,) = answered_from(QUESTION, [("E1", passage("a", text, title="Zinc"))]).supporting
    assert item.text == text[item.start : item.end] == "Zinc is a metal of old renown. It reduced mortality in sepsis."


@pytest.mark.parametrize(
    "text",
    [
        f"RESULTS: This study was small.\nCONCLUSION: {FOR}",
        f"Sepsis kills. {FOR}",
        f"Nobody wrote “much” of it. This zinc reduced mortality in sepsis. {FOR}",
        f"{'Very ' * 130}old. These doses of zinc reduced mortality in sepsis.",
        "Sepsis kills. It is thought that zinc reduced mortality in sepsis.",
    ],
)
def test_what_leans_on_nothing_or_cannot_be_quoted_whole_stands_alone(text: str) -> None:
    (item,) = answered_from(QUESTION, [("E1", passage("a", text))]).supporting
    assert item.text == text[item.start : item.end]
    assert item.text.count(".") == 1


def test_a_labelled_aim_takes_no_side() -> None:
    said = answered_from(QUESTION, [("E1", passage("a", f"OBJECTIVE: {FOR}"))])
    assert said.supporting == ()


def test_a_retracted_article_is_never_shown_first() -> None:
    retracted = passage("a", FOR, retracted=True, standing="RETRACTED (notice PMID 1)")
    said = answered_from(QUESTION, [("E1", retracted), ("E2", passage("b", AGAINST))])
    assert said.first is not None
    assert said.first.evidence == "E2"
    assert [item.evidence for item in said.supporting] == ["E1"]
    assert answered_from(QUESTION, [("E1", retracted)]).first is None


def test_study_and_sample_come_from_the_document() -> None:
    text = "Patients were randomly assigned. We included 120 patients."
    said = answered_from(QUESTION, [("E1", passage("a", text)), ("E2", passage("a", AGAINST))])
    (item,) = said.opposing
    assert (item.study, item.sample, item.sample_evidence) == ("randomised trial", "120 patients", "E1")


def test_nothing_said_names_the_nearest_documents() -> None:
    said = answered_from(QUESTION, [("E1", passage("a", "Copper is a metal.")), ("E2", passage("a", "So is iron."))])
    assert said.first is None
    assert (said.supporting, said.opposing, said.bearing) == ((), (), ())
    assert said.nearest == (("E1", "About a"),)
    assert (said.passages, said.documents) == (2, 1)


def test_an_open_question_is_answered_by_few_sentences_of_several_documents() -> None:
    hook = "At high concentration the ternary complex falls apart, the hook effect of a PROTAC."
    passages = [
        ("E1", passage("a", f"{hook} {hook} Unlike glues.")),
        ("E2", passage("b", "Unlike PROTACs, glues show no hook effect.")),
    ]
    said = answered_from("What is the hook effect of PROTACs?", passages)
    assert said.bearing[0].text == hook
    assert len({(item.evidence, item.text) for item in said.bearing}) == len(said.bearing)
    assert {item.evidence for item in said.bearing} == {"E1", "E2"}


def test_a_list_of_references_is_not_quoted() -> None:
    listed = passage("a", f"1. Abel K: {FOR} J Imag Pharm 2001, 12:34.", kind="references")
    said = answered_from(QUESTION, [("E1", listed), ("E2", passage("a", AGAINST, kind="page"))])
    assert not said.supporting
    assert [item.evidence for item in said.opposing] == ["E2"]
    said = answered_from(QUESTION, [("E1", listed)])
    assert (said.supporting, said.opposing, said.bearing, said.passages) == ((), (), (), 1)
    assert answered_from(QUESTION, [("E1", {**listed, "kind": "page"})]).supporting


def test_a_list_of_references_is_never_quoted() -> None:
    said = answered_from(QUESTION, [("E1", passage("a", FOR, kind="references"))])
    assert (said.supporting, said.bearing) == ((), ())
