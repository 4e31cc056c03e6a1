"""How long a question takes inside a running process, run log included, beside the bare calls that it rests on."""

from __future__ import annotations

import tempfile
from pathlib import Path

from biocopilot.copilot import Copilot

from .measure import Measured, Row, wall_ms

__all__ = ["measure"]

_DRUGS = (
    "ibuprofen aspirin erlotinib gefitinib imatinib dasatinib ruxolitinib celecoxib warfarin diazepam fluoxetine "
    "sertraline atorvastatin simvastatin losartan omeprazole metformin caffeine naproxen ketoprofen"
).split()
_TARGETS = "EGFR BTK JAK2 BRAF KDR MET HDAC1 DRD2 F10 PARP1".split()  # more than 100 values each


def measure(quick: bool) -> Measured:
    """Wall milliseconds a question; each molecule and target is asked about for the first time in its process."""
    drugs, targets = (_DRUGS[:6], _TARGETS[:3]) if quick else (_DRUGS, _TARGETS)
    with tempfile.TemporaryDirectory() as folder, Copilot(offline=True, log=Path(folder) / "runs.sqlite") as copilot:
        for question in ("MW of ethanol?", "How potent are inhibitors of FLT3?"):
            copilot.ask(question)  # the first ones start the chemistry process and load the names
        rows = [
            Row.of("one property", [_asked(copilot, f"What is the cLogP of {drug}?") for drug in drugs], 30.0),
            Row.of(
                "a target's activities", [_asked(copilot, f"How potent are inhibitors of {t}?") for t in targets], 100.0
            ),
        ]
    rows.append(Row.of("RDKit alone: parse and Crippen logP", _bare(len(drugs))))
    return Measured(
        "questions", "wall ms", tuple(rows), {"one property / RDKit alone": rows[0].median / rows[2].median}
    )


def _asked(copilot: Copilot, question: str) -> float:
    status = ""

    def ask() -> None:
        nonlocal status
        status = copilot.ask(question).status

    elapsed = wall_ms(ask)
    if status != "answered":
        raise RuntimeError(f"{question!r} ended as {status}: its time says nothing")
    return elapsed


def _bare(repeats: int) -> list[float]:
    from rdkit.Chem import MolFromSmiles
    from rdkit.Chem.Crippen import MolLogP

    smiles = "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1"
    return [wall_ms(lambda: MolLogP(MolFromSmiles(smiles))) for _ in range(repeats)]
