"""AlphaFold DB live: `AlphaFold` asks, frozen `Model` records come back in `Found`.

async with transport.session() as session:
    found = await AlphaFold(session).models("P00533")
    found.rows[0].mean_plddt, found.rows[0].version
"""

from __future__ import annotations

from .live import AlphaFold
from .model import Model

__all__ = ["AlphaFold", "Model"]
