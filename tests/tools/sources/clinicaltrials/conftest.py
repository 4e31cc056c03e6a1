"""ClinicalTrials.gov on loopback: studies in pages, each with the token of the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

Row = dict[str, Any]


def _study(number: int, **changes: Any) -> Row:
    """A study; what is given replaces fields of its protocol section's modules, by module."""
    modules: Row = {
        "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": f"Trial {number} of vemurafenib"},
        "statusModule": {
            "overallStatus": "TERMINATED",
            "whyStopped": "Slow accrual",
            "startDateStruct": {"date": "2020-06-14", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2022-06"},
            "completionDateStruct": {"date": "2023-01", "type": "ESTIMATED"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A hospital", "class": "OTHER"}},
        "conditionsModule": {"conditions": ["Melanoma", "BRAF V600E"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 18, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Vemurafenib"}]},
        "aModuleOfTomorrow": {"x": 1},
    }
    section = {name: {**value, **changes.get(name, {})} for name, value in modules.items()}
    return {"protocolSection": section, "hasResults": True}


@dataclass
class Registry:
    """Its studies. `alter(page, number)` may change a page before it is sent."""

    rows: list[Row]
    alter: Callable[[Row, int], Any] = lambda page, _: page
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, heard: Any) -> Any:
        query = heard.query
        self.asked.append(query)
        start, size = int(query.get("pageToken", "t0").removeprefix("t")), int(query["pageSize"])
        page: Row = {"studies": self.rows[start : start + size]}
        if "countTotal" in query:
            page["totalCount"] = len(self.rows)
        if start + size < len(self.rows):
            page["nextPageToken"] = f"t{start + size}"
        return self.alter(page, len(self.asked))


@pytest.fixture
def registry(faulty: Any) -> Callable[..., Registry]:
    """`registry(rows)`: serves them as ClinicalTrials.gov."""

    def serve(rows: list[Row], **more: Any) -> Registry:
        made = Registry(rows, **more)
        faulty.serve("/clinicaltrials/studies", made)
        return made

    return serve


@pytest.fixture(scope="session")
def study() -> Callable[..., Row]:
    return _study
