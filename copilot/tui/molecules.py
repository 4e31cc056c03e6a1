"""Which molecule a piece of evidence is about, and what the run knows of it: read from records, computed nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...memory.records import Evidence
from .story import Story

__all__ = ["ShownMolecule", "count_molecules", "molecule_of", "molecules_of"]

_PROPERTIES = {
    "molecular_weight_average": "MW",
    "clogp": "cLogP",
    "crippen_logp": "cLogP",
    "tpsa": "TPSA",
    "qed": "QED",
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
    if found is None:
        return None
    return _shown(found, item.record, story)


def molecules_of(story: Story) -> list[ShownMolecule]:
    """The molecules of a run, each once, in the order they were found."""
    found: dict[str, ShownMolecule] = {}
    for item in story.evidence.values():
        for entry in _molecules_in(item.record):
            found.setdefault(str(entry["smiles"]), _shown(entry, item.record, story))
    return list(found.values())


def count_molecules(story: Story) -> int:
    """How many molecules a run is about."""
    return len({str(entry["smiles"]) for item in story.evidence.values() for entry in _molecules_in(item.record)})


def _shown(entry: Mapping[str, Any], record: Mapping[str, Any], story: Story | None) -> ShownMolecule:
    smiles = str(entry["smiles"])
    measured = [record, *(item.record for item in story.evidence.values())] if story else [record]
    facts: tuple[str, ...] = ()
    formula = str(entry.get("formula") or "")
    for other in measured:
        own = next(iter(_molecules_in(other)), {})
        if own.get("smiles") != smiles:
            continue
        formula = formula or _text(other.get("formula")) or _text((other.get("properties") or {}).get("formula"))
        facts = facts or tuple(_facts(other.get("properties") or {}))
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


def _molecules_in(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Objects with a SMILES: the record itself, its molecule, or those in its lists."""
    if record.get("smiles"):
        yield record
    for value in record.values():
        if isinstance(value, Mapping) and value.get("smiles"):
            yield value
        elif isinstance(value, list):
            for item in value:
                if not isinstance(item, Mapping):
                    continue
                if item.get("smiles"):
                    yield item
                elif isinstance(item.get("molecule"), Mapping) and item["molecule"].get("smiles"):
                    yield item["molecule"]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("value") or "")
    return str(value or "")
