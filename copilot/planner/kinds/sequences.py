"""DNA, RNA and protein sequences; and concentrations in another unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence
from ..contract import Part, Row, Sentence, Table
from ..frames import Entity, Frame
from ..sequences_in_text import RESIDUES
from .plan import Arguments, Node, Results, Section
from .properties import molecule_keys, within
from .words import amount, code, count_of, join, molecule_name, notes, number, settle

__all__ = ["Concentration", "Sequence"]

_OPERATIONS = {
    "translate": "translate",
    "transcribe": "transcribe",
    "reverse_complement": "reverse_complement",
    "gc_content": "gc_content",
    "orfs": "orfs",
    "protein_properties": "protein_properties",
    "alignment": "align",
    "restriction": "restriction_sites",
}
_LONGEST_SHOWN = 2_000


class Sequence:
    """Every kind that `sequence_tools` answers; a protein named by its target is looked up first."""

    def plan(self, frame: Frame) -> list[Node]:
        operation = _OPERATIONS[frame.kind]
        given = [entity.value for entity in frame.sequences]
        if frame.kind == "alignment" and len(given) > 1:
            mode = {"alignment_mode": "local"} if _LOCAL.search(frame.clause) else {}
            return [
                Node("s1", "sequence_tools", {"operation": operation, "sequence": given[0], "other": given[1], **mode})
            ]
        if frame.kind == "protein_properties" and frame.sequences and frame.sequences[0].kind != "peptide":
            return [node for index, text in enumerate(given, 1) for node in _of_translation(f"s{index}", text)]
        more: dict[str, Any] = _reading_frame(frame) if frame.kind == "translate" else {}
        if frame.kind in ("translate", "orfs") and (code_number := _genetic_code(frame)):
            more["genetic_code"] = code_number
        if frame.kind == "restriction" and frame.enzymes:
            more["enzymes"] = list(frame.enzymes)
        if frame.kind == "orfs":
            more["min_orf_aa"] = 5 if sum(map(len, given)) < 300 else 30
        nodes = [
            Node(f"s{index}", "sequence_tools", {"operation": operation, "sequence": text, **more})
            for index, text in enumerate(given, 1)
        ]
        if not given and frame.kind in ("protein_properties", "alignment"):
            nodes += _of_targets(frame, operation)
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [node.key for node in self.plan(frame)]
        parts: list[Part] = []
        for key in keys:
            item = results.found(key)
            if item is None or item.record["type"] not in _TOLD:
                continue
            parts += [*_TOLD[item.record["type"]](item, frame), *notes(item)]
        return settle(parts, results, keys)


_LOCAL = re.compile(r"\blocal(?:ly)?\b|\bsmith[- ]?waterman\b", re.IGNORECASE)
_FRAME = re.compile(
    r"\bframe\s*(?:no\.?\s*)?([+-]?[123])\b|\b([123])(?:st|nd|rd)\s+(?:reading\s+)?frame\b|\b(first|second|third)\s+(?:reading\s+)?frame\b",
    re.IGNORECASE,
)
_CODES = {
    "mitochondrial": 2,
    "mitochondria": 2,
    "bacterial": 11,
    "bacteria": 11,
    "prokaryotic": 11,
    "plastid": 11,
    "yeast mitochondrial": 3,
}
_CODE = re.compile(
    r"\b(?:genetic\s+code|(?:translation\s+)?table|code)\s*(?:no\.?\s*|number\s*)?(\d{1,2})\b", re.IGNORECASE
)


def _reading_frame(frame: Frame) -> dict[str, Any]:
    hit = _FRAME.search(frame.clause)
    if hit is None:
        return {}
    word = hit.group(1) or hit.group(2) or {"first": "1", "second": "2", "third": "3"}[hit.group(3).casefold()]
    return {"frame": int(word)}


def _genetic_code(frame: Frame) -> int | None:
    hit = _CODE.search(frame.clause)
    if hit is not None:
        return int(hit.group(1))
    plain = frame.clause.casefold()
    return next((number for word, number in _CODES.items() if word in plain), None)


def _of_translation(key: str, text: str) -> list[Node]:
    """The protein that a nucleic acid encodes, and then its properties."""

    def arguments(results: Results) -> Arguments | None:
        item = results.found(f"t{key}", "sequence_translation")
        return (
            {"operation": "protein_properties", "sequence": item.record["protein"]}
            if item and item.record["protein"]
            else None
        )

    translation = Node(f"t{key}", "sequence_tools", {"operation": "translate", "sequence": text})
    return [translation, Node(key, "sequence_tools", arguments, (f"t{key}",))]


def _of_targets(frame: Frame, operation: str) -> list[Node]:
    entities: tuple[Entity, ...] = frame.targets or frame.unknown
    profiles = [
        Node(f"t{index}", "target_profile", {"target": entity.value, "include_sequence": True})
        for index, entity in enumerate(entities, 1)
    ]
    keys = tuple(node.key for node in profiles)
    if operation == "align":
        return [*profiles, Node("s1", "sequence_tools", _align_found, keys)] if len(keys) > 1 else profiles
    return [*profiles, *(Node(f"s{key}", "sequence_tools", _properties_found(key), (key,)) for key in keys)]


def _sequence_in(results: Results, key: str) -> str | None:
    item = results.found(key, "target_profile")
    return item.record.get("sequence") or None if item else None


def _align_found(results: Results) -> Arguments | None:
    first, second = _sequence_in(results, "t1"), _sequence_in(results, "t2")
    return {"operation": "align", "sequence": first, "other": second} if first and second else None


def _properties_found(key: str) -> Any:
    def arguments(results: Results) -> Arguments | None:
        found = _sequence_in(results, key)
        return {"operation": "protein_properties", "sequence": found} if found else None

    return arguments


def _letters(text: str) -> str:
    return code(text) if len(text) <= _LONGEST_SHOWN else f"{code(text[:60])} (and so on: the record holds it whole)"


def _translation(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    length = amount(record["protein_length"])
    parts: list[Part] = [Sentence(f"The protein is {_letters(record['protein'])} ({length}).", (item.id,))]
    table = record["genetic_code"]
    stop = f"the stop codon {record['stop_codon']}" if record.get("stop_codon") else "no stop codon"
    text = f"Read in frame {record['frame']} with NCBI genetic code {table['ncbi_id']} ({table['name']}), with {stop}."
    return [*parts, Sentence(text, (item.id,))]


def _transcription(item: Evidence, frame: Frame) -> list[Part]:
    return [Sentence(f"The RNA is {_letters(item.record['result'])}.", (item.id,))]


def _reverse_complement(item: Evidence, frame: Frame) -> list[Part]:
    return [Sentence(f"The reverse complement is {_letters(item.record['result'])}.", (item.id,))]


def _gc(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    counted = f"{number(record['gc_count']['value'])} of {number(record['counted_letters']['value'])} letters"
    verdict = "" if frame.limit is None else "Yes: the" if within(record["gc_content"], frame.limit) else "No: the"
    return [Sentence(f"{verdict or 'The'} GC content is {amount(record['gc_content'], 2)} ({counted}).", (item.id,))]


def _orfs(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    total, least = record["total"]["value"], amount(record["least_length"])
    frames = sorted(record["orfs"], key=lambda row: -row["length"]["value"])
    found = count_of(total, "open reading frame")
    if not frames:
        return [Sentence(f"There is {found} of at least {least}.", (item.id,))]
    best = frames[0]
    text = (
        f"The longest open reading frame has {amount(best['length'])}, on the {best['strand']} strand in frame"
        f" {best['frame']}, from {number(best['start'])} to {number(best['end'])}: {_letters(best['protein'])}."
    )
    parts: list[Part] = [Sentence(text, (item.id,))]
    if total > 1:
        parts.append(Sentence(f"In all there are {found} of at least {least}.", (item.id,)))
    return parts


_PROTEIN = {
    "mass": ("average molecular weight", "molecular_weight", 2),
    "pi": ("isoelectric point", "isoelectric_point", 2),
    "gravy": ("GRAVY", "gravy", 3),
    "instability": ("instability index", "instability_index", 2),
    "aromaticity": ("aromaticity", "aromaticity", 3),
    "extinction": ("extinction coefficient (cysteines reduced)", "extinction_reduced", None),
    "charge": ("net charge at pH 7.4", "charge_at_ph_7_4", 2),
}


def _protein(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    asked = [aspect for aspect in frame.aspects if aspect in _PROTEIN]
    counted = _composition(item, frame)
    if counted:
        return counted
    asked += ["mass"] if "molecular_weight" in frame.properties and "mass" not in asked else []
    if "monoisotopic_mass" in frame.properties:
        text = f"The monoisotopic mass is {amount(record['monoisotopic_mass'], 4)}."
        return [Sentence(text, (item.id,))]
    if not asked:
        rows = [
            Row((words, amount(record[key], decimals), str(record[key]["convention"])), (item.id,))
            for words, key, decimals in _PROTEIN.values()
        ]
        rows.insert(1, Row(("monoisotopic mass", amount(record["monoisotopic_mass"], 4), ""), (item.id,)))
        return [Table(("property", "value", "how"), tuple(rows))]
    parts: list[Part] = []
    for aspect in asked:
        words, key, decimals = _PROTEIN[aspect]
        value = record[key]
        shown = number(value["value"], decimals) if value["unit"] == "pH" else amount(value, decimals)
        parts.append(Sentence(f"The {words} is {shown} ({value['convention']}).", (item.id,)))
    if "instability" in asked and "predicted_stable" in record:
        verdict = "stable" if record["predicted_stable"] else "unstable"
        parts.append(Sentence(f"By this index the protein is classed as {verdict}.", (item.id,)))
    return parts


def _composition(item: Evidence, frame: Frame) -> list[Part]:
    """How long it is, and how many of the residues named it has."""
    record, plain = item.record, frame.clause.casefold()
    told: list[Part] = []
    if "length" in frame.aspects:
        told.append(Sentence(f"It has {amount(record['sequence']['length'])}.", (item.id,)))
    for word, letter in RESIDUES.items():
        if re.search(rf"\b{word}s?\b", plain):
            count = record["composition"].get(letter, 0)
            text = f"It has {count_of(count, word)}." if count else f"There is no {word} in it."
            told.append(Sentence(text, (item.id,)))
    return told


def _alignment(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    text = (
        f"The two sequences are {amount(record['identity'], 1)} identical ({number(record['identical']['value'])} of"
        f" {number(record['columns']['value'])} columns, {number(record['gaps']['value'])} with gaps)."
    )
    scoring = record["scoring"]["description"]
    return [
        Sentence(text, (item.id,)),
        Sentence(f"The score is {number(record['score']['value'])} ({record['mode']}; {scoring}).", (item.id,)),
    ]


def _restriction(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    cutters = record["cutters"]
    parts: list[Part] = []
    if cutters:
        rows = [
            Row((row["enzyme"], row["site"], ", ".join(number(place) for place in row["positions"])), (item.id,))
            for row in cutters
        ]
        parts.append(Sentence(f"These enzymes cut: {join(str(row['enzyme']) for row in cutters)}.", (item.id,)))
        parts.append(Table(("enzyme", "site", "cuts before base"), tuple(rows)))
    missing = [str(name) for name in record["not_cutting"]]
    if frame.enzymes and missing:
        parts.append(Sentence(f"No site for {join(missing, 'or')} was found.", (item.id,)))
    elif not cutters:
        parts.append(Sentence("No enzyme of the set looked at cuts it.", (item.id,)))
    return parts


_TOLD = {
    "sequence_translation": _translation,
    "sequence_transcription": _transcription,
    "sequence_reverse_complement": _reverse_complement,
    "sequence_gc": _gc,
    "sequence_orfs": _orfs,
    "protein_properties": _protein,
    "sequence_alignment": _alignment,
    "restriction_map": _restriction,
}


class Concentration:
    """`concentration`: one call a quantity, with the molecule where one is named."""

    def plan(self, frame: Frame) -> list[Node]:
        molecules = [entity.value for _, entity in molecule_keys(frame)]
        nodes = []
        for index, quantity in enumerate(frame.quantities, 1):
            wanted: dict[str, Any] = {
                "value": quantity.number,
                "unit": quantity.unit,
                "to_unit": _other(quantity, frame),
            }
            if molecules:
                wanted["molecule"] = molecules[0]
            nodes.append(Node(f"q{index}", "convert_concentration", wanted))
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [node.key for node in self.plan(frame)]
        parts: list[Part] = []
        for key in keys:
            item = results.found(key)
            if item is not None:
                parts += [*_converted(item), *notes(item)]
        return settle(parts, results, keys)


def _other(quantity: Entity, frame: Frame) -> str:
    """The unit asked for, or the one that chemists would want next to the one given."""
    if frame.to_unit:
        return frame.to_unit
    if quantity.unit.startswith("p"):
        return "pM" if quantity.unit == "nM" else "nM"
    return {"nM": "µM", "µM": "nM", "pM": "nM", "mM": "µM", "M": "nM"}.get(quantity.unit, "nM")


def _converted(item: Evidence) -> list[Part]:
    record: Mapping[str, Any] = item.record
    of = f" of {molecule_name(record)}" if record.get("molecule") else ""
    parts: list[Part] = [Sentence(f"{_shown(record['from'])}{of} is {_shown(record['to'])}.", (item.id,))]
    weight = record.get("molecular_weight")
    if weight:
        parts.append(Sentence(f"The molecular weight used is {amount(weight, 3)}, the average one.", (item.id,)))
    if record.get("arithmetic"):
        parts.append(Sentence(f"The arithmetic: {code(record['arithmetic'])}.", (item.id,)))
    return parts


def _shown(quantity: Mapping[str, Any]) -> str:
    if quantity["unit"] == "dimensionless":  # a logged concentration: its kind is what people call its unit
        return f"{quantity['kind']} {number(quantity['value'])}"
    return amount(quantity)
