"""The tables of a triage: `triage_results.csv` and `triage_rejects.csv` in the order of the file, each written whole or not at all.

They are made in two readings of the kept chunks, so that nothing but scores and hashes of a million rows is in memory.
"""

from __future__ import annotations

import csv
import heapq
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ....memory.chembl_store import ChemblStore
from ....memory.errors import StorageError
from .chunks import ROWS, Chunks
from .funnel import LIMITS, Fate, Funnel, Rules, score_of
from .reading import InputRow, read_rows

__all__ = ["REJECTS", "RESULTS", "Best", "rejected", "with_chemistry", "write_results"]

RESULTS = "triage_results.csv"
REJECTS = "triage_rejects.csv"
_KNOWN = ("known_as", "known_name", "max_phase", "activities", "best_pchembl", "best_target")


@dataclass(frozen=True)
class Best:
    """One of the kept rows with the highest scores."""

    number: int
    name: str
    smiles: str
    inchikey: str
    score: float


def with_chemistry(path: Path, chunks: Chunks) -> Iterator[tuple[InputRow, Mapping[str, Any]]]:
    """Each row of the file with what its chunk says of it. Raises StorageError where a chunk is not there."""
    rows = read_rows(path)
    while part := tuple(islice(rows, ROWS)):
        found = chunks.read(chunks.path_of(part))
        if found is None or len(found) != len(part):
            raise StorageError(
                f"A chunk is missing from {chunks.folder}.", "Go on with --resume, which makes it again."
            )
        yield from zip(part, found, strict=True)


def rejected(fates: Iterable[Fate], folder: Path, pool: int) -> list[Best]:
    """Write the rejects, and give the kept rows of the highest scores, best first, the earlier of equals."""
    best: list[tuple[float, int, Best]] = []
    with _table(folder / REJECTS, ("row", "name", "structure", "step", "reason")) as write:
        for fate in fates:
            if fate.step:
                shown = fate.found.get("smiles") or (fate.row.text if fate.row.kind == "smiles" else "")
                write((fate.row.number, fate.row.name, shown, fate.step, fate.reason))
                continue
            score, number = score_of(fate.found["values"]), fate.row.number
            one = Best(number, fate.row.name, fate.found["smiles"], fate.found["inchikey"], score)
            if len(best) < pool:
                heapq.heappush(best, (score, -number, one))
            elif (score, -number) > best[0][:2]:
                heapq.heapreplace(best, (score, -number, one))
    return [one for _score, _number, one in sorted(best, key=lambda item: (-item[0], -item[1]))]


def write_results(
    path: Path,
    chunks: Chunks,
    rules: Rules,
    clusters: Mapping[int, int],
    chosen: Sequence[int],
    chembl: ChemblStore,
    folder: Path,
) -> int:
    """Write what was kept, and give how many of them the store knows.

    Args:
        path: the list.
        chunks: its chemistry.
        rules: what was asked for.
        clusters: row to the row that leads its cluster.
        chosen: rows, first choice first.
        chembl: the store whose measured activities are told.
        folder: where the table goes.
    """
    rank = {number: place for place, number in enumerate(chosen, 1)}
    known = 0
    header = ("row", "name", "smiles", "inchikey", *LIMITS, "qed", "alerts", "score", "cluster", "choice", *_KNOWN)
    with _table(folder / RESULTS, header) as write:
        for fate in Funnel(rules).fates(with_chemistry(path, chunks)):
            if fate.step:
                continue
            number, found = fate.row.number, fate.found
            values = found["values"]
            told = _known(chembl, found["inchikey"])
            known += bool(told[0])
            write(
                (
                    number, fate.row.name, found["smiles"], found["inchikey"], *(values[key] for key in LIMITS), values["qed"],
                    "; ".join(found["alerts"]), score_of(values), clusters.get(number, ""), rank.get(number, ""), *told,
                )
            )  # fmt: skip
    return known


def _known(chembl: ChemblStore, inchikey: str) -> tuple[Any, ...]:
    """The molecule in the store, how many activities it has there, and the most potent one."""
    molecule = chembl.molecule_by_inchikey(inchikey) if inchikey else None
    if molecule is None:
        return ("",) * len(_KNOWN)
    activities = chembl.activities(molecules=(molecule.chembl_id,))
    ranked = [one for one in activities if one.pchembl is not None and not one.validity_comment]
    best = min(ranked, key=lambda one: (-(one.pchembl or 0), one.activity_id), default=None)
    phase = "" if molecule.max_phase is None else molecule.max_phase
    potent = (best.pchembl, best.target_name) if best else ("", "")
    return (molecule.chembl_id, molecule.name or "", phase, len(activities), *potent)


@contextmanager
def _table(path: Path, header: Sequence[str]) -> Iterator[Any]:
    """Writes rows of a CSV file that takes its name when it is whole; yields what writes one row."""
    beside = path.with_suffix(".new")
    try:
        with beside.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            yield lambda cells: writer.writerow([_inert(cell) for cell in cells])
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}).", "Make room, and go on with --resume."
        ) from error


def _inert(cell: Any) -> Any:
    """Text of the user's file that a spreadsheet would run as a formula gets an apostrophe in front; SMILES do not begin so."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "@", "-") and not cell[1:].isdigit() else cell
