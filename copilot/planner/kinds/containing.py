"""Which molecules of the whole local store contain something, or share a scaffold: when that is asked, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence
from ..contract import Part, Row, Sentence, Table
from ..frames import Frame
from .plan import Node, Results, Section
from .words import capital, code, molecule_name, notes, number, plain_name, settle

__all__ = ["asks_containing", "searches_of", "tell_searches"]

_MOST = 20
_ALL = re.compile(
    r"\b(?:molecules|compounds|structures|analogu?es|analogs|derivatives|substances|chemicals|ligands|chembl)\b|\bsubstructure search\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"\b(?:these|those|them|following|this list|my|our|above)\b", re.IGNORECASE)
"""What is meant is a list that was to be named."""
_SHARED = re.compile(
    r"\b(?:same|shar(?:es?|ed|ing)|identical|common|equal|having|ha(?:ve|s)|with|on|based on|built on)\b[^?]*\b(?:scaffolds?|cores?|framework)\b",
    re.IGNORECASE,
)
_CONTAINS = re.compile(
    r"^\W*(?:(?:and|so|please|ok)\W+)*(?:which|what|find|list|show|give|search|how\s+many|are\s+there)\b[^?]*\b(?:molecules|compounds|structures|chemicals|substances)\b[^?]*"
    r"\b(?:contain\w*|includ\w*|bear\w*)\b|\bas\s+(?:a\s+|its\s+|their\s+)?substructure\b|\bsubstructure\s+search\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:molecules|compounds|structures|analogu?es|analogs|derivatives|drugs|others|what else|which other)\b",
    re.IGNORECASE,
)


def asks_containing(frame: Frame) -> bool:
    """Whether it asks which molecules contain the one that is named, whatever else it may be taken for."""
    return (
        len(frame.molecules) == 1
        and not (frame.groups or frame.files or frame.targets or frame.properties or frame.yes_or_no)
        and _CONTAINS.search(frame.clause) is not None
        and _ALL.search(frame.clause) is not None
    )


def searches_of(frame: Frame) -> list[Node]:
    """The searches that answer the clause; none where it is about molecules that are named, a file, or the drugs."""
    most = {"most": frame.most or _MOST}
    if frame.files or frame.yes_or_no or _GIVEN.search(frame.clause):
        return []
    molecules = list(dict.fromkeys(entity.value for entity in frame.molecules))
    if frame.kind in ("scaffold", "nearest"):
        shared = _SHARED.search(frame.clause) and _OTHERS.search(frame.clause)
        if not shared or len(molecules) != 1:
            return []
        return [Node("s1", "substructure_search", {"molecule": molecules[0], "by": "scaffold", **most})]
    if frame.kind != "substructure" or not _ALL.search(frame.clause):
        return []
    wanted: list[dict[str, Any]] = []
    if not molecules:
        wanted = [{"smarts" if group.name == "SMARTS" else "group": group.value} for group in frame.groups]
    elif len(molecules) == 1 and not frame.groups:
        wanted = [{"molecule": molecules[0]}]
    return [Node(f"s{place}", "substructure_search", {**one, **most}) for place, one in enumerate(wanted, 1)]


def tell_searches(frame: Frame, results: Results) -> Section:
    """How many there are, among how many of what, and the first of them."""
    keys = [node.key for node in searches_of(frame)]
    parts: list[Part] = []
    for key in keys:
        result = results.get(key)
        item = next(iter(result.evidence), None) if result is not None and result.status != "failed" else None
        if item is not None and item.record["type"] == "substructure_search":
            parts += [*_told(item), *notes(item)]
    return settle(parts, results, [key for key in keys if not _empty(results, key)])


def _empty(results: Results, key: str) -> bool:
    """Whether the search was made and found nothing, which is told as a number."""
    result = results.get(key)
    return result is not None and any(item.record["type"] == "substructure_search" for item in result.evidence)


def _told(item: Evidence) -> list[Part]:
    record, counts, rows = item.record, item.record["counts"], item.record["rows"]
    matched = counts["matched"]
    least = "" if record["complete"] else "at least "
    one = matched == 1
    if record["by"] == "scaffold":
        what = f"{'has' if one else 'have'} the scaffold of {molecule_name(record)}"
    else:
        what = f"{'contains' if one else 'contain'} {_looked_for(record)}"
    among = f"{number(counts['searched'])} {record['searched_by']} of {record['among']}"
    parts: list[Part] = [Sentence(f"{capital(least + number(matched))} of {among} {what}.", (item.id,))]
    if not record["complete"]:
        seen = f"{number(counts['compared'])} of {number(counts['passed_screen'])}"
        parts.append(Sentence(f"Of the structures that pass the screen {seen} were compared.", (item.id,)))
    if rows:
        listed = tuple(Row(_cells(row), (item.id,)) for row in rows)
        parts.append(Table(("molecule", "ChEMBL id", "phase", "SMILES"), listed))
    if 0 < len(rows) < matched:
        parts.append(
            Sentence(
                f"Shown are the first {number(record['counts']['shown'])}: the furthest in the clinic, then the smallest.",
                (item.id,),
            )
        )
    word = "SMILES" if record["molecule"] else "SMARTS"
    parts.append(Sentence(f"The {word} looked for is {code(record['looked_for'])}.", (item.id,)))
    return parts


def _looked_for(record: Mapping[str, Any]) -> str:
    if record["molecule"]:
        return molecule_name(record)
    group = record["group"]
    if not group:
        return "the pattern"
    return f"{'an' if group[:1].lower() in 'aeiou' else 'a'} {group}"


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    phase = "–" if row["max_phase"] is None else f"{row['max_phase']:g}"
    return plain_name(row["name"] or "") or "–", str(row["chembl_id"] or "–"), phase, code(row["smiles"])
