"""What can be asked of ClinicalTrials.gov: words for condition and intervention, statuses and phases of its own lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ....memory.errors import InvalidArguments
from ..plain import one_line

__all__ = ["Phase", "Status", "TrialQuery"]

Status = Literal[
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "UNKNOWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
]
Phase = Literal["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"]

_OPERATORS = re.compile(r'["\[\](){}]+')
"""What would be an operator of the search language, such as AREA[…], rather than a word."""


@dataclass(frozen=True)
class TrialQuery:
    """Which trials; at least a condition or an intervention. AND, OR and NOT between words hold.

    Raises:
        InvalidArguments: neither has a word in it.
    """

    condition: str = ""
    intervention: str = ""
    statuses: tuple[Status, ...] = ()
    phases: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        if not self.parameters().keys() & {"query.cond", "query.intr"}:
            raise InvalidArguments("Name a condition or an intervention.")

    def parameters(self) -> dict[str, str]:
        """As the service takes them."""
        given = {
            "query.cond": _words(self.condition),
            "query.intr": _words(self.intervention),
            "filter.overallStatus": "|".join(dict.fromkeys(self.statuses)),
            "filter.advanced": " OR ".join(f"AREA[Phase]{phase}" for phase in dict.fromkeys(self.phases)),
        }
        return {name: value for name, value in given.items() if value}


def _words(text: str) -> str:
    words = one_line(_OPERATORS.sub(" ", text))
    return words if re.search(r"\w", words) else ""
