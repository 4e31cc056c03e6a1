"""The chemistry tools through their process and their contract, beside the plain RDKit calls for the same values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from biocopilot.memory.records import ToolCall
from biocopilot.tools import ToolContext, Workbench, all_tools
from biocopilot.tools.execute import execute

from .measure import Measured, Row, wall_ms

__all__ = ["measure"]

_ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def measure(quick: bool) -> Measured:
    """Wall milliseconds a molecule, over the same structures of the starter set."""
    with Workbench(workers=1) as bench, asyncio.Runner() as runner:
        smiles = [row[2] for row in bench.chembl.all_structures() if 15 <= len(row[2]) <= 90]
        chosen = smiles[:: max(1, len(smiles) // (8 if quick else 60))]
        rows, ratios = [], {}
        for name, arguments, plain in _PAIRS:
            ours = [_call(runner, bench, name, {"molecule": one, **arguments}) for one in [chosen[0], *chosen]][1:]
            peer = [wall_ms(partial(plain, one)) for one in [chosen[0], *chosen]][1:]
            rows += [Row.of(f"{name} (tool)", ours), Row.of(f"{name} (plain RDKit)", peer)]
            ratios[f"{name}: tool / plain"] = rows[-2].median / rows[-1].median
    return Measured("tools", "wall ms", tuple(rows), ratios, (f"{len(chosen)} structures of the starter set",))


def _call(runner: asyncio.Runner, bench: Workbench, name: str, arguments: dict[str, Any]) -> float:
    call = ToolCall(id="c1", tool=name, arguments=arguments)
    results = []

    def run() -> None:
        results.append(runner.run(execute(call, all_tools(), ToolContext(bench=bench), lambda: "E1")))

    elapsed = wall_ms(run)
    if results[0].status == "failed":
        raise RuntimeError(f"{name} of {arguments} failed: {results[0].digest}")
    return elapsed


def _panel(smiles: str) -> object:
    from rdkit.Chem import QED, Crippen, Descriptors, MolFromSmiles, rdMolDescriptors

    mol = MolFromSmiles(smiles)
    return (
        Descriptors.MolWt(mol),
        Descriptors.ExactMolWt(mol),
        Crippen.MolLogP(mol),
        rdMolDescriptors.CalcTPSA(mol),
        rdMolDescriptors.CalcNumHBD(mol),
        rdMolDescriptors.CalcNumHBA(mol),
        rdMolDescriptors.CalcNumRotatableBonds(mol),
        QED.qed(mol),
    )


_catalogues: list[Any] = []


def _alerts(smiles: str) -> object:
    from rdkit.Chem import MolFromSmiles
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

    if not _catalogues:
        parameters = FilterCatalogParams()
        for kind in ("PAINS", "BRENK", "NIH"):
            parameters.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, kind))
        _catalogues.append(FilterCatalog(parameters))
    return [hit.GetDescription() for hit in _catalogues[0].GetMatches(MolFromSmiles(smiles))]


def _similarity(smiles: str) -> object:
    from rdkit.Chem import MolFromSmiles
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
    from rdkit.DataStructs import TanimotoSimilarity

    made = GetMorganGenerator(radius=2, fpSize=2048)
    return TanimotoSimilarity(made.GetFingerprint(MolFromSmiles(smiles)), made.GetFingerprint(MolFromSmiles(_ASPIRIN)))


_PAIRS: tuple[tuple[str, dict[str, Any], Callable[[str], object]], ...] = (
    ("molecule_properties", {}, _panel),
    ("structural_alerts", {}, _alerts),
    ("molecule_similarity", {"other": _ASPIRIN}, _similarity),
)
