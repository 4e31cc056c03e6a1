"""ChEMBL's and UniProt's services on the local server at once, and a workbench that knows nothing but them."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import runpy
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory import starter
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.memory.response_cache import ResponseCache
from biocopilot.memory.store_connection import STARTER
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Services, Workbench

HERE = Path(__file__).parent
CHEMBL = runpy.run_path(str(HERE.parent / "chembl" / "conftest.py"))
UNIPROT = runpy.run_path(str(HERE.parent / "uniprot" / "conftest.py"))
MEMORY = runpy.run_path(str(HERE.parents[2] / "memory" / "conftest.py"))

REAL = ("Q06187", "P35968")

Call = Callable[..., Awaitable[ToolResult]]


def _names(entry: dict[str, Any]) -> set[str]:
    genes = [gene[key]["value"] for gene in entry["genes"] for key in ("geneName",) if key in gene]
    genes += [name["value"] for gene in entry["genes"] for name in gene.get("synonyms", [])]
    return {name.casefold() for name in genes}


class SearchingUniprot(UNIPROT["FakeUniprot"]):  # type: ignore[misc]
    """Also reads a query's gene, protein name and organism."""

    def _search(self, heard: Any) -> Any:
        query = heard.query["query"]
        rows = [entry for entry in self.entries.values() if self._fits(entry, query)]
        return self.paged(heard, "/uniprotkb/search", rows)

    @staticmethod
    def _fits(entry: dict[str, Any], query: str) -> bool:
        gene = re.search(r'gene_exact:"([^"]+)"', query)
        name = re.search(r'protein_name:"([^"]+)"', query)
        species = re.search(r"organism_id:(\d+)", query)
        told = str(entry["proteinDescription"]).casefold()
        return (
            (gene is None or gene[1].casefold() in _names(entry))
            and (name is None or name[1].casefold() in told)
            and (species is None or int(species[1]) == entry["organism"]["taxonId"])
        )


@pytest.fixture(scope="session")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = MEMORY["build"](tmp_path_factory.mktemp("dump") / "chembl_36.db", MEMORY["own_columns"]())
    return path


@pytest.fixture(scope="session")
def objects_of() -> Callable[[Path], Any]:
    return CHEMBL["objects_of"]  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def starter_objects() -> Any:
    return CHEMBL["objects_of"](STARTER)


@pytest.fixture
def chembl(faulty: Any) -> Callable[[Any], Any]:
    """Puts ChEMBL's service over objects on the local server."""

    def put(objects: Any) -> Any:
        service = CHEMBL["ChemblService"](objects)
        faulty.serve("/chembl/*", service)
        return service

    return put


@pytest.fixture
def uniprot(faulty: Any) -> Any:
    return SearchingUniprot(faulty)


@pytest.fixture(scope="session")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all tables and no rows."""
    path = tmp_path_factory.mktemp("nothing") / "nothing.sqlite"
    schema = Path(str(starter.__file__)).with_name("schema.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(schema)
    return path


@pytest.fixture(scope="session")
def real_values(shared: Path) -> dict[str, Any]:
    """Two human kinases as UniProt gives them, by accession."""
    file = shared / "data" / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = (
            line
            for line in lines
            if any(f'"primaryAccession":"{name}"' in line.replace(" ", "")[:200] for name in REAL)
        )
        return {value["primaryAccession"]: value for value in map(json.loads, rows)}


@pytest.fixture
def make_bench(make_transport: Callable[..., Any], tmp_path: Path, nothing: Path) -> Iterator[Callable[..., Workbench]]:
    """A workbench over an empty store whose services lie on the local server, with kept replies in a new file."""
    opened: list[Workbench] = []

    def make(store: Path = nothing, **services: Any) -> Workbench:
        bench = Workbench(store, 1, Services(**services))
        cache = ResponseCache(tmp_path / "replies.sqlite")
        fast = {"chembl": 1000, "uniprot": 1000}
        bench.transport = make_transport(cache=cache, per_second=fast)
        bench.kept_replies = make_transport(cache=cache, per_second=fast, offline=True)
        opened.append(bench)
        return bench

    yield make
    for bench in opened:
        bench.close()


@pytest.fixture
def calling() -> Callable[[Workbench], Call]:
    """`await calling(bench)("tool_name", field=value)`."""

    def over(bench: Workbench, offline: bool = False, may_send: Any = None) -> Call:
        ids = itertools.count(1)

        async def run(tool: str, **arguments: Any) -> ToolResult:
            context = ToolContext(bench=bench, offline=offline, may_send=may_send)
            request = ToolCall(id="c1", tool=tool, arguments=arguments)
            return await execute(request, all_tools(), context, lambda: f"E{next(ids)}")

        return run

    return over
