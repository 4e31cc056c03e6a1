"""What `biocopilot --help` costs, beside Python itself, RDKit's import and a peer's `--help`."""

from __future__ import annotations

import subprocess
import sys

from .measure import Measured, Row, child_cpu_s, command_path

__all__ = ["measure"]


def measure(quick: bool) -> Measured:
    """CPU seconds of each command."""
    repeats = 3 if quick else 11
    ours = command_path("biocopilot")
    if ours is None:
        raise RuntimeError("biocopilot is not installed here: pip install -e .")
    rows = [
        Row.of("biocopilot --help", child_cpu_s([ours, "--help"], repeats), goal=0.25),
        Row.of("python -c pass", child_cpu_s([sys.executable, "-c", "pass"], repeats)),
        Row.of("python -c 'import rdkit.Chem'", child_cpu_s([sys.executable, "-c", "import rdkit.Chem"], repeats)),
    ]
    ratios, notes = {"rdkit.Chem / biocopilot": rows[2].median / rows[0].median}, []
    peer = command_path("llm")
    if peer is None:
        notes.append("llm is not installed: pip install -r benchmarks/requirements.txt")
    else:
        rows.append(Row.of("llm --help", child_cpu_s([peer, "--help"], min(repeats, 5))))
        said = subprocess.run([peer, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        notes.append(f"peer: {said}")
        ratios["llm / biocopilot"] = rows[-1].median / rows[0].median
    return Measured("startup", "CPU seconds", tuple(rows), ratios, tuple(notes))
