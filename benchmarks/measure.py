"""What all benchmarks share: CPU seconds of a child process, a table, and the JSON file that keeps it."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["Measured", "Row", "child_cpu_s", "command_path", "report", "wall_ms"]

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("biocopilot", "rdkit", "typer", "pydantic", "langchain-core", "langchain")


@dataclass(frozen=True)
class Row:
    """One thing measured: the median of its repeats, with the smallest and largest."""

    what: str
    median: float
    least: float
    most: float
    repeats: int
    goal: float | None = None
    """Above this, the row misses its goal."""

    @classmethod
    def of(cls, what: str, values: Sequence[float], goal: float | None = None) -> Row:
        """A row from its repeats."""
        return cls(what, statistics.median(values), min(values), max(values), len(values), goal)


@dataclass(frozen=True)
class Measured:
    """A benchmark's outcome."""

    name: str
    unit: str
    rows: tuple[Row, ...]
    ratios: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def child_cpu_s(command: Sequence[str], repeats: int, environment: Mapping[str, str] | None = None) -> list[float]:
    """CPU seconds, user and system, of a command and of the processes that it ended and waited for.

    Raises:
        RuntimeError: it exits with an error, so that no failure is quoted as a fast run.
    """
    found = []
    for _ in range(repeats + 1):
        # Compiled files are kept, as they are for a user, also where the environment of a build says otherwise.
        ours = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=ours,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-400:]}")
        found.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return found[1:]  # the first run compiles and fills caches


def wall_ms(work: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def command_path(name: str) -> str | None:
    """A console script of this environment, or of the PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def report(measured: Measured, keep: bool = False) -> None:
    """Print the table and save it below `benchmarks/results/`: `NAME.local.json`, or `NAME.json` to keep."""
    width = max(len(row.what) for row in measured.rows)
    print(f"\n{measured.name} ({measured.unit})")
    print(f"{'':<{width}}  {'median':>9}  {'least':>9}  {'most':>9}  {'n':>4}  goal")
    for row in measured.rows:
        goal = "" if row.goal is None else f"{row.goal:g} {'met' if row.median <= row.goal else 'MISSED'}"
        print(f"{row.what:<{width}}  {row.median:9.3f}  {row.least:9.3f}  {row.most:9.3f}  {row.repeats:>4}  {goal}")
    for what, ratio in measured.ratios.items():
        print(f"{what}: {ratio:.2f}")
    for note in measured.notes:
        print(f"note: {note}")
    RESULTS.mkdir(exist_ok=True)
    suffix = "json" if keep else "local.json"
    (RESULTS / f"{measured.name}.{suffix}").write_text(json.dumps(_saved(measured), indent=2) + "\n", "utf-8")


def _saved(measured: Measured) -> dict[str, object]:
    return {
        "benchmark": measured.name,
        "unit": measured.unit,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.system(), "cores": os.cpu_count(), "python": platform.python_version()},
        "packages": {name: _installed(name) for name in _PACKAGES},
        "rows": [asdict(row) for row in measured.rows],
        "ratios": dict(measured.ratios),
        "notes": list(measured.notes),
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
