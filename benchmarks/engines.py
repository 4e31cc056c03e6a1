"""The same triage on one process, on all cores, and on a Ray of this machine: seconds by the clock, and that the files are the same.

The peer is the first row, the same command with one process; a Ray of one machine can only add its own cost to what the cores give.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from .measure import Measured, Row, command_path
from .triage import same_files
from .triage_list import write_list

__all__ = ["measure"]

_REPEATS = 3


def measure(quick: bool) -> Measured:
    """Seconds by the clock of each engine, in turn, so that other load meets all alike."""
    rows, repeats = (1_000, 1) if quick else (10_000, _REPEATS)
    cores = os.cpu_count() or 1
    engines = {
        "one process": ("--workers", "1"),
        f"{cores} processes": ("--workers", str(cores)),
        f"Ray of {cores} workers": ("--engine", "ray", "--workers", str(cores)),
    }
    walls: dict[str, list[float]] = {name: [] for name in engines}
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place, "list.smi")
        write_list(listed, rows)
        first: Path | None = None
        for turn in range(repeats):
            for number, (name, options) in enumerate(engines.items()):
                folder = Path(place, f"{number}-{turn}")
                walls[name].append(_run(listed, folder, options))
                first = first or folder
                same_files(first, folder)
    medians = {name: Row.of(f"triage of {rows:,} rows, {name}: s by the clock", found) for name, found in walls.items()}
    one, many, ray = (medians[name].median for name in engines)
    return Measured(
        "engines",
        "s",
        tuple(medians.values()),
        {f"one process to {cores} processes": one / many, f"one process to a Ray of {cores} workers": one / ray},
        (
            "all files of all runs are the same to the byte",
            "a Ray of this machine is started and ended within the time",
        ),
    )


def _run(listed: Path, folder: Path, options: tuple[str, ...]) -> float:
    command = command_path("biocopilot")
    if command is None:
        raise RuntimeError("biocopilot is not installed here: pip install -e .")
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    done = subprocess.run(
        [command, "workflow", "run", "triage", str(listed), "--out", str(folder), "--offline", *options],
        stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the run ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    return time.perf_counter() - began
