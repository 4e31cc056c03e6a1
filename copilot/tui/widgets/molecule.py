"""The molecule pane: a structure drawn with characters or pixels, its name and SMILES beside it. Both come from the chemistry worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from ..braille import Drawing, drawn
from ..molecules import ShownMolecule
from ..pictures import HowDrawn, Picture

__all__ = ["MoleculeView", "drawing_content"]

_COLOURS = {"O": "$text-error", "N": "$text-primary", "S": "$text-warning", "P": "$text-warning"}
_HALOGENS = {"F", "Cl", "Br", "I"}
_LEAST_ROWS, _SMILES_LINES = 6, 3
_SETTLED_S = 0.2
"""A picture of another size is asked for when the pane has kept it so long: a resize is many."""


class MoleculeView(VerticalScroll):
    """One molecule; `show` asks for its layout and, where there are pixels, its picture; `draw` and `put` show them."""

    BORDER_TITLE = "Molecule"
    HELP = (
        "The structure on show. < and > go through the molecules of the run, F6 gives it the whole screen, "
        "o opens it as SVG, c copies its SMILES."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy SMILES", show=False),
        Binding("o", "open", "Open as SVG", show=False),
    ]

    class Wanted(Message):
        """A layout is needed."""

        def __init__(self, molecule: ShownMolecule) -> None:
            super().__init__()
            self.molecule = molecule

    class PictureWanted(Message):
        """A picture is needed."""

        def __init__(self, molecule: ShownMolecule, picture: Picture) -> None:
            super().__init__()
            self.molecule, self.picture = molecule, picture

    class CopyWanted(Message):
        """The SMILES is to be copied."""

        def __init__(self, molecule: ShownMolecule) -> None:
            super().__init__()
            self.molecule = molecule

    class OpenWanted(CopyWanted):
        """The structure is to be opened in another program."""

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self.how = HowDrawn()
        self.molecule: ShownMolecule | None = None
        self._layout: Mapping[str, Any] | None = None
        self._trouble = ""
        self._image: Any = None
        self._above, self._below = Static("", markup=False), Static("", markup=False)
        self._picture: Widget | None = None
        self._settled: Timer | None = None

    def compose(self) -> Iterator[Static]:
        yield self._above
        yield self._below

    def show(self, molecule: ShownMolecule | None) -> None:
        """Show another molecule, or none."""
        if molecule == self.molecule and molecule is not None:
            return
        self.molecule, self._layout, self._trouble, self._image = molecule, None, "", None
        self._draw()
        if molecule is not None and self.how.characters != "off":
            self.post_message(self.Wanted(molecule))
            self._want_picture()

    def draw(self, molecule: ShownMolecule, layout: Mapping[str, Any] | None, trouble: str = "") -> None:
        """Put a layout there, unless another molecule is on show by now."""
        if molecule == self.molecule:
            self._layout, self._trouble = layout, trouble
            self._draw()

    def put(self, molecule: ShownMolecule, image: Any) -> None:
        """Put a picture in the place of the drawing, unless another molecule is on show by now."""
        if molecule == self.molecule:
            self._image = image
            self._draw()

    def on_resize(self, _event: Resize) -> None:
        self._draw()
        if self.how.pixels is not None:
            if self._settled is not None:
                self._settled.stop()
            self._settled = self.set_timer(_SETTLED_S, self._want_picture)

    def action_copy(self) -> None:
        if self.molecule is not None:
            self.post_message(self.CopyWanted(self.molecule))

    def action_open(self) -> None:
        if self.molecule is not None:
            self.post_message(self.OpenWanted(self.molecule))

    def _room(self) -> tuple[int, int]:
        """Columns and rows for the drawing, which the text above and below leaves."""
        size, molecule = self.content_size, self.molecule
        facts = " · ".join(molecule.facts) if molecule else ""
        lines = 3 + -(-len(facts) // max(1, size.width)) + (len(self._smiles().splitlines()) if molecule else 1)
        return max(4, size.width - 1), max(_LEAST_ROWS, size.height - lines)

    def _smiles(self) -> str:
        """The SMILES in a few lines; a long one would leave no room for the drawing."""
        smiles = self.molecule.smiles if self.molecule else ""
        width = max(10, self.content_size.width)
        lines = [smiles[at : at + width] for at in range(0, len(smiles), width)] or [""]
        return "\n".join([*lines[: _SMILES_LINES - 1], "… c copies it whole"] if len(lines) > _SMILES_LINES else lines)

    def _want_picture(self) -> None:
        if self.molecule is None or self.how.pixels is None or not self.size:
            return
        (columns, rows), (wide, high) = self._room(), self.how.pixels.cell
        background = self.app.theme_variables.get("background", "")
        background = background[:7] if background.startswith("#") else "#ffffff"
        picture = Picture(self.molecule.smiles, columns * wide, rows * high, background)
        self.post_message(self.PictureWanted(self.molecule, picture))

    def _draw(self) -> None:
        molecule = self.molecule
        self._show_image()
        if molecule is None:
            self.border_title = "Molecule"
            self._above.update(Content.styled("The molecule that a record is about is drawn here.", "$text-muted"))
            self._below.update("")
            return
        self.border_title = f"Molecule {molecule.name}"[:60]
        above = [
            Content("  ").join(
                part
                for part in (
                    Content.styled(molecule.name, "bold"),
                    Content(molecule.formula),
                    Content.styled(molecule.identifier, "$text-muted"),
                )
                if part
            )
        ]
        if molecule.facts:
            above.append(Content.styled(" · ".join(molecule.facts), "$text-muted"))
        below = []
        if self._layout is not None:
            if self._image is None:
                drawing = drawn(self._layout, *self._room())
                above.append(drawing_content(drawing.ascii if self.how.characters == "ascii" else drawing))
                if drawing.crowded:
                    enlarges = "" if self.screen.has_class("large-molecule") else "F6 enlarges, "
                    below.append(
                        Content.styled(f"Too crowded to be read: {enlarges}o opens it as SVG.", "$text-warning")
                    )
            if any(atom["lit"] for atom in self._layout["atoms"]):
                marked = "coloured" if self._image is not None else "• and marked letters"
                below.append(Content.styled(f"{marked}: atoms of structural alerts", "$text-muted"))
        elif self._trouble:
            below.append(Content.styled(self._trouble, "$text-error"))
        below.append(Content(self._smiles()))
        self._above.update(Content("\n").join(above))
        self._below.update(Content("\n").join(below))

    def _show_image(self) -> None:
        """Give the picture its place: a widget of its own kind, made when there is something to put there."""
        if self._picture is None and self._image is not None and self.how.pixels is not None:
            self._picture = self.how.pixels.widget(self._image)
            self.mount(self._picture, after=self._above)
        if self._picture is not None:
            self._picture.display = self._image is not None
            if self._image is not None:
                columns, rows = self._room()
                self._picture.styles.width, self._picture.styles.height = columns, rows
                self._picture.image = self._image  # type: ignore[attr-defined]  # of textual-image's widgets


def drawing_content(drawing: Drawing) -> Content:
    """Letters in the colours of their elements, lit atoms reversed; the text alone says the same."""
    lines = []
    for row in drawing.rows:
        lines.append(Content.assemble(*((cell.char, _style(cell.element, cell.lit)) for cell in row)))
    return Content("\n").join(lines)


def _style(element: str, lit: bool) -> str:
    colour = _COLOURS.get(element, "$text-success" if element in _HALOGENS else "")
    return f"reverse {colour}".strip() if lit else colour
