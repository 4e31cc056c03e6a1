"""Tables of an answer at any width: every line fits, numbers stand right, citations stay links, what has no room is named."""

from __future__ import annotations

import pytest
from biocopilot.copilot.tui.answer_content import table_lines
from biocopilot.memory.answer_blocks import Table, paragraphs_of

TEXT = """| property | erlotinib | gefitinib | a long remark on it | evidence |
|---|---|---|---|---|
| Average molecular weight | 393.44 | 446.91 | made of C, H, N and O | [E1] |
| QED | 0.418 | 0.518 | see C[C@@H](N)C(=O)NC[C@@H](C)C(=O)O and `x` | [E1, E2] |"""


def table(text: str = TEXT) -> Table:
    (found,) = [block for paragraph in paragraphs_of(text) for block in paragraph if isinstance(block, Table)]
    return found


@pytest.mark.parametrize("width", [20, 38, 54, 78, 200])
def test_every_line_fits(width: int) -> None:
    lines = table_lines(table(), width).plain.splitlines()
    left_out = [line for line in lines if line.startswith("Left out")]
    assert all(len(line) <= width for line in lines if line not in left_out)
    assert "E1" in "".join(lines)


def test_with_room_a_row_is_a_line_and_numbers_stand_right() -> None:
    lines = table_lines(table(), 200).plain.splitlines()
    assert len(lines) == 4
    assert lines[2].index("393.44") + 6 == lines[3].index("0.418") + 5 == lines[0].index("erlotinib") + 9
    assert "E1, E2" in lines[3]


def test_with_less_room_words_wrap_whole_and_only_long_ones_break() -> None:
    text = table_lines(table(), 78).plain
    assert "Left out" not in text
    assert all(word in text.split() for word in ("molecular", "weight", "0.518", "made"))


def test_columns_without_room_are_left_out_by_name_but_not_the_first_nor_the_evidence() -> None:
    text = table_lines(table(), 30).plain
    assert "a long remark on it" in text.splitlines()[-1]
    assert "Ctrl+B" in text.splitlines()[-1]
    header = text.splitlines()[0].split()
    assert (header[0], header[-1]) == ("property", "evidence")


def test_citations_are_counted_over_rows_whatever_is_shown() -> None:
    for width in (30, 200):
        made = table_lines(table(), width, first=5, current=7)
        places = [dict(span.style.meta)["@click"] for span in made.spans if getattr(span.style, "meta", None)]  # type: ignore[union-attr]
        assert places == ["cite(5)", "cite(6)", "cite(7)"]


def test_of_a_long_table_the_first_rows_are_shown_and_the_rest_is_counted() -> None:
    rows = "\n".join(f"| CHEMBL{number} | {number} |" for number in range(10_000))
    lines = table_lines(table(f"| molecule | IC50 |\n|---|---|\n{rows}"), 80).plain.splitlines()
    assert (len(lines), lines[-1]) == (203, "9,800 more rows: Ctrl+B shows them.")
