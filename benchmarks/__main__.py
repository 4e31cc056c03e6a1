"""Runs the benchmarks by name, all where none is named."""

from __future__ import annotations

import argparse
from importlib import import_module

from .measure import report

NAMES = (
    "startup",
    "first_answer",
    "questions",
    "loop",
    "tools",
    "stores",
    "similarity",
    "substructure",
    "panel",
    "triage",
    "engines",
    "pdf",
    "retrieval",
    "literature_answers",
    "embedding",
    "library_ingest",
    "library_command",
    "interface",
    "decode",
    "grammar",
    "loading",
    "quantised",
)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Biocopilot beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all where none is given")
    parser.add_argument("--quick", action="store_true", help="fewer repeats; for a look, not for figures to quote")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    for name in given.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(NAMES)}")
    for name in given.names or NAMES:
        report(import_module(f".{name}", __package__).measure(given.quick), given.keep)


if __name__ == "__main__":
    main()
