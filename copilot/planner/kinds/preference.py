"""Which compound prefers one target over another: when that is asked, its calls, and how ratios are told."""

from __future__ import annotations

import re
from typing import Any

from ....memory.records import Evidence
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .drug_lists import OF_EACH
from .plan import Arguments, Node, Results
from .words import amount, capital, join, known_id, molecule_name, notes, number, plain_name, target_name

__all__ = ["SELECTIVE", "preference_nodes", "preference_told", "where_it_is_silent"]

SELECTIVE = re.compile(r"\bselectiv\w*|\bprefer(?:s|red|ence|ably)?\b|\bspares?\b", re.IGNORECASE)
_KEY = "s"
_MOST = 10
_EVERY = 200


def preference_nodes(frame: Frame) -> list[Node]:
    """One call a compound between the two targets in the order in which they are named; none where it is not asked."""
    on_both = _of_both(frame)
    if len(frame.targets) != 2 or (SELECTIVE.search(frame.clause) is None and not on_both):
        return []
    first, other = sorted(frame.targets, key=lambda entity: entity.start)
    given: dict[str, Any] = {"target": first.value, "other": other.value}
    if len(frame.activity_types) == 1 and frame.activity_types[0] in ("IC50", "Ki", "Kd", "EC50"):
        given["activity_type"] = frame.activity_types[0]
    if not frame.molecules:
        return [Node(_KEY, "selectivity", {**given, "most": _EVERY if on_both else frame.most or _MOST})]
    return [Node(_key(entity), "selectivity", {**given, "molecule": entity.value}) for entity in frame.molecules]


def where_it_is_silent(node: Node, molecule: Entity) -> Node:
    """The node, called only where no ratio of the molecule is known."""

    def arguments(results: Results) -> Arguments | None:
        known = results.found(_key(molecule), "selectivity") is not None
        return None if known or callable(node.arguments) else node.arguments

    return Node(node.key, node.tool, arguments, (*node.after, _key(molecule)))


def preference_told(frame: Frame, results: Results) -> list[Part]:
    """The ratios, the most selective first; of one list of compounds a table."""
    found = [item for node in preference_nodes(frame) if (item := results.found(node.key, "selectivity")) is not None]
    if not found:
        return []
    if not frame.molecules:
        return _listed(found[0], frame)
    found.sort(key=lambda item: -float(item.record["rows"][0]["ratio"]))
    parts: list[Part] = []
    if len(found) > 1 and len({item.record["activity_type"] for item in found}) == 1:
        names = [f"{molecule_name(item.record)} ({_ratio(item.record['rows'][0])}-fold)" for item in found]
        between = _between(found[0])
        text = f"By {found[0].record['activity_type']}, the more selective for {between} is {names[0]}, then {join(names[1:])}."
        parts.append(Sentence(text, tuple(item.id for item in found)))
    for item in found:
        row = item.record["rows"][0]
        one, two = target_name(item.record["target"]), target_name(item.record["other"])
        values = f"{amount(row['on_target'])} on {one} and {amount(row['on_other'])} on {two}"
        kind = item.record["activity_type"]
        parts.append(Sentence(f"The {kind} of {molecule_name(item.record)} is {values} ({row['basis']}).", (item.id,)))
        parts.append(Sentence(f"That is a ratio of {_ratio(row)} for {one} over {two}.", (item.id,)))
    return [*parts, *notes(found[0])]


def _key(molecule: Entity) -> str:
    return f"{_KEY}{molecule.value}"


def _between(item: Evidence) -> str:
    return f"{target_name(item.record['target'])} over {target_name(item.record['other'])}"


def _ratio(row: dict[str, Any]) -> str:
    relation = "" if row["relation"] == "=" else f"{row['relation']} "
    return f"{relation}{number(row['ratio'])}"


def _of_both(frame: Frame) -> bool:
    """Whether compounds are asked for that hit both targets, whichever they prefer."""
    return not frame.molecules and OF_EACH.search(frame.clause) is not None


def _listed(item: Evidence, frame: Frame) -> list[Part]:
    record = item.record
    shown = list(record["rows"])
    if _of_both(frame):  # who wants both asks for the compound whose weaker value is the best
        shown.sort(key=lambda row: max(float(row["on_target"]["value"]), float(row["on_other"]["value"])))
        shown = shown[: frame.most or _MOST]
    both = number(record["counts"]["compounds_on_both"])
    lead = f"{capital(both)} compounds have {record['activity_type']} values on both {target_name(record['target'])} and {target_name(record['other'])}."
    rows = [
        Row(
            (
                plain_name(row["name"] or "") or "–",
                known_id(row["molecule_chembl_id"]),
                amount(row["on_target"]),
                amount(row["on_other"]),
                _ratio(row),
                row["basis"],
            ),
            (item.id,),
        )
        for row in shown
    ]
    heads = (
        "compound",
        "ChEMBL id",
        f"on {target_name(record['target'])}",
        f"on {target_name(record['other'])}",
        "ratio",
        "rests on",
    )
    parts: list[Part] = [Sentence(lead, (item.id,)), Table(heads, tuple(rows))]
    if len(shown) < len(record["rows"]):
        parts.append(Aside(f"Shown: {len(shown)}, those with the best value on their weaker target first."))
    return [*parts, *notes(item)]
