"""The triage of a long list as a command: memory of all its processes, CPU a row beside a plain script, and kills.

    python -m benchmarks.triage --rows 100000 --kills 20

The plain script makes RDKit's calls for single rows, in one process and in the same run (`triage_peer.py`); what both find is compared.
With `--kills` the same list is triaged once more in another folder, and killed at moments that chance names: the whole process group at
once, which leaves nothing a moment to tidy up. Each time it is taken up with `--resume`; all files have to be those of the whole run.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .measure import Measured, Row, command_path, report
from .triage_list import write_list
from .triage_peer import row_by_row

__all__ = ["measure", "same_files"]

_BLOCK, _BLOCKS = 100, 20
_GOAL_MB = 1_500
_LOOK_S = 0.2
_SEED = 7
_LEAST_S = 4.0
_OF_THE_RUN = 0.15
"""A start lives up to this part of the whole run, so that twenty of them get through it, its last steps included."""
_LOGGED = ("run.json", "steps.sqlite")
"""These have the times of their starts."""


def measure(quick: bool, rows: int = 0, kills: int = 0) -> Measured:
    """CPU milliseconds a row and the most memory, of the command and its processes together."""
    rows = rows or (2_000 if quick else 100_000)
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place, "list.smi")
        write_list(listed, rows)
        whole = Path(place, "whole")
        cpu_s, wall_s, most_mb = _run(_command(listed, whole))
        blocks = list(_blocks(listed, rows))
        theirs = [_timed(block) / len(block) * 1e3 for block in blocks]
        same, compared = _compared(whole / "triage_results.csv", [line for block in blocks for line in block])
        notes = [
            f"{rows:,} rows, one in twenty no structure; {wall_s:.0f} s by the clock on {os.cpu_count()} cores",
            f"the plain script, over {sum(map(len, blocks)):,} rows spread over the list, comes to the same parent, weight, QED and SA"
            f" score in {same} of {compared} rows that were kept",
        ]
        if kills:
            notes.append(_killed(listed, whole, Path(place, "killed"), kills, wall_s))
    ours = Row.of("triage, all of it: CPU ms a row", [cpu_s / rows * 1e3])
    peer = Row.of("RDKit's calls in a row, a plain script: CPU ms a row", theirs)
    memory = [Row.of("triage, all processes: MB of memory at most", [most_mb], goal=_GOAL_MB)] if most_mb else []
    mean = sum(theirs) / len(theirs)
    return Measured(
        "triage",
        "ms, MB",
        (ours, peer, *memory),
        {"rows of the triage to one of the plain script": mean / ours.median},
        tuple(notes),
    )


def _command(listed: Path, folder: Path) -> list[str]:
    ours = command_path("biocopilot")
    if ours is None:
        raise RuntimeError("biocopilot is not installed here: pip install -e .")
    resume = ["--resume"] if (folder / "run.json").exists() else []
    return [ours, "workflow", "run", "triage", str(listed), "--out", str(folder), "--offline", *resume]


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that it can be killed as a whole."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)


def _run(command: Sequence[str]) -> tuple[float, float, float]:
    """CPU and wall seconds of a command to its end, and the most megabytes that it and all below it held at one time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process, most = _started(command), [0.0]

    def look() -> None:
        while process.poll() is None:
            most[0] = max(most[0], _held_mb(process.pid))
            time.sleep(_LOOK_S)

    watch = threading.Thread(target=look)
    watch.start()
    watch.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu_s, time.perf_counter() - began, most[0]


def _held_mb(pid: int) -> float:
    """By a process and all below it; of a page that several share, each counts its part. Nothing where the system has no /proc."""
    try:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
        own = next(int(line.split()[1]) for line in said if line.startswith("Pss:"))
        below = [
            int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
        ]  # fmt: skip
    except (OSError, StopIteration):  # it ended meanwhile
        return 0.0
    return own / 1e3 + sum(map(_held_mb, below))


def _blocks(listed: Path, rows: int) -> Iterator[list[tuple[int, str]]]:
    """Some stretches of the list: row and SMILES."""
    apart = max(1, rows // _BLOCKS)
    block: list[tuple[int, str]] = []
    with listed.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if (number - 1) % apart < _BLOCK:
                block.append((number, line.split()[0]))
            elif block:
                yield block
                block = []
    if block:
        yield block


def _timed(block: Sequence[tuple[int, str]]) -> float:
    row_by_row("CC(=O)Oc1ccccc1C(=O)O")  # what is loaded once is loaded
    began = time.process_time()
    for _number, smiles in block:
        row_by_row(smiles)
    return time.process_time() - began


def _compared(results: Path, lines: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """How many of the rows that were kept are the plain script's, and how many that is.

    Raises:
        RuntimeError: they are too few to speak of the same work. Some differ: a plain script takes complexes apart.
    """
    wanted = dict(lines)
    same = compared = 0
    with results.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (smiles := wanted.get(int(row["row"]))) is None:
                continue
            compared += 1
            found = (
                row["smiles"],
                row["inchikey"],
                *(float(row[key]) for key in ("molecular_weight", "qed", "sa_score")),
            )
            same += found == row_by_row(smiles)
    if not compared or same < 0.98 * compared:
        raise RuntimeError(f"only {same} of {compared} rows are what the plain script finds")
    return same, compared


def _killed(listed: Path, whole: Path, folder: Path, kills: int, wall_s: float) -> str:
    """Kill and take up again, and compare all files. A run that came to its end before its kill is compared, and another is begun."""
    chance, done, ends = random.Random(_SEED), 0, 0
    while done < kills:
        process = _started(_command(listed, folder))
        try:
            process.wait(chance.uniform(0.2, max(_LEAST_S, _OF_THE_RUN * wall_s)))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            continue
        if process.returncode:
            raise RuntimeError(f"a run that was killed {done} times ended with {process.returncode}")
        ends += 1
        same_files(whole, folder)
        folder = folder.with_name(f"{folder.name}-{ends}")
    _run(_command(listed, folder))
    same_files(whole, folder)
    runs = "one run" if not ends else f"{ends + 1} runs"
    return f"killed {kills} times at random moments of {runs} and resumed, every file is that of the run which was not, to the byte"


def same_files(whole: Path, folder: Path) -> None:
    """Raises RuntimeError where a file of one run is not, byte for byte, that of the other; what has times of its own left out."""

    def files(of: Path) -> set[str]:
        return {str(path.relative_to(of)) for path in of.rglob("*") if path.is_file() and path.name not in _LOGGED}

    if files(whole) != files(folder):
        raise RuntimeError(f"files differ: {sorted(files(whole) ^ files(folder))[:3]}")
    for name in sorted(files(whole)):
        if (whole / name).read_bytes() != (folder / name).read_bytes():
            raise RuntimeError(f"{name} differs in {folder.name}")


def main() -> None:
    """Measure at a size of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.triage", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=0, help="how many; 100,000 where absent")
    parser.add_argument("--kills", type=int, default=0, help="how often another run is killed; never where absent")
    parser.add_argument("--quick", action="store_true", help="2,000 rows")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    report(measure(given.quick, given.rows, given.kills), given.keep)


if __name__ == "__main__":
    main()
