"""A PubChem of its own on loopback, in the shapes that PUG REST documents: tables, lists of names, fault objects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import pytest
from biocopilot.tools.sources.pubchem import PubchemLive

ASPIRIN = {
    "CID": 2244,
    "MolecularFormula": "C9H8O4",
    "SMILES": "CC(=O)OC1=CC=CC=C1C(=O)O",
    "ConnectivitySMILES": "CC(=O)OC1=CC=CC=C1C(=O)O",
    "InChIKey": "BSYNRYMUTXBXSQ-UHFFFAOYSA-N",
    "Title": "Aspirin",
}
ASPIRIN_NAMES = ["aspirin", "ACETYLSALICYLIC ACID", "50-78-2", "CHEMBL25", "2-acetyloxybenzoic acid"]


class FakePubchem:
    """Answers from `compounds` and `names`; `headers` go with every reply."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = faulty
        self.compounds: list[dict[str, Any]] = []
        self.names: dict[int, list[str]] = {}
        self.headers: dict[str, str] = {"x_throttling_control": (
            "Request Count status: Green (0%), Request Time status: Green (0%), Service status: Green (20%)"
        )}  # fmt: skip
        faulty.serve("/pubchem/compound/*", self._answer)

    def add(self, row: dict[str, Any], *names: str) -> None:
        self.compounds.append(row)
        self.names.setdefault(row["CID"], []).extend(names)

    def answer(self, body: Any, status: int = 200, **headers: str) -> Any:
        return self.faulty.answer(body, status, **{**self.headers, **headers})

    def fault(self, status: int, code: str, message: str, *details: str) -> Any:
        return self.answer({"Fault": {"Code": f"PUGREST.{code}", "Message": message, "Details": list(details)}}, status)

    def _answer(self, heard: Any) -> Any:
        parts = [unquote(part) for part in heard.path.removeprefix("/pubchem/compound/").split("/")]
        kind = parts[0]
        value = heard.form[kind] if heard.method == "POST" else parts[1]
        if "synonyms" in parts:
            if int(value) not in self.names:
                return self.fault(404, "NotFound", "No synonyms found")
            return self.answer(
                {"InformationList": {"Information": [{"CID": int(value), "Synonym": self.names[int(value)]}]}}
            )
        found = [row for row in self.compounds if self._is(row, kind, value)]
        if not found and kind == "smiles":
            found = [{"CID": 0}]
        if not found:
            return self.fault(404, "NotFound", "No CID found", "No CID found that matches the given name")
        return self.answer({"PropertyTable": {"Properties": found}})

    def _is(self, row: dict[str, Any], kind: str, value: str) -> bool:
        if kind == "name":
            return value.lower() in [name.lower() for name in self.names[row["CID"]]]
        return str(row.get({"cid": "CID", "inchikey": "InChIKey", "smiles": "SMILES"}[kind])) == value


@pytest.fixture
def pubchem(faulty: Any) -> FakePubchem:
    """Knows aspirin."""
    fake = FakePubchem(faulty)
    fake.add(dict(ASPIRIN), *ASPIRIN_NAMES)
    return fake


@pytest.fixture
def aspirin() -> dict[str, Any]:
    return dict(ASPIRIN)


@pytest.fixture
async def live(transport: Any) -> AsyncIterator[PubchemLive]:
    async with transport.session() as session:
        yield PubchemLive(session)
