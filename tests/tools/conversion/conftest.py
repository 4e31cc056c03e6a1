"""The conversion tool over PubChem, HGNC, UniProt and ChEMBL on loopback, with the servers of tests/tools/sources."""

from __future__ import annotations

import copy
import itertools
import runpy
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.memory.store_connection import STARTER
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.conversion.convert_identifier import convert_identifier
from biocopilot.tools.execute import execute
from biocopilot.tools.workbench import Services, Workbench

_loading = runpy.run_path(str(Path(__file__).parents[1] / "loading.py"))
_SOURCES, _fixtures_of = _loading["SOURCES"], _loading["fixtures_of"]
IMATINIB_KEY = "KTUFNOKKBVMGRW-UHFFFAOYSA-N"
IMATINIB = {
    "CID": 5291,
    "MolecularFormula": "C29H31N7O",
    "SMILES": "CC1=C(C=C(C=C1)NC(=O)C2=CC=C(C=C2)CN3CCN(CC3)C)NC4=NC=CC(=N4)C5=CN=CC=C5",
    "ConnectivitySMILES": "CC1=C(C=C(C=C1)NC(=O)C2=CC=C(C=C2)CN3CCN(CC3)C)NC4=NC=CC(=N4)C5=CN=CC=C5",
    "InChIKey": IMATINIB_KEY,
    "Title": "Imatinib",
}


_wire = _fixtures_of(_SOURCES / "conftest.py", "conversion_wire")
_pubchem = _fixtures_of(_SOURCES / "pubchem/conftest.py", "conversion_pubchem")
_hgnc = _fixtures_of(_SOURCES / "hgnc/conftest.py", "conversion_hgnc")
_uniprot = _fixtures_of(_SOURCES / "uniprot/conftest.py", "conversion_uniprot")
_chembl = _fixtures_of(_SOURCES / "chembl/conftest.py", "conversion_chembl")
fresh_hosts, faulty, pass_time = _wire.fresh_hosts, _wire.faulty, _wire.pass_time
make_transport = _wire.make_transport


@pytest.fixture(scope="session")
def starter_objects() -> Any:
    """Imatinib, its salt, aspirin and EGFR as ChEMBL's service gives them."""
    objects = _chembl.objects_of(STARTER)
    kept = {
        "molecule": [row for row in objects["molecule"] if row["pref_name"] in ("IMATINIB", "ASPIRIN")],
        "target": [row for row in objects["target"] if row["target_chembl_id"] in ("CHEMBL203", "CHEMBL1824")],
        "target_component": [row for row in objects["target_component"] if row["accession"] in ("P00533", "P04626")],
    }
    assert all(kept.values())
    return kept


@pytest.fixture
def pubchem(faulty: Any) -> Any:
    """Knows imatinib."""
    fake = _pubchem.FakePubchem(faulty)
    fake.add(dict(IMATINIB), "imatinib", "Gleevec", "152459-95-5", "CHEMBL941")
    return fake


@pytest.fixture
def hgnc(faulty: Any) -> Any:
    """Knows EGFR."""
    return _hgnc.FakeHgnc(faulty)


@pytest.fixture
def uniprot(faulty: Any) -> Any:
    """Knows P00533."""
    fake = _uniprot.FakeUniprot(faulty)
    ensembl = {"key": "GeneId", "value": "ENSG00000146648.17"}
    references = [
        {"database": "ChEMBL", "id": "CHEMBL203"},
        {"database": "HGNC", "id": "HGNC:3236"},
        {"database": "Ensembl", "id": "ENST00000275493.7", "properties": [ensembl]},
    ]
    fake.add(_uniprot._entry("P00533", genes=[{"geneName": {"value": "EGFR"}}], uniProtKBCrossReferences=references))
    return fake


@pytest.fixture
def chembl(faulty: Any, starter_objects: Any) -> Any:
    """Knows imatinib and EGFR."""
    service = _chembl.ChemblService(copy.deepcopy(starter_objects))
    faulty.serve("/chembl/*", service)
    return service


@pytest.fixture
def services(pubchem: Any, hgnc: Any, uniprot: Any, chembl: Any) -> Any:
    """All four, and what they heard as (service, path)."""
    return pubchem.faulty


@pytest.fixture(scope="module")
def chemistry() -> Iterator[Workbench]:
    """One set of chemistry workers for all tests of a module."""
    with Workbench(workers=1) as bench:
        yield bench


@pytest.fixture
def ask(make_transport: Any, chemistry: Workbench) -> Callable[..., Awaitable[ToolResult]]:
    """`await ask("imatinib", most_names=3)`; `leave=False` keeps structures here."""
    ids = itertools.count(1)
    transport, refusing = make_transport(), make_transport(offline=True)

    async def run(
        identifier: str,
        offline: bool = False,
        leave: bool = True,
        transport: Any = transport,
        may_send: Any = None,
        **arguments: Any,
    ) -> ToolResult:
        bench = Workbench(services=Services(structures_may_leave=leave))
        bench.__dict__.update(
            chemistry=chemistry.chemistry,
            chembl=chemistry.chembl,
            uniprot=chemistry.uniprot,
            transport=transport,
            kept_replies=refusing,
        )
        request = ToolCall(id="c1", tool="convert_identifier", arguments={"identifier": identifier, **arguments})
        tools = {convert_identifier.name: convert_identifier}
        try:
            context = ToolContext(bench=bench, offline=offline, may_send=may_send)
            return await execute(request, tools, context, lambda: f"E{next(ids)}")
        finally:
            names = bench.__dict__.get("hgnc")
            if names is not None:  # all else is shared
                names.close()

    return run


@pytest.fixture
def ids_of() -> Callable[[ToolResult, str], dict[str, int]]:
    """`ids_of(result, kind)`: identifiers of a kind, and how many sources give each."""

    def read(result: ToolResult, kind: str) -> dict[str, int]:
        rows = result.evidence[0].record["identifiers"].get(kind, [])
        return {row["value"]: len(row["sources"]) for row in rows}

    return read
