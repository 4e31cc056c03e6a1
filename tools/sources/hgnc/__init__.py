"""Human gene names live: `HgncLive` (live.py) asks genenames.org, `Gene` (gene.py) comes back in `Found`.

async with transport.session() as session:
    found = await HgncLive(session).called("p110alpha")
    gene = only_gene("p110alpha", found)       # an error with the candidates where an alias means several
"""

from __future__ import annotations

from .gene import CalledGene, Gene
from .live import HgncLive, only_gene

__all__ = ["CalledGene", "Gene", "HgncLive", "only_gene"]
