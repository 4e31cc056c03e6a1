"""Drug targets: which they are, what they do, where they are, and which drugs act on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .plan import Node, Results, Section
from .words import amount, capital, code, count_of, join, known_id, notes, plain_name, settle, target_name

__all__ = ["DrugsForTarget", "TargetIdentity", "TargetProfile", "target_keys"]

_DRUG_ROWS = 25
"""Rows of a table that a person still reads."""


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


_CLASS = re.compile(
    r"\b(?:is|was)\s+\S.*?\b(?:an?|in the)\s+(?:human\s+)?(kinase|gpcr|g[- ]protein[- ]coupled receptor|ion channel|transcription factor|protease|nuclear receptor|enzyme"
    r"|membrane protein|transporter|phosphatase|hydrolase|receptor)\b",
    re.IGNORECASE,
)
_CLASS_WORDS = {"gpcr": "g-protein coupled receptor", "g protein coupled receptor": "g-protein coupled receptor", "membrane protein": "membrane"}


def _profile(evidence: tuple[Evidence, ...], frame: Frame) -> list[Part]:
    first = evidence[0]
    asked = [aspect for aspect in frame.aspects if aspect in _ASPECTS]
    told: list[Part] = []
    wanted = _CLASS.search(frame.clause)
    if wanted is not None:
        told.append(Sentence(_of_class(first.record, wanted.group(1)), (first.id,)))
    if not asked or "function" in asked:
        told.append(Sentence(_who(first.record), (first.id,)))
    for aspect in asked or ["function", "location", "family"]:
        for item in evidence:
            sentence = _ASPECTS[aspect](item.record)
            if sentence:
                told.append(Sentence(sentence, (item.id,)))
                break
        else:
            name = target_name(first.record)
            told.append(Sentence(f"No {_ASPECT_WORDS[aspect]} of {name} is in this source.", (first.id,)))
    return [*told, *(note for item in evidence for note in notes(item))]


def _of_class(record: Mapping[str, Any], wanted: str) -> str:
    """Whether UniProt's family, keywords, locations or names make it one of these."""
    word = wanted.casefold().replace("-", " ") if wanted.casefold().startswith("g") else wanted.casefold()
    word = _CLASS_WORDS.get(word, word)
    described = [record.get("family"), *record.get("molecular_functions", []), *record.get("locations", []), record["target"].get("name")]
    terms = [str(text) for text in described if text]
    hit = next((text for text in terms if word in text.casefold()), None)
    if hit is None and word == "enzyme":
        hit = next((f"EC {ec}" for ec in record.get("ec_numbers", [])), None)
    if hit is None:
        return f"No: neither UniProt's family nor its keywords call {target_name(record)} a {wanted}."
    return f"Yes: UniProt says of {target_name(record)}: {hit}."


def _who(record: Mapping[str, Any]) -> str:
    """Which protein it is, so that the reader sees what the name was taken for."""
    target = record["target"]
    name = str(target.get("name") or target.get("query"))
    accession = f"UniProt {target['accession']}" if target.get("accession") else ""
    where = ", ".join(part for part in (accession, str(target.get("organism") or "")) if part)
    gene = target.get("gene")
    lead = f"{gene} is {name}" if gene and gene != name else f"This is {name}"
    return f"{lead} ({where})." if where else f"{lead}."


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
            if result is not None and results.found(key) is not None:
                parts += _drugs(result.evidence)
        return settle(parts, results, keys)


def _drugs(evidence: tuple[Evidence, ...]) -> list[Part]:
    """The drugs of all sources in one table, every row with the evidence of its own source."""
    first, total = evidence[0], evidence[0].record["total"]
    name = target_name(first.record)
    rows = [(row, item) for item in evidence for row in item.record["rows"]]
    rows.sort(key=lambda pair: (not pair[0]["approved"], pair[0]["first_approval"] or 9999, str(pair[0]["name"])))
    table = [
        Row(
            (
                plain_name(row["name"] or row["chembl_id"]),
                str(row.get("action") or "–").lower(),
                str(row["first_approval"]) if row.get("first_approval") else "–",
                known_id(row.get("chembl_id")),
            ),
            (item.id,),
        )
        for row, item in rows[:_DRUG_ROWS]
    ]
    verb = "acts" if total == 1 else "act"
    parts: list[Part] = [Sentence(f"{capital(count_of(total, 'drug'))} in this source {verb} on {name}.", (first.id,))]
    parts.append(Table(("drug", "action", "first approval", "ChEMBL id"), tuple(table)))
    if len(table) < total:
        parts.append(Aside(f"The table shows the first {len(table)}; ask for more by number, as in “top {min(total, 100)}”."))
    return [*parts, *(note for item in evidence for note in notes(item))]
