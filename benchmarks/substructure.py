"""Substructure searches: the kept patterns of a dump beside RDKit's SubstructLibrary over the same structures in memory.

    python -m benchmarks.substructure --structures 100000

The structures are real: measured compounds where the shared material lies beside the checkout, else those of the starter set; where
there are fewer than asked for they are taken again. Both sides give every match, and they have to be equal.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .measure import Measured, Row, report

__all__ = ["measure"]

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "chembl_activities" / "overlapping_assays"
_READ = 20_000
_QUERIES = (
    ("c1ccc2ncncc2c1", "smarts"),
    ("c1ccc2[nX3]ccc2c1", "smarts"),
    ("S(=O)(=O)[NX3;H2]", "smarts"),
    ("[CX3](=O)[NX3;H1]c1ccccc1", "smarts"),
    ("c1ccc2ncncc2c1", "contains"),
    ("O=C1CCCN1", "contains"),
    ("c1ccc(Nc2ncnc3ccccc23)cc1", "contains"),
    ("CN1CCN(c2ccccc2)CC1", "contains"),
)


def measure(quick: bool, structures: int = 0) -> Measured:
    """CPU milliseconds a search, one process each."""
    from biocopilot.memory.stores.pattern_file import PatternHeader, write_patterns
    from biocopilot.tools.chemistry.engine.patterns import PatternFile
    from biocopilot.tools.chemistry.engine.screen import query_of
    from rdkit import Chem
    from rdkit.Chem import rdSubstructLibrary

    count = structures or (5_000 if quick else 100_000)
    molecules = _molecules(min(count, 2_000 if quick else _READ))
    picked = [molecules[row % len(molecules)] for row in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.patterns"
        started = time.process_time()
        made = _records(molecules)
        making = (time.process_time() - started) / len(molecules) * 1e6
        rows = (replace(made[row % len(made)], molregno=row) for row in range(count))
        header = write_patterns(path, rows, PatternHeader("any", "made up", count), lambda _done, _of: None)
        file = PatternFile(str(path))
        first = _cpu_ms(file.check_all)
        before = _resident_mb()
        holder, patterns = rdSubstructLibrary.CachedMolHolder(), rdSubstructLibrary.PatternHolder()
        prints = {id(one): patterns.MakeFingerprint(one) for one in molecules}
        for one in picked:
            holder.AddMol(one)
            patterns.AddFingerprint(prints[id(one)])
        library = rdSubstructLibrary.SubstructLibrary(holder, patterns)
        held = _resident_mb() - before
        kept, peer, slow, passed, matched = list[float](), list[float](), list[float](), 0, 0
        trusted = rdSubstructLibrary.CachedTrustedSmilesMolHolder()
        texts = {id(one): Chem.MolToSmiles(one) for one in molecules}
        for one in picked:
            trusted.AddSmiles(texts[id(one)])
        by_smiles = rdSubstructLibrary.SubstructLibrary(trusted, patterns)
        for text, kind in _QUERIES:
            query = query_of(text, kind)  # type: ignore[arg-type]  # of the kinds
            ours, our_ms = _timed(lambda query=query: _search(file, query))
            theirs, their_ms = _timed(lambda query=query: _by_library(library, query.molecule))
            _, smiles_ms = _timed(lambda query=query: _by_library(by_smiles, query.molecule))
            if ours != theirs:
                raise RuntimeError(f"the kept patterns and RDKit do not agree on {text}")
            kept.append(our_ms)
            peer.append(their_ms)
            slow.append(smiles_ms)
            matched += len(ours)
            passed += _screened(file, query)
        asked = [query_of(text, kind) for text, kind in _QUERIES]  # type: ignore[arg-type]  # of the kinds
        screens = [_cpu_ms(lambda query=query: _screened(file, query)) for query in asked]
    table = (
        Row.of("RDKit: SubstructLibrary, packed molecules", peer),
        Row.of("RDKit: SubstructLibrary, trusted SMILES", slow),
        Row.of("kept patterns: every match", kept),
        Row.of("kept patterns: the screen alone", screens),
        Row.of("kept patterns: checking the file, once a process", [first]),
    )
    ratios = [theirs / ours for theirs, ours in zip(peer, kept, strict=True)]
    return Measured(
        "substructure",
        "CPU ms a search",
        table,
        {
            "RDKit's library of packed molecules / kept patterns, median of the queries": sorted(ratios)[
                len(ratios) // 2
            ],
            "RDKit's library / kept patterns, all queries together": sum(peer) / sum(kept),
            "RDKit's library of trusted SMILES / kept patterns, all queries together": sum(slow) / sum(kept),
        },
        (
            f"{count:,} structures, {len(molecules):,} of them different; {len(_QUERIES)} queries, half of them SMARTS; {matched:,} matches"
            f" of {passed:,} that passed the screen, equal on both sides",
            f"a file of {header.bytes / 1e6:.0f} MB, {header.bytes / count:.0f} bytes a structure, mapped; RDKit's library holds"
            f" {held:.0f} MB of memory in each process; making a structure's record takes {making:.0f} µs",
        ),
    )


def _records(molecules: list[Any]) -> list[Any]:
    from biocopilot.memory.stores.pattern_file import Patterned
    from biocopilot.memory.stores.patterns import split
    from biocopilot.tools.chemistry.engine.screen import record_of

    return [Patterned(0, False, *split(record_of(one))[1:]) for one in molecules]


def _molecules(most: int) -> list[Any]:
    from biocopilot.memory.chembl_store import ChemblStore
    from biocopilot.memory.errors import InvalidStructure
    from biocopilot.tools.chemistry.engine.parsing import molecule_from

    smiles: dict[str, None] = {}
    for path in sorted(_SHARED.glob("target_CHEMBL*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            smiles |= dict.fromkeys(row["canonical_smiles"] for row in csv.DictReader(file))
    if not smiles:
        store = ChemblStore.open()
        smiles = dict.fromkeys(row[2] for row in store.all_structures())
        store.close()
    found = []
    for text in list(smiles)[:: max(1, len(smiles) // most)][:most]:
        try:
            found.append(molecule_from(text))
        except InvalidStructure:
            continue
    return found


def _search(file: Any, query: Any) -> list[int]:
    return [row for block in range(file.header.blocks) for row in file.matches(file.candidates(block, query), query)]


def _screened(file: Any, query: Any) -> int:
    return sum(len(file.candidates(block, query)) for block in range(file.header.blocks))


def _by_library(library: Any, query: Any) -> list[int]:
    found = library.GetMatches(query, useChirality=False, numThreads=1, maxResults=len(library))
    return sorted(found)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The answer and milliseconds: the least of three, since others use the machine."""
    answer = work()
    return answer, min(_cpu_ms(work) for _ in range(3))


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure at a size of one's own."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.substructure", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--structures", type=int, default=0, help="how many; 100,000 where absent")
    parser.add_argument("--quick", action="store_true", help="5,000 structures")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    report(measure(given.quick, given.structures), given.keep)


if __name__ == "__main__":
    main()
