"""Which side sentences take, each of a kind that was once taken wrongly."""

import pytest
from biocopilot.copilot.literature.abbreviations import short_forms
from biocopilot.copilot.literature.question import asked_of
from biocopilot.copilot.literature.stance import reports, stance_of
from biocopilot.copilot.literature.words import telling

REDUCE = "Does zinc reduce mortality in sepsis?"
RELATED = "Is obesity associated with asthma?"
CALCIUM = "Does calcium increase insulin secretion?"
EFFECTIVE = "Is golimumab effective for sarcoidosis?"

SIDES = [
    (REDUCE, "Zinc significantly reduced mortality in sepsis (p < 0.01).", "supports"),
    (REDUCE, "Mortality in sepsis was lower with zinc than with placebo.", "supports"),
    (REDUCE, "Zinc did not reduce mortality in sepsis.", "opposes"),
    (REDUCE, "Zinc increased mortality in sepsis.", "opposes"),
    (REDUCE, "Mortality in sepsis was similar with zinc and placebo.", "opposes"),
    (REDUCE, "Mortality in sepsis did not differ significantly between zinc and placebo (p = 0.4).", "opposes"),
    (REDUCE, "Mortality in sepsis was lower with zinc (p = 0.4).", "opposes"),
    (REDUCE, "Zinc may reduce mortality in sepsis.", "supports"),
    (REDUCE, "We investigated whether zinc reduces mortality in sepsis.", "neither"),
    (REDUCE, "Zinc is a metal.", "neither"),
    (REDUCE, "Iron reduced mortality in malaria.", "neither"),
    (RELATED, "Obesity was associated with asthma.", "supports"),
    (RELATED, "Obesity was not associated with asthma.", "opposes"),
    (RELATED, "No association between obesity and asthma was found.", "opposes"),
    (RELATED, "Whether obesity is associated with asthma remains unclear.", "neither"),
    (EFFECTIVE, "Golimumab was effective in sarcoidosis.", "supports"),
    (EFFECTIVE, "Although well tolerated, neither ustekinumab nor golimumab demonstrated efficacy in sarcoidosis.", "opposes"),
    (EFFECTIVE, "Golimumab was without evident harm, and was superior to placebo in sarcoidosis.", "supports"),
    (EFFECTIVE, "Patients with sarcoidosis on placebo showed greater improvement than on golimumab.", "neither"),
    ("Is GRG5 involved only in late development?", "GRG5 is involved in late development.", "neither"),
    ("Is LY6K associated with better survival?", "LY6K was associated with poor survival.", "opposes"),
    ("Is type 4 hemochromatosis caused by mutations?", "Type 1 hemochromatosis is caused by mutations.", "neither"),
    ("Does GRHL2 promote migration?", "Knockdown of GRHL2 promoted migration.", "opposes"),
    (REDUCE, "How zinc reduces mortality in sepsis needs to be studied.", "neither"),
    (CALCIUM, "In the absence of calcium, insulin secretion was abolished.", "supports"),
    (CALCIUM, "In the absence of calcium insulin secretion was abolished.", "supports"),
    (CALCIUM, "The loss of calcium abolished insulin secretion.", "supports"),
    (CALCIUM, "Insulin secretion was reduced without calcium.", "supports"),
    (CALCIUM, "In the absence of calcium, insulin secretion was increased.", "opposes"),
    (CALCIUM, "In the absence of calcium, insulin secretion did not change.", "opposes"),
    (CALCIUM, "Insulin secretion was higher with calcium than in the absence of calcium.", "neither"),
    (CALCIUM, "Insulin secretion was not increased by calcium in the absence of glucose.", "neither"),
    (REDUCE, "In the absence of shock zinc reduced mortality in sepsis.", "neither"),
    ("Is Notch required for proliferation of glia?", "Proliferation of glia was abolished without Notch.", "supports"),
    ("Is the delay syndromic or related to BCL11B?", "BCL11B was related to a non-syndromic delay.", "neither"),
    ("Are the sexes similar in survival?", "Survival did not differ between the sexes.", "supports"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "side"), SIDES, ids=[text[:60] for _, text, _ in SIDES])
def test_the_side_of_a_sentence(question: str, text: str, side: str) -> None:
    assert stance_of(text, asked_of(question)).side == side


def test_reserve_is_kept() -> None:
    asked = asked_of(REDUCE)
    assert stance_of("Zinc may reduce mortality in sepsis.", asked).hedged
    assert not stance_of("Zinc reduced mortality in sepsis.", asked).hedged


def test_a_denied_question_turns_the_sides_round() -> None:
    asked = asked_of("Is obesity not associated with asthma?")
    assert stance_of("Obesity was not associated with asthma.", asked).side == "supports"


def test_methods_and_background_report_nothing() -> None:
    assert not reports("Zinc reduced mortality.", "METHODS")
    assert reports("Zinc reduced mortality.", "RESULTS")
    assert stance_of("Zinc reduced mortality in sepsis.", asked_of(REDUCE), "BACKGROUND").side == "neither"


def test_a_short_form_says_what_it_stands_for() -> None:
    text = "Atrial fibrillation (AF) is common after surgery."
    asked = asked_of("Do statins reduce atrial fibrillation after surgery?")
    said = "AF was reduced by statins."
    context = telling(text)
    assert stance_of(said, asked, short=short_forms(text), context=context).side == "supports"
    assert stance_of(said, asked, context=context).side == "neither"


def test_one_word_of_the_question_is_too_little() -> None:
    asked = asked_of("Does exercise improve walking after stroke?")
    context = telling("exercise, walking and stroke")
    assert stance_of("Walking has shown some benefit.", asked, context=context).side == "neither"
    assert stance_of("Walking after stroke has shown some benefit.", asked, context=context).side == "supports"
