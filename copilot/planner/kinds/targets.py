"""Drug targets: which they are, what they do, where they are, and which drugs act on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....memory.records import Evidence, ToolResult
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .drug_lists import EVERY, OF_EACH, approved_in, on_every_list, span_told
from .drugs import mechanisms_told
from .plan import Arguments, Node, Results, Section
from .properties import LOWER, RANKS, property_cell, property_words, ranking, within
from .words import (
    amount,
    capital,
    code,
    count_of,
    join,
    known_id,
    misses,
    molecule_name,
    notes,
    plain_name,
    settle,
    target_name,
)

__all__ = ["DrugsForTarget", "TargetIdentity", "TargetProfile", "target_keys", "target_nodes", "via_told"]

_DRUG_ROWS = 25
"""Rows of a table that a person still reads."""


def target_keys(frame: Frame) -> list[tuple[str, Entity]]:
    """The frame's targets under node keys; where none was recognised, the unknown names, which must be looked for."""
    return [(f"t{index}", entity) for index, entity in enumerate(frame.targets or frame.unknown, 1)]


def target_nodes(frame: Frame, tool: str, **more: Any) -> list[Node]:
    """One node of `tool` a target; "its target" is first found by the molecule's mechanism."""
    nodes: list[Node] = []
    for key, entity in target_keys(frame):
        if entity.via:
            nodes.append(Node(f"v{key}", "drug_mechanisms", {"molecule": entity.via}))
            nodes.append(Node(key, tool, _first_target(f"v{key}", more), (f"v{key}",)))
        else:
            nodes.append(Node(key, tool, {"target": entity.value, **more}))
    return nodes


def _first_target(key: str, more: dict[str, Any]) -> Callable[[Results], Arguments | None]:
    """Arguments about the first target that a mechanism names."""

    def arguments(results: Results) -> Arguments | None:
        item = results.found(key)
        rows = item.record["rows"] if item else []
        named = [str(row["accessions"][0]) for row in rows if row.get("accessions")]
        named += [str(row["target_chembl_id"]) for row in rows if row.get("target_chembl_id")]
        return {"target": named[0], **more} if named else None

    return arguments


def via_told(frame: Frame, results: Results) -> list[Part]:
    """Through which mechanism "its target" was found."""
    told: list[Part] = []
    for key, entity in target_keys(frame):
        result = results.get(f"v{key}") if entity.via else None
        if result is not None and results.found(f"v{key}") is not None:
            told += [part for item in result.evidence for part in mechanisms_told(item, references=False)]
    return told


def _settled(frame: Frame, told: Sequence[Part], results: Results, keys: Sequence[str]) -> Section:
    """`settle`, where a target may have been looked for through a molecule and not been found."""
    through = [key for key, entity in target_keys(frame) if entity.via]
    section = settle(told, results, [*(f"v{key}" for key in through), *keys])
    unreached = any(results.get(key) is None for key in through)
    return replace(section, status="partial") if unreached and section.status == "answered" else section


class TargetIdentity:
    """`target_identity`: accession, gene, ChEMBL id, as asked."""

    def plan(self, frame: Frame) -> list[Node]:
        return target_nodes(frame, "find_target")

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        parts = via_told(frame, results)
        for key in keys:
            item = results.found(key)
            if item is not None:
                parts += [*_identity(item, frame), *notes(item)]
        return _settled(frame, parts, results, keys)


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
        return target_nodes(
            frame, "target_profile", **({"include_sequence": True} if "sequence" in frame.aspects else {})
        )

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        parts = [*_longest([item for key in keys if (item := results.found(key))], frame), *via_told(frame, results)]
        for key in keys:
            result = results.get(key)
            if results.found(key) is not None and result is not None:
                parts += _profile(result.evidence, frame)
        return _settled(frame, parts, results, keys)


_LENGTHS = {"length": "length", "mass": "mass"}


def _longest(found: list[Evidence], frame: Frame) -> list[Part]:
    """Which of several proteins is the longest or heaviest, where that is asked."""
    told: list[Part] = []
    for aspect in frame.aspects:
        key = _LENGTHS.get(aspect)
        listed = [item for item in found if key and item.record.get(key)]
        if len(listed) < 2 or key is None:
            continue
        listed.sort(key=lambda item: -item.record[key]["value"])
        first, *others = [f"{target_name(item.record)} ({amount(item.record[key])})" for item in listed]
        word = "longer" if aspect == "length" else "heavier"
        told.append(Sentence(f"{first} is {word} than {join(others)}.", tuple(item.id for item in listed)))
    return told


_PLACE = re.compile(
    r"\b(nucle(?:us|ar)|plasma membrane|cell membrane|membrane|cytoplasm\w*|cytosol\w*|mitochondri\w*|endoplasmic|golgi|lysosom\w*|secreted|extracellular|endosom\w*|peroxisom\w*|cell surface)\b",
    re.IGNORECASE,
)
_HUMAN = re.compile(r"\bhuman\b", re.IGNORECASE)
_CLASS = re.compile(
    r"\b(?:is|was)\s+\S.*?\b(?:an?|in the)\s+(?:human\s+)?(kinase|gpcr|g[- ]protein[- ]coupled receptor|ion channel|transcription factor|protease|nuclear receptor|enzyme"
    r"|membrane protein|transporter|phosphatase|hydrolase|receptor)\b",
    re.IGNORECASE,
)
_CLASS_WORDS = {
    "gpcr": "g-protein coupled receptor",
    "g protein coupled receptor": "g-protein coupled receptor",
    "membrane protein": "membrane",
}


def _profile(evidence: tuple[Evidence, ...], frame: Frame) -> list[Part]:
    first = evidence[0]
    asked = [aspect for aspect in frame.aspects if aspect in _ASPECTS]
    told: list[Part] = []
    wanted = _CLASS.search(frame.clause)
    if wanted is not None:
        told.append(Sentence(_of_class(first.record, wanted.group(1)), (first.id,)))
    organism = str(first.record["target"].get("organism") or "")
    if wanted is None and frame.yes_or_no and _HUMAN.search(frame.clause) and organism:
        verdict = "Yes" if organism == "Homo sapiens" else "No"
        told.append(Sentence(f"{verdict}: this entry of {target_name(first.record)} is from {organism}.", (first.id,)))
    place = _PLACE.search(frame.clause) if frame.yes_or_no else None
    if place is not None and first.record.get("locations"):
        hit = next((str(where) for where in first.record["locations"] if _same_place(place.group(1), str(where))), None)
        name = target_name(first.record)
        text = f"Yes: UniProt places {name} in: {hit}." if hit else f"No: UniProt does not place {name} there."
        told.append(Sentence(text, (first.id,)))
        asked = asked or ["location"]
    if frame.limit is not None and "length" in asked and first.record.get("length"):
        asked.remove("length")
        verdict = "Yes" if within(first.record["length"], frame.limit) else "No"
        told.append(Sentence(f"{verdict}: {_length(first.record)}", (first.id,)))
    if (not asked and not told) or "function" in asked:
        told.append(Sentence(_who(first.record), (first.id,)))
    for aspect in asked or ([] if told and frame.limit else ["function", "location", "family"]):
        for item in evidence:
            sentence = _ASPECTS[aspect](item.record)
            if sentence:
                told.append(Sentence(sentence, (item.id,)))
                break
        else:
            name = target_name(first.record)
            told.append(Sentence(f"No {_ASPECT_WORDS[aspect]} of {name} is in this source.", (first.id,)))
    return [*told, *(note for item in evidence for note in notes(item))]


def _same_place(asked: str, known: str) -> bool:
    """`plasma membrane` and `cell membrane` are one; `nuclear` is `nucleus`."""
    word = asked.casefold()
    word = {
        "plasma membrane": "cell membrane",
        "cell surface": "cell membrane",
        "nuclear": "nucle",
        "nucleus": "nucle",
    }.get(word, word[:8])
    return word in known.casefold()


def _of_class(record: Mapping[str, Any], wanted: str) -> str:
    """Whether UniProt's family, keywords, locations or names make it one of these."""
    word = wanted.casefold().replace("-", " ") if wanted.casefold().startswith("g") else wanted.casefold()
    word = _CLASS_WORDS.get(word, word)
    described = [
        record.get("family"),
        *record.get("molecular_functions", []),
        *record.get("locations", []),
        record["target"].get("name"),
    ]
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
    return (
        f"{target_name(record)} is annotated as {join(_inside_a_sentence(word) for word in keywords)}."
        if keywords
        else ""
    )


def _inside_a_sentence(term: str) -> str:
    """A term of a vocabulary without its capital; `DNA-binding` and `RNA polymerase` keep theirs."""
    return term if term[1:2].isupper() else term[:1].lower() + term[1:]


def _location(record: Mapping[str, Any]) -> str:
    places = join(_inside_a_sentence(str(place)) for place in record.get("locations", []))
    return f"{target_name(record)} is located in: {places}." if places else ""


def _family(record: Mapping[str, Any]) -> str:
    return f"{target_name(record)} belongs to the {record['family']}." if record.get("family") else ""


def _length(record: Mapping[str, Any]) -> str:
    return f"{target_name(record)} has {amount(record['length'])}." if record.get("length") else ""


def _mass(record: Mapping[str, Any]) -> str:
    return f"The mass of {target_name(record)} is {amount(record['mass'])}." if record.get("mass") else ""


def _disease(record: Mapping[str, Any]) -> str:
    diseases = [str(item["name"]) for item in record.get("diseases", [])][:8]
    return f"UniProt links {target_name(record)} to {join(diseases)}." if diseases else ""


def _names(record: Mapping[str, Any]) -> str:
    names = list(dict.fromkeys(str(item) for item in record.get("names", [])))[:10]
    return f"{target_name(record)} is also called {join(names)}." if names else ""


def _organism(record: Mapping[str, Any]) -> str:
    organism = record["target"].get("organism")
    return f"This entry of {target_name(record)} is from {organism}." if organism else ""


def _ec(record: Mapping[str, Any]) -> str:
    numbers = [str(item) for item in record.get("ec_numbers", [])]
    return f"The EC number of {target_name(record)} is {join(numbers)}." if numbers else ""


def _sequence(record: Mapping[str, Any]) -> str:
    return f"The sequence of {target_name(record)} is {code(record['sequence'])}." if record.get("sequence") else ""


def _keywords(record: Mapping[str, Any]) -> str:
    words = [str(word) for word in (*record.get("molecular_functions", []), *record.get("processes", []))]
    return f"The UniProt keywords of {target_name(record)} include {join(words)}." if words else ""


def _xref(record: Mapping[str, Any]) -> str:
    listed = [f"{database} {join(ids)}" for database, ids in record.get("cross_references", {}).items() if ids]
    return f"UniProt refers from {target_name(record)} to {join(listed)}." if listed else ""


_ASPECTS = {
    "function": _function, "location": _location, "family": _family, "length": _length, "mass": _mass,
    "disease": _disease, "names": _names, "organism": _organism, "ec": _ec, "sequence": _sequence, "keywords": _keywords, "xref": _xref,
}  # fmt: skip
_ASPECT_WORDS = {
    "function": "function", "location": "location", "family": "family", "length": "length", "mass": "mass",
    "disease": "linked disease", "names": "other name", "organism": "organism", "ec": "EC number", "sequence": "sequence",
    "keywords": "keyword", "xref": "cross-reference",
}  # fmt: skip


class DrugsForTarget:
    """`drugs_for_target`: a table, approved drugs first."""

    def plan(self, frame: Frame) -> list[Node]:
        more: dict[str, Any] = {"approved_only": True} if "approved" in frame.aspects else {}
        if frame.most is not None:
            more["most"] = frame.most
        nodes = target_nodes(frame, "drugs_for_target", **more, **approved_in(frame))
        if frame.diseases:
            # Who asks for the drugs of a disease that hit a target wants those that are on both lists.
            every = {**more, **approved_in(frame), "most": EVERY}
            nodes = target_nodes(frame, "drugs_for_target", **every)
            nodes += [
                Node(f"d{index}", "drugs_for_indication", {"indication": entity.value, **every})
                for index, entity in enumerate(frame.diseases, 1)
            ]
        if frame.properties or frame.rules:
            keys = [key for key, _ in target_keys(frame)]
            nodes += [
                Node(_of_drug(key, place), "molecule_properties", _drug_found(key, place), (key,))
                for key in keys
                for place in range(_COMPUTED_AT_MOST)
            ]
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in target_keys(frame)]
        if frame.diseases or (len(keys) > 1 and OF_EACH.search(frame.clause)):
            return on_every_list(frame, target_keys(frame), results)
        parts = via_told(frame, results)
        for key in keys:
            result = results.get(key)
            if result is not None and results.found(key) is not None:
                parts += _drugs(result.evidence, frame)
            computed = [
                item for place in range(_COMPUTED_AT_MOST) if (item := results.found(_of_drug(key, place))) is not None
            ]
            parts = [*_first(computed, frame), *parts, *(_table_of(computed, frame) if computed else [])]
            parts += _without_structure([results.get(_of_drug(key, place)) for place in range(_COMPUTED_AT_MOST)])
        return _settled(frame, parts, results, keys)


_COMPUTED_AT_MOST = 40


def _of_drug(key: str, place: int) -> str:
    return f"p{key}-{place}"


def _drug_found(key: str, place: int) -> Callable[[Results], Arguments | None]:
    """The drug at that place of what was found, to be computed with; None where there is none."""

    def arguments(results: Results) -> Arguments | None:
        result = results.get(key)
        rows = [row for item in result.evidence for row in item.record.get("rows", [])] if result else []
        return {"molecule": str(rows[place]["name"] or rows[place]["chembl_id"])} if place < len(rows) else None

    return arguments


def _first(items: list[Evidence], frame: Frame) -> list[Part]:
    """Which drugs keep to the limit, or who has the highest or lowest value, where that was asked."""
    if not items or not frame.properties:
        return []
    key, ids = frame.properties[0], tuple(item.id for item in items)
    if frame.limit is not None and len(frame.properties) == 1:
        kept = [item for item in items if within(item.record["properties"].get(key, {}), frame.limit)]
        names = join(molecule_name(item.record) for item in kept)
        return [Sentence(f"Within that limit: {names}." if kept else "None of them is within that limit.", ids)]
    if RANKS.search(frame.clause) is None:
        return []
    text = ranking([item.record for item in items], key, LOWER.search(frame.clause) is None)
    return [Sentence(text, ids)] if text else []


def _without_structure(results: Sequence[ToolResult | None]) -> list[Part]:
    """Drugs with which nothing could be computed, in one sentence: antibodies have no structure here."""
    missed = [item for result in results if result is not None and result.status == "empty" for item in result.evidence]
    bare = [item for item in missed if _NO_STRUCTURE in str(item.record.get("message"))]
    names = sorted(plain_name(str(item.record["message"]).partition(_NO_STRUCTURE)[0]) for item in bare)
    told: list[Part] = []
    if names:
        text = f"Not computed, since no structure is in this source: {join(names)}."
        told.append(Sentence(text, tuple(item.id for item in bare)))
    failed = [result for result in results if result is not None and result.status == "failed"]
    return [*told, *misses(failed)]


_NO_STRUCTURE = " has no structure"


def _table_of(items: list[Evidence], frame: Frame) -> list[Part]:
    """The properties asked for of each drug."""
    shown = frame.properties or ("molecular_weight", "clogp", "tpsa", "qed")
    rows = [
        Row(
            (molecule_name(item.record), *(property_cell(item.record["properties"][key], key) for key in shown)),
            (item.id,),
        )
        for item in items
    ]
    return [Table(("drug", *(property_words(key) for key in shown)), tuple(rows))]


def _drugs(evidence: tuple[Evidence, ...], frame: Frame) -> list[Part]:
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
    kind = "approved drug" if frame.years or "approved" in frame.aspects else "drug"
    when = span_told(first.record)
    parts: list[Part] = [
        Sentence(
            f"{capital(count_of(total, kind))} in this source {verb} on {name}{f', {when}' if when else ''}.",
            (first.id,),
        )
    ]
    parts.append(Table(("drug", "action", "first approval", "ChEMBL id"), tuple(table)))
    if len(table) < total:
        parts.append(
            Aside(f"The table shows the first {len(table)}; ask for more by number, as in “top {min(total, 100)}”.")
        )
    return [*parts, *(note for item in evidence for note in notes(item))]
