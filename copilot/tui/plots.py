"""What there is to look at in a table's column: how its numbers are spread, or how they went over the years. Knows no widget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from .tables import TableData, number_in

__all__ = ["Plot", "bars", "plot_of"]

_CONCENTRATION = re.compile(r"^[pnµμum]?M$")
_POTENCY = re.compile(r"\b(?:IC50|EC50|AC50|GI50|CC50|Ki|Kd|Km|MIC)\b")
_YEAR = re.compile(r"\byear\b", re.IGNORECASE)
_BOUND = re.compile(r"^\s*[<>≤≥]")
_LEVELS = " ▁▂▃▄▅▆▇█"
_BINS = 40


@dataclass(frozen=True)
class Plot:
    """Numbers of a column.

    Args:
        name: of the column, with the unit of its numbers.
        values: in the order of the rows.
        years: of each value where the table has a column of years, else empty.
        log: whether the scale is logarithmic, as concentrations are read.
        bounds: how many of the values are a "<" or ">" and not measured as such.
    """

    name: str
    values: tuple[float, ...]
    years: tuple[float, ...] = ()
    log: bool = False
    bounds: int = 0

    @property
    def scaled(self) -> tuple[float, ...]:
        """The values where they lie on the scale."""
        return tuple(log10(value) for value in self.values) if self.log else self.values

    @property
    def said(self) -> str:
        """Least, median and most, and what has to be known of the scale."""
        found = sorted(self.values)
        middle = len(found) // 2
        median = found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
        parts = [f"least {found[0]:g}", f"median {median:g}", f"most {found[-1]:g}"]
        parts += ["log scale"] if self.log else []
        parts += (
            [f"{self.bounds:,} {'is a bound' if self.bounds == 1 else 'are bounds'} (< or >)"] if self.bounds else []
        )
        return " · ".join(parts)

    def counts(self, bins: int) -> list[int]:
        """How many values each of that many equal parts of the scale holds."""
        scaled = self.scaled
        least, most = min(scaled), max(scaled)
        width = (most - least) / bins or 1.0
        counts = [0] * bins
        for value in scaled:
            counts[min(bins - 1, int((value - least) / width))] += 1
        return counts

    def ticks(self) -> list[float]:
        """Powers of ten that the scale spans; none where it is not logarithmic."""
        if not self.log:
            return []
        scaled = self.scaled
        return [float(power) for power in range(floor(min(scaled)), ceil(max(scaled)) + 1)]


def plot_of(table: TableData, column: int) -> Plot | None:
    """What can be drawn of a column; None where it has no two numbers, or numbers of several units."""
    values = table.numbers(column)
    if len(values) < 2:
        return None
    cells = [row[column] for row in table.rows if number_in(row[column]) is not None]
    unit = table.unit(column)
    title = table.header[column]
    log = min(values) > 0 and (_CONCENTRATION.match(unit) is not None or _POTENCY.search(title) is not None)
    name = f"{title} ({unit})" if unit and unit not in title else title
    return Plot(name, tuple(values), _years(table, column), log, sum(_BOUND.match(cell) is not None for cell in cells))


def bars(plot: Plot) -> str:
    """The spread as a line of bars, with least, median and most below."""
    counts = plot.counts(_BINS)
    highest = max(counts)
    line = "".join(_LEVELS[-(-count * (len(_LEVELS) - 1) // highest)] for count in counts)
    return f"{plot.name} of {len(plot.values):,}: {line}\n{plot.said}"


def _years(table: TableData, column: int) -> tuple[float, ...]:
    """The years of the rows that have a number in the column; empty where the table has none, or one lacks."""
    at = next((place for place, name in enumerate(table.header) if _YEAR.search(name) and place != column), None)
    if at is None:
        return ()
    years: Sequence[float | None] = [number_in(row[at]) for row in table.rows if number_in(row[column]) is not None]
    return tuple(year for year in years if year is not None) if all(year is not None for year in years) else ()
