"""Structures: alerts, similarity, comparison, neighbours, substructures, scaffolds, parents, drawings, identifiers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....memory.records import Evidence
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Frame
from .containing import searches_of, tell_searches
from .plan import Node, Results, Section, Status
from .properties import LOWER, molecule_keys, molecule_nodes, property_cell, property_words, ranking
from .several import FEW, by_count, notes_once, sides
from .words import amount, capital, code, count_of, join, known_id, molecule_name, notes, number, plain_name, settle

__all__ = ["Alerts", "Compare", "Draw", "Identity", "Nearest", "Scaffold", "Similarity", "Standardise", "Substructure"]


class _EachMolecule:
    """A kind whose tool is called once a molecule and told one by one."""

    tool: str

    def arguments(self, frame: Frame) -> dict[str, Any]:
        return {}

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        raise TypeError(f"{type(self).__name__} tells nothing")

    def plan(self, frame: Frame) -> list[Node]:
        return molecule_nodes(frame, self.tool, **self.arguments(frame))

    def across(self, items: Sequence[Evidence], frame: Frame) -> list[Part]:
        """What is to be said of all of them together, first."""
        return []

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        found = [item for key in keys if (item := results.found(key)) is not None]
        parts = self.across(found, frame)
        for item in [] if parts and len(found) > FEW else found:
            parts += self.told(item, frame)
        return settle([*parts, *notes_once(found)], results, keys)


_CLEAN = re.compile(r"\b(?:clean|free|clear|devoid|without|pass(?:es)?|okay|ok|fine)\b", re.IGNORECASE)
"""The question is whether nothing is found: yes and no change places."""


class Alerts(_EachMolecule):
    """`alerts`: the catalogues asked for, with atoms."""

    tool = "structural_alerts"

    def arguments(self, frame: Frame) -> dict[str, Any]:
        return {"catalogues": list(frame.catalogues)} if frame.catalogues else {}

    def across(self, items: Sequence[Evidence], frame: Frame) -> list[Part]:
        if len(items) < 2:
            return []
        catalogues = [str(name) for name in items[0].record["catalogues"]]
        kind = f"{catalogues[0]} alert" if len(catalogues) == 1 else "structural alert"
        fewest = _FEWEST.search(frame.clause) is not None
        if fewest or _MOST.search(frame.clause):
            parts = by_count(items, _alert_count, f"{kind}s", fewest)
        else:
            found = f"At least one {kind} was found in {{}}."
            parts = sides(frame, items, lambda item: _alert_count(item) > 0, found, f"No {kind} was found in {{}}.")
        if len(items) <= FEW:
            return parts
        rows = [
            Row((molecule_name(item.record), number(_alert_count(item)), _alert_names(item)), (item.id,))
            for item in items
        ]
        return [*parts, Table(("molecule", f"{kind}s", "which"), tuple(rows))]

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        name, alerts = molecule_name(item.record), item.record["alerts"]
        searched = join(str(catalogue) for catalogue in item.record["catalogues"])
        kind = f"{searched} alert" if len(item.record["catalogues"]) == 1 else "structural alert"
        clean = _CLEAN.search(frame.clause) is not None
        if not alerts:
            where = "" if len(item.record["catalogues"]) == 1 else f" ({searched})"
            lead = "Yes: no" if clean else "No"
            return [Sentence(f"{lead} {kind} was found in {name}{where}.", (item.id,))]
        verdict = "No" if clean else "Yes"
        parts: list[Part] = [Sentence(f"{verdict}: {name} contains {count_of(len(alerts), kind)}.", (item.id,))]
        rows = [
            Row((alert["catalogue"], alert["name"].replace("_", " ") if "_" not in alert["name"] else alert["name"],
                 ", ".join(str(atom) for atom in alert["atoms"])), (item.id,))
            for alert in alerts
        ]  # fmt: skip
        parts.append(Table(("catalogue", "alert", "atoms (from 0)"), tuple(rows)))
        clear = [
            str(catalogue)
            for catalogue in item.record["catalogues"]
            if catalogue not in {a["catalogue"] for a in alerts}
        ]
        if clear:
            parts.append(Sentence(f"No alert of {join(clear, 'or')}.", (item.id,)))
        return parts


_FEWEST = re.compile(r"\b(?:fewest|least|lowest|cleanest|cleaner|fewer|less|safest|safer)\b", re.IGNORECASE)
_MOST = re.compile(r"\b(?:most|highest|more|dirtiest|worst|riskiest)\b", re.IGNORECASE)


def _alert_count(item: Evidence) -> int:
    return len(item.record["alerts"])


def _alert_names(item: Evidence) -> str:
    named = (f"{alert['catalogue']} {alert['name'].replace('_', ' ')}" for alert in item.record["alerts"])
    return ", ".join(dict.fromkeys(named)) or "–"


class Similarity:
    """`similarity`: every pair of the molecules named."""

    def plan(self, frame: Frame) -> list[Node]:
        listed = molecule_keys(frame)
        return [
            Node(f"{key}-{other_key}", "molecule_similarity", {"molecule": molecule.value, "other": other.value})
            for index, (key, molecule) in enumerate(listed)
            for other_key, other in listed[index + 1 :]
        ]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [node.key for node in self.plan(frame)]
        parts: list[Part] = []
        for key in keys:
            item = results.found(key)
            if item is None:
                continue
            record = item.record
            first, second = molecule_name(record), molecule_name({"molecule": record["other"]})
            value = record["similarity"]
            text = f"The Tanimoto similarity of {first} and {second} is {amount(value, 3)} ({value['convention']})."
            parts += [Sentence(text, (item.id,)), *notes(item)]
        return settle(parts, results, keys)


class Compare:
    """`compare`: a table, what is better by QED where that is asked, and the common core."""

    def plan(self, frame: Frame) -> list[Node]:
        molecules = [entity.value for _, entity in molecule_keys(frame)]
        return [Node("all", "compare_molecules", {"molecules": molecules})] if len(molecules) > 1 else []

    def compose(self, frame: Frame, results: Results) -> Section:
        item = results.found("all")
        if item is None:
            return settle((), results, ["all"])
        rows = item.record["rows"]
        parts: list[Part] = []
        falling = LOWER.search(frame.clause) is None
        if frame.yes_or_no and len(frame.properties) == 1 and len(rows) == 2 and _THAN.search(frame.clause):
            parts += _verdict(item, frame.properties[0], falling)
        for key in frame.properties or ("qed",):
            ranked = ranking(rows, key, falling)
            if ranked:
                parts.append(Sentence(ranked, (item.id,)))
        shown = [key for key in frame.properties or _COMPARED if all(key in row["properties"] for row in rows)]
        table = [
            Row(
                (capital(property_words(key)), *(property_cell(row["properties"][key], key) for row in rows)),
                (item.id,),
            )
            for key in shown
        ]
        parts.append(Table(("", *(molecule_name(row) for row in rows)), tuple(table)))
        if frame.properties:
            return settle(parts, results, ["all"])
        core = item.record.get("common_core")
        if core and core.get("smarts"):
            atoms = count_of(core["atoms"], "heavy atom")
            parts.append(Sentence(f"Their largest common core has {atoms}: {code(core['smarts'])}.", (item.id,)))
        return settle([*parts, *notes(item)], results, ["all"])


_THAN = re.compile(r"\bthan\b", re.IGNORECASE)


def _verdict(item: Evidence, key: str, falling: bool) -> list[Part]:
    """Yes or no to `is A heavier than B`, in the order in which the two were named."""
    values = [row["properties"].get(key, {}).get("value") for row in item.record["rows"]]
    if None in values:
        return []
    first, second = (molecule_name(row) for row in item.record["rows"])
    holds = values[0] > values[1] if falling else values[0] < values[1]
    word = "higher" if falling else "lower"
    text = f"the {property_words(key)} of {first} is {'' if holds else 'not '}{word} than that of {second}"
    return [Sentence(f"{'Yes' if holds else 'No'}: {text}.", (item.id,))]


_COMPARED = ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "fsp3", "qed", "sa_score")


class Nearest(_EachMolecule):
    """`nearest`: the most similar molecules of the local store or of the user's file; or those with the same scaffold."""

    tool = "nearest_molecules"

    def plan(self, frame: Frame) -> list[Node]:
        return searches_of(frame) or super().plan(frame)

    def compose(self, frame: Frame, results: Results) -> Section:
        return tell_searches(frame, results) if searches_of(frame) else super().compose(frame, results)

    def arguments(self, frame: Frame) -> dict[str, Any]:
        chosen: dict[str, Any] = {"file": frame.files[0]} if frame.files else {}
        if frame.most is not None:
            chosen["most"] = frame.most
        return chosen

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        rows = item.record["rows"]
        compared = number(item.record["compared"])
        text = f"Of {compared} molecules compared, these are nearest to {molecule_name(item.record)}."
        table = [
            Row((plain_name(row["name"] or "") or code(row["smiles"]), str(row.get("chembl_id") or "–"),
                 amount(row["similarity"], 3)), (item.id,))
            for row in rows
        ]  # fmt: skip
        return [Sentence(text, (item.id,)), Table(("molecule", "ChEMBL id", "Tanimoto"), tuple(table))]


class Substructure:
    """`substructure`: yes or no for one molecule, a list of rows for many or for a file; else the whole local store."""

    def plan(self, frame: Frame) -> list[Node]:
        molecules = [entity.value for _, entity in molecule_keys(frame)]
        if molecules and not frame.groups:
            return searches_of(frame)
        given: dict[str, Any]
        if frame.files:
            given = {"file": frame.files[0]}
        elif molecules:
            given = {"molecules": molecules}
        elif _THE_DRUGS.search(frame.clause):
            given = {"drugs": True}
        else:
            return searches_of(frame)
        nodes = []
        for index, group in enumerate(frame.groups, 1):
            wanted = {"smarts": group.value} if group.name == "SMARTS" else {"group": group.value}
            nodes.append(Node(f"g{index}", "substructure_filter", {**wanted, **given}))
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        nodes = self.plan(frame)
        if any(node.tool == "substructure_search" for node in nodes):
            return tell_searches(frame, results)
        keys = [node.key for node in nodes]
        parts: list[Part] = []
        for key in keys:
            item = results.found(key)
            if item is not None:
                parts += [*self._told(item, frame), *notes(item)]
        return settle(parts, results, keys)

    def _told(self, item: Evidence, frame: Frame) -> list[Part]:
        record = item.record
        group, rows, counts = record["group"], record["rows"], record["counts"]
        called = f"{group} group" if group and group.endswith(("nitro", "nitroso", "azo", "yl")) else group
        name = f"{_article(group)} {called}" if group else "the pattern"
        if counts["given"] == 1 and counts["unparsable"] == 0:
            molecule = molecule_name(rows[0]) if rows else molecule_name(record["unmatched"][0])
            verb = "Yes: {} contains {}" if rows else "No: {} does not contain {}"
            times = f", {number(rows[0]['count'])} times" if rows and rows[0]["count"] > 1 else ""
            told: list[Part] = [Sentence(f"{verb.format(molecule, name)}{times}.", (item.id,))]
        else:
            of_drugs = not frame.files and not molecule_keys(frame)
            given = f"{number(counts['parsed'])} {'approved drugs' if of_drugs else 'molecules'}"
            verb = "contains" if counts["matched"] == 1 else "contain"
            text = f"{capital(number(counts['matched']))} of {given} {verb} {name}."
            told = [Sentence(text, (item.id,))]
            if counts["unparsable"]:
                told.append(
                    Sentence(
                        f"{number(counts['unparsable'])} of {number(counts['given'])} rows could not be parsed.",
                        (item.id,),
                    )
                )
            if _NEGATED.search(frame.clause) and record["unmatched"]:
                without = join(_as_given(row)[0] for row in record["unmatched"])
                told.append(Sentence(f"Without it: {without}.", (item.id,)))
            if rows:
                told.append(_drugs(item.id, rows[:50]) if of_drugs else _rows(item.id, rows[:50]))
                if len(rows) > 50:
                    told.append(Aside(f"Shown: 50 of {number(counts['matched'])} matches."))
        told.append(Sentence(f"The SMARTS used is {code(record['smarts'])}.", (item.id,)))
        return told


_THE_DRUGS = re.compile(r"\b(?:drugs?|medicines?|medications?|pharmaceuticals?)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|without|lack\w*|no|free of|devoid)\b|n['’]t\b", re.IGNORECASE)


def _rows(evidence: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    listed = tuple(Row((number(row["row"]), *_as_given(row)), (evidence,)) for row in rows)
    return Table(("row", "as given", "molecule"), listed)


def _drugs(evidence: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    listed = tuple(Row((molecule_name(row), str(row["molecule"].get("chembl_id") or "–")), (evidence,)) for row in rows)
    return Table(("drug", "ChEMBL id"), listed)


def _as_given(row: Mapping[str, Any]) -> tuple[str, str]:
    """What the user wrote, letter for letter, and the molecule's name where it has one."""
    molecule = row["molecule"]
    query, name = str(molecule.get("query") or ""), str(molecule.get("name") or "")
    return (query if query.casefold() == name.casefold() else code(query)), plain_name(name) or "–"


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


_SAME = re.compile(r"\b(?:same|identical|share|shared|common|equal)\b", re.IGNORECASE)


class Scaffold(_EachMolecule):
    """`scaffold`: Bemis–Murcko; or which molecules have the same."""

    tool = "scaffold"

    def plan(self, frame: Frame) -> list[Node]:
        return searches_of(frame) or super().plan(frame)

    def compose(self, frame: Frame, results: Results) -> Section:
        return tell_searches(frame, results) if searches_of(frame) else super().compose(frame, results)

    def across(self, items: Sequence[Evidence], frame: Frame) -> list[Part]:
        if len(items) < 2 or not _SAME.search(frame.clause):
            return []
        names = join(molecule_name(item.record) for item in items)
        same = len({item.record["scaffold"] for item in items}) == 1
        text = f"Yes: {names} have the same scaffold." if same else f"No: {names} have different scaffolds."
        return [Sentence(text, tuple(item.id for item in items))]

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        record, name = item.record, molecule_name(item.record)
        if not record.get("scaffold"):
            return [Sentence(f"{capital(name)} has no ring, and so no Bemis–Murcko scaffold.", (item.id,))]
        parts: list[Part] = [
            Sentence(f"The Bemis–Murcko scaffold of {name} is {code(record['scaffold'])}.", (item.id,))
        ]
        if record.get("generic"):
            parts.append(Sentence(f"As a generic framework it is {code(record['generic'])}.", (item.id,)))
        return parts


_A_SALT = re.compile(r"\ba salt\b|\bsalt form\b|\bmixture\b", re.IGNORECASE)


class Standardise(_EachMolecule):
    """`standardise`: the standard form, the parent, and what was removed."""

    tool = "standardise_molecule"

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        record, name = item.record, molecule_name(item.record)
        parts: list[Part] = [Sentence(f"The parent of {name} is {code(record['parent']['smiles'])}.", (item.id,))]
        removed = [str(part["name"] or part["smiles"]) for part in record.get("removed", [])]
        if frame.yes_or_no and _A_SALT.search(frame.clause):
            text = (
                f"Yes: {name} has {join(removed)} beside its parent." if removed else f"No: {name} has no counter-ion."
            )
            parts.insert(0, Sentence(text, (item.id,)))
        if removed:
            parts.append(Sentence(f"Removed: {join(removed)}.", (item.id,)))
        changes = [str(change) for change in record.get("changes", [])]
        if changes:
            parts.append(Sentence(f"Changed: {join(changes)}.", (item.id,)))
        if not removed and not changes:
            parts.append(Sentence("Nothing had to be changed or removed.", (item.id,)))
        return parts


_LIT = re.compile(r"\b(?:highlight|alert|pains|brenk|mark|colou?r)", re.IGNORECASE)


class Draw(_EachMolecule):
    """`draw`: an SVG in the record, and how to have it as a file."""

    tool = "draw_molecule"

    def arguments(self, frame: Frame) -> dict[str, Any]:
        smarts = [group.value for group in frame.groups if group.name == "SMARTS"]
        if smarts:
            return {"highlight": smarts[0]}
        return {"highlight": "alerts"} if _LIT.search(frame.clause) else {}

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        record, name = item.record, molecule_name(item.record)
        form = str(record["format"]).upper()
        told: list[Part] = [Sentence(f"{capital(name)} is drawn as {form} in this record.", (item.id,))]
        if record.get("highlighted_atoms"):
            atoms = join(number(atom) for atom in record["highlighted_atoms"])
            told.append(Sentence(f"The atoms lit up are {atoms}, counted from 0.", (item.id,)))
        given = record["molecule"]
        value = given.get("name") or given.get("smiles") or given["query"]
        told.append(
            Aside(
                f"To have it as a file: biocopilot tools run draw_molecule {shlex.quote(str(value))} --to drawing.svg"
            )
        )
        return told


_IDENTIFIERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "inchikey": ("InChIKey", lambda record: record["molecule"]["inchikey"]),
    "smiles": ("canonical SMILES", lambda record: record["molecule"]["smiles"]),
    "inchi": ("InChI", lambda record: record.get("inchi")),
    "formula": ("molecular formula", lambda record: record.get("formula")),
    "chembl_id": ("ChEMBL id", lambda record: known_id(record["molecule"]["chembl_id"]).strip("–") or None),
    "names": (
        "other names",
        lambda record: join(plain_name(str(name)) for name in record.get("synonyms", [])[:12]) or None,
    ),
    "cas": ("registry number or systematic name", lambda record: None),
}
_AS_CODE = frozenset(("smiles", "inchi"))
_PUBCHEM = re.compile(r"\b(?:pubchem|cid)\b", re.IGNORECASE)


def _asks_pubchem(frame: Frame) -> bool:
    return "cas" in frame.aspects and _PUBCHEM.search(frame.clause) is not None


def _pubchem(results: Results, key: str) -> Part:
    """The CID that PubChem gives; why there is none, where it could not be asked: no local source holds them."""
    item = results.found(f"c{key}")
    cids = [str(found["value"]) for found in item.record["identifiers"].get("pubchem_cid", [])] if item else []
    if item is not None and cids:
        return Sentence(
            f"The PubChem CID of {plain_name(str(item.record['query']))} is {join(cids, 'or')}.", (item.id,)
        )
    silent = item.record["without_answer"] if item is not None else []
    why = next((str(row["why"]) for row in silent if row["source"] == "PubChem"), "")
    return Aside(f"PubChem CIDs are in no local source. {why or 'PubChem knows none of it.'}")


class Identity(_EachMolecule):
    """`identity`: the identifiers asked for, or all of them in a table."""

    tool = "resolve_molecule"

    def across(self, items: Sequence[Evidence], frame: Frame) -> list[Part]:
        if len(items) < 2 or not _SAME.search(frame.clause):
            return []
        names = join(molecule_name(item.record) for item in items)
        keys = [str(item.record["molecule"]["inchikey"] or "") for item in items]
        evidence = tuple(item.id for item in items)
        if len(set(keys)) == 1:
            return [Sentence(f"Yes: {names} have one InChIKey, {keys[0]}.", evidence)]
        if len({key[:14] for key in keys}) == 1:
            text = f"No: {names} have the same skeleton but differ in stereochemistry, isotopes or charge."
            return [Sentence(text, evidence)]
        return [Sentence(f"No: {names} have different InChIKeys, {join(keys)}.", evidence)]

    def plan(self, frame: Frame) -> list[Node]:
        nodes = super().plan(frame)
        if not _asks_pubchem(frame):
            return nodes
        more = [Node(f"c{key}", "convert_identifier", {"identifier": item.value}) for key, item in molecule_keys(frame)]
        return [*nodes, *more]

    def compose(self, frame: Frame, results: Results) -> Section:
        section = super().compose(frame, results)
        held = [aspect for aspect in frame.aspects if aspect in _IDENTIFIERS and aspect != "cas"]
        if _asks_pubchem(frame) and any(results.found(key) for key, _ in molecule_keys(frame)):
            return self._with_pubchem(section, held, frame, results)
        if "cas" in frame.aspects and section.status == "answered":
            return replace(section, status="partial" if held else "unknown")
        return section

    def _with_pubchem(self, section: Section, held: list[str], frame: Frame, results: Results) -> Section:
        told = [_pubchem(results, key) for key, _ in molecule_keys(frame)]
        known = [isinstance(part, Sentence) for part in told]
        status: Status = "answered" if all(known) else "partial" if held or any(known) else "unknown"
        return Section((*told, *section.parts), status)

    def told(self, item: Evidence, frame: Frame) -> list[Part]:
        record, name = item.record, molecule_name(item.record)
        asked: Sequence[str] = [aspect for aspect in frame.aspects if aspect in _IDENTIFIERS]
        parts: list[Part] = []
        for aspect in asked:
            word, read = _IDENTIFIERS[aspect]
            value = read(record)
            if value is None and aspect == "cas" and _asks_pubchem(frame):
                continue
            if value is None:
                parts.append(Sentence(f"{capital(name)} has no {word} in this source.", (item.id,)))
            else:
                shown = code(value) if aspect in _AS_CODE else value
                verb = "are" if aspect == "names" else "is"
                parts.append(Sentence(f"The {word} of {name} {verb} {shown}.", (item.id,)))
        if not asked:
            rows = [
                Row((word, code(value) if aspect in _AS_CODE else value), (item.id,))
                for aspect, (word, read) in _IDENTIFIERS.items()
                if (value := read(record)) and aspect != "names"
            ]
            if len(rows) > 1:
                parts.append(Table((name, ""), tuple(rows)))
            else:  # a biologic: nothing but its names can be told
                generic = plain_name(str(record["molecule"].get("name") or record["molecule"]["query"]))
                others = join(plain_name(str(other)) for other in record.get("synonyms", [])[:6])
                text = (
                    f"{capital(generic)} is also called {others}."
                    if others
                    else f"{capital(generic)} is in this source."
                )
                parts.append(Sentence(text, (item.id,)))
        return parts
