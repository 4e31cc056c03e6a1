"""Drug targets: which they are, what they do, where they are, and which drugs act on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence
from ..contract import Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .plan import Node, Results, Section
from .words import amount, capital, code, count_of, join, notes, number, plain_name, settle, target_name

__all__ = ["DrugsForTarget", "TargetIdentity", "TargetProfile", "target_keys"]

_DRUG_ROWS = 25


def target_keys(frame: Frame) -> list[tuple[str, Entity]]:
    """The frame's targets under node keys; where none was recognised, the unknown names, which must be looked for."""
    return [(f"t{index}", entity) for index, entity in enumerate(frame.targets or frame.unknown, 1)]


class TargetIdentity:
    """`target_identity`: accession, gene, ChEMBL id, as asked."""

    def plan(self, frame: Frame) -> list[Node]:
        return [Node(key, "find_target", {"target": entity.value}) for key, entity in target_keys(frame)]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        parts: list[Part] = []
        for key in keys:
            item = results.found(key)
            if item is not None:
                parts += [*_identity(item, frame), *notes(item)]
        return settle(parts, results, keys)


def _identity(item: Evidence, frame: Frame) -> list[Part]:
    target = item.record["target"]
    name, gene, accession = target["name"], target["gene"] or target["name"], target["accession"]
    organism = f" ({target['organism']})" if target.get("organism") else ""
    parts: list[Part] = []
    if "gene" in frame.aspects and accession:
        parts.append(Sentence(f"{accession} is {name}, encoded by the gene {gene}{organism}.", (item.id,)))
    if "chembl_id" in frame.aspects:
        if target.get("chembl_id"):
            parts.append(Sentence(f"The ChEMBL target id of {gene} is {target['chembl_id']}{organism}.", (item.id,)))
        else:
            parts.append(Sentence(f"{gene} has no ChEMBL target id in this source.", (item.id,)))
    if "accession" in frame.aspects or not parts:
        if accession:
            parts.append(Sentence(f"The UniProt accession of {gene} is {accession}: {name}{organism}.", (item.id,)))
        else:
            parts.append(Sentence(f"{gene} has no UniProt accession in this source.", (item.id,)))
    if target.get("chembl_id") and "chembl_id" not in frame.aspects:
        parts.append(Sentence(f"Its ChEMBL target id is {target['chembl_id']}.", (item.id,)))
    return parts


class TargetProfile:
    """`target_profile`: the aspects asked for, or what it does, where it is and what family it belongs to."""

    def plan(self, frame: Frame) -> list[Node]:
        more = {"include_sequence": True} if "sequence" in frame.aspects else {}
        return [Node(key, "target_profile", {"target": entity.value, **more}) for key, entity in target_keys(frame)]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        parts: list[Part] = []
        for key in keys:
            result = results.get(key)
            if results.found(key) is not None and result is not None:
                parts += _profile(result.evidence, frame)
        return settle(parts, results, keys)


def _profile(evidence: tuple[Evidence, ...], frame: Frame) -> list[Part]:
    told = []
    for aspect in [aspect for aspect in frame.aspects if aspect in _ASPECTS] or ["function", "location", "family"]:
        for item in evidence:
            sentence = _ASPECTS[aspect](item.record)
            if sentence:
                told.append(Sentence(sentence, (item.id,)))
                break
        else:
            name = target_name(evidence[0].record)
            told.append(Sentence(f"No {_ASPECT_WORDS[aspect]} of {name} is in this source.", (evidence[0].id,)))
    return [*told, *(note for item in evidence for note in notes(item))]


def _function(record: Mapping[str, Any]) -> str:
    if record.get("description"):
        return str(record["description"])
    keywords = [str(word) for word in record.get("molecular_functions", [])]
    return f"{target_name(record)} is annotated as {join(word.lower() for word in keywords)}." if keywords else ""


def _location(record: Mapping[str, Any]) -> str:
    places = join(str(place)[:1].lower() + str(place)[1:] for place in record.get("locations", []))
    return f"{target_name(record)} is located in: {places}." if places else ""


def _family(record: Mapping[str, Any]) -> str:
    return f"{target_name(record)} belongs to the {record['family']}." if record.get("family") else ""


def _length(record: Mapping[str, Any]) -> str:
    return f"{target_name(record)} has {amount(record['length'])} amino acids." if record.get("length") else ""


def _mass(record: Mapping[str, Any]) -> str:
    return f"The mass of {target_name(record)} is {amount(record['mass'])}." if record.get("mass") else ""


def _disease(record: Mapping[str, Any]) -> str:
    diseases = [str(item["name"]) for item in record.get("diseases", [])][:8]
    return f"UniProt links {target_name(record)} to {join(diseases)}." if diseases else ""


def _names(record: Mapping[str, Any]) -> str:
    names = [str(item) for item in record.get("names", [])][:10]
    return f"{target_name(record)} is also called {join(names)}." if names else ""


def _organism(record: Mapping[str, Any]) -> str:
    organism = record["target"].get("organism")
    return f"This entry of {target_name(record)} is from {organism}." if organism else ""


def _ec(record: Mapping[str, Any]) -> str:
    numbers = [str(item) for item in record.get("ec_numbers", [])]
    return f"The EC number of {target_name(record)} is {join(numbers)}." if numbers else ""


def _sequence(record: Mapping[str, Any]) -> str:
    return f"The sequence of {target_name(record)} is {code(record['sequence'])}." if record.get("sequence") else ""


_ASPECTS = {
    "function": _function, "location": _location, "family": _family, "length": _length, "mass": _mass,
    "disease": _disease, "names": _names, "organism": _organism, "ec": _ec, "sequence": _sequence,
}  # fmt: skip
_ASPECT_WORDS = {
    "function": "function", "location": "location", "family": "family", "length": "length", "mass": "mass",
    "disease": "linked disease", "names": "other name", "organism": "organism", "ec": "EC number", "sequence": "sequence",
}  # fmt: skip


class DrugsForTarget:
    """`drugs_for_target`: a table, approved drugs first."""

    def plan(self, frame: Frame) -> list[Node]:
        more: dict[str, Any] = {"approved_only": True} if "approved" in frame.aspects else {}
        if frame.most is not None:
            more["most"] = frame.most
        return [Node(key, "drugs_for_target", {"target": entity.value, **more}) for key, entity in target_keys(frame)]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        parts: list[Part] = []
        for key in keys:
            result = results.get(key)
            if result is None or results.found(key) is None:
                continue
            for item in result.evidence:
                parts += _drugs(item, result.matched, result.returned)
        return settle(parts, results, keys)


def _drugs(item: Evidence, matched: int | None, returned: int | None) -> list[Part]:
    record, rows = item.record, item.record["rows"]
    name = target_name(record)
    if not rows:
        return [Sentence(f"No drug that acts on {name} is in this source.", (item.id,)), *notes(item)]
    table = [
        Row(
            (
                plain_name(row["name"]),
                str(row.get("action") or "–").lower(),
                str(row["first_approval"]) if row.get("first_approval") else "–",
                str(row.get("chembl_id") or "–"),
            ),
            (item.id,),
        )
        for row in rows[:_DRUG_ROWS]
    ]
    lead = f"{capital(count_of(record['count'], 'drug'))} in this source {'acts' if record['count'] == 1 else 'act'} on {name}."
    parts: list[Part] = [Sentence(lead, (item.id,))]
    parts.append(Table(("drug", "action", "first approval", "ChEMBL id"), tuple(table)))
    if matched is not None and returned is not None and returned < matched:
        parts.append(Sentence(f"Shown: {number(returned)} of {number(matched)}.", (item.id,)))
    return [*parts, *notes(item)]
