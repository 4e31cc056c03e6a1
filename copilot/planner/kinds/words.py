"""How values, names and lists are written in a sentence: decimals, units, plurals, and what a miss or failure says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....memory.records import Evidence, ToolResult
from ....memory.starter.names import name_key
from ..contract import Aside, Part, Sentence
from .plan import Results, Section, Status

__all__ = [
    "amount",
    "capital",
    "code",
    "count_of",
    "join",
    "known_id",
    "misses",
    "molecule_name",
    "notes",
    "number",
    "plain_name",
    "settle",
    "target_name",
]


def number(value: float, decimals: int | None = None) -> str:
    """A number as an answer shows it: thousands separated, at most that many decimals, or three significant digits."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15 and decimals is None):
        return f"{int(value):,}"
    if decimals is None:
        magnitude = abs(value)
        decimals = 0 if magnitude >= 1000 else 1 if magnitude >= 100 else 2 if magnitude >= 1 else 4
        text = f"{value:,.{decimals}f}"
        if float(text.replace(",", "")) == 0 and value:
            return f"{value:.3g}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,.{decimals}f}"


def amount(quantity: Mapping[str, Any], decimals: int | None = None) -> str:
    """A quantity with relation and unit: `206.28 g/mol`, `> 10,000 nM`, `7 `."""
    relation = "" if quantity.get("relation", "=") == "=" else f"{quantity['relation']} "
    unit = "" if quantity["unit"] in ("count", "dimensionless", "") else f" {quantity['unit']}"
    return f"{relation}{number(quantity['value'], decimals)}{unit}"


def count_of(how_many: int, noun: str, plural: str = "") -> str:
    """`1 drug`, `12 drugs`, `no drugs`."""
    word = noun if how_many == 1 else plural or f"{noun}s"
    return f"{how_many:,} {word}" if how_many else f"no {word}"


def join(items: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    listed = list(items)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def capital(text: str) -> str:
    """With a capital first letter, unless the first word is a name written its own way (pIC50, mTOR) or code."""
    first = text.split(" ", 1)[0]
    return text if not text or any(char.isupper() for char in first[1:]) else text[0].upper() + text[1:]


def code(text: str) -> str:
    """As a code span, which the claim check demands letter for letter."""
    return f"`{text}`"


def plain_name(name: str) -> str:
    """A source's capitals made readable: IMATINIB MESYLATE → imatinib mesylate; SB-203580 and codes stay."""
    if any(char.isdigit() for char in name) or len(name) <= 3:
        return name
    return name.lower() if name.isupper() else name


def molecule_name(record: Mapping[str, Any]) -> str:
    """What to call a record's molecule: the user's own word for it with the source's name, else its SMILES as code."""
    molecule = record.get("molecule", record)
    query, name = molecule.get("query") or "", molecule.get("name") or ""
    if not name:
        return code(molecule.get("smiles") or query)
    if query.upper().startswith("CHEMBL"):
        return f"{plain_name(name)} ({query})"
    if molecule.get("matched_by") == "name" and name_key(query) != name_key(name):
        return f"{plain_name(query)} ({plain_name(name)})"
    return plain_name(name)


def known_id(chembl_id: str | None) -> str:
    """A ChEMBL id; the starter set's own stand-ins for ids that it does not know are shown as a dash."""
    return chembl_id if chembl_id and chembl_id.upper().startswith("CHEMBL") else "–"


def target_name(record: Mapping[str, Any]) -> str:
    """What to call a record's target: its gene symbol, else its name."""
    target = record.get("target", record)
    return str(target.get("gene") or target.get("name") or target.get("query"))


def notes(item: Evidence, most: int = 2) -> list[Part]:
    """The record's own caveats as sentences with evidence."""
    return [Sentence(str(text), (item.id,)) for text in item.record.get("notes", [])[:most]]


def misses(results: Iterable[ToolResult | None]) -> list[Part]:
    """What failed and empty results say; nothing for those that came to something."""
    parts: list[Part] = []
    for result in results:
        if result is None or result.status in ("ok", "partial"):
            continue
        if result.status == "failed":
            message, _, hint = result.digest.partition("\n")
            parts.append(Aside(f"{message} {hint}".strip()))
        for item in result.evidence:
            record = item.record
            parts.append(Sentence(str(record.get("message") or f"{item.tool} found nothing."), (item.id,)))
            near = [str(name) for name in record.get("nearest", [])][:5]
            if near:
                several = record["type"] == "ambiguous"
                lead, last = ("It could be", "or") if several else ("The nearest names are", "and")
                parts.append(Sentence(f"{lead} {join(near, last)}.", (item.id,)))
    return parts


def settle(told: Sequence[Part], results: Results, keys: Iterable[str]) -> Section:
    """A section from what could be told and what was missed: answered, partial or unknown accordingly."""
    missed = misses(results.get(key) for key in keys)
    status: Status = "answered" if told and not missed else "partial" if told else "unknown"
    return Section((*told, *missed), status)
