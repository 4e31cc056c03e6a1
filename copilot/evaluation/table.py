"""The figures of an evaluation in Markdown, beside the published ones, under the conditions in which they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .published import PUBLISHED, Published
from .results import Result

if TYPE_CHECKING:
    from ...model.metrics import Estimate

__all__ = ["table"]

_UNSURE = "?"
_PERCENT = frozenset({"accuracy", "macro-F1"})


def table(result: Result, name: str, setting: str, notes: Sequence[str]) -> str:
    """A page of Markdown.

    Args:
        result: the figures.
        name: of what answered.
        setting: in which it did.
        notes: what else a reader must know: the data, what of it could not be used.
    """
    metrics = [metric for metric in result.task.metrics if metric in result.figures]
    lines = [f"# {result.task.title}: {name}", "", *_sentences(result, notes), ""]
    if not metrics:
        return "\n".join(lines)
    lines += [
        _row("", "setting", *(f"{metric}, %" if metric in _PERCENT else metric for metric in metrics), "source"),
        _row(*["---"] * (len(metrics) + 3)),
        _row(f"**{name}**", setting, *(_ours(metric, result.figures[metric]) for metric in metrics), "this run"),
        *(_theirs(row, metrics) for row in PUBLISHED[result.task.name]),
    ]
    lines += ["", *_legend(PUBLISHED[result.task.name])]
    return "\n".join(lines) + "\n"


def _sentences(result: Result, notes: Sequence[str]) -> list[str]:
    kinds = [f"{count:,} {status}" for status, count in result.statuses.items() if count or status == "answered"]
    whole = f"{result.asked:,}" if result.asked == result.chosen else f"{result.asked:,} of {result.chosen:,}"
    lines = [f"- Asked: {whole}; {', '.join(kinds)}. What is not answered counts as wrong."]
    if result.of_answered is not None and result.statuses["answered"] < result.asked:
        lines.append(f"- Right of the answered: {_ours('accuracy', result.of_answered)} %.")
    if len(result.ways) > 1:
        lines.append(f"- Answers by: {', '.join(f'{way} {count:,}' for way, count in result.ways.items())}.")
    lines += [f"- {note[0].upper()}{note[1:]}." for note in (*result.conditions, *notes)]
    lines.append(f"- {result.seconds:,.1f} s of answering; in parentheses stand 95 % intervals over the items.")
    return lines


def _ours(metric: str, figure: Estimate) -> str:
    return f"{_said(metric, figure.value)} ({_said(metric, figure.low)} to {_said(metric, figure.high)})"


def _theirs(row: Published, metrics: Sequence[str]) -> str:
    cells = [
        f"{_said(metric, row.figures[metric])}{_UNSURE if metric in row.unsure else ''}"
        if metric in row.figures
        else ""
        for metric in metrics
    ]
    return _row(row.who, row.setting, *cells, row.source)


def _said(metric: str, value: float) -> str:
    return f"{100 * value:.1f}" if metric in _PERCENT else f"{value:.3f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _legend(rows: Sequence[Published]) -> list[str]:
    told: Mapping[str, str] = {
        "model card": "read in BioMedGPT-LM's model card",
        "secondary": "read in another paper's table",
        "not confirmed": "quoted from memory, source not seen",
    }
    met = [f"{source}: {what}" for source, what in told.items() if any(row.source == source for row in rows)]
    unsure = [f"{_UNSURE}: that figure is not confirmed"] if any(row.unsure for row in rows) else []
    return [f"Published figures are of the test sets. {'; '.join((*met, *unsure))}."]
