"""The molecules of a report as SVG, drawn once each by the chemistry processes."""

from __future__ import annotations

import asyncio

from ....memory.errors import InvalidInput, LimitReached
from ....tools.workbench import Workbench
from ..contract import Molecule, Report

__all__ = ["drawings_of"]

_WIDTH, _HEIGHT = 320, 240


async def drawings_of(report: Report, bench: Workbench) -> dict[str, str]:
    """SVG by SMILES. A structure that cannot be drawn is left out: the report shows its SMILES in any case."""
    wanted = {part.smiles: None for section in report.sections for part in section.parts if isinstance(part, Molecule)}

    async def one(smiles: str) -> str | None:
        arguments = {"structure": smiles, "form": "svg", "highlight": "none", "legend": ""}
        try:
            found = await bench.chemistry.call("draw", {**arguments, "width": _WIDTH, "height": _HEIGHT})
        except (InvalidInput, LimitReached):
            return None
        return str(found["svg"])

    drawn = await asyncio.gather(*map(one, wanted))
    return {smiles: svg for smiles, svg in zip(wanted, drawn, strict=True) if svg is not None}
