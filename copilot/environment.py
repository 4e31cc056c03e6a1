"""The versions that a run's results depend on, and what has changed of them since."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from ..tools.workbench import Workbench

__all__ = ["biocopilot_version", "changes", "environment_of"]

_NAMES = {"chembl": "ChEMBL", "uniprot": "UniProt", "rdkit": "RDKit", "biocopilot": "Biocopilot"}


def biocopilot_version() -> str:
    """The installed version."""
    try:
        return version("biocopilot")
    except PackageNotFoundError:
        return "unknown"


def environment_of(bench: Workbench) -> dict[str, str]:
    """Releases of the stores, and RDKit's version where it is installed."""
    found = {"chembl": bench.chembl.source.release, "uniprot": bench.uniprot.source.release}
    with contextlib.suppress(PackageNotFoundError):
        found["rdkit"] = version("rdkit")
    return found


def changes(recorded: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each version that is not what it was when the run was recorded."""
    said = []
    for name, then in recorded.items():
        current = now.get(name, "")
        if current != then:
            said.append(f"{_NAMES.get(name, name)} was {then} and is {current or 'not there'}.")
    return tuple(said)
