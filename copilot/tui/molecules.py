"""Which molecule a piece of evidence is about, and what the run knows of it: read from records, computed nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...memory.records import Evidence
from .story import Story

__all__ = ["ShownMolecule", "count_molecules", "molecule_of", "molecules_of"]

_PROPERTIES = {
    "molecular_weight": "MW",
    "molecular_weight_average": "MW",
    "clogp": "cLogP",
    "crippen_logp": "cLogP",
    "tpsa": "TPSA",
    "qed": "QED",
    "hbd": "HBD",
    "hba": "HBA",
    "h_bond_donors": "HBD",
    "h_bond_acceptors": "HBA",
    "rotatable_bonds": "rotatable bonds",
}


@dataclass(frozen=True)
class ShownMolecule:
    """A molecule to be drawn, with what stands beside it."""

    smiles: str
    name: str = ""
    identifier: str = ""
    formula: str = ""
    facts: tuple[str, ...] = ()


def molecule_of(item: Evidence, story: Story | None = None) -> ShownMolecule | None:
    """The molecule that a record is about; None where it is about none."""
    found = next(iter(_molecules_in(item.record)), None)
    return None if found is None else _shown(found[0], [item, *(story.evidence.values() if story else ())])


def molecules_of(story: Story) -> list[ShownMolecule]:
    """The molecules of a run, each once, in the order they were found."""
    found: dict[str, Mapping[str, Any]] = {}
    for item in story.evidence.values():
        for entry, _ in _molecules_in(item.record):
            found.setdefault(str(entry["smiles"]), entry)
    return [_shown(entry, list(story.evidence.values())) for entry in found.values()]


def count_molecules(story: Story) -> int:
    """How many molecules a run is about."""
    return len({str(entry["smiles"]) for item in story.evidence.values() for entry, _ in _molecules_in(item.record)})


def _shown(entry: Mapping[str, Any], evidence: Sequence[Evidence]) -> ShownMolecule:
    """The molecule with what any of the records says of it."""
    smiles = str(entry["smiles"])
    facts: tuple[str, ...] = ()
    formula = _text(entry.get("formula"))
    for item in evidence:
        for other, beside in _molecules_in(item.record):
            if other.get("smiles") == smiles:
                properties = beside.get("properties") or {}
                formula = formula or _text(beside.get("formula")) or _text(properties.get("formula"))
                facts = facts or tuple(_facts(properties))
    return ShownMolecule(
        smiles,
        str(entry.get("name") or entry.get("query") or ""),
        str(entry.get("chembl_id") or entry.get("inchikey") or ""),
        formula,
        facts,
    )


def _facts(properties: Mapping[str, Any]) -> Iterator[str]:
    for key, value in properties.items():
        name = _PROPERTIES.get(key)
        if name and isinstance(value, Mapping) and "value" in value:
            unit = "" if value.get("unit") in ("dimensionless", "count", None) else f" {value['unit']}"
            yield f"{name} {value['value']}{unit}"


def _molecules_in(record: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Objects with a SMILES, each with the object that says something of it: the record, its molecule, those in its lists."""
    if record.get("smiles"):
        yield record, record
    for value in record.values():
        if isinstance(value, Mapping) and value.get("smiles"):
            yield value, record
        elif isinstance(value, list):
            for item in value:
                if not isinstance(item, Mapping):
                    continue
                if item.get("smiles"):
                    yield item, item
                elif isinstance(item.get("molecule"), Mapping) and item["molecule"].get("smiles"):
                    yield item["molecule"], item


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("value") or value.get("text") or "")
    return str(value or "")
