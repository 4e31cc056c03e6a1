"""A molecule drawn with characters: bonds in braille dots, atoms as letters. Works over ssh and in tmux, and can be copied.

It takes the layout that the chemistry worker computed (`tools/chemistry/engine/layout.py`) and knows no chemistry. A character is
2 dots wide and 4 high, and about twice as high as wide, so dots are square.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot
from typing import Any

__all__ = ["Cell", "Drawing", "drawn"]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot, by its row and column in the character; U+2800 is the empty one."""
_LEAST_BOND, _MOST_BOND = 5.0, 14.0
"""Dots that a bond is long: below the first a molecule cannot be read, above the second it gains nothing."""
_GAP = 0.16
"""Distance of the second line of a double bond, as a part of the bond's length."""

_MARGIN = 3
"""Dots above and below the outermost atoms, for the second and third lines of their bonds."""


@dataclass(frozen=True)
class Cell:
    """A character, whether it is of an atom, and whether that is lit."""

    char: str
    letter: bool = False
    lit: bool = False
    element: str = ""


@dataclass(frozen=True)
class Drawing:
    """Rows of cells; `crowded` says that it had to be drawn smaller than it can be read."""

    rows: tuple[tuple[Cell, ...], ...]
    crowded: bool

    def __str__(self) -> str:
        return "\n".join("".join(cell.char for cell in row).rstrip() for row in self.rows)


def drawn(layout: Mapping[str, Any], columns: int, rows: int) -> Drawing:
    """Draw a layout as large as it fits.

    Args:
        layout: atoms and bonds, as the worker gives them.
        columns: characters in a row.
        rows: how many rows.
    """
    atoms: Sequence[Mapping[str, Any]] = layout["atoms"]
    columns, rows = max(columns, 4), max(rows, 2)
    if not atoms:
        return Drawing((), False)
    widest = max((len(atom["label"]) for atom in atoms), default=1)
    bond = _bond_length(layout) or 1.0
    room = 2 * (columns - widest - 1), 4 * rows - 2 * _MARGIN - 1
    lying = [(atom["x"], -atom["y"]) for atom in atoms]
    turned = [(atom["y"], atom["x"]) for atom in atoms]  # by a quarter: a rotation, so that wedges still mean the same
    points = max(lying, turned, key=lambda these: _scale(these, room, bond))
    scale = _scale(points, room, bond)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    at = [((x - left) * scale + widest, (y - top) * scale + _MARGIN) for x, y in points]  # in dots, from the top left
    wide, high = max(x for x, _ in at), max(y for _, y in at)
    canvas = _Canvas(min(columns, ceil((wide + widest) / 2) + 1), min(rows, floor((high + _MARGIN) / 4) + 1))
    for item in layout["bonds"]:
        _draw_bond(canvas, item, at, [bool(atom["label"]) for atom in atoms])
    for atom, (x, y) in zip(atoms, at, strict=True):
        canvas.write(x, y, atom)
    return Drawing(canvas.cells(), bond * scale < _LEAST_BOND)


def _scale(points: Sequence[tuple[float, float]], room: tuple[float, float], bond: float) -> float:
    """Dots for a unit of length, so that all fits into the room and no bond is longer than is of use."""
    sizes = [max(item[axis] for item in points) - min(item[axis] for item in points) for axis in (0, 1)]
    return min([_MOST_BOND / bond, *(have / size for have, size in zip(room, sizes, strict=True) if size > 1e-6)])


def _bond_length(layout: Mapping[str, Any]) -> float:
    atoms = layout["atoms"]
    lengths = sorted(
        hypot(atoms[item["begin"]]["x"] - atoms[item["end"]]["x"], atoms[item["begin"]]["y"] - atoms[item["end"]]["y"])
        for item in layout["bonds"]
    )
    return lengths[len(lengths) // 2] if lengths else 0.0


def _draw_bond(
    canvas: _Canvas, bond: Mapping[str, Any], at: Sequence[tuple[float, float]], lettered: Sequence[bool]
) -> None:
    begin, end = bond["begin"], bond["end"]
    (x0, y0), (x1, y1) = at[begin], at[end]
    length = hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    if lettered[begin]:  # short of the letters, so that they can be read
        x0, y0 = x0 + dx * _cut(dx, dy), y0 + dy * _cut(dx, dy)
    if lettered[end]:
        x1, y1 = x1 - dx * _cut(dx, dy), y1 - dy * _cut(dx, dy)
    gap = max(1.6, _GAP * length)
    across = (-dy * gap, dx * gap)
    if bond["stereo"] == "wedge":
        for part in (-0.5, 0.0, 0.5):
            canvas.line(x0, y0, x1 + part * across[0], y1 + part * across[1])
    elif bond["stereo"] == "hash":
        canvas.line(x0, y0, x1, y1, every=3)
        canvas.line(x0, y0, x1 + across[0] / 2, y1 + across[1] / 2, every=3)
    elif bond["order"] == 0 or bond["stereo"] == "wavy":
        canvas.line(x0, y0, x1, y1, every=2)
    elif bond["order"] == 2 and bond["inner"] >= 0:
        inner_x, inner_y = at[bond["inner"]]
        side = 1 if (inner_x - x0) * across[0] + (inner_y - y0) * across[1] > 0 else -1
        canvas.line(x0, y0, x1, y1)
        short_x, short_y = dx * 0.18 * length, dy * 0.18 * length
        canvas.line(
            x0 + side * across[0] + short_x,
            y0 + side * across[1] + short_y,
            x1 + side * across[0] - short_x,
            y1 + side * across[1] - short_y,
        )
    else:
        offsets = {1: (0.0,), 2: (-0.5, 0.5), 3: (-1.0, 0.0, 1.0)}[bond["order"]]
        for part in offsets:
            canvas.line(x0 + part * across[0], y0 + part * across[1], x1 + part * across[0], y1 + part * across[1])


def _cut(dx: float, dy: float) -> float:
    """How far from the middle of a letter its bond ends, in dots: a character is twice as high as wide."""
    return 1.6 * abs(dx) + 2.6 * abs(dy)


class _Canvas:
    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._bits = [[0] * columns for _ in range(rows)]
        self._letters: dict[tuple[int, int], Cell] = {}

    def line(self, x0: float, y0: float, x1: float, y1: float, every: int = 1) -> None:
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(0, steps + 1, every):
            x, y = floor(x0 + (x1 - x0) * step / steps), floor(y0 + (y1 - y0) * step / steps)
            row, column = y // 4, x // 2
            if 0 <= row < self._rows and 0 <= column < self._columns:
                self._bits[row][column] |= _DOTS[y % 4][x % 2]

    def write(self, x: float, y: float, atom: Mapping[str, Any]) -> None:
        """An atom's letters, its symbol where the atom is; a lit carbon without letters gets a dot."""
        label = atom["label"] or ("•" if atom["lit"] else "")
        row, column = min(self._rows - 1, floor(y / 4)), floor(x / 2)
        for place, char in enumerate(label, column - atom["anchor"]):
            if 0 <= place < self._columns and (row, place) not in self._letters:
                self._letters[row, place] = Cell(char, True, bool(atom["lit"]), atom["element"])

    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        return tuple(
            tuple(
                self._letters.get((row, column)) or Cell(chr(0x2800 + bits) if bits else " ")
                for column, bits in enumerate(line)
            )
            for row, line in enumerate(self._bits)
        )
