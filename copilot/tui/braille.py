"""A molecule drawn with characters: bonds in braille dots, atoms as letters. Works over ssh and in tmux, and can be copied.

It takes the layout that the chemistry worker computed (`tools/chemistry/engine/layout.py`) and knows no chemistry. A character is
2 dots wide and 4 high, and about twice as high as wide, so dots are square.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, floor, hypot, pi, sin
from typing import Any

__all__ = ["Cell", "Drawing", "drawn"]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot, by its row and column in the character; U+2800 is the empty one."""
_UPPER, _LOWER = 0x01 | 0x08 | 0x02 | 0x10, 0x04 | 0x20 | 0x40 | 0x80
_LEAST_BOND, _MOST_BOND = 5.0, 14.0
"""Dots that a bond is long: below the first a molecule cannot be read, above the second it gains nothing."""
_GAP = 0.16
"""Distance of the second line of a double bond, as a part of the bond's length."""
_TURN = pi / 6
"""Turns that are tried: by these the edges of a hexagon lie as they lay."""
_WORTH_TURNING = 1.12
"""How much larger it must become for that; chemists know a molecule by the way it usually lies."""
_MARGIN = 3
"""Dots above and below the outermost atoms, for the second and third lines of their bonds."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Cell:
    """A character, whether it is of an atom, and whether that is lit."""

    char: str
    letter: bool = False
    lit: bool = False
    element: str = ""


@dataclass(frozen=True)
class Drawing:
    """Rows of cells; `crowded` says that bonds are too short or letters too near each other to be read."""

    rows: tuple[tuple[Cell, ...], ...]
    crowded: bool

    def __str__(self) -> str:
        return "\n".join("".join(cell.char for cell in row).rstrip() for row in self.rows)

    @property
    def ascii(self) -> Drawing:
        """The same for a terminal or a font without braille: a character a cell, two rows in it told apart."""
        return replace(self, rows=tuple(tuple(replace(cell, char=_plain(cell)) for cell in row) for row in self.rows))


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
    points = _turned([(atom["x"], -atom["y"]) for atom in atoms], room, bond)
    scale = _scale(points, room, bond)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    at = [((x - left) * scale + widest, (y - top) * scale + _MARGIN) for x, y in points]  # in dots, from the top left
    wide, high = max(x for x, _ in at), max(y for _, y in at)
    canvas = _Canvas(min(columns, ceil((wide + widest) / 2) + 1), min(rows, floor((high + _MARGIN) / 4) + 1))
    at = [_middle(point) if atom["label"] else point for point, atom in zip(at, atoms, strict=True)]
    for item in layout["bonds"]:
        _draw_bond(canvas, item, at)
    for atom, point in zip(atoms, at, strict=True):
        canvas.write_symbol(point, atom)
    for atom, point in zip(atoms, at, strict=True):
        canvas.write_label(point, atom)
    return Drawing(canvas.cells(), bond * scale < _LEAST_BOND or canvas.touching)


def _turned(points: Points, room: tuple[float, float], bond: float) -> Points:
    """As it lies, unless a turn makes it much larger. Turned, never mirrored: so wedges still mean the same."""
    turns = [[_rotated(point, number * _TURN) for point in points] for number in range(6)]
    best = max(turns, key=lambda these: _scale(these, room, bond))
    return best if _scale(best, room, bond) > _WORTH_TURNING * _scale(points, room, bond) else points


def _rotated(point: tuple[float, float], angle: float) -> tuple[float, float]:
    x, y = point
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def _scale(points: Points, room: tuple[float, float], bond: float) -> float:
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


def _middle(point: tuple[float, float]) -> tuple[float, float]:
    """The middle of the character that a dot is in: bonds lead to where the letter is shown."""
    return 2 * floor(point[0] / 2) + 1.0, 4 * floor(point[1] / 4) + 2.0


def _draw_bond(canvas: _Canvas, bond: Mapping[str, Any], at: Points) -> None:
    (x0, y0), (x1, y1) = at[bond["begin"]], at[bond["end"]]
    length = hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    gap = max(2.0, _GAP * length)
    across = (-dy * gap, dx * gap)
    if bond["stereo"] == "wedge":
        for part in (-0.5, 0.0, 0.5):
            canvas.line(x0, y0, x1 + part * across[0], y1 + part * across[1])
    elif bond["stereo"] == "hash":
        _hash(canvas, (x0, y0), (x1, y1), across)
    elif bond["order"] == 0 or bond["stereo"] == "wavy":
        canvas.line(x0, y0, x1, y1, every=2)
    elif bond["order"] == 2 and bond["inner"] >= 0:
        inner_x, inner_y = at[bond["inner"]]
        side = 1 if (inner_x - x0) * across[0] + (inner_y - y0) * across[1] > 0 else -1
        canvas.line(x0, y0, x1, y1)
        short = max(0.2 * length, 1.6)  # at an edge of the ring the next bond's line would be touched
        canvas.line(
            x0 + side * across[0] + dx * short,
            y0 + side * across[1] + dy * short,
            x1 + side * across[0] - dx * short,
            y1 + side * across[1] - dy * short,
        )
    else:
        offsets = {1: (0.0,), 2: (-0.5, 0.5), 3: (-1.0, 0.0, 1.0)}[bond["order"]]
        for part in offsets:
            canvas.line(x0 + part * across[0], y0 + part * across[1], x1 + part * across[0], y1 + part * across[1])


def _hash(canvas: _Canvas, begin: tuple[float, float], end: tuple[float, float], across: tuple[float, float]) -> None:
    """Strokes across the bond, wider towards its end, with a free dot between them."""
    length = max(abs(end[0] - begin[0]), abs(end[1] - begin[1]))
    strokes = max(2, round(length / 2.5))
    for number in range(strokes + 1):
        part = number / strokes
        x, y = begin[0] + part * (end[0] - begin[0]), begin[1] + part * (end[1] - begin[1])
        half = 0.55 * part
        canvas.line(x - half * across[0], y - half * across[1], x + half * across[0], y + half * across[1])


def _plain(cell: Cell) -> str:
    if cell.letter:
        return "*" if cell.char == "•" else cell.char
    bits = ord(cell.char) - 0x2800 if cell.char != " " else 0
    return {(True, True): ":", (True, False): "'", (False, True): ".", (False, False): " "}[
        bool(bits & _UPPER), bool(bits & _LOWER)
    ]


class _Canvas:
    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._bits = [[0] * columns for _ in range(rows)]
        self._letters: dict[tuple[int, int], Cell] = {}
        self.touching = False
        """Whether letters of two atoms stand side by side, or one had no place."""

    def line(self, x0: float, y0: float, x1: float, y1: float, every: int = 1) -> None:
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(0, steps + 1, every):
            x, y = floor(x0 + (x1 - x0) * step / steps), floor(y0 + (y1 - y0) * step / steps)
            row, column = y // 4, x // 2
            if 0 <= row < self._rows and 0 <= column < self._columns:
                self._bits[row][column] |= _DOTS[y % 4][x % 2]

    def write_symbol(self, point: tuple[float, float], atom: Mapping[str, Any]) -> None:
        """The first letter of an atom's symbol, where the atom is; a lit carbon without letters gets a dot."""
        char = atom["label"][atom["anchor"] : atom["anchor"] + 1] or ("•" if atom["lit"] else "")
        if not char:
            return
        place = self._place(point)
        if place in self._letters:
            self.touching = True
        else:
            self._letters[place] = Cell(char, True, bool(atom["lit"]), atom["element"])

    def write_label(self, point: tuple[float, float], atom: Mapping[str, Any]) -> None:
        """The rest of an atom's letters: hydrogens on the side that has no bond or letters, on the right where both are free."""
        if not atom["label"]:
            return
        ways = [(atom["label"], atom["anchor"]), (atom["turned"], atom["turned_anchor"])]
        label, anchor = min(ways, key=lambda way: self._covered(point, *way))
        row, column = self._place(point)
        places = {(row, place): char for place, char in enumerate(label, column - anchor)}
        for place, char in places.items():
            if place == (row, column):
                continue
            if place in self._letters or not 0 <= place[1] < self._columns:
                self.touching = True
            else:
                self._letters[place] = Cell(char, True, bool(atom["lit"]), atom["element"])
        for beside in ((row, column - anchor - 1), (row, column - anchor + len(label))):
            other = self._letters.get(beside)
            self.touching = self.touching or (other is not None and other.char != "•")

    def _covered(self, point: tuple[float, float], label: str, anchor: int) -> int:
        """What a label would hide: dots of bonds, and letters, which count as many."""
        row, column = self._place(point)
        hidden = 0
        for place in range(column - anchor - 1, column - anchor + len(label) + 1):
            inside = column - anchor <= place < column - anchor + len(label)
            if place == column:
                continue
            if (row, place) in self._letters or (inside and not 0 <= place < self._columns):
                hidden += 20
            elif inside:
                hidden += self._bits[row][place].bit_count()
        return hidden

    def _place(self, point: tuple[float, float]) -> tuple[int, int]:
        return min(self._rows - 1, floor(point[1] / 4)), min(self._columns - 1, floor(point[0] / 2))

    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        return tuple(
            tuple(
                self._letters.get((row, column)) or Cell(chr(0x2800 + bits) if bits else " ")
                for column, bits in enumerate(line)
            )
            for row, line in enumerate(self._bits)
        )
