"""Molecules as pixels: only where the terminal answers, drawn once, in the molecule pane; characters everywhere else."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.molecules import ShownMolecule
from biocopilot.copilot.tui.pictures import (
    HowDrawn,
    Picture,
    Pictures,
    Pixels,
    how_drawn,
    pixels_of_terminal,
    save_drawing,
)
from biocopilot.memory.errors import StorageError
from textual.widget import Widget

from .driving import opened, screen, until

CAFFEINE = ShownMolecule("Cn1cnc2c1c(=O)n(C)c(=O)n2C", "caffeine")
PIXELS = Pixels(Widget, (10, 20))


def half_cells(monkeypatch: pytest.MonkeyPatch) -> Pixels:
    """Pixels by one renderer, whatever runs the tests: textual-image asks the terminal where there is one."""
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())
    from textual_image.widget import HalfcellImage

    return Pixels(HalfcellImage, (10, 20))


def png(width: int = 4, height: int = 2) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), (255, 0, 0)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("setting", ["auto", "pixels"])
def test_pixels_are_used_only_where_the_terminal_answers(setting: str) -> None:
    assert how_drawn(setting, lambda: PIXELS, {}) == HowDrawn("braille", PIXELS)
    assert how_drawn(setting, lambda: None, {}) == HowDrawn("braille", None)


@pytest.mark.parametrize("setting", ["braille", "ascii", "off"])
def test_a_terminal_is_not_asked_where_no_pixels_are_wanted(setting: str) -> None:
    asked = []
    assert how_drawn(setting, lambda: asked.append(1), {}) == HowDrawn(setting)  # type: ignore[arg-type, func-returns-value]
    assert asked == []


@pytest.mark.parametrize(
    ("environ", "characters"),
    [
        ({"TERM": "linux"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1", "LC_ALL": "en_US.UTF-8"}, "braille"),
        ({"LANG": "C"}, "braille"),
        ({"LANG": "C.utf8", "TERM": "xterm"}, "braille"),
    ],
)
def test_where_there_is_no_braille_it_is_ascii(environ: dict[str, str], characters: str) -> None:
    assert how_drawn("auto", lambda: None, environ).characters == characters


def test_without_a_terminal_nothing_is_asked() -> None:
    assert pixels_of_terminal() is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_the_extra_there_are_no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    for name in [name for name in sys.modules if name.startswith("textual_image")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual_image", None)
    assert pixels_of_terminal() is None


@pytest.mark.parametrize(
    ("name", "widget"), [("SixelImage", "SixelImage"), ("TGPImage", "TGPImage"), ("HalfcellImage", "")]
)
def test_the_widget_is_of_what_the_terminal_answered(monkeypatch: pytest.MonkeyPatch, name: str, widget: str) -> None:
    half_cells(monkeypatch)
    from textual_image import renderable
    from textual_image import widget as widgets

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(renderable, "Image", getattr(renderable, name))
    found = pixels_of_terminal()
    assert (found.widget if found else None) is getattr(widgets, widget, None)


def test_a_picture_is_drawn_once_and_the_oldest_is_forgotten() -> None:
    drawn: list[Picture] = []

    def draw(picture: Picture) -> bytes:
        drawn.append(picture)
        return png()

    pictures = Pictures(draw, kept=2)
    first, second, third = (Picture("C", 100, width, "#000000") for width in (1, 2, 3))
    for wanted in (first, first, second, second):
        assert pictures.get(wanted).size == (4, 2)
    assert drawn == [first, second]
    for wanted in (third, first):
        pictures.get(wanted)
    assert drawn == [first, second, third, first]


def test_a_drawing_is_written_where_it_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path))
    path = save_drawing("../a b/C[C@H]", "<svg/>")
    assert path.is_relative_to(tmp_path)
    assert (path.name, path.read_text()) == ("a-b-C-C-H.svg", "<svg/>")
    monkeypatch.setattr(
        Path, "write_text", lambda *_given, **_named: (_ for _ in ()).throw(PermissionError(13, "Denied"))
    )
    with pytest.raises(StorageError, match="Denied"):
        save_drawing("x", "<svg/>")


async def shown(app: CopilotApp, pilot: Any, how: HowDrawn) -> None:
    app.molecule.how = how
    app.action_look("molecule")
    await pilot.pause()
    app.molecule.show(CAFFEINE)


@pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")  # of textual-image with Pillow 13
async def test_the_pane_shows_characters_first_and_then_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = half_cells(monkeypatch)
    async with opened() as (app, pilot):
        await shown(app, pilot, HowDrawn("braille", pixels))
        await until(pilot, lambda: bool(app.molecule.query(pixels.widget)))  # type: ignore[call-overload]
        await until(pilot, lambda: "▀" in screen(app) and "N" not in drawing(app))
        (picture,) = app.molecule.query(pixels.widget)  # type: ignore[call-overload]
        assert picture.image.size == (picture.size.width * 10, picture.size.height * 20)
        assert CAFFEINE.smiles in screen(app)
        assert picture.image.getpixel((0, 0))[:3] == (0x12, 0x12, 0x12)  # the theme's background
        await pilot.resize_terminal(110, 30)
        await until(pilot, lambda: picture.image.size == (picture.size.width * 10, picture.size.height * 20))


def drawing(app: CopilotApp) -> str:
    """What the pane shows above the picture."""
    return str(app.molecule.query("Static").first().render())


@pytest.mark.parametrize(
    ("characters", "there", "absent"), [("braille", "⠉", "▀"), ("ascii", ":", "⠉"), ("off", "Cn1", ":")]
)
async def test_the_pane_keeps_to_the_characters_there_are(characters: Any, there: str, absent: str) -> None:
    async with opened() as (app, pilot):
        await shown(app, pilot, HowDrawn(characters))
        await until(pilot, lambda: there in "".join(str(part.render()) for part in app.molecule.query("Static")))
        assert absent not in "".join(str(part.render()) for part in app.molecule.query("Static"))


async def test_f6_gives_the_molecule_the_screen_and_the_keys_copy_and_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path))
    async with opened() as (app, pilot):
        opened_urls: list[str] = []
        monkeypatch.setattr(app, "open_url", opened_urls.append)
        await shown(app, pilot, HowDrawn())
        before = app.molecule.size
        await pilot.press("f6")
        await until(pilot, lambda: app.molecule.size.width > 1.5 * before.width)
        assert app.chat.size.width == 0
        await pilot.press("c")
        assert app.clipboard == CAFFEINE.smiles
        await pilot.press("o")
        await until(pilot, lambda: bool(opened_urls))
        assert "<svg" in await asyncio.to_thread(Path(opened_urls[0].removeprefix("file://")).read_text)
        await pilot.press("f6")
        await until(pilot, lambda: app.molecule.size == before)
        await pilot.press("f6", "f2")
        await until(pilot, lambda: app.chat.size.width > 0)
