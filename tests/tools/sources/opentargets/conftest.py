"""Open Targets on loopback: a platform of targets, diseases and drugs that answers the queries as the real one does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

EGFR = "ENSG00000146648"
Row = dict[str, Any]


def _hit(symbol: str, ensembl_id: str, *accessions: str, name: str = "a gene") -> Row:
    proteins = [{"id": accession, "source": "uniprot_swissprot"} for accession in accessions]
    target = {"id": ensembl_id, "approvedSymbol": symbol, "approvedName": name, "proteinIds": proteins}
    return {"id": ensembl_id, "entity": "target", "object": target, "aFieldOfTomorrow": 1}


def _association(number: int, **changes: Any) -> Row:
    return {
        "score": max(0.0, 0.9 - number / 1000),
        "disease": {"id": f"MONDO_{number:07d}", "name": f"disease {number}"},
        "datatypeScores": [{"id": "genetic_association", "score": 0.5}, {"id": "literature", "score": 0.25}],
        **changes,
    }


def _drug(number: int, **changes: Any) -> Row:
    return {
        "id": f"row{number}",
        "maxClinicalStage": "PHASE_3",
        "drug": {"id": f"CHEMBL{number}", "name": f"DRUG {number}", "drugType": "Small molecule", "maximumClinicalStage": "APPROVAL"},
        "diseases": [{"diseaseFromSource": "NSCLC", "disease": {"id": "MONDO_1", "name": "lung carcinoma"}}, {"diseaseFromSource": "x", "disease": None}],
        **changes,
    }  # fmt: skip


@dataclass
class Platform:
    """What it holds. `alter(body, number)` may change a reply before it is sent."""

    hits: list[Row] = field(default_factory=lambda: [_hit("EGFR", EGFR, "P00533")])
    diseases: list[Row] = field(default_factory=list)
    associations: list[Row] = field(default_factory=list)
    drugs: list[Row] = field(default_factory=list)
    target: Row = field(default_factory=dict)
    release: str | None = "06"
    alter: Callable[[Row, int], Any] = lambda body, _: body
    asked: list[tuple[str, Row]] = field(default_factory=list)

    def __call__(self, heard: Any) -> Any:
        name = re.match(r"query (\w+)", heard.json["query"]).group(1)  # type: ignore[union-attr]
        variables = heard.json["variables"]
        self.asked.append((name, variables))
        data = {"meta": {"dataVersion": {"year": "26", "month": self.release, "iteration": None}}}
        return self.alter({"data": {**data, **getattr(self, f"_{name}")(variables)}}, len(self.asked))

    def _SearchTargets(self, asked: Row) -> Row:
        return {"search": {"total": len(self.hits), "hits": _page(self.hits, asked)}}

    def _SearchDiseases(self, asked: Row) -> Row:
        return {"search": {"total": len(self.diseases), "hits": _page(self.diseases, asked)}}

    def _Target(self, asked: Row) -> Row:
        known = {"id": asked["id"], "approvedSymbol": "EGFR", "approvedName": "epidermal growth factor receptor"}
        return {"target": {**known, "biotype": "protein_coding", **self.target} if asked["id"] == EGFR else None}

    def _Associations(self, asked: Row) -> Row:
        wanted = asked.get("diseases")
        rows = [row for row in self.associations if wanted is None or row["disease"]["id"] in wanted]
        listed = {"count": len(rows), "rows": _page(rows, asked)}
        return {"target": {"id": asked["id"], "associatedDiseases": listed} if asked["id"] == EGFR else None}

    _AssociationsWith = _Associations

    def _Candidates(self, asked: Row) -> Row:
        listed = {"count": len(self.drugs), "rows": self.drugs}
        return {"target": {"id": asked["id"], "drugAndClinicalCandidates": listed} if asked["id"] == EGFR else None}


def _page(rows: list[Row], asked: Row) -> list[Row]:
    return rows[asked["index"] * asked["size"] :][: asked["size"]]


@pytest.fixture
def platform(faulty: Any) -> Callable[..., Platform]:
    """`platform(associations=[…])`: serves it as Open Targets."""

    def serve(**given: Any) -> Platform:
        made = Platform(**given)
        faulty.serve("/opentargets", made)
        return made

    return serve


@pytest.fixture(scope="session")
def hit() -> Callable[..., Row]:
    return _hit


@pytest.fixture(scope="session")
def association() -> Callable[..., Row]:
    return _association


@pytest.fixture(scope="session")
def drug() -> Callable[..., Row]:
    return _drug
