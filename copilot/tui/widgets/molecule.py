"""The molecule pane: a structure drawn with characters, its name and SMILES beside it. The layout comes from the chemistry worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from ..braille import Drawing, drawn
from ..molecules import ShownMolecule

__all__ = ["MoleculeView", "drawing_content"]

_COLOURS = {"O": "$text-error", "N": "$text-primary", "S": "$text-warning", "P": "$text-warning"}
_HALOGENS = {"F", "Cl", "Br", "I"}
_TEXT_LINES = 6


class MoleculeView(VerticalScroll):
    """One molecule; `show` asks for its layout, `draw` puts it there."""

    BORDER_TITLE = "Molecule"
    HELP = "The structure on show. < and > go through the molecules of the run, o opens it as SVG, c copies its SMILES."

    class Wanted(Message):
        """A layout is needed."""

        def __init__(self, molecule: ShownMolecule) -> None:
            super().__init__()
            self.molecule = molecule

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self.molecule: ShownMolecule | None = None
        self._layout: Mapping[str, Any] | None = None
        self._trouble = ""
        self._text = Static("", markup=False)

    def compose(self):  # type: ignore[no-untyped-def]  # Textual's ComposeResult
        yield self._text

    def show(self, molecule: ShownMolecule | None) -> None:
        """Show another molecule, or none."""
        if molecule == self.molecule and molecule is not None:
            return
        self.molecule, self._layout, self._trouble = molecule, None, ""
        self._draw()
        if molecule is not None:
            self.post_message(self.Wanted(molecule))

    def draw(self, molecule: ShownMolecule, layout: Mapping[str, Any] | None, trouble: str = "") -> None:
        """Put a layout there, unless another molecule is on show by now."""
        if molecule == self.molecule:
            self._layout, self._trouble = layout, trouble
            self._draw()

    def on_resize(self, _event: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        molecule = self.molecule
        if molecule is None:
            self.border_title = "Molecule"
            self._text.update(Content.styled("The molecule that a record is about is drawn here.", "$text-muted"))
            return
        self.border_title = f"Molecule {molecule.name}"[:60]
        parts = [
            Content.assemble((molecule.name, "bold"), f"  {molecule.formula}  ", (molecule.identifier, "$text-muted"))
        ]
        if molecule.facts:
            parts.append(Content.styled(" · ".join(molecule.facts), "$text-muted"))
        if self._layout is not None:
            size = self.content_size
            drawing = drawn(self._layout, min(size.width - 1, 76), max(6, min(size.height - _TEXT_LINES, 30)))
            parts.append(drawing_content(drawing))
            if any(atom["lit"] for atom in self._layout["atoms"]):
                parts.append(Content.styled("• and marked letters: atoms of structural alerts", "$text-muted"))
            if drawing.crowded:
                parts.append(Content.styled("Too large to be read here: o opens it as SVG.", "$text-warning"))
        elif self._trouble:
            parts.append(Content.styled(self._trouble, "$text-error"))
        parts.append(Content(molecule.smiles))
        self._text.update(Content("\n").join(parts))


def drawing_content(drawing: Drawing) -> Content:
    """Letters in the colours of their elements, lit atoms reversed; the text alone says the same."""
    lines = []
    for row in drawing.rows:
        lines.append(Content.assemble(*((cell.char, _style(cell.element, cell.lit)) for cell in row)))
    return Content("\n").join(lines)


def _style(element: str, lit: bool) -> str:
    colour = _COLOURS.get(element, "$text-success" if element in _HALOGENS else "")
    return f"reverse {colour}".strip() if lit else colour
