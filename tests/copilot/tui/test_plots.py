"""What is drawn of a table's column: on which scale, over which years, and what has to be known of it."""

from __future__ import annotations

import pytest
from biocopilot.copilot.tui.plots import bars, plot_of
from biocopilot.copilot.tui.tables import TableData

POTENCIES = TableData(
    "t",
    ("name", "IC50", "document.year", "MW"),
    (
        ("b", "30 nM", "2001", "300"),
        ("A", "> 1,000 nM", "2005", "400"),
        ("c", "", "2007", "500"),
        ("d", "0.5 nM", "2003", ""),
    ),
)


def test_potencies_lie_on_a_log_scale_with_their_years_and_bounds_are_counted() -> None:
    plot = plot_of(POTENCIES, 1)
    assert plot is not None
    assert (plot.name, plot.values, plot.years, plot.log) == ("IC50 (nM)", (30, 1000, 0.5), (2001, 2005, 2003), True)
    assert plot.said == "least 0.5 · median 30 · most 1000 · log scale · 1 is a bound (< or >)"
    assert plot.ticks() == [-1, 0, 1, 2, 3]
    assert [round(value, 2) for value in plot.scaled] == [1.48, 3, -0.3]


def test_other_numbers_lie_on_a_linear_scale() -> None:
    plot = plot_of(POTENCIES, 3)
    assert plot is not None
    assert (plot.name, plot.log, plot.ticks(), plot.scaled) == ("MW", False, [], (300, 400, 500))


def test_a_scale_with_nothing_or_less_on_it_is_linear() -> None:
    plot = plot_of(TableData("t", ("IC50",), (("0 nM",), ("10 nM",))), 0)
    assert plot is not None
    assert not plot.log


def test_years_that_lack_in_a_row_make_no_plot_by_year() -> None:
    rows = (("1 nM", "2001"), ("2 nM", ""), ("3 nM", "2003"))
    plot = plot_of(TableData("t", ("IC50", "year"), rows), 0)
    assert plot is not None
    assert plot.years == ()


@pytest.mark.parametrize("rows", [(), (("1 nM",),), (("a",), ("b",)), (("1 nM",), ("1 µM",))])
def test_nothing_is_drawn_of_fewer_than_two_numbers_of_one_unit(rows: tuple[tuple[str, ...], ...]) -> None:
    assert plot_of(TableData("t", ("IC50",), rows), 0) is None


def test_bars_count_equal_parts_of_the_scale() -> None:
    plot = plot_of(TableData("t", ("n",), tuple((str(number),) for number in (0, 0, 1, 10))), 0)
    assert plot is not None
    assert plot.counts(4) == [3, 0, 0, 1]
    assert plot.said == "least 0 · median 0.5 · most 10"
    line = bars(plot).splitlines()[0].partition(": ")[2]
    assert (line[0], line[1], line[-1]) == ("█", " ", "▄")


def test_equal_values_are_one_bar() -> None:
    plot = plot_of(TableData("t", ("n",), (("5",), ("5",))), 0)
    assert plot is not None
    assert plot.counts(3) == [2, 0, 0]
