"""Lists of drugs cut to what was asked: to years of approval, and to the drugs that several lists share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....tools.drugs.drug_rows import years_told
from ..contract import Row, Sentence, Table
from ..frames import Entity, Frame
from .plan import Results, Section
from .words import capital, join, plain_name, settle, target_name

__all__ = ["EVERY", "OF_EACH", "approved_in", "on_every_list", "span_told"]

EVERY = 500
"""Drugs of a list that is compared with another: the tools give no more."""
OF_EACH = re.compile(r"\bboth\b|\bas\s+well\s+as\b|\ball\s+(?:of\s+them|three|four)\b|\bdual\b", re.IGNORECASE)
"""What is asked for is to be so of each target, not of any."""

_Drugs = dict[str, tuple[Mapping[str, Any], tuple[str, ...]]]
"""Name → its row, and the evidence that states it."""


def approved_in(frame: Frame) -> dict[str, Any]:
    """The years of first approval that were asked for, as arguments."""
    if frame.years is None:
        return {}
    first, last = frame.years
    return {**({"approved_from": first} if first else {}), **({"approved_to": last} if last else {})}


def span_told(record: Mapping[str, Any]) -> str:
    """The years to which a list was cut, in words; empty where it was not."""
    years = record.get("years") or {}
    return years_told(years.get("from"), years.get("to"))


def on_every_list(frame: Frame, targets: Sequence[tuple[str, Entity]], results: Results) -> Section:
    """The drugs that act on every target named and are recorded for every disease named.

    Args:
        frame: what was asked.
        targets: its targets by the keys of their calls; those of one name (JAK) are one list, of which any will do.
        results: of these calls, and of those for its diseases (`d1`, `d2`, …).
    """
    families: dict[str, list[str]] = {}
    for key, entity in targets:
        families.setdefault(entity.text, []).append(key)
    lists = [*families.values(), *([f"d{index}"] for index, _ in enumerate(frame.diseases, 1))]
    unknown = [
        key
        for group in lists
        if all(results.get(key) is None or not results.by_key[key].evidence for key in group)
        for key in group
    ]
    if unknown:
        return settle([], results, unknown)
    found = [_by_drug(results, group) for group in lists]
    common = [name for name in found[0] if all(name in other for other in found[1:])]
    asked = _asked(frame, families, results)
    if not common:
        searched = tuple(item.id for group in lists for key in group for item in results.by_key[key].evidence)
        return Section((Sentence(f"No drug of this source {asked[0]}.", searched),))
    cited = {name: tuple(dict.fromkeys(id for of in found for id in of[name][1])) for name in common}
    rows = [
        Row(
            (*_told(found[0][name][0]), *(str(of[name][0]["indication"]) for of in found[len(families) :])), cited[name]
        )
        for name in common
    ]
    names = join(plain_name(str(found[0][name][0]["name"] or name)) for name in common)
    every = tuple(dict.fromkeys(id for ids in cited.values() for id in ids))
    heads = ("drug", "action", "first approval", *("recorded for" for _ in frame.diseases))
    return Section((Sentence(f"{capital(names)} {asked[len(common) > 1]}.", every), Table(heads, tuple(rows))))


def _asked(frame: Frame, families: Mapping[str, Sequence[str]], results: Results) -> tuple[str, str]:
    """What the drugs are to be, said of one and of several."""
    genes = []
    for keys in families.values():
        of = [
            target_name(result.evidence[0].record) for key in keys if (result := results.get(key)) and result.evidence
        ]
        genes.append(join(dict.fromkeys(of), "or"))
    on = join(genes)
    if not frame.diseases:
        return f"acts on {on}", f"act on {on}"
    diseases = join((entity.name or entity.text).lower() for entity in frame.diseases)
    return f"acts on {on} and is recorded for {diseases}", f"act on {on} and are recorded for {diseases}"


def _by_drug(results: Results, keys: Sequence[str]) -> _Drugs:
    """Each drug of these lists, approved ones first as they are listed."""
    drugs: _Drugs = {}
    for key in keys:
        result = results.get(key)
        if result is None or result.status not in ("ok", "partial"):
            continue
        for item in result.evidence:
            for row in item.record["rows"]:
                name = str(row["name"] or row["chembl_id"]).casefold()
                known = drugs.get(name)
                drugs[name] = (row, (item.id,)) if known is None else (known[0], (*known[1], item.id))
    return drugs


def _told(row: Mapping[str, Any]) -> tuple[str, ...]:
    name = plain_name(str(row["name"] or row["chembl_id"]))
    return name, str(row.get("action") or "–").lower(), str(row["first_approval"] or "–")
