"""A STRING of its own on loopback, in the shapes of its recorded and documented replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from biocopilot.tools.sources.string_db import StringLive

ID = "9606.ENSP00000275493"


def _link(number: int, score: float = 0.9, **more: Any) -> dict[str, Any]:
    channels = {"nscore": 0, "fscore": 0, "pscore": 0, "ascore": 0.098, "escore": 0.161, "dscore": 0.5, "tscore": 0.338}
    return {
        "stringId_A": ID,
        "stringId_B": f"9606.ENSP{number:011d}",
        "preferredName_A": "EGFR",
        "preferredName_B": f"GENE{number}",
        "ncbiTaxonId": "9606",
        "score": score,
        **channels,
        **more,
    }


class FakeString:
    """Answers from `links` by score; knows one protein."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = faulty
        self.links: list[dict[str, Any]] = []
        self.version = "12.0"
        faulty.serve("/string/json/version", lambda heard: [
            {"string_version": self.version, "stable_address": "https://version-12-0.string-db.org"}
        ])  # fmt: skip
        faulty.serve("/string/json/get_string_ids", self._ids)
        faulty.serve("/string/json/interaction_partners", self._partners)

    def answer(self, body: Any, status: int = 200, **headers: str) -> Any:
        return self.faulty.answer(body, status, **headers)

    def absent(self) -> Any:
        return self.answer({"Error": "not found", "ErrorMessage": "STRING could not find any of your identifiers"}, 404)

    def _ids(self, heard: Any) -> Any:
        if heard.query["identifiers"] != "P00533":
            return []
        return [
            {
                "queryItem": "P00533",
                "queryIndex": 0,
                "stringId": ID,
                "ncbiTaxonId": 9606,
                "taxonName": "Homo sapiens",
                "preferredName": "EGFR",
                "annotation": "Epidermal growth factor receptor",
            }
        ]

    def _partners(self, heard: Any) -> Any:
        least = int(heard.query["required_score"]) / 1_000
        return [row for row in self.links if row["score"] >= least]


@pytest.fixture
def string(faulty: Any) -> FakeString:
    return FakeString(faulty)


@pytest.fixture(scope="session")
def link() -> Any:
    """`link(number, score)`: a row of the network."""
    return _link


@pytest.fixture
async def live(transport: Any) -> AsyncIterator[StringLive]:
    async with transport.session() as session:
        yield StringLive(session)
