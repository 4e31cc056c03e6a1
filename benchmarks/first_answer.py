"""From process start to an answered question, chemistry process included, beside the same number by RDKit alone."""

from __future__ import annotations

import sys
import tempfile

from .measure import Measured, Row, child_cpu_s, command_path

__all__ = ["measure"]

_QUESTIONS = (("MW of ibuprofen?", 0.5), ("What does EGFR do?", None))
_PEER = (
    "from rdkit import Chem\n"
    "from rdkit.Chem.rdMolDescriptors import CalcExactMolWt, _CalcMolWt\n"
    "print(_CalcMolWt(Chem.MolFromSmiles('CC(C)Cc1ccc(cc1)C(C)C(=O)O')))"
)


def measure(quick: bool) -> Measured:
    """CPU seconds of `biocopilot ask`, each in a fresh process with a run log of its own."""
    repeats = 3 if quick else 9
    ours = command_path("biocopilot")
    if ours is None:
        raise RuntimeError("biocopilot is not installed here: pip install -e .")
    rows = []
    with tempfile.TemporaryDirectory() as home:
        for question, goal in _QUESTIONS:
            command = [ours, "ask", "--offline", "--plain", question]
            rows.append(Row.of(f"ask {question!r}", child_cpu_s(command, repeats, {"BIOCOPILOT_HOME": home}), goal))
    rows.append(Row.of("RDKit alone, SMILES given", child_cpu_s([sys.executable, "-c", _PEER], repeats)))
    ratios = {"biocopilot / RDKit alone": rows[0].median / rows[-1].median}
    return Measured("first_answer", "CPU seconds", tuple(rows), ratios)
