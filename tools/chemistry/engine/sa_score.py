"""Synthetic accessibility after Ertl and Schuffenhauer (J. Cheminform. 2009, 1:8), by the scorer that RDKit ships.

With the score comes what drives it: the features that its formula punishes, counted here.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from rdkit import Chem, RDConfig
from rdkit.Chem import rdMolDescriptors

from ....memory.errors import SourceUnavailable
from .parsing import rdkit_version

__all__ = ["raw_sa_score", "sa_score"]

_MACROCYCLE = 8


@cache
def _scorer() -> ModuleType:
    """RDKit's own `sascorer`, which lies beside the package and not in it."""
    path = Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py"
    spec = importlib.util.spec_from_file_location("rdkit_sascorer", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise SourceUnavailable("This build of RDKit comes without its SA score.", "pip install --upgrade rdkit")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raw_sa_score(molecule: Chem.Mol) -> float:
    """The score as RDKit's scorer gives it."""
    return float(_scorer().calculateScore(molecule))


def sa_score(molecule: Chem.Mol) -> dict[str, Any]:
    """The score from 1 (easy to make) to 10 (hard), as a quantity with `drivers`."""
    value = round(raw_sa_score(molecule), 2)
    counts = {
        "heavy atoms": molecule.GetNumHeavyAtoms(),
        "stereocentres": len(Chem.FindMolChiralCenters(molecule, includeUnassigned=True)),
        "spiro atoms": rdMolDescriptors.CalcNumSpiroAtoms(molecule),
        "bridgehead atoms": rdMolDescriptors.CalcNumBridgeheadAtoms(molecule),
        "macrocycles": sum(len(ring) > _MACROCYCLE for ring in molecule.GetRingInfo().AtomRings()),
    }
    return {
        "value": value,
        "unit": "dimensionless",
        "relation": "=",
        "kind": "sa_score",
        "convention": f"Ertl and Schuffenhauer, 1 easy to 10 hard, RDKit {rdkit_version()}",
        "drivers": {name: count for name, count in counts.items() if count},
    }
