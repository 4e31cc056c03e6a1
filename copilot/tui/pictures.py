"""Molecules as pixels, for terminals that say they show them: asked once, before the app runs; pictures that were drawn are kept.

textual-image (the extra `images`) asks the terminal while it is imported, by reading its answer from the keyboard's stream. So it is
imported here only, by the command line, never by the app: a running app reads that stream itself.
"""

from __future__ import annotations

import io
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from textual.widget import Widget

from ...memory.errors import StorageError

__all__ = ["HowDrawn", "Picture", "Pictures", "Pixels", "how_drawn", "pixels_of_terminal", "save_drawing"]

_KEPT = 32


@dataclass(frozen=True)
class Pixels:
    """What puts a picture on this terminal.

    Args:
        widget: made of a PIL image; its `image` can be set to another.
        cell: width and height of a character in pixels.
    """

    widget: Callable[..., Widget]
    cell: tuple[int, int]


@dataclass(frozen=True)
class HowDrawn:
    """How molecules are shown: as pixels where there are any, else with characters, or not at all."""

    characters: Literal["braille", "ascii", "off"] = "braille"
    pixels: Pixels | None = None


@dataclass(frozen=True)
class Picture:
    """What picture is wanted: of which structure, how many pixels, on which colour."""

    smiles: str
    width: int
    height: int
    background: str


class Pictures:
    """Pictures that were drawn, the newest few; used from several threads, where the worst is that one is drawn twice."""

    def __init__(self, draw: Callable[[Picture], bytes], kept: int = _KEPT) -> None:
        self._draw, self._most = draw, kept
        self._kept: OrderedDict[Picture, Any] = OrderedDict()

    def get(self, wanted: Picture) -> Any:
        """A PIL image. Raises what `draw` raises."""
        from PIL import Image

        found = self._kept.get(wanted)
        if found is None:
            found = Image.open(io.BytesIO(self._draw(wanted)))
            found.load()
            self._kept[wanted] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


def how_drawn(setting: str, pixels: Callable[[], Pixels | None], environ: Mapping[str, str] = os.environ) -> HowDrawn:
    """What the setting `interface.molecules` comes to on this terminal.

    Args:
        setting: auto, pixels, braille, ascii or off. Pixels are never forced: a terminal that does not answer would show garbage.
        pixels: asks the terminal; called only where pixels would be used.
        environ: the environment, which says what characters there are.
    """
    if setting in ("braille", "ascii", "off"):
        return HowDrawn(setting)  # type: ignore[arg-type]  # one of its literals
    return HowDrawn("braille" if _has_braille(environ) else "ascii", pixels())


def _has_braille(environ: Mapping[str, str]) -> bool:
    """Whether braille can be shown: not on the Linux console, whose font has none, nor where the locale is of one byte a character."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    other = bool(locale) and locale not in ("C", "POSIX") and "utf" not in locale.lower()
    return environ.get("TERM") != "linux" and not other


def save_drawing(name: str, svg: str) -> Path:
    """Write a drawing where another program can open it. Raises StorageError."""
    from ...memory.paths import cache_dir

    stem = "-".join("".join(char if char.isalnum() else " " for char in name).split())[:60] or "molecule"
    path = cache_dir() / "drawings" / f"{stem}.svg"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, "utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Mend its permissions.") from error
    return path


def pixels_of_terminal() -> Pixels | None:
    """Ask the terminal. None where it shows no pixels, or the extra is not installed; to be called before the app runs."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        from textual_image._terminal import get_cell_size
        from textual_image.renderable import Image, SixelImage, TGPImage
        from textual_image.widget import SixelImage as SixelWidget
        from textual_image.widget import TGPImage as TGPWidget
    except ImportError:
        return None
    # Anything else that it would choose is made of characters, and braille says more.
    widget = {SixelImage: SixelWidget, TGPImage: TGPWidget}.get(Image)
    size = get_cell_size()
    return None if widget is None else Pixels(widget, (size.width, size.height))
