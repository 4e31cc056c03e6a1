"""Words and filters in the syntax of both databases; words cannot break out of their brackets."""

from __future__ import annotations

import pytest
from biocopilot.memory.errors import InvalidArguments
from biocopilot.tools.sources.literature.queries import ARTICLE_TYPES, Query
from hypothesis import given
from hypothesis import strategies as st


def test_filters_in_both_syntaxes() -> None:
    query = Query("EGFR AND C797S", 2018, None, True, ("review", "preprint"))
    assert query.europepmc() == (
        '(EGFR AND C797S) AND PUB_YEAR:[2018 TO 2100] AND OPEN_ACCESS:y AND (PUB_TYPE:"review" OR SRC:PPR)'
    )
    assert query.pubmed() == (
        '(EGFR AND C797S) AND "pubmed pmc open access"[filter] AND ("review"[pt] OR "preprint"[pt])'
    )


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ('"acquired resistance" AND (EGFR OR HER2)', '("acquired resistance" AND (EGFR OR HER2))'),
        ("EGFR) OR (x", "(EGFR OR x)"),
        ('EGFR " OR x', "(EGFR OR x)"),
        ("((EGFR", "(EGFR)"),
        ('"5-HT(2A)" :)', "( 5-HT 2A : )"),
    ],
)
def test_words_stay_in_their_brackets(words: str, closed: str) -> None:
    assert Query(words).europepmc().replace(" ", "").replace('"', "") == closed.replace(" ", "").replace('"', "")


@pytest.mark.parametrize("words", ["", "()", '"', '" "', "?!"])
def test_no_words_is_said(words: str) -> None:
    with pytest.raises(InvalidArguments):
        Query(words).europepmc()


@given(st.text(alphabet='ab ()"', max_size=30))
def test_brackets_never_close_too_early(words: str) -> None:
    try:
        asked = Query(words, 2000, 2001).europepmc()
    except InvalidArguments:
        return
    inner = asked.removesuffix(" AND PUB_YEAR:[2000 TO 2001]")
    depth, quoted, depths = 0, False, []
    for sign in inner:
        quoted = quoted != (sign == '"')
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        depths.append(depth)
    assert not quoted
    assert depth == 0
    assert all(value > 0 for value in depths[:-1])


def test_every_type_is_known_to_both() -> None:
    assert all(len(forms) == 2 and all(forms) for forms in ARTICLE_TYPES.values())
