"""The Open Targets Platform live: `OpenTargets` asks, frozen records come back in `Found`.

async with transport.session() as session:
    hit = (await OpenTargets(session).by_symbol("EGFR")).rows[0]
    found = await OpenTargets(session).associations(hit.ensembl_id, most=25)     # diseases, best first
"""

from __future__ import annotations

from .live import OpenTargets
from .records import (
    Association,
    Candidate,
    ClinicalReport,
    DiseaseHit,
    SafetyLiability,
    Target,
    TargetHit,
    Tractability,
)

__all__ = [
    "Association",
    "Candidate",
    "ClinicalReport",
    "DiseaseHit",
    "OpenTargets",
    "SafetyLiability",
    "Target",
    "TargetHit",
    "Tractability",
]
