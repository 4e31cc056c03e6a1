"""A molecule drawn with characters: every letter of it stands there, bonds lead to it, and it fits."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.copilot.tui.braille import drawn
from biocopilot.tools.chemistry.engine.functions import layout

OSIMERTINIB = "C=CC(=O)Nc1cc(Nc2nccc(-c3cn(C)c4ccccc34)n2)c(OC)cc1N(C)CCN(C)C"


def atom(x: float, y: float, label: str = "", lit: bool = False) -> dict[str, Any]:
    return {"x": x, "y": y, "label": label, "anchor": 0, "element": label or "C", "lit": lit}


def bond(begin: int, end: int, order: int = 1, stereo: str = "", inner: int = -1) -> dict[str, Any]:
    return {"begin": begin, "end": end, "order": order, "stereo": stereo, "inner": inner}


def dots(text: str) -> int:
    return sum((ord(char) - 0x2800).bit_count() for char in text if 0x2800 <= ord(char) < 0x2900)


@pytest.mark.parametrize(
    ("smiles", "letters"),
    [
        ("CC(=O)Oc1ccccc1C(=O)O", {"O": 4, "H": 1}),
        ("[Na+].[Cl-]", {"N": 1, "a": 1, "+": 1, "C": 1, "l": 1, "-": 1}),
        (OSIMERTINIB, {"N": 7, "O": 2, "H": 2}),
        ("C", {"C": 1, "H": 1, "4": 1}),
    ],
)
def test_every_letter_of_the_molecule_stands_there(smiles: str, letters: dict[str, int]) -> None:
    text = str(drawn(layout(smiles, "none"), 70, 24))
    assert {char: text.count(char) for char in set(text) if char.isascii() and not char.isspace()} == letters


@pytest.mark.parametrize("size", [(20, 6), (38, 14), (76, 30), (4, 2)])
def test_it_fits_whatever_the_room(size: tuple[int, int]) -> None:
    rows = drawn(layout(OSIMERTINIB, "none"), *size).rows
    assert len(rows) <= size[1]
    assert max(len(row) for row in rows) <= size[0]


def test_a_molecule_that_is_too_small_to_read_says_so() -> None:
    assert drawn(layout(OSIMERTINIB, "none"), 20, 6).crowded
    assert not drawn(layout("CCO", "none"), 20, 6).crowded


def test_double_and_triple_bonds_are_two_and_three_lines() -> None:
    counts = [
        dots(str(drawn({"atoms": [atom(0, 0), atom(1, 0)], "bonds": [bond(0, 1, order)]}, 30, 10)))
        for order in (1, 2, 3)
    ]
    assert counts[1] >= 1.8 * counts[0]
    assert counts[2] >= 2.7 * counts[0]


def test_a_wedge_is_thick_and_a_hash_is_broken() -> None:
    plain, wedge, hashed = (
        dots(str(drawn({"atoms": [atom(0, 0), atom(1, 0)], "bonds": [bond(0, 1, 1, stereo)]}, 30, 10)))
        for stereo in ("", "wedge", "hash")
    )
    assert wedge > 1.5 * plain
    assert hashed < plain


def test_the_second_line_of_a_ring_s_double_bond_is_inside() -> None:
    atoms = [atom(0, 0), atom(1, 0), atom(0.5, 1)]
    text = str(drawn({"atoms": atoms, "bonds": [bond(0, 1, 2, inner=2)]}, 40, 14)).splitlines()
    lowest = max(row for row, line in enumerate(text) if line.strip())
    assert dots(text[lowest]) <= 15  # only the bond itself; its second line lies above


def test_a_bond_ends_before_the_letters_and_lit_carbons_are_dots() -> None:
    rows = drawn({"atoms": [atom(0, 0, "O"), atom(1, 0, lit=True)], "bonds": [bond(0, 1)]}, 30, 6).rows
    cells = [cell for row in rows for cell in row if cell.char != " "]
    assert (cells[0].char, cells[0].letter, cells[-1].char, cells[-1].lit) == ("O", True, "•", True)


def test_a_tall_molecule_is_turned_to_lie() -> None:
    tall = {"atoms": [atom(0, number) for number in range(9)], "bonds": [bond(n, n + 1) for n in range(8)]}
    rows = drawn(tall, 60, 6).rows
    assert len(rows) < max(len(row) for row in rows)
    assert not drawn(tall, 60, 6).crowded


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn({"atoms": [], "bonds": []}, 10, 10).rows == ()
