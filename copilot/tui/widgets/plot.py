"""A plot of a table's column: values over years where there are years, else how often each size is. By plotext."""

from __future__ import annotations

from textual_plotext import PlotextPlot

from ..plots import Plot

__all__ = ["ColumnPlot"]

_BINS = 30


class ColumnPlot(PlotextPlot):
    """`show` puts another column there."""

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self._shown: Plot | None = None

    def show(self, plot: Plot) -> None:
        """Draw this plot."""
        if plot == self._shown:
            return
        self._shown = plot
        self.plt.clear_figure()
        ticks = plot.ticks()
        names = [f"{10**tick:g}" for tick in ticks]
        if plot.years:
            self.plt.scatter(list(plot.years), list(plot.scaled), marker="dot")
            self.plt.title(f"{plot.name} by year")
            whole = sorted({round(year) for year in plot.years})
            shown = whole[:: max(1, len(whole) // 8)]
            self.plt.xticks([float(year) for year in shown], [str(year) for year in shown])
            if ticks:
                self.plt.yticks(ticks, names)
        else:
            counts = plot.counts(_BINS)
            least, most = min(plot.scaled), max(plot.scaled)
            step = (most - least) / _BINS or 1.0
            self.plt.bar([least + (number + 0.5) * step for number in range(_BINS)], counts, width=1.0)
            self.plt.title(f"{plot.name}, {len(plot.values):,} values")
            if ticks:
                self.plt.xticks(ticks, names)
        self.refresh()
