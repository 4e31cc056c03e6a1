"""An HGNC of its own on loopback, in the shapes that its REST service documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import pytest
from biocopilot.tools.sources.hgnc import HgncLive


def _gene(number: int, symbol: str, **more: Any) -> dict[str, Any]:
    """A document of the service; what is given adds or replaces, and None takes away."""
    row = {
        "hgnc_id": f"HGNC:{number}",
        "symbol": symbol,
        "name": f"the gene {symbol}",
        "status": "Approved",
        "locus_group": "protein-coding gene",
        "locus_type": "gene with protein product",
        "location": "7p11.2",
        "uuid": "e9b0a5a0-1b6b-4c83-9d2f-0a0c5c1c0f5e",
        "_version_": 1_700_000_000_000_000_000,
        "date_modified": "2025-06-10T00:00:00Z",
        **more,
    }
    return {name: value for name, value in row.items() if value is not None}


EGFR = _gene(
    3236,
    "EGFR",
    name="epidermal growth factor receptor",
    prev_symbol=["ERBB"],
    alias_symbol=["ERBB1", "ERRP"],
    ensembl_gene_id="ENSG00000146648",
    uniprot_ids=["P00533"],
    entrez_id="1956",
)


class FakeHgnc:
    """Answers from `genes`."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = faulty
        self.genes: list[dict[str, Any]] = [EGFR]
        self.changed = "2025-06-17T04:06:22.741Z"
        faulty.serve("/hgnc/info", lambda heard: {"lastModified": self.changed, "numDoc": 45_000})
        faulty.serve("/hgnc/fetch/*", self._fetch)

    def add(self, number: int, symbol: str, **more: Any) -> None:
        self.genes.append(_gene(number, symbol, **more))

    def answer(self, body: Any, status: int = 200, **headers: str) -> Any:
        return self.faulty.answer(body, status, **headers)

    def docs(self, *rows: Any, **more: Any) -> dict[str, Any]:
        response = {"numFound": len(rows), "start": 0, "maxScore": 13.2, "numFoundExact": True, "docs": list(rows)}
        return {"responseHeader": {"status": 0, "QTime": 1}, "response": {**response, **more}}

    def _fetch(self, heard: Any) -> Any:
        _, _, _, field, value = (unquote(part) for part in heard.path.split("/"))
        wanted = f"HGNC:{value}" if field == "hgnc_id" else value
        return self.docs(*(row for row in self.genes if wanted in _listed(row.get(field))))

    def fetches(self) -> int:
        return self.faulty.count("/hgnc/fetch/*")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture
def hgnc(faulty: Any) -> FakeHgnc:
    """Knows EGFR."""
    return FakeHgnc(faulty)


@pytest.fixture
async def live(transport: Any) -> AsyncIterator[HgncLive]:
    async with transport.session() as session:
        yield HgncLive(session)
