"""What happens to the rows of a triage from the file to the choice, and how what was kept of it is checked again."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ....memory.errors import InvalidInput, StorageError
from ...environment import biocopilot_version, environment_of
from ..contract import Recheck, WorkflowRun
from ..run_folder import file_hash
from .chunks import ROWS, Chunks, assess_all, assess_rows, parts_of
from .funnel import Rules
from .reading import InputRow, read_rows
from .tables import sort_out, table_files, write_results

__all__ = ["Task", "check_again", "decide"]

_CHUNKS = "triage_chunks"
_CLUSTER_S = 590.0
_CHECKED_CHUNKS = 10
_MOST_TOLD = 3


@dataclass(frozen=True)
class Task:
    """A list and what is asked of it."""

    path: Path
    rules: Rules
    pool: int
    """How many of the best scores are clustered."""
    similarity: float
    top: int


async def decide(run: WorkflowRun, task: Task) -> dict[str, Any]:
    """All that happens to the rows; the tables stand when it returns.

    Raises:
        InvalidInput: the file holds no structures.
        StorageError: a table or chunk cannot be written.
    """
    made_with = {"rdkit": environment_of(run.bench)["rdkit"], "biocopilot": biocopilot_version()}
    chunks = _chunks(run, task, made_with)
    total = await asyncio.to_thread(lambda: sum(1 for _row in read_rows(task.path)))
    if not total:
        raise InvalidInput(
            f"{task.path.name} holds no structures.", "One SMILES a line, a table with `smiles`, or an SDF."
        )

    def progress(done: int) -> None:
        run.progress(f"reading and standardising {task.path.name}", done, total)

    await assess_all(read_rows(task.path), chunks, task.rules.patterns, run.chemistry, progress)
    return {
        **await _decided(run, task, chunks, run.folder, total),
        "files": list(table_files()),
        "made_with": {**made_with, "pyarrow": _version("pyarrow")},
    }


async def _decided(run: WorkflowRun, task: Task, chunks: Chunks, folder: Path, total: int) -> dict[str, Any]:
    """What the kept chunks come to; the tables go into the folder."""
    loop = asyncio.get_running_loop()

    def from_thread(text: str) -> Callable[[int], None]:
        def tell(done: int) -> None:
            loop.call_soon_threadsafe(run.progress, text, done, total)

        return tell

    sort = partial(sort_out, task.path, chunks, task.rules, task.pool, folder, from_thread("sorting out"))
    found = await asyncio.to_thread(sort)
    run.progress("clustering")
    leaders: list[int] = await run.bench.chemistry.call(
        "leaders",
        {"structures": [one.smiles for one in found.best], "similarity": task.similarity},
        deadline_s=_CLUSTER_S,
    )
    first = list(dict.fromkeys(leaders))
    chosen = [found.best[place] for place in first[: task.top]]
    clusters = {one.number: found.best[leader].number for one, leader in zip(found.best, leaders, strict=True)}
    numbers, looking = [one.number for one in chosen], from_thread("looking up what is known")
    write = partial(write_results, task.path, chunks, found.kept, clusters, numbers, run.bench.chembl, folder, looking)
    known, known_of = await asyncio.to_thread(write)
    sizes = Counter(clusters.values())
    return {
        "counts": found.counts,
        "names_again": found.names_again,
        "clustered": len(found.best),
        "clusters": len(first),
        "known": known,
        "chosen": [asdict(one) for one in chosen],
        "sizes": [sizes[one.number] for one in chosen],
        "measured": [
            [known_of[number].chembl_id, known_of[number].best_type]
            if number in known_of and known_of[number].best_type
            else None
            for number in numbers
        ],
    }


async def check_again(run: WorkflowRun, task: Task, kept: Mapping[str, Any], whole: bool) -> Recheck:
    """Compute chunks again and make the tables again of all chunks.

    Args:
        run: the run; nothing of its folder is written.
        task: what was asked.
        kept: what `decide` gave.
        whole: compute all chunks again; else some, which are chosen by chance and, for one list, always the same.
    """
    made_with = kept["made_with"]
    chunks = _chunks(run, task, {name: made_with[name] for name in ("rdkit", "biocopilot")})
    total = kept["counts"]["rows"]
    number = await asyncio.to_thread(lambda: sum(1 for _part in parts_of(read_rows(task.path))))
    chosen = set(range(number))
    if not whole and number > _CHECKED_CHUNKS:
        chosen = set(random.Random(total).sample(range(number), _CHECKED_CHUNKS))
    troubles: list[str] = []
    rows = 0
    for place, part in enumerate(parts_of(read_rows(task.path))):
        found = chunks.read(chunks.path_of(part))
        if found is None or len(found) != len(part):
            troubles.append(f"{_named(part)}: their chunk in {_CHUNKS} is missing or damaged.")
        elif place in chosen:
            run.progress(f"computing {task.path.name} again", rows, min(total, len(chosen) * ROWS))
            again = await assess_rows(part, task.rules.patterns, run.chemistry)
            rows += len(part)
            differ = [row.number for row, one, other in zip(part, found, again, strict=True) if one != other]
            if differ:
                more = f" and {len(differ) - 1} more" if len(differ) > 1 else ""
                troubles.append(f"{_named(part)}: computed again, row {differ[0]:,}{more} comes to something else.")
    if troubles:
        left = len(troubles) - _MOST_TOLD
        others = (f"{left} more chunks are not what they should be.",) if left > 0 else ()
        return Recheck("", (*troubles[:_MOST_TOLD], *others))
    with TemporaryDirectory() as beside:
        try:
            made = await _decided(run, task, chunks, Path(beside), total)
        except StorageError as error:
            return Recheck("", (error.message,))
        if any(made[name] != kept[name] for name in made):
            troubles.append("What is kept of the triage is not what its chunks come to.")
        same_pyarrow = made_with["pyarrow"] == _version("pyarrow")
        for name in kept["files"]:
            again_file, here = Path(beside, name), run.folder / name
            if name.endswith(".parquet") and not same_pyarrow:
                continue
            if here.exists() and file_hash(again_file) != file_hash(here):
                troubles.append(f"{name} is not what the chunks come to.")
    tables = "all tables" if same_pyarrow else "the CSV tables (Parquet was written by another version of pyarrow)"
    return Recheck(f"{rows:,} of {total:,} rows computed again, {tables} made again", tuple(troubles))


def _chunks(run: WorkflowRun, task: Task, made_with: Mapping[str, str]) -> Chunks:
    return Chunks(run.folder / _CHUNKS, {**made_with, "patterns": task.rules.patterns})


def _named(part: tuple[InputRow, ...]) -> str:
    return f"Rows {part[0].number:,} to {part[-1].number:,}"


def _version(package: str) -> str:
    """The installed version; empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
