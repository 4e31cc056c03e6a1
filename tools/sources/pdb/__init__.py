"""The Protein Data Bank live, by RCSB's services: `ProteinDataBank` asks, frozen `Structure` records come back in `Found`.

async with transport.session() as session:
    found = await ProteinDataBank(session).structures("P00533", most=10)     # best resolution first
"""

from __future__ import annotations

from .live import ProteinDataBank
from .structure import Ligand, Structure

__all__ = ["Ligand", "ProteinDataBank", "Structure"]
