"""What an earlier answer named, for questions that lean on it: "which of them is approved", "other drugs for that target".

Read from the answer's own text: the first column of its first table, the genes and ids of its sentences, its sequences.
"""

from __future__ import annotations

import re

from ...tools.workbench import Workbench
from .frames import Entity, EntityKind

__all__ = ["names_answered"]

_ROW = re.compile(r"^\|\s*(?P<first>[^|]+?)\s*\|", re.MULTILINE)
_HEADERS = {"drug": "molecule", "compound": "molecule", "molecule": "molecule", "target": "target"}
_CHEMBL = re.compile(r"\bCHEMBL\d+\b")
_PROTEIN = re.compile(r"protein is `(?P<letters>[A-Z*]{2,})`")
_RNA = re.compile(r"(?:RNA|reverse complement) is `(?P<letters>[ACGTUN]{5,})`")
_ACTED_ON = re.compile(r"acts as: [^.\[]*?\((?P<genes>[^()]+)\)")
_ROWS = 200
"""Of a table; each name is looked up."""


def names_answered(answer: str, bench: Workbench) -> dict[EntityKind, tuple[Entity, ...]]:
    """Molecules, targets and sequences that the answer names, in its order; an absent kind is not in the mapping."""
    found: dict[EntityKind, list[Entity]] = {}
    _from_table(answer, bench, found)
    for hit in _ACTED_ON.finditer(answer):
        for gene in re.split(r",\s*|\s+and\s+", hit.group("genes")):
            _add_target(gene, bench, found)
    for kind, pattern in (("peptide", _PROTEIN), ("dna", _RNA)):
        for hit in pattern.finditer(answer):
            letters = hit.group("letters").rstrip("*")
            real: EntityKind = "peptide" if kind == "peptide" else "rna" if "U" in letters else "dna"
            found.setdefault("dna", []).append(Entity(real, letters, -1, -1, letters, ""))
    return {kind: _once(items) for kind, items in found.items()}


def _once(items: list[Entity]) -> tuple[Entity, ...]:
    """Each thing once, under the name that it had first: a table and a sentence may call one target by two names."""
    first: dict[str, Entity] = {}
    for item in items:
        first.setdefault(item.value, item)
    return tuple(first.values())


def _from_table(answer: str, bench: Workbench, found: dict[EntityKind, list[Entity]]) -> None:
    rows = [hit.group("first") for hit in _ROW.finditer(answer)]
    if len(rows) < 3 or rows[0].casefold() not in _HEADERS:
        return
    kind = _HEADERS[rows[0].casefold()]
    for cell in rows[2 : 2 + _ROWS]:
        if kind == "target":
            _add_target(cell.partition(" (")[0], bench, found)
            continue
        plain = cell.replace("`", "")
        chembl_id = _CHEMBL.search(plain)
        name = plain.partition(" (")[0]
        value = chembl_id.group() if chembl_id and not bench.chembl.molecules_named(name) else name
        found.setdefault("molecule", []).append(Entity("molecule", value, -1, -1, value, name))


def _add_target(name: str, bench: Workbench, found: dict[EntityKind, list[Entity]]) -> None:
    entries = bench.uniprot.named(name.strip())
    if entries:
        entry = entries[0]
        found.setdefault("target", []).append(Entity("target", name, -1, -1, entry.accession, entry.gene or entry.name))
