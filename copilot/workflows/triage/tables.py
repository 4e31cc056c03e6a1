"""The tables of a triage: `triage_results` and `triage_rejects` in the order of the file, each written whole or not at all.

They are made in two readings of the kept chunks, so that nothing but scores, a flag and a hash for each row of a million is in memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....memory.chembl_store import ChemblStore
from ....memory.errors import StorageError
from . import known
from .chunks import ROWS, Chunks, parts_of
from .funnel import LIMITS, STEPS, Funnel, Rules, score_of
from .known import Known, look_up
from .reading import InputRow, read_rows
from .row_files import parquet_beside, row_files

__all__ = ["REJECTS", "RESULTS", "Best", "Sorted", "sort_out", "table_files", "with_chemistry", "write_results"]

RESULTS = "triage_results.csv"
REJECTS = "triage_rejects.csv"

_EVIDENCE = "computed.evidence"
_EVIDENCE_DIGITS = 16
_COUNTS = ("hbd", "hba", "rotatable_bonds")
_REJECT_COLUMNS = {"row": int, "name": str, "structure": str, "step": str, "reason": str, _EVIDENCE: str}
_RESULT_COLUMNS = {
    "row": int, "name": str, "smiles": str, "inchikey": str,
    **{key: int if key in _COUNTS else float for key in LIMITS}, "qed": float, "alerts": str, "score": float, _EVIDENCE: str,
    "cluster": int, "choice": int, **known.COLUMNS,
}  # fmt: skip


@dataclass(frozen=True)
class Best:
    """One of the kept rows with the highest scores."""

    number: int
    name: str
    smiles: str
    inchikey: str
    score: float


@dataclass(frozen=True)
class Sorted:
    """What became of all rows."""

    best: list[Best]
    """The kept rows of the highest scores, best first, the earlier of equals."""
    kept: bytearray
    """A flag for each row, in order: whether it is kept."""
    counts: dict[str, int]
    """Rows by step of rejection; `rows` for all, `kept` for those that passed."""
    names_again: int
    """Rows whose name an earlier row has."""


def table_files() -> tuple[str, ...]:
    """The names of all files that the tables are written to."""
    paths = [file for name in (RESULTS, REJECTS) for file in (Path(name), parquet_beside(Path(name)))]
    return tuple(path.name for path in paths if path is not None)


def with_chemistry(path: Path, chunks: Chunks) -> Iterator[tuple[InputRow, Mapping[str, Any], str]]:
    """Each row of the file with what its chunk says of it, and the chunk's name. Raises StorageError where a chunk is not there."""
    for part in parts_of(read_rows(path)):
        place = chunks.path_of(part)
        found = chunks.read(place)
        if found is None or len(found) != len(part):
            raise StorageError(
                f"A chunk is missing from {chunks.folder}.", "Go on with --resume, which makes it again."
            )
        name = place.name[:_EVIDENCE_DIGITS]
        yield from ((row, one, name) for row, one in zip(part, found, strict=True))


def sort_out(
    path: Path, chunks: Chunks, rules: Rules, pool: int, folder: Path, progress: Callable[[int], None]
) -> Sorted:
    """Decide over each row, and write the rejects.

    Args:
        path: the list.
        chunks: its chemistry.
        rules: what was asked for.
        pool: how many of the best scores to give.
        folder: where the table goes.
        progress: told how many rows are done.
    """
    funnel, kept = Funnel(rules), bytearray()
    best: list[tuple[float, int, Best]] = []
    with row_files(folder / REJECTS, _REJECT_COLUMNS) as write:
        for row, found, chunk in with_chemistry(path, chunks):
            fate = funnel.fate(row, found)
            kept.append(not fate.step)
            if row.number % ROWS == 0:
                progress(row.number)
            if fate.step:
                shown = found.get("smiles") or (row.text if row.kind == "smiles" else "")
                write((row.number, row.name, shown, fate.step, fate.reason, chunk))
                continue
            score = score_of(found["values"])
            one = Best(row.number, row.name, found["smiles"], found["inchikey"], score)
            if len(best) < pool:
                heapq.heappush(best, (score, -row.number, one))
            elif (score, -row.number) > best[0][:2]:
                heapq.heapreplace(best, (score, -row.number, one))
    ranked = [one for _score, _number, one in sorted(best, key=lambda item: (-item[0], -item[1]))]
    counts = {name: funnel.counts[name] for name in ("rows", *STEPS, "kept")}
    return Sorted(ranked, kept, counts, funnel.names_again)


def write_results(
    path: Path,
    chunks: Chunks,
    kept: Sequence[int],
    clusters: Mapping[int, int],
    chosen: Sequence[int],
    chembl: ChemblStore,
    folder: Path,
    progress: Callable[[int], None],
) -> tuple[int, dict[int, Known]]:
    """Write what was kept, and give how many of them the store knows, and what it knows of the chosen.

    Args:
        path: the list.
        chunks: its chemistry.
        kept: a flag for each row.
        clusters: row to the row that leads its cluster.
        chosen: rows, first choice first.
        chembl: the store whose measured activities are told.
        folder: where the table goes.
        progress: told how many rows are done.
    """
    rank = {number: place for place, number in enumerate(chosen, 1)}
    unknown = (None,) * len(known.COLUMNS)
    count, known_of = 0, {}
    with row_files(folder / RESULTS, _RESULT_COLUMNS) as write:
        for row, found, chunk in with_chemistry(path, chunks):
            if row.number % ROWS == 0:
                progress(row.number)
            if not kept[row.number - 1]:
                continue
            values, told = found["values"], look_up(chembl, found["inchikey"])
            count += told is not None
            if told is not None and row.number in rank:
                known_of[row.number] = told
            write(
                (
                    row.number, row.name, found["smiles"], found["inchikey"], *(values[key] for key in LIMITS), values["qed"],
                    "; ".join(found["alerts"]), score_of(values), chunk, clusters.get(row.number), rank.get(row.number),
                    *(told.cells() if told else unknown),
                )
            )  # fmt: skip
    return count, known_of
