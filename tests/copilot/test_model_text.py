import pytest
from biocopilot.copilot.model_text import without_markup


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![x](https://evil.example/a.png?d=1) ok [E1]", "x https://evil.example/a.png?d=1 ok [E1]"),
        ("# ![x][y]", "# x y"),
        ("![x]", "x"),
        (
            "[go](https://evil.example) and [do](javascript:alert(1))",
            "go https://evil.example and do javascript:alert(1)",
        ),
        ("[x]: https://evil.example", "x: https://evil.example"),
        ("<img src=x onerror=y> <b>bold</b> <!-- c", "‹img src=x onerror=y› ‹b›bold‹/b› ‹!-- c"),
        ("\x1b[31mred\x1b[0m \u202etxet", "red txet"),
    ],
)
def test_nothing_is_left_that_is_fetched_or_followed(text: str, expected: str) -> None:
    assert without_markup(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "p < 0.05 and 3 > 2 [E1, E2].",
        "C[C@H](N)C(=O)O and CC(=O)[O-] and c1cc[nH](C)c1 [E1]",
        "C[N+](C)(C)C.[Cl-] [E1]",
        "| a | b |\n|---|---|\n| 1 | 2 [E1] |",
        "odds ratio 1.4 [95% CI 1.1] (p = 0.03) [E1]",
    ],
)
def test_science_stays_as_it_is(text: str) -> None:
    assert without_markup(text) == text
