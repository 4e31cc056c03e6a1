"""A UniProt of its own on loopback: entries, search with cursors, accessions, id mapping; it can be told to misbehave.

Bodies, headers and errors have the shapes of the real service, which the recorded exchanges in `shared` show.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.tools.sources.uniprot import UniprotEntry, UniprotLive, Waiting, read_entry

RELEASE = {"x_uniprot_release": "2025_03", "x_uniprot_release_date": "18-June-2025"}

Entry = dict[str, Any]


def _entry(accession: str = "P00533", residues: str = "MRPSGTAGAALLALLAALCPASRA", **changes: Any) -> Entry:
    """An entry with the keys that every entry has; what is given replaces or adds, and None takes away."""
    value: Entry = {
        "entryType": "UniProtKB reviewed (Swiss-Prot)",
        "primaryAccession": accession,
        "uniProtkbId": f"{accession}_HUMAN",
        "entryAudit": {
            "firstPublicDate": "1986-07-21",
            "lastAnnotationUpdateDate": "2025-06-18",
            "lastSequenceUpdateDate": "1997-11-01",
            "entryVersion": 300,
            "sequenceVersion": 2,
        },
        "annotationScore": 5.0,
        "organism": {
            "scientificName": "Homo sapiens",
            "commonName": "Human",
            "taxonId": 9606,
            "lineage": ["Eukaryota", "Metazoa"],
        },
        "proteinExistence": "1: Evidence at protein level",
        "proteinDescription": {"recommendedName": {"fullName": {"value": f"Protein {accession}"}}},
        "genes": [{"geneName": {"value": f"G{accession}"}}],
        "comments": [],
        "features": [],
        "keywords": [],
        "references": [],
        "uniProtKBCrossReferences": [],
        "sequence": {
            "value": residues,
            "length": len(residues),
            "molWeight": 2_300,
            "crc64": "0123456789ABCDEF",
            "md5": hashlib.md5(residues.encode(), usedforsecurity=False).hexdigest().upper(),
        },
        "extraAttributes": {"uniParcId": "UPI000003E750"},
        **changes,
    }
    return {name: item for name, item in value.items() if item is not None}


def _inactive(accession: str, reason: str, successors: tuple[str, ...] = (), because: str = "") -> Entry:
    why: Entry = {"inactiveReasonType": reason}
    if successors:
        why["mergeDemergeTo"] = list(successors)
    if because:
        why["deletedReason"] = because
    return {
        "entryType": "Inactive",
        "primaryAccession": accession,
        "uniProtkbId": f"{accession}_HUMAN",
        "annotationScore": 0.0,
        "inactiveReason": why,
        "extraAttributes": {"uniParcId": "UPI000003E751"},
    }


class FakeUniprot:
    """Answers as UniProt does, from `entries`; `page` is the largest page that it gives."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = faulty
        self.entries: dict[str, Entry] = {}
        self.merged: dict[str, str] = {}
        self.page = 500
        self.mapped: list[tuple[str, Any]] = []
        self.failed: list[str] = []
        self.polls = 0
        """How often a job is still running when asked for."""
        self.to_uniprotkb = False
        faulty.serve("/uniprot/uniprotkb/*", self._entry)
        faulty.serve("/uniprot/uniprotkb/search", self._search)
        faulty.serve("/uniprot/uniprotkb/accessions", self._accessions)
        faulty.serve("/uniprot/idmapping/run", lambda heard: self.answer({"jobId": "a1B2c3"}))
        faulty.serve("/uniprot/idmapping/status/a1B2c3", self._status)
        faulty.serve("/uniprot/idmapping/results/a1B2c3", self._results)
        faulty.serve("/uniprot/idmapping/uniprotkb/results/a1B2c3", self._results)

    def add(self, *entries: Entry) -> None:
        for entry in entries:
            self.entries[entry["primaryAccession"]] = entry

    def answer(self, body: Any, status: int = 200, **headers: str) -> Any:
        return self.faulty.answer(body, status, **{**RELEASE, **headers})

    def error(self, status: int, *messages: str) -> Any:
        return self.answer({"url": "http://rest.uniprot.org/uniprotkb/x", "messages": list(messages)}, status)

    def paged(self, heard: Any, path: str, rows: list[Any], **more: Any) -> Any:
        """A page of rows; the cursor is opaque, and the link is on the real service's host, as recorded replies are."""
        start = int(heard.query.get("cursor", "c0")[1:])
        size = min(self.page, int(heard.query.get("size", 25)))
        headers = {"x_total_results": str(len(rows))}
        if start + size < len(rows):
            link = f"https://rest.uniprot.org{path}?format=json&fields=a,b&query=x&cursor=c{start + size}&size={size}"
            headers["link"] = f'<{link}>; rel="next"'
        return self.answer({"results": rows[start : start + size], **more}, **headers)

    def _entry(self, heard: Any) -> Any:
        accession = heard.path.rpartition("/")[2]
        if accession in self.merged:
            return self.answer("", 303, location=f"/uniprot/uniprotkb/{self.merged[accession]}?from={accession}")
        if accession in self.entries:
            return self.answer(self.entries[accession])
        return self.error(404, "Resource not found")

    def _search(self, heard: Any) -> Any:
        return self.paged(heard, "/uniprotkb/search", list(self.entries.values()))

    def _accessions(self, heard: Any) -> Any:
        rows = [self.entries[name] for name in heard.query["accessions"].split(",") if name in self.entries]
        return self.paged(heard, "/uniprotkb/accessions", rows[::-1])

    def _status(self, heard: Any) -> Any:
        if heard.number < self.polls:
            return self.answer({"jobStatus": "NEW" if heard.number == 0 else "RUNNING"})
        folder = "uniprotkb/" if self.to_uniprotkb else ""
        return self.answer("", 303, location=f"{self.faulty.base}/uniprot/idmapping/{folder}results/a1B2c3")

    def _results(self, heard: Any) -> Any:
        rows = [{"from": name, "to": to} for name, to in self.mapped]
        return self.paged(heard, heard.path.removeprefix("/uniprot"), rows, failedIds=self.failed)


@pytest.fixture
def service(faulty: Any) -> FakeUniprot:
    return FakeUniprot(faulty)


@pytest.fixture(scope="session")
def entry_json() -> Callable[..., Entry]:
    return _entry


@pytest.fixture(scope="session")
def inactive_json() -> Callable[..., Entry]:
    return _inactive


@pytest.fixture
async def live(transport: Any, pass_time: Any) -> Any:
    async with transport.session() as session:
        yield UniprotLive(session, Waiting(deadline_s=60, sleep=pass_time.sleep, clock=pass_time.clock))


@pytest.fixture(scope="session")
def real_lines(shared: Path) -> list[str]:
    """Every fourth real entry, as text."""
    with gzip.open(
        shared / "data" / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        return [line for number, line in enumerate(lines) if number % 4 == 0]


@pytest.fixture(scope="session")
def real_values(real_lines: list[str]) -> list[Entry]:
    return [json.loads(line) for line in real_lines]


@pytest.fixture(scope="session")
def real_entries(real_values: list[Entry]) -> list[UniprotEntry]:
    read = (read_entry(value) for value in real_values)
    return [entry for entry in read if isinstance(entry, UniprotEntry)]


@pytest.fixture(scope="session")
def real_store() -> Iterator[Any]:
    from biocopilot.memory.uniprot_store import UniprotStore

    store = UniprotStore.open()
    yield store
    store.close()
