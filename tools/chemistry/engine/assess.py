"""Rows of a long list of structures: read, standardised, and the panel of each parent; what cannot be read says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rdkit import Chem

from ....memory.errors import InvalidStructure
from .packed import common_bits
from .panel import panels_of
from .parsing import CHARACTERS, molecule_from, pattern_from, smiles_of_block
from .similarity import BITS, packed_of
from .standard_form import parent_record

__all__ = ["assessed", "leaders_of"]

_WORDS = BITS // 64


def assessed(rows: Sequence[tuple[str, str]], patterns: Sequence[str]) -> list[dict[str, Any]]:
    """What each row is, in order.

    Args:
        rows: kind (`smiles` or `block`) and text of each.
        patterns: SMARTS that are looked for in the parents.

    Returns:
        For each row `error`, or the parent's `smiles`, `inchikey`, `values` of the panel, `alerts` as catalogue and name, and
        `holds`, the positions of the patterns that it holds.
    """
    queries = [pattern_from(pattern) for pattern in patterns]
    parents = [_parent(kind, text) for kind, text in rows]
    panels = iter(panels_of([molecule for _parent, molecule in parents if molecule is not None]))
    found = []
    for parent, molecule in parents:
        if molecule is None:
            found.append(parent)
            continue
        panel = next(panels)
        found.append(
            {
                **parent,
                "values": {
                    "molecular_weight": panel.molecular_weight, "clogp": panel.clogp, "tpsa": panel.tpsa, "hbd": panel.hbd,
                    "hba": panel.hba, "rotatable_bonds": panel.rotatable_bonds, "qed": panel.qed, "sa_score": panel.sa_score,
                },
                "alerts": sorted({f"{alert['catalogue']} {alert['name']}" for alert in panel.alerts}),
                "holds": [number for number, query in enumerate(queries) if molecule.HasSubstructMatch(query)],
            }
        )  # fmt: skip
    return found


def _parent(kind: str, text: str) -> tuple[dict[str, Any], Chem.Mol | None]:
    """What is known of the parent, and the parent as its SMILES says it; no molecule where there is an error."""
    try:
        if kind == "block":
            # behind the first data item another molfile may be a value
            if (ends := text.partition("\n>")[0].count("\nM  END")) > 1:
                return {"error": f"The record holds {ends} molfiles: a line of $$$$ is missing between them."}, None
            text = smiles_of_block(text)
            if not text:
                return {"error": "The record is no molfile that can be read, or beyond the limits."}, None
        record = dict(parent_record(molecule_from(text)))
    except InvalidStructure as error:
        return {"error": error.message}, None
    except (RuntimeError, ValueError):  # RDKit raises what Boost gives it over a few structures
        return {"error": "RDKit could not standardise the structure."}, None
    # what passed the checks of `molecule_from` would pass them again, but for its length
    molecule = Chem.MolFromSmiles(record["smiles"]) if len(record["smiles"]) <= CHARACTERS else None
    if molecule is None:
        return {"error": "The SMILES that RDKit writes of its parent is too long, or cannot be read again."}, None
    return record, molecule


def leaders_of(structures: Sequence[str], similarity: float) -> list[int]:
    """For each structure the position of the first one before it, or itself, that leads a cluster it belongs to.

    One after the other joins the most similar leader at or above the similarity (Tanimoto, Morgan), the earlier of equals, or
    becomes a leader; so no two leaders are as alike as that.
    """
    words = np.empty((len(structures), _WORDS), "<u8")
    sizes = np.empty(len(structures), np.int64)
    leaders: list[int] = []
    found = []
    for row, smiles in enumerate(structures):
        own, many = np.frombuffer(packed_of(molecule_from(smiles)), "<u8"), len(leaders)
        size = int(np.bitwise_count(own).sum())
        if many:
            common = common_bits(words[:many], own)
            values = common / np.maximum(sizes[:many] + size - common, 1)
            best = int(values.argmax())
            if values[best] >= similarity:
                found.append(leaders[best])
                continue
        words[many], sizes[many] = own, size
        leaders.append(row)
        found.append(row)
    return found
