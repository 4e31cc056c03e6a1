"""A molecule drawn with characters: every letter of it stands there, bonds lead to it, and it fits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from biocopilot.copilot.tui.braille import drawn
from biocopilot.tools.chemistry.engine.functions import layout

OSIMERTINIB = "C=CC(=O)Nc1cc(Nc2nccc(-c3cn(C)c4ccccc34)n2)c(OC)cc1N(C)CCN(C)C"


def atom(x: float, y: float, label: str = "", lit: bool = False) -> dict[str, Any]:
    turned = {"turned": label[::-1], "turned_anchor": max(0, len(label) - 1)}
    return {"x": x, "y": y, "label": label, "anchor": 0, **turned, "element": label[:1] or "C", "lit": lit}


def letters(text: str) -> list[str]:
    """The words that letters make, in reading order."""
    return "".join(char if char.isascii() else " " for char in text).split()


def bond(begin: int, end: int, order: int = 1, stereo: str = "", inner: int = -1) -> dict[str, Any]:
    return {"begin": begin, "end": end, "order": order, "stereo": stereo, "inner": inner}


def dots(text: str) -> int:
    return sum((ord(char) - 0x2800).bit_count() for char in text if 0x2800 <= ord(char) < 0x2900)


def dots_by_column(text: str) -> list[int]:
    """How many dots each column of dots has, from the first to the last that has any."""
    counts = [0] * 2 * max(len(line) for line in text.splitlines())
    for line in text.splitlines():
        for place, char in enumerate(line):
            bits = ord(char) - 0x2800 if char != " " else 0
            counts[2 * place] += (bits & 0x47).bit_count()
            counts[2 * place + 1] += (bits & 0xB8).bit_count()
    filled = [place for place, count in enumerate(counts) if count]
    return counts[filled[0] : filled[-1] + 1]


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


def test_a_wedge_is_thick_and_a_hash_is_broken_and_widens() -> None:
    plain, wedge, hashed = (
        dots_by_column(str(drawn({"atoms": [atom(0, 0), atom(1, 0)], "bonds": [bond(0, 1, 1, stereo)]}, 30, 10)))
        for stereo in ("", "wedge", "hash")
    )
    assert sum(wedge) > 1.5 * sum(plain)
    assert 0 not in wedge
    assert 0 in hashed
    assert hashed[0] < hashed[-1]


def test_the_second_line_of_a_ring_s_double_bond_is_inside() -> None:
    atoms = [atom(0, 0), atom(1, 0), atom(0.5, 1)]
    text = str(drawn({"atoms": atoms, "bonds": [bond(0, 1, 2, inner=2)]}, 40, 14)).splitlines()
    lowest = max(row for row, line in enumerate(text) if line.strip())
    assert dots(text[lowest]) <= 15  # only the bond itself; its second line lies above


@pytest.mark.parametrize("smiles", ["OCCO", "NCCS", "OCC[NH3+]"])
def test_hydrogens_stand_away_from_the_bond(smiles: str) -> None:
    lines = str(drawn(layout(smiles, "none"), 60, 10)).splitlines()
    words = [(found.start(), found[0]) for line in lines for found in re.finditer(r"[A-Z0-9+]+", line)]
    (_, left), (_, right) = sorted(words)
    assert (left[0], right[0] != "H") == ("H", True)


def test_hydrogens_of_an_atom_at_an_end_stand_on_the_left_of_a_steep_bond_to_the_right() -> None:
    text = str(drawn({"atoms": [atom(0, 0, "OH"), atom(0.5, 0.87)], "bonds": [bond(0, 1)]}, 30, 10))
    assert letters(text) == ["HO"]


def test_hydrogens_give_way_to_the_letters_beside_them() -> None:
    atoms = [atom(0, 0, "NH"), atom(0, 1), atom(0, -1), atom(0.3, 0, "O"), atom(0.3, 1)]
    drawing = drawn({"atoms": atoms, "bonds": [bond(0, 1), bond(0, 2), bond(3, 4)]}, 40, 20)
    assert letters(str(drawing)) == ["HN", "O"]
    assert not drawing.crowded


def test_letters_of_two_atoms_side_by_side_are_called_crowded() -> None:
    near = {
        "atoms": [atom(0, 0, "O"), atom(1, 0), atom(1.05, 0.35, "N"), atom(0, 1)],
        "bonds": [bond(0, 1), bond(0, 3)],
    }
    assert not drawn(near, 60, 20).crowded
    assert drawn({**near, "atoms": [atom(0, 0, "O"), atom(1, 0), atom(0.2, 0, "N"), atom(0, 1)]}, 30, 10).crowded


def test_without_braille_the_same_places_are_marked_in_ascii() -> None:
    drawing = drawn(layout("OC1=CC=CC=C1", "none"), 30, 10)
    plain = drawing.ascii
    assert str(plain).isascii()
    assert "OH" in str(plain) or "HO" in str(plain)
    for row, other in zip(drawing.rows, plain.rows, strict=True):
        assert [cell.char == " " for cell in row] == [cell.char == " " for cell in other]


def test_a_molecule_is_turned_where_that_makes_it_larger_and_lies_as_usual_elsewhere() -> None:
    line = [atom(number, 0) for number in range(13)]
    chain = {"atoms": line, "bonds": [bond(number, number + 1) for number in range(12)]}
    assert len(drawn(chain, 30, 26).rows) > 10  # from corner to corner
    assert len(drawn(chain, 78, 26).rows) <= 3  # a turn would gain a tenth


def test_bonds_lead_to_the_middle_of_the_letter() -> None:
    rows = drawn({"atoms": [atom(0, 0, "O"), atom(1, 0)], "bonds": [bond(0, 1)]}, 30, 8).rows
    row = next(row for row in rows if any(cell.letter for cell in row))
    beside = row[[cell.char for cell in row].index("O") + 1]
    assert ord(beside.char) - 0x2800 == 0x24  # the third row of dots


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
