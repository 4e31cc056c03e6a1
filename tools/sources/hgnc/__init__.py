"""Human gene names: `Hgnc` (first_local.py) asks the registered store (local.py), then genenames.org (live.py).

`Gene` (gene.py) comes back in `Found`; the look-ups themselves stand in lookups.py.

async with transport.session() as session:
    found = await Hgnc(session, bench.hgnc).called("p110alpha")
    gene = only_gene("p110alpha", found)       # an error with the candidates where an alias means several
"""

from __future__ import annotations

from .first_local import Hgnc
from .gene import CalledGene, Gene
from .live import HgncLive
from .local import HgncLocal
from .lookups import only_gene

__all__ = ["CalledGene", "Gene", "Hgnc", "HgncLive", "HgncLocal", "only_gene"]
