"""The property and alert panel beside the same RDKit calls in a row: parse, six descriptors, QED, SA score, PAINS, Brenk.

    python -m benchmarks.panel --structures 4000

Both sides do the same blocks in turn, so that they meet the same load, and have to come to the same values and hits. The structures
are real: a vendor's screening compounds and measured ones where the shared material lies beside the checkout, else the starter set's.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .measure import Measured, Row, report

__all__ = ["catalogues", "measure", "scorer"]

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_BLOCK = 200
_GOAL = 4.0


def measure(quick: bool, structures: int = 0) -> Measured:
    """CPU milliseconds a molecule, block by block."""
    smiles = _structures(structures or (600 if quick else 4_000))
    blocks = [smiles[start : start + _BLOCK] for start in range(0, len(smiles), _BLOCK)]
    _ours(blocks[0])
    _in_a_row(blocks[0])
    ours: list[float] = []
    theirs: list[float] = []
    for block in blocks:
        first, given = _timed(_ours, block)
        second, wanted = _timed(_in_a_row, block)
        if given != wanted:
            differ = [one for one, a, b in zip(block, given, wanted, strict=True) if a != b]
            raise RuntimeError(f"{len(differ)} of {len(block)} differ: {differ[:3]}")
        ours.append(first / len(block) * 1e3)
        theirs.append(second / len(block) * 1e3)
    one_wall, two_wall = _wall_s(blocks, 1), _wall_s(blocks, 2)
    return Measured(
        "panel",
        "CPU ms a molecule",
        (Row.of("panels_of", ours), Row.of("RDKit's calls in a row", theirs)),
        {
            "times RDKit's calls in a row": sum(theirs) / sum(ours),
            "two processes over one, by wall time": one_wall / two_wall,
        },
        (f"{len(smiles):,} real molecules, every value and hit the same; goal {_GOAL:g} times.",),
    )


def _timed(work: Callable[[Sequence[str]], Any], block: Sequence[str]) -> tuple[float, Any]:
    started = time.process_time()
    done = work(block)
    return time.process_time() - started, done


def _ours(block: Sequence[str]) -> list[Any]:
    from biocopilot.tools.chemistry.engine.panel import panels_of
    from biocopilot.tools.chemistry.engine.parsing import molecule_from

    return [
        (
            one.molecular_weight, one.clogp, one.tpsa, one.hbd, one.hba, one.rotatable_bonds, one.qed, one.sa_score,
            sorted({(alert["part"], alert["name"]) for alert in one.alerts}),
        )
        for one in panels_of([molecule_from(smiles) for smiles in block])
    ]  # fmt: skip


@cache
def catalogues() -> list[tuple[str, Any]]:
    """PAINS and Brenk as RDKit has them."""
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

    found = []
    for name in ("PAINS", "BRENK"):
        parameters = FilterCatalogParams()
        parameters.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, name))
        found.append((name, FilterCatalog(parameters)))
    return found


@cache
def scorer() -> Any:
    """The module of the SA score that RDKit brings."""
    import sys

    from rdkit import RDConfig

    sys.path.append(str(Path(RDConfig.RDContribDir) / "SA_Score"))
    import sascorer

    return sascorer


def _in_a_row(block: Sequence[str]) -> list[Any]:
    from rdkit import Chem
    from rdkit.Chem import QED, Crippen, Descriptors, rdMolDescriptors

    found = []
    for smiles in block:
        molecule = Chem.MolFromSmiles(smiles)
        values = (
            round(Descriptors.MolWt(molecule), 3), round(Crippen.MolLogP(molecule), 4),
            round(rdMolDescriptors.CalcTPSA(molecule), 2), rdMolDescriptors.CalcNumHBD(molecule),
            rdMolDescriptors.CalcNumHBA(molecule), rdMolDescriptors.CalcNumRotatableBonds(molecule),
            round(QED.qed(molecule), 4), round(scorer().calculateScore(molecule), 2),
        )  # fmt: skip
        hits = []
        for name, catalogue in catalogues():
            for entry in catalogue.GetMatches(molecule):
                text = entry.GetDescription()
                part = str(entry.GetProp("FilterSet")) if name == "PAINS" else name
                hits.append((part, text.rpartition("(")[0] if name == "PAINS" else text))
        found.append((*values, sorted(set(hits))))
    return found


def _wall_s(blocks: Sequence[Sequence[str]], processes: int) -> float:
    with get_context("spawn").Pool(processes) as pool:
        pool.map(_ours, blocks[:processes], chunksize=1)  # everyone has loaded everything
        started = time.perf_counter()
        pool.map(_ours, blocks, chunksize=1)
        return time.perf_counter() - started


def _structures(count: int) -> list[str]:
    from rdkit import Chem

    found: list[str] = []
    sets = (("zinc/patwalters_set_A.smi.gz", None), ("moleculenet/lipophilicity.csv.gz", "smiles"), ("zinc/zinc250k_valid.txt.gz", None),
            ("moleculenet/tox21.csv.gz", "smiles"))  # fmt: skip
    for name, column in sets:
        path = _SHARED / name
        if path.exists():
            with gzip.open(path, "rt") as file:
                rows = [row[column] for row in csv.DictReader(file)] if column else [line.split()[0] for line in file]
            found += rows[:: max(1, len(rows) * len(sets) // count)]
    if not found:
        from biocopilot.memory.chembl_store import ChemblStore

        found = [row[2] for row in ChemblStore.open().all_structures()]
    return [smiles for smiles in found[:count] if Chem.MolFromSmiles(smiles) is not None]


def main() -> None:
    """Measure at a size of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.panel", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--structures", type=int, default=0, help="how many; 4,000 where absent")
    parser.add_argument("--quick", action="store_true", help="600 structures")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    report(measure(given.quick, given.structures), given.keep)


if __name__ == "__main__":
    main()
