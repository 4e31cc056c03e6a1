"""The `draw_molecule` tool: a drawing as SVG in the record, or written to a file that the user named."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ...memory.errors import FileRefused, StorageError
from ...memory.text import clean, shorten
from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import identify

__all__ = ["draw_molecule"]


class DrawMoleculeArguments(ToolArguments):
    """What to draw, and how."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    highlight: str = Field(default="none", description="`alerts` for PAINS and Brenk atoms, `none`, or a SMARTS")
    format: Literal["svg", "png"] = Field(default="svg", description="svg or png")
    width: int = Field(default=450, ge=100, le=2_000, description="in pixels")
    height: int = Field(default=350, ge=100, le=2_000, description="in pixels")
    to: str | None = Field(
        default=None, description="a new file to write, named by the user; the record holds the drawing where absent"
    )


@tool(
    title="Draw molecule",
    cost="fast",
    read_only=False,
    write_field="to",
    examples=({"molecule": "caffeine"},),
)
async def draw_molecule(arguments: DrawMoleculeArguments, context: ToolContext) -> Findings:
    """Draw a molecule as SVG or PNG, with alert atoms or a SMARTS lit up.

    Use it to see a structure, or where its alerts are. Not for telling which alerts there are (`structural_alerts`). Comes
    back: the drawing itself (SVG as text, PNG as base64) in the record; with `to`, which only the user may name, it is written
    to that file instead, and never over an existing one. Fails on a structure that RDKit refuses or a file that cannot be
    written.
    """
    molecule = await identify(arguments.molecule, context)
    target = _target(arguments, context)
    found = await context.bench.chemistry.call(
        "draw",
        {
            "structure": molecule.structure(),
            "form": arguments.format,
            "highlight": arguments.highlight,
            "legend": molecule.label if molecule.name else "",
            "width": arguments.width,
            "height": arguments.height,
        },
    )
    record: dict[str, Any] = {
        "type": "drawing",
        "molecule": molecule.record(),
        "format": arguments.format,
        "highlighted_atoms": found["highlighted"],
        "notes": []
        if found["highlighted"] or arguments.highlight == "none"
        else ["Nothing is lit up: no atom matches."],
    }
    if target is None:
        record["drawing"] = found[arguments.format]
    else:
        _write(target, found["svg"].encode() if arguments.format == "svg" else base64.b64decode(found["png"]))
        record["file"] = arguments.to
    return Findings((computed(record, f"{molecule.label} drawn as {arguments.format}"),), matched=1, returned=1)


def _target(arguments: DrawMoleculeArguments, context: ToolContext) -> Path | None:
    if arguments.to is None:
        return None
    shown = shorten(clean(arguments.to), 200)
    try:
        path = Path(arguments.to).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise FileRefused(f"{shown!r} is no file name.", "Give the path of a file to write.") from error
    if path not in context.files:
        raise FileRefused(
            f"{shown!r} may not be written, because you did not name it.", "Name the file on the command line."
        )
    if path.suffix.lower() != f".{arguments.format}":
        raise FileRefused(
            f"{shown!r} does not end in .{arguments.format}.", "Give --format and the file the same kind."
        )
    if path.exists():
        raise FileRefused(f"{path.name} is there already.", "Name another file, or move it away.")
    return path


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise StorageError(
            f"{path.name} cannot be written: {error.strerror}.", "Check the folder and the disk."
        ) from error
