"""Plots as inline SVG: bars for counts, dots for measured values, in the page's own colours, readable without any of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from ....memory.text import clean
from ..contract import Plot
from .report_markdown import value_shown

__all__ = ["plot_as_svg"]

_WIDTH = 400
_ROW = 20
_CHARACTER, _WIDE_CHARACTER = 6.4, 7.7
"""Widths in the widest of the usual fonts, at the size of a plot's text; capitals and digits are the wide ones."""
_TOP, _BOTTOM = 6, 36
_MOST_POINTS = 40
_LABEL_CHARACTERS = 28


def plot_as_svg(plot: Plot) -> str:
    """A row a point, the label on the left and the value on the right, with an axis below."""
    points = plot.points[:_MOST_POINTS]
    labels = [_label(point.label) for point in points]
    values = [value_shown(point.value) for point in points]
    scale = _Scale([point.value for point in points], plot, _width(labels), _WIDTH - _width(values))
    bottom = _TOP + _ROW * len(points)
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {bottom + _BOTTOM}" role="img" aria-label="{_text(plot.title)}">',
        *_axis(scale, plot, bottom),
    ]
    for number, (point, label, value) in enumerate(zip(points, labels, values, strict=True)):
        middle = _TOP + _ROW * number + _ROW / 2
        lines.append(f'<text x="{scale.left - 8:g}" y="{middle + 4:g}" text-anchor="end">{_text(label)}</text>')
        at = scale.at(point.value)
        if at is None:
            lines.append(f'<text x="{scale.left:g}" y="{middle + 4:g}">not on this scale</text>')
        elif plot.kind == "bars":
            zero = scale.at(0.0) or scale.left
            left, wide = min(zero, at), abs(at - zero)
            lines.append(f'<rect class="mark" x="{left:.1f}" y="{middle - 6:g}" width="{wide:.1f}" height="12"/>')
        else:
            lines.append(
                f'<line class="grid" x1="{scale.left:g}" y1="{middle:g}" x2="{scale.right:g}" y2="{middle:g}"/>'
            )
            lines.append(f'<circle class="mark" cx="{at:.1f}" cy="{middle:g}" r="4.5"/>')
        lines.append(f'<text x="{_WIDTH}" y="{middle + 4:g}" text-anchor="end">{value}</text>')
    return "\n".join([*lines, "</svg>"])


def _width(texts: Sequence[str]) -> float:
    """What a column of texts takes, with the space beside it."""
    wide = _WIDE_CHARACTER - _CHARACTER
    sizes = [len(text) * _CHARACTER + sum(sign.isupper() or sign.isdigit() for sign in text) * wide for text in texts]
    return round(max(sizes, default=0.0)) + 12


class _Scale:
    """Where a value lies between the labels, which end at `left`, and the values, which begin at `right`."""

    def __init__(self, values: Sequence[float], plot: Plot, left: float, right: float) -> None:
        self.left, self.right = left, right
        self.logarithmic = plot.logarithmic
        usable = [value for value in values if not plot.logarithmic or value > 0]
        if plot.logarithmic:
            exponents = [math.log10(value) for value in usable] or [0.0]
            low, high = math.floor(min(exponents)), math.ceil(max(exponents))
            self.low, self.high = float(low), float(max(high, low + 1))
            step = max(1, math.ceil((high - low) / 5))
            self.ticks = [10.0**exponent for exponent in range(low, max(high, low + 1) + 1, step)]
        else:
            low_value = (
                min([0.0, *usable]) if plot.kind == "bars" or min(usable, default=0) < 0 else min(usable, default=0)
            )
            step_value = _step(max([low_value, *usable]) - low_value)
            self.low = math.floor(low_value / step_value) * step_value
            self.high = max(math.ceil(max(usable, default=1) / step_value) * step_value, self.low + step_value)
            count = round((self.high - self.low) / step_value)
            self.ticks = [self.low + step_value * number for number in range(count + 1)]

    def at(self, value: float) -> float | None:
        """The place from the left; None where the scale has none."""
        if self.logarithmic:
            if value <= 0:
                return None
            value = math.log10(value)
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def _step(span: float) -> float:
    """One, two or five times a power of ten, so that there are at most six ticks."""
    if span <= 0:
        return 1.0
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def _axis(scale: _Scale, plot: Plot, bottom: float) -> Iterator[str]:
    for tick in scale.ticks:
        at = scale.at(tick)
        if at is None:
            continue
        yield f'<line class="grid" x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{bottom + 3:g}"/>'
        yield f'<text class="faint" x="{at:.1f}" y="{bottom + 15:g}" text-anchor="middle">{tick:,.10g}</text>'
    middle = (scale.left + scale.right) / 2
    yield f'<text class="faint" x="{middle:g}" y="{bottom + 31:g}" text-anchor="middle">{_text(plot.axis)}</text>'


def _label(text: str) -> str:
    """Short enough for its column; names of a family differ at their ends, so both ends stay."""
    plain = " ".join(clean(text.strip("`")).split())
    if len(plain) <= _LABEL_CHARACTERS:
        return plain
    end = _LABEL_CHARACTERS // 2
    return f"{plain[: _LABEL_CHARACTERS - end - 1].rstrip()}…{plain[-end:].lstrip()}"


def _text(text: str) -> str:
    return escape(" ".join(clean(text).split()))
