"""ClinicalTrials.gov live: `ClinicalTrials` asks, frozen `Trial` records come back in `Found`.

async with transport.session() as session:
    found = await ClinicalTrials(session).search(TrialQuery("melanoma", "vemurafenib", statuses=("RECRUITING",)), most=20)
"""

from __future__ import annotations

from .live import ClinicalTrials
from .query import Phase, Status, TrialQuery
from .trial import Intervention, Trial

__all__ = ["ClinicalTrials", "Intervention", "Phase", "Status", "Trial", "TrialQuery"]
