"""ChEMBL over the network: the same look-ups and rows as the local store, from the live service.

`ChemblLive` (live.py) asks; `listing.py` reads pages and counts them against the service's own count; `official.py` lets
ChEMBL's own client do the asking where it is sound; `records.py` holds what the service says, `rows.py` turns it into
the local store's rows.
"""

from .live import ChemblLive
from .records import (
    Activity,
    Assay,
    Component,
    Document,
    DrugWarning,
    Indication,
    Mechanism,
    Molecule,
    SimilarMolecule,
    Status,
    Target,
)

__all__ = [
    "Activity",
    "Assay",
    "ChemblLive",
    "Component",
    "Document",
    "DrugWarning",
    "Indication",
    "Mechanism",
    "Molecule",
    "SimilarMolecule",
    "Status",
    "Target",
]
