"""Computed properties, drug-likeness rules and the BOILED-Egg of one or more molecules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.records import Evidence
from ..contract import Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .plan import Node, Results, Section
from .several import FEW, notes_once, sides
from .words import amount, capital, join, molecule_name, notes, settle

__all__ = [
    "LOWER",
    "RANKS",
    "DrugLikeness",
    "Permeability",
    "Property",
    "molecule_keys",
    "molecule_nodes",
    "property_cell",
    "property_words",
    "ranking",
    "within",
]

_WORDS: dict[str, tuple[str, int | None]] = {
    "molecular_weight": ("average molecular weight", 2),
    "monoisotopic_mass": ("monoisotopic mass", 4),
    "formula": ("molecular formula", None),
    "clogp": ("Crippen cLogP", 2),
    "tpsa": ("topological polar surface area (TPSA)", 2),
    "hbd": ("hydrogen bond donors", None),
    "hba": ("hydrogen bond acceptors", None),
    "rotatable_bonds": ("rotatable bonds", None),
    "rings": ("rings", None),
    "aromatic_rings": ("aromatic rings", None),
    "fsp3": ("fraction of sp3 carbons (Fsp3)", 3),
    "heavy_atoms": ("heavy atoms", None),
    "formal_charge": ("formal charge", None),
    "qed": ("QED", 3),
    "sa_score": ("synthetic accessibility (SA) score", 2),
    "molar_refractivity": ("Crippen molar refractivity", 2),
    "stereocentres": ("stereocentres", None),
}
_COLUMNS = ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "qed")
_COUNTS = frozenset(("hbd", "hba", "rotatable_bonds", "rings", "aromatic_rings", "heavy_atoms", "stereocentres"))
_SINGULAR = {
    "hbd": "hydrogen bond donor",
    "hba": "hydrogen bond acceptor",
    "rotatable_bonds": "rotatable bond",
    "rings": "ring",
    "aromatic_rings": "aromatic ring",
    "heavy_atoms": "heavy atom",
    "stereocentres": "stereocentre",
}
_RULES = {
    "lipinski": "Lipinski's rule of five",
    "veber": "Veber's rule",
    "egan": "Egan's rule",
    "ghose": "the Ghose filter",
    "lead_like": "the lead-likeness rule",
}


def property_words(key: str) -> str:
    """What an answer calls a property."""
    return _WORDS[key][0] if key in _WORDS else key.replace("_", " ")


def property_cell(value: Mapping[str, Any], key: str) -> str:
    """A property's value as shown, with its unit; a formula is text."""
    if "text" in value:
        return str(value["text"])
    return amount(value, _WORDS.get(key, ("", None))[1])


def molecule_keys(frame: Frame) -> list[tuple[str, Entity]]:
    """The frame's molecules under node keys, unknown names among them: those must be looked for to be missed."""
    entities = sorted({*frame.molecules, *frame.unknown}, key=lambda entity: entity.start)
    listed = [*frame.molecules, *(item for item in entities if item not in frame.molecules)]
    return [(f"m{index}", entity) for index, entity in enumerate(listed, 1)]


def molecule_nodes(frame: Frame, tool: str, **arguments: Any) -> list[Node]:
    """One node of `tool` a molecule."""
    return [Node(key, tool, {"molecule": entity.value, **arguments}) for key, entity in molecule_keys(frame)]


class Property:
    """`property`: what was asked for in a sentence each, a table for several molecules or a whole panel."""

    def plan(self, frame: Frame) -> list[Node]:
        wanted = tuple(frame.properties)
        if wanted == ("molecular_weight",):
            wanted = ("molecular_weight", "monoisotopic_mass")  # the two are mixed up so often that both are told
        return molecule_nodes(frame, "molecule_properties", **({"properties": list(wanted)} if wanted else {}))

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        found = [item for key in keys if (item := results.found(key))]
        if not found:
            return settle((), results, keys)
        parts: list[Part]
        if len(found) == 1 and 0 < len(frame.properties) <= 4:
            parts = [
                _told(found[0], key, limit=frame.limit if len(frame.properties) == 1 else None)
                for key in frame.properties
                if key in found[0].record["properties"]
            ]
            if frame.properties == ("molecular_weight",) and "monoisotopic_mass" in found[0].record["properties"]:
                parts.append(_told(found[0], "monoisotopic_mass", subject="Its"))
        elif len(found) == 1:
            parts = [_panel(found[0])]
        else:
            falling = LOWER.search(frame.clause) is None
            ranked = [ranking([item.record for item in found], key, falling) for key in frame.properties[:2]]
            parts = [Sentence(text, tuple(item.id for item in found)) for text in ranked if text]
            parts += [
                _side_by_side(found, frame.properties or ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "qed"))
            ]
        for item in found:
            parts += notes(item)
        return settle(parts, results, keys)


def _told(item: Evidence, key: str, subject: str = "", limit: tuple[str, float] | None = None) -> Sentence:
    record = item.record
    value = record["properties"][key]
    name = molecule_name(record)
    shown = property_cell(value, key)
    convention = f" ({value['convention']})" if value.get("convention") and not subject else ""
    verdict = _verdict(value, limit)
    if key in _COUNTS:
        noun = _SINGULAR[key] if value["value"] == 1 else property_words(key)
        return Sentence(f"{verdict}{name if verdict else capital(name)} has {shown} {noun}{convention}.", (item.id,))
    if subject:
        return Sentence(f"{subject} {property_words(key)} is {shown}.", (item.id,))
    return Sentence(
        f"{verdict}{'the' if verdict else 'The'} {property_words(key)} of {name} is {shown}{convention}.", (item.id,)
    )


def _verdict(value: Mapping[str, Any], limit: tuple[str, float] | None) -> str:
    """`Yes: ` or `No: ` where the question compares the value with a number of its own."""
    if limit is None or "value" not in value:
        return ""
    return "Yes: " if within(value, limit) else "No: "


def within(value: Mapping[str, Any], limit: tuple[str, float]) -> bool:
    """Whether a quantity keeps to a limit such as (`<`, 500)."""
    relation, number = limit
    found = float(value.get("value", float("nan")))
    holds = {
        "<": found < number,
        "<=": found <= number,
        ">": found > number,
        ">=": found >= number,
        "=": found == number,
    }
    return holds.get(relation, found != number)


LOWER = re.compile(
    r"\b(?:low(?:er|est)?|less|least|light(?:er|est)?|small(?:er|est)?|fewer|fewest|short(?:er|est)?)\b", re.IGNORECASE
)
"""The question is about who has less."""
RANKS = re.compile(
    r"\b(?:most|least|fewest|highest|lowest|largest|smallest|biggest|heaviest|lightest|greatest|best|worst|rank\w*|sort\w*|order)\b",
    re.IGNORECASE,
)
"""The question is about who has most or least."""


def ranking(rows: Sequence[Mapping[str, Any]], key: str, falling: bool = True) -> str:
    """Who has the highest (or lowest) value as shown; empty where fewer than two rows have one."""
    listed = [row for row in rows if "value" in row["properties"].get(key, {})]
    if len(listed) < 2:
        return ""
    listed.sort(key=lambda row: row["properties"][key]["value"], reverse=falling)
    shown = [property_cell(row["properties"][key], key) for row in listed]
    named = [f"{molecule_name(row)} ({cell})" for row, cell in zip(listed, shown, strict=True)]
    first = [name for name, cell in zip(named, shown, strict=True) if cell == shown[0]]
    others = named[len(first) :]
    if not others:
        return f"{capital(join(first))} do not differ in {property_words(key)}."
    word = "higher" if falling else "lower"
    return f"By {property_words(key)}, {join(first)} {'is' if len(first) == 1 else 'are'} {word} than {join(others)}."


def _panel(item: Evidence) -> Table:
    rows = [
        Row((capital(property_words(key)), property_cell(value, key), str(value.get("convention", ""))), (item.id,))
        for key, value in item.record["properties"].items()
        if key in _WORDS
    ]
    return Table((molecule_name(item.record), "value", "how"), tuple(rows))


def _side_by_side(found: Sequence[Evidence], properties: Sequence[str]) -> Table:
    shown = [key for key in properties if any(key in item.record["properties"] for item in found)]
    rows = [
        Row(
            (
                molecule_name(item.record),
                *(
                    property_cell(item.record["properties"][key], key) if key in item.record["properties"] else "–"
                    for key in shown
                ),
            ),
            (item.id,),
        )
        for item in found
    ]
    return Table(("molecule", *(property_words(key) for key in shown)), tuple(rows))


_BREAKING = re.compile(r"\b(?:violat\w*|break\w*|broken?|fail\w*|exceed\w*|against|outside|beyond)\b", re.IGNORECASE)
"""The question is whether the rule is broken: yes and no change places."""


class DrugLikeness:
    """`drug_likeness`: the rules asked for, or all of them with QED."""

    def plan(self, frame: Frame) -> list[Node]:
        return molecule_nodes(frame, "molecule_properties")

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        found = [item for key in keys if (item := results.found(key)) is not None]
        breaking = _BREAKING.search(frame.clause) is not None
        parts = self._across(found, frame, breaking)
        if parts and len(found) > FEW:
            parts.append(self._table(found, (frame.rules or ("lipinski",))[0]))
        else:
            parts += [part for item in found for part in self._one(item, frame.rules, breaking)]
        return settle([*parts, *notes_once(found)], results, keys)

    def _across(self, found: Sequence[Evidence], frame: Frame, breaking: bool) -> list[Part]:
        """Who follows the first rule asked for and who does not; by QED where the more drug-like one is asked for."""
        if not frame.rules and _MORE.search(frame.clause):
            ranked = ranking([item.record for item in found], "qed")
            return [Sentence(ranked, tuple(item.id for item in found))] if ranked else []
        key = (frame.rules or ("lipinski",))[0]
        verbs = [f"{{}} {verb} {_RULES[key]}." for verb in ("follow", "do not follow")]
        single = [f"{{}} {verb} {_RULES[key]}." for verb in ("follows", "does not follow")]
        passing = [item for item in found if item.record["rules"][key]["passes"]]
        said = [
            single[side] if count == 1 else verbs[side]
            for side, count in enumerate((len(passing), len(found) - len(passing)))
        ]
        if breaking:
            return sides(frame, found, lambda item: item not in passing, said[1], said[0])
        return sides(frame, found, lambda item: item in passing, said[0], said[1])

    def _table(self, found: Sequence[Evidence], key: str) -> Table:
        rows = []
        for item in found:
            rule, qed = item.record["rules"][key], item.record["properties"].get("qed")
            verdict = "follows" if rule["passes"] else "does not follow"
            shown = property_cell(qed, "qed") if qed else "–"
            rows.append(Row((molecule_name(item.record), verdict, _broken(rule) or "–", shown), (item.id,)))
        return Table(("molecule", _RULES[key], "violations", "QED"), tuple(rows))

    def _one(self, item: Evidence, asked: Sequence[str], breaking: bool) -> list[Part]:
        name, rules = molecule_name(item.record), item.record["rules"]
        first = (asked or ("lipinski",))[0]
        parts: list[Part] = []
        for index, key in enumerate(asked or (first,)):
            rule = rules[key]
            follows = f"{name} {'follows' if rule['passes'] else 'does not follow'} {_RULES[key]}"
            answer = "Yes: " if rule["passes"] != breaking else "No: "
            parts.append(Sentence(f"{answer}{follows}." if index == 0 else f"{capital(follows)}.", (item.id,)))
            parts.append(Sentence(_violations(rule), (item.id,)))
        if not asked:
            others = [key for key in _RULES if key in rules and key != first]
            passed = [_RULES[key] for key in others if rules[key]["passes"]]
            broken = [f"{_RULES[key]} ({_broken(rules[key])})" for key in others if not rules[key]["passes"]]
            if passed:
                parts.append(Sentence(f"It also passes {join(passed)}.", (item.id,)))
            if broken:
                parts.append(Sentence(f"It does not pass {join(broken)}.", (item.id,)))
            qed = item.record["properties"].get("qed")
            if qed:
                text = f"Its QED is {property_cell(qed, 'qed')} on a scale from 0 to 1."
                parts.append(Sentence(text, (item.id,)))
        return parts


_MORE = re.compile(r"\b(?:more|most|less|least|best|better)\b", re.IGNORECASE)


def _violations(rule: Mapping[str, Any]) -> str:
    count = rule["violations"]
    if not count:
        return "It has 0 violations."
    return f"It has {count} violation{'s' if count > 1 else ''}: {_broken(rule)}."


def _broken(rule: Mapping[str, Any]) -> str:
    return join(str(detail["text"]) for detail in rule["details"] if not detail["passes"])


class Permeability:
    """`permeability`: BOILED-Egg, always labelled as a rule."""

    def plan(self, frame: Frame) -> list[Node]:
        return molecule_nodes(frame, "molecule_properties", properties=["clogp", "tpsa"], rules=True)

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        found = [item for key in keys if (item := results.found(key)) is not None]
        parts = self._across(found, frame)
        if parts and len(found) > FEW:
            return settle([*parts, self._table(found), *notes_once(found)], results, keys)
        for item in found:
            egg, name = item.record["rules"]["boiled_egg"], molecule_name(item.record)
            gut_only = _of_gut(frame)
            brain = "is" if egg["bbb_permeant"] else "is not"
            gut = "is" if egg["gi_absorption"] else "is not"
            first = f"{name} {brain} expected to cross the blood–brain barrier by the BOILED-Egg rule."
            second = f"{name} {gut} expected to be well absorbed from the gut by the BOILED-Egg rule."
            for text in (second, first) if gut_only else (first, second):
                parts.append(Sentence(capital(text), (item.id,)))
            inputs = egg["inputs"]
            parts.append(
                Sentence(
                    f"Its inputs are WLOGP {amount(inputs['wlogp'], 2)} and TPSA {amount(inputs['tpsa'], 2)}.",
                    (item.id,),
                )
            )
        return settle([*parts, *notes_once(found)], results, keys)

    def _across(self, found: Sequence[Evidence], frame: Frame) -> list[Part]:
        """Who is expected in the brain and who is not, or absorbed from the gut."""
        key, does = (
            ("gi_absorption", "be well absorbed from the gut")
            if _of_gut(frame)
            else ("bbb_permeant", "cross the blood–brain barrier")
        )
        rule = "by the BOILED-Egg rule"
        yes, no = f"{rule}, expected to {does}: {{}}.", f"{rule}, not expected to {does}: {{}}."
        return sides(frame, found, lambda item: bool(item.record["rules"]["boiled_egg"][key]), yes, no)

    def _table(self, found: Sequence[Evidence]) -> Table:
        rows = []
        for item in found:
            egg = item.record["rules"]["boiled_egg"]
            cells = ["yes" if egg[key] else "no" for key in ("bbb_permeant", "gi_absorption")]
            inputs = [amount(egg["inputs"][key], 2) for key in ("wlogp", "tpsa")]
            rows.append(Row((molecule_name(item.record), *cells, *inputs), (item.id,)))
        return Table(("molecule", "brain", "gut", "WLOGP", "TPSA"), tuple(rows))


def _of_gut(frame: Frame) -> bool:
    return "gi" in frame.aspects and "bbb" not in frame.aspects
