"""Drawings: in the record or in a new file that the user named, and nowhere else."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from biocopilot.tools.chemistry.engine.functions import draw


async def test_an_svg_is_xml_of_the_size_asked_for(call: Any) -> None:
    record = (await call("draw_molecule", molecule="caffeine", width=300, height=200)).evidence[0].record
    root = ET.fromstring(record["drawing"])
    assert (root.attrib["width"], root.attrib["height"]) == ("300px", "200px")
    assert record["highlighted_atoms"] == []


async def test_a_png_is_one(call: Any) -> None:
    record = (await call("draw_molecule", molecule="caffeine", format="png")).evidence[0].record
    assert base64.b64decode(record["drawing"]).startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("molecule", "highlight", "atoms", "notes"),
    [
        ("O=C1C=CC(=O)C=C1", "alerts", 8, 0), ("c1ccccc1C(=O)O", "C(=O)O", 3, 0), ("ibuprofen", "alerts", 0, 1), ("CCO", "[#7]", 0, 1), ("CCO", "none", 0, 0),
    ],
)  # fmt: skip
async def test_atoms_light_up_or_a_note_says_that_none_does(
    call: Any, molecule: str, highlight: str, atoms: int, notes: int
) -> None:
    record = (await call("draw_molecule", molecule=molecule, highlight=highlight)).evidence[0].record
    assert (len(record["highlighted_atoms"]), len(record["notes"])) == (atoms, notes)


async def test_a_file_that_the_user_named_is_written_and_never_overwritten(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "caffeine.svg"
    record = (await call("draw_molecule", molecule="caffeine", to=str(file), files=(file,))).evidence[0].record
    assert record["file"] == str(file)
    assert "drawing" not in record
    written = file.read_bytes()
    assert b"<svg" in written
    again = await call("draw_molecule", molecule="aspirin", to=str(file), files=(file,))
    assert again.error == "FileRefused"
    assert file.read_bytes() == written


async def test_a_file_that_nobody_named_is_not_written(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "planned.svg"
    result = await call("draw_molecule", molecule="caffeine", to=str(file))
    assert (result.status, result.error) == ("failed", "FileRefused")
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "form", "error"),
    [
        ("a.png", "svg", "FileRefused"),
        ("a.txt", "svg", "FileRefused"),
        ("no/such/folder/a.svg", "svg", "StorageError"),
        ("a.svg", "gif", "InvalidArguments"),
    ],
)
async def test_other_files_are_refused(call: Any, tmp_path: Path, name: str, form: str, error: str) -> None:
    file = tmp_path / name
    result = await call("draw_molecule", molecule="caffeine", to=str(file), format=form, files=(file,))
    assert result.error == error
    assert not file.exists()


@pytest.mark.parametrize(
    "arguments",
    [{"molecule": "adalimumab"}, {"molecule": "CCO", "highlight": "[#7"}, {"molecule": "CCO", "width": 99_999}],
)
async def test_what_cannot_be_drawn_says_why(call: Any, arguments: dict[str, Any]) -> None:
    result = await call("draw_molecule", **arguments)
    assert result.status in ("empty", "failed")
    assert result.digest


@pytest.mark.parametrize(("background", "atoms"), [("", "#000000"), ("#ffffff", "#000000"), ("#121212", "#E5E5E5")])
def test_lines_stand_out_from_the_background(background: str, atoms: str) -> None:
    svg = draw("CCO", "svg", "none", "", 200, 150, background)["svg"]
    assert f"stroke:{atoms}" in svg
    assert f"fill:{(background or '#ffffff').upper()}" in svg
