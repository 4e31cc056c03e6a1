import pytest
from biocopilot.copilot.literature.abbreviations import short_forms, spelt_out
from biocopilot.copilot.literature.words import telling


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("carotid intima-media thickness (CIMT) was measured", "cimt"),
        ("patients with atrial fibrillation (AF)", "af"),
        ("coronary artery bypass grafting (CABG)", "cabg"),
    ],
)
def test_explained_short_forms_are_found(text: str, short: str) -> None:
    assert short in short_forms(text)


@pytest.mark.parametrize(
    "text",
    ["many patients (OR 1.4)", "the drug (P<0.05)", "in Boston (USA)", "some words (XYZ)", "bypass grafting (CABG)"],
)
def test_other_brackets_explain_nothing(text: str) -> None:
    assert short_forms(text) == {}


def test_a_sentence_says_the_long_form_too() -> None:
    known = short_forms("atrial fibrillation (AF)")
    assert telling("atrial fibrillation") <= spelt_out(telling("AF fell"), "AF fell", known)
    assert spelt_out(telling("it fell"), "it fell", known) == telling("it fell")
