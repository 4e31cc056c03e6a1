"""Drugs: how they work, whether and when they were approved, what they are used for, which there are for a disease."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from ....memory.records import Evidence, ToolResult
from ....tools.identifiers import is_uniprot_accession
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Frame
from .drug_lists import approved_in, span_told
from .plan import Node, Results, Section
from .properties import molecule_keys, molecule_nodes
from .words import capital, count_of, join, known_id, molecule_name, notes, number, plain_name, settle

__all__ = [
    "DrugStatus",
    "DrugsForIndication",
    "Indications",
    "Mechanism",
    "acts_on",
    "mechanisms_told",
    "verdict_on_target",
]

_ROWS = 25
_DRUGS = 60
"""Rows of a table of drugs: a list cut earlier leaves out what someone looks for."""


class Mechanism:
    """`mechanism`: a sentence a target, with its reference."""

    def plan(self, frame: Frame) -> list[Node]:
        return molecule_nodes(frame, "drug_mechanisms")

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        parts: list[Part] = []
        for key in keys:
            result = results.get(key)
            if result is None or results.found(key) is None:
                continue
            for item in result.evidence:
                parts += [*verdict_on_target(item, frame), *mechanisms_told(item)]
        return settle(parts, results, keys)


Verdict = Literal["yes", "otherwise", "not recorded"]


def acts_on(item: Evidence, frame: Frame) -> Verdict | None:
    """What the mechanisms say to `is losartan an ACE inhibitor`; None where nothing of the sort was asked.

    `otherwise`: the target is named, with another action. `not recorded`: no mechanism names it, which proves nothing.
    """
    known = [entity for entity in frame.targets if entity.value != entity.text or is_uniprot_accession(entity.value)]
    if not known or not frame.yes_or_no:
        return None
    wanted = {name.casefold() for entity in known for name in (entity.value, entity.name) if name}
    asked = _ACTION.search(frame.clause)
    verdict: Verdict = "not recorded"
    for row in item.record["rows"]:
        named = {str(name).casefold() for name in (*row["genes"], *row["accessions"], row["target_chembl_id"] or "")}
        if not named & wanted:
            continue
        action = str(row["action"] or "").casefold().replace("_", " ")
        if asked is None or not action or _like(asked.group(1), action):
            return "yes"
        verdict = "otherwise"
    return verdict


_ACTION = re.compile(
    r"\b(inhibitor|agonist|antagonist|blocker|activator|opener|modulator|inverse agonist|partial agonist)s?\b",
    re.IGNORECASE,
)
_ALIKE = {
    "blocker": ("blocker", "inhibitor", "antagonist"),
    "inhibitor": ("inhibitor", "blocker"),
    "antagonist": ("antagonist", "inverse agonist"),
    "agonist": ("agonist", "partial agonist", "full agonist"),
}


def _like(asked: str, action: str) -> bool:
    if asked.casefold() == "agonist" and "inverse" in action:  # it does the contrary
        return False
    return asked.casefold() in action.split() or action in _ALIKE.get(asked.casefold(), ())


def verdict_on_target(item: Evidence, frame: Frame) -> list[Part]:
    """The first sentence of an answer to such a question. Not recorded is never told as a plain no."""
    verdict = acts_on(item, frame)
    name = molecule_name(item.record)
    if verdict is None:
        return []
    negated = _NEGATED.search(frame.clause) is not None
    if verdict == "yes":
        genes = join(entity.name or entity.text for entity in frame.targets)
        text = f"a mechanism through {_known(genes, item)} is recorded of {name}."
        return [Sentence(capital(text) if negated else f"Yes: {text}", (item.id,))]
    if verdict == "otherwise":
        text = f"another action of {name} on that target is recorded."
        return [Sentence(capital(text) if negated else f"No: {text}", (item.id,))]
    text = f"No recorded mechanism of {name} names that target, which does not mean that it has no effect on it."
    return [Sentence(text, (item.id,))]


_NEGATED = re.compile(r"\bnot\b|n['’]t\b|\bno\s+(?:effect|activity)\b", re.IGNORECASE)
"""Yes and no mean either thing to `is it not an inhibitor`: what is recorded is told without them."""


def _known(genes: str, item: Evidence) -> str:
    """The genes as the record spells them, where it does."""
    named = [gene for row in item.record["rows"] for gene in row["genes"] if gene.casefold() in genes.casefold()]
    return join(dict.fromkeys(named)) or "that target"


def mechanisms_told(item: Evidence, references: bool = True) -> list[Part]:
    """A sentence a target, then the references."""
    record, name = item.record, molecule_name(item.record)
    parts: list[Part] = []
    for row in record["rows"]:
        genes = f" ({join(row['genes'])})" if row["genes"] else ""
        target_id = f", {row['target_chembl_id']}" if str(row["target_chembl_id"] or "").startswith("CHEMBL") else ""
        said = row["mechanism"] or f"{row['target_name']} {str(row['action'] or 'ligand').lower()}"
        parts.append(Sentence(f"{capital(name)} acts as: {said}{genes}{target_id}.", (item.id,)))
    cited = list(dict.fromkeys(reference for row in record["rows"] for reference in row["references"]))
    if references and cited:
        shown = "; ".join(f"`{reference}`" for reference in cited[:4])
        parts.append(Sentence(f"Reference: {shown}.", (item.id,)))
    return [*parts, *notes(item)]


class DrugStatus:
    """`drug_status`: approved or not, and the year."""

    def plan(self, frame: Frame) -> list[Node]:
        nodes = molecule_nodes(frame, "drug_status")
        if _ON_MARKET.search(frame.clause) is None:
            return nodes
        # Whether it is sold today is another matter than whether it was ever approved.
        return [*nodes, *(Node(f"w{node.key}", "drug_warnings", node.arguments) for node in nodes)]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        found = [item for key in keys if (item := results.found(key)) is not None]
        if len(found) > _ONE_BY_ONE:
            return settle(_statuses(found, frame), results, keys)
        parts = _earliest(found, frame) if not frame.yes_or_no or "year" in frame.aspects else []
        unknown = False
        for key in keys:
            item = results.found(key)
            warnings = _warnings(results.get(f"w{key}"))
            if item is None:
                continue
            if warnings is None or not item.record["approved"]:
                parts += _status(item, frame)
                continue
            parts += _on_market(item, warnings, frame)
            unknown = unknown or (_STILL.search(frame.clause) is not None and not warnings.record["recorded"])
        section = settle(parts, results, keys)
        return replace(section, status="partial") if unknown and section.status == "answered" else section


_ON_MARKET = re.compile(
    r"\b(?:still|currently|nowadays|today|presently)\b[^?]*\b(?:approved|licen[cs]ed|authori[sz]ed|sold|marketed|available|used|prescribed)\b|\bon\s+the\s+market\b"
    r"|\b(?:is|are)\s+[^?]*\b(?:marketed|sold)\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"\b(?:still|currently|nowadays|today|now|presently)\b", re.IGNORECASE)
_ONE_BY_ONE = 3
"""Drugs whose status is told in sentences; that of more in a table."""


def _warnings(result: ToolResult | None) -> Evidence | None:
    return next(iter(result.evidence), None) if result is not None and result.evidence else None


def _on_market(item: Evidence, warnings: Evidence, frame: Frame) -> list[Part]:
    """An approved drug that may have been withdrawn since: `No` where that is recorded, and never a plain `Yes` to `still`."""
    name = molecule_name(item.record)
    withdrawn = [row for row in warnings.record.get("rows", ()) if "withdraw" in (row["warning_type"] or "").casefold()]
    if withdrawn:
        where = join(
            " ".join(str(part) for part in (row["country"], row["year"]) if part) or "no place given"
            for row in withdrawn[:3]
        )
        return [
            Sentence(f"No: a withdrawal of {name} is recorded ({where}).", (warnings.id,)),
            *_status(item, replace(frame, yes_or_no=False, aspects=("year",))),
        ]
    if _STILL.search(frame.clause) is None:
        told = _status(item, frame)
    else:
        told = _status(item, replace(frame, yes_or_no=False, aspects=("year",)))
        told.insert(0, Aside("Whether it is still sold is not known here; that it was approved is."))
    return [*told, *_unwarned(warnings)]


def _unwarned(warnings: Evidence) -> list[Part]:
    message = warnings.record.get("message")
    return [Sentence(str(message), (warnings.id,))] if message else []


def _statuses(found: list[Evidence], frame: Frame) -> list[Part]:
    """Of many drugs: how many are approved, then a row each, the first approved first."""
    approved = [item for item in found if item.record["approved"]]
    approved.sort(key=lambda item: item.record["first_approval"] or 9999)
    others = [item for item in found if not item.record["approved"]]
    ids = tuple(item.id for item in found)
    parts = _earliest(found, frame) if "year" in frame.aspects and frame.years is None else []
    if frame.years is not None:
        parts += _in_years(found, frame)
    elif not others:
        parts.append(Sentence("All of them are approved drugs.", ids))
    elif approved:
        parts.append(Sentence(f"Approved: {join(molecule_name(item.record) for item in approved)}.", ids))
        text = f"Not approved, or not known to be: {join(molecule_name(item.record) for item in others)}."
        parts.append(Sentence(text, ids))
    else:
        parts.append(Sentence("None of them is recorded as approved.", ids))
    words = {True: "approved", False: "not approved", None: "not known"}
    rows = [
        Row(
            (
                molecule_name(item.record),
                words[item.record["approved"]],
                str(item.record["first_approval"] or "–"),
                "–" if item.record["max_phase"] is None else number(item.record["max_phase"]),
            ),
            (item.id,),
        )
        for item in (*approved, *others)
    ]
    return [*parts, Table(("drug", "approval", "first approval", "highest phase"), tuple(rows))]


_NEWEST = re.compile(r"\b(?:newest|newer|latest|last|most\s+recent(?:ly)?|youngest)\b", re.IGNORECASE)


def _earliest(found: list[Evidence], frame: Frame) -> list[Part]:
    """Who was approved first, of several; or last, where the newest is asked for."""
    newest = _NEWEST.search(frame.clause) is not None
    dated = sorted((item for item in found if item.record["first_approval"]), key=lambda item: _year(item, newest))
    if len(dated) < 2:
        return []
    told = [f"{molecule_name(item.record)} ({item.record['first_approval']})" for item in dated]
    ahead = sum(_year(item, newest) == _year(dated[0], newest) for item in dated)
    first, ids = capital(join(told[:ahead])), tuple(item.id for item in dated)
    word = "after" if newest else "before"
    if ahead == len(dated):
        text = f"{first} were first approved in the same year."
    elif len(dated) - ahead > _ONE_BY_ONE:
        text = f"{first} {'was' if ahead == 1 else 'were'} approved {word} all the others."
    else:
        text = f"{first} {'was' if ahead == 1 else 'were'} approved {word} {join(told[ahead:])}."
    return [Sentence(text, ids)]


def _year(item: Evidence, newest: bool) -> int:
    return int(item.record["first_approval"]) * (-1 if newest else 1)


_WHEN = re.compile(r"\b(before|after|since|until|by|in)\s+((?:19|20)\d\d)\b", re.IGNORECASE)


def _in_years(found: list[Evidence], frame: Frame) -> list[Part]:
    """Which of many were approved in the years asked about, and which were not."""
    lowest, highest = frame.years or (None, None)
    then = [item for item in found if (lowest or 0) <= (item.record["first_approval"] or -1) <= (highest or 9999)]
    parts: list[Part] = []
    for said, items in (
        ("First approved then", then),
        ("Not first approved then", [item for item in found if item not in then]),
    ):
        names = join(
            f"{molecule_name(item.record)} ({item.record['first_approval'] or 'no year known'})" for item in items
        )
        if items:
            parts.append(Sentence(f"{said}: {names}.", tuple(item.id for item in items)))
    return parts if then else [Aside("None of them."), *parts]


def _status(item: Evidence, frame: Frame) -> list[Part]:
    record, name = item.record, molecule_name(item.record)
    asks_year = "year" in frame.aspects and not frame.yes_or_no
    year = record["first_approval"]
    parts: list[Part] = []
    compared = _WHEN.search(frame.clause)
    if year and frame.yes_or_no and compared is not None:
        relation, asked = compared.group(1).casefold(), int(compared.group(2))
        holds = {
            "before": year < asked,
            "after": year > asked,
            "since": year >= asked,
            "until": year <= asked,
            "by": year <= asked,
        }
        verdict = "Yes" if holds.get(relation, year == asked) else "No"
        return [Sentence(f"{verdict}: {name} was first approved in {year}.", (item.id,)), *notes(item)]
    if record["approved"]:
        text = (
            f"{capital(name)} was first approved in {year}."
            if asks_year and year
            else f"Yes: {name} is an approved drug."
        )
        parts.append(Sentence(text, (item.id,)))
        if year and not asks_year:
            parts.append(Sentence(f"It was first approved in {year}.", (item.id,)))
        elif not year:
            parts.append(Sentence("The year of its first approval is not in this source.", (item.id,)))
    elif record["approved"] is False:
        parts.append(Sentence(f"No: {name} is not recorded as approved.", (item.id,)))
    else:
        parts.append(Sentence(f"Whether {name} is approved is not known to this source.", (item.id,)))
    if record.get("molecule_type") and ("molecule_type" in frame.aspects or not record["approved"]):
        parts.insert(
            0, Sentence(f"{capital(name)} is recorded as: {str(record['molecule_type']).lower()}.", (item.id,))
        )
    if record["max_phase"] is not None and "phase" in frame.aspects:
        parts.append(Sentence(f"Its highest phase is {number(record['max_phase'])}.", (item.id,)))
    return [*parts, *notes(item)]


class Indications:
    """`indications`: terms, in a list of what is recorded."""

    def plan(self, frame: Frame) -> list[Node]:
        return molecule_nodes(frame, "drug_indications")

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [key for key, _ in molecule_keys(frame)]
        parts: list[Part] = []
        for key in keys:
            result = results.get(key)
            if result is None or results.found(key) is None:
                continue
            for item in result.evidence:
                terms = [str(row["indication"]) for row in item.record["rows"]]
                name = molecule_name(item.record)
                shown = join(terms[:_ROWS])
                parts.append(Sentence(f"{capital(name)} is recorded as used for: {shown}.", (item.id,)))
                if len(terms) > _ROWS:
                    parts.append(Aside(f"Shown: {_ROWS} of {number(item.record['count'])} terms."))
                parts += notes(item)
        return settle(parts, results, keys)


class DrugsForIndication:
    """`drugs_for_indication`: a table, approved drugs first."""

    def plan(self, frame: Frame) -> list[Node]:
        more: dict[str, Any] = {"approved_only": True} if "approved" in frame.aspects else {}
        if frame.most is not None:
            more["most"] = frame.most
        more |= approved_in(frame)
        wanted = frame.diseases or frame.unknown
        return [
            Node(f"d{index}", "drugs_for_indication", {"indication": entity.value, **more})
            for index, entity in enumerate(wanted, 1)
        ]

    def compose(self, frame: Frame, results: Results) -> Section:
        keys = [node.key for node in self.plan(frame)]
        parts: list[Part] = []
        for key in keys:
            result = results.get(key)
            if result is not None and results.found(key) is not None:
                parts += _drugs(result.evidence)
        return settle(parts, results, keys)


def _drugs(evidence: tuple[Evidence, ...]) -> list[Part]:
    """The drugs of all sources in one table: those for the very term first, each row with its source's evidence."""
    first = evidence[0].record
    total, wanted = first["total"], str(first["indication"])
    rows = [(row, item) for item in evidence for row in item.record["rows"]]
    rows.sort(
        key=lambda pair: (
            str(pair[0]["indication"]).casefold() != wanted.casefold(),
            not pair[0]["approved"],
            -(pair[0]["first_approval"] or 0),  # the newest first: old ones are many and well known
        )
    )
    table = [
        Row(
            (
                plain_name(row["name"] or row["chembl_id"]),
                str(row["first_approval"] or "–"),
                str(row["indication"]),
                known_id(row["chembl_id"]),
            ),
            (item.id,),
        )
        for row, item in rows[:_DRUGS]
    ]
    when = span_told(first)
    lead = f"{capital(count_of(total, 'drug'))} in this source {'is' if total == 1 else 'are'} recorded for {wanted.lower()}{f', {when}' if when else ''}."
    parts: list[Part] = [Sentence(lead, (evidence[0].id,))]
    parts.append(Table(("drug", "first approval", "recorded for", "ChEMBL id"), tuple(table)))
    if len(table) < total:
        parts.append(Aside(f"The table shows {len(table)} of them."))
    return [*parts, *notes(evidence[0])]
