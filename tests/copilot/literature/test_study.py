import pytest
from biocopilot.copilot.literature.study import sample_said, study_type


@pytest.mark.parametrize(
    ("types", "text", "expected"),
    [
        (("Journal Article", "Randomized Controlled Trial"), "A cohort.", "randomised trial"),
        (("Meta-Analysis", "Randomized Controlled Trial"), "", "meta-analysis"),
        ((), "Patients were randomly assigned to zinc or placebo.", "randomised trial"),
        ((), "A meta-analysis of randomised controlled trials.", "meta-analysis"),
        ((), "We did a case-control study.", "case-control study"),
        ((), "This prospective cohort study followed nurses.", "cohort study"),
        ((), "A cross-sectional survey.", "cross-sectional study"),
        ((), "We report a case of gout.", "case report"),
        ((), "Mice were fed.", "animal"),
        ((), "In vitro, it inhibited growth of cell lines.", "in vitro"),
        (("Review",), "Cell lines and mice are discussed.", "review"),
        (("note: concept",), "Mice and randomised trials.", "note"),
        (("Journal Article",), "Nothing is said.", ""),
    ],
)
def test_the_kind_of_study(types: tuple[str, ...], text: str, expected: str) -> None:
    assert study_type(types, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 120 patients aged 50 years.", "120 patients"),
        ("Of 1,204 women, 30 patients had asthma; 1,204 women were included.", "1,204 women"),
        ("Doses of 50 mg in adults (n = 38).", "n = 38"),
        ("Gout was seen in 31 patients.", "31 patients"),
        ("Fifteen took part (men, n = 12).", ""),
        ("Cases (n = 38) and controls (n = 33).", ""),
        ("In 2012 we looked at 15% of patients.", ""),
        ("Thirty-two patients were enrolled; of these 12 patients left.", "Thirty-two patients"),
        ("A total of one hundred and twenty women were asked, 95 women in person.", "one hundred and twenty women"),
        ("We included two thousand three hundred adults and 1,900 children.", "two thousand three hundred adults"),
        ("Two patients left after ten days.", ""),
        ("We enrolled 46 infants at 700 Children's Drive.", "46 infants"),
        ("The effect was large.", ""),
        ("Rats (n = 14 per group) were fed.", "n = 14 per group"),
        ("Rats (n = 14/group) were fed.", "n = 14/group"),
        ("Two arms (n = 14 each).", "n = 14 each"),
        ("Groups of rats (n = 14–16).", "n = 14–16"),
        ("A survey (n = 14 000).", "n = 14 000"),
        ("A survey (n = 14,000; 2,000 left).", "n = 14,000"),
        ("Responders (n = 14 of 120).", ""),
        ("Mice (n = 14) were treated, controls (n = 14) were not.", ""),
        ("Mice (n = 14) were treated. At the end (n = 14) they were weighed.", "n = 14"),
        ("A mean of (n = 14.5) visits.", ""),
        ("Women (n = 14%).", ""),
        ("We studied n = 14 in all.", "n = 14"),
    ],
)
def test_the_sample_in_the_texts_own_words(text: str, expected: str) -> None:
    assert sample_said(text) == expected
    assert expected in text
