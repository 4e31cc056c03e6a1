"""RCSB's two services on loopback: a search that names entries by resolution, and a data service that tells of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

Row = dict[str, Any]


def _entry(pdb_id: str, resolution: float | None = 2.6, **changes: Any) -> Row:
    polymers = [
        {
            "rcsb_polymer_entity": {"pdbx_description": "Epidermal growth factor receptor"},
            "rcsb_polymer_entity_container_identifiers": {"auth_asym_ids": ["A", "B"], "uniprot_ids": ["P00533"]},
        },
        {
            "rcsb_polymer_entity": {"pdbx_description": "Fab heavy chain"},
            "rcsb_polymer_entity_container_identifiers": {"auth_asym_ids": ["H"], "uniprot_ids": None},
        },
    ]
    ligand = {
        "rcsb_nonpolymer_entity_container_identifiers": {"nonpolymer_comp_id": "AQ4"},
        "pdbx_entity_nonpoly": {"name": "[6,7-BIS(2-METHOXY-ETHOXY)QUINAZOLINE-4-YL]-(3-ETHYNYLPHENYL)AMINE"},
        "rcsb_nonpolymer_entity": {"formula_weight": 0.393},
    }
    return {
        "rcsb_id": pdb_id,
        "struct": {"title": f"Kinase domain {pdb_id}"},
        "exptl": [{"method": "X-RAY DIFFRACTION"}],
        "rcsb_entry_info": {"resolution_combined": [resolution] if resolution else None},
        "rcsb_accession_info": {"initial_release_date": "2002-09-04T00:00:00Z"},
        "polymer_entities": polymers,
        "nonpolymer_entities": [ligand],
        "a_field_of_tomorrow": 1,
        **changes,
    }


@dataclass
class Bank:
    """Entries in the order in which the search names them. `alter(page, number)` may change a listing before it is sent."""

    entries: list[Row]
    alter: Callable[[Row, int], Any] = lambda page, _: page
    tell: Callable[[list[Any]], Any] = lambda entries: {"data": {"entries": entries}}
    searched: list[Row] = field(default_factory=list)
    told: list[list[str]] = field(default_factory=list)

    def search(self, heard: Any) -> Any:
        self.searched.append(heard.json)
        pages = heard.json["request_options"]["paginate"]
        names = [entry["rcsb_id"] for entry in self.entries]
        part = [{"identifier": name, "score": 1.0} for name in names[pages["start"] :][: pages["rows"]]]
        page = {"query_id": "x", "result_type": "entry", "total_count": len(names), "result_set": part}
        return self.alter(page, len(self.searched))

    def data(self, heard: Any) -> Any:
        wanted = heard.json["variables"]["ids"]
        self.told.append(wanted)
        return self.tell([entry for entry in reversed(self.entries) if entry["rcsb_id"] in wanted])


@pytest.fixture
def bank(faulty: Any) -> Callable[..., Bank]:
    """`bank([entry("1M17")])`: serves them as RCSB; none gives 204, as there."""

    def serve(entries: list[Row], **more: Any) -> Bank:
        made = Bank(entries, **more)
        faulty.serve("/rcsb_search/query", made.search if entries else faulty.answer("", 204))
        faulty.serve("/rcsb/graphql", made.data)
        return made

    return serve


@pytest.fixture(scope="session")
def entry() -> Callable[..., Row]:
    return _entry
