"""PubChem live: `PubchemLive` (live.py) asks PUG REST, `Compound` (compound.py) comes back in `Found`.

Identifiers, names and structures of compounds; not assays, and not downloads of many compounds.
"""

from __future__ import annotations

from .compound import Compound, chembl_ids_among
from .live import PubchemLive

__all__ = ["Compound", "PubchemLive", "chembl_ids_among"]
