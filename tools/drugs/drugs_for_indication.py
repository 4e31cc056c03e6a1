"""The `drugs_for_indication` tool: the drugs recorded for a disease."""

from __future__ import annotations

import re

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.records import Omitted
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .drug_rows import in_years, split_drafts, years_told

__all__ = ["drugs_for_indication"]


class DrugsForIndicationArguments(ToolArguments):
    """For which disease."""

    indication: str = Field(min_length=1, max_length=200, description="a disease or condition, such as psoriasis")
    approved_only: bool = Field(default=False, description="only approved drugs")
    approved_from: int | None = Field(
        default=None, ge=1800, le=2200, description="first approval in this year or later"
    )
    approved_to: int | None = Field(default=None, ge=1800, le=2200, description="first approval in this year or before")
    most: int = Field(default=50, ge=1, le=500, description="how many drugs to give")


@tool(title="Drugs for indication", cost="instant", examples=({"indication": "psoriasis"},))
async def drugs_for_indication(arguments: DrugsForIndicationArguments, context: ToolContext) -> Findings:
    """List the drugs recorded for a disease or condition.

    Use it for "which drugs are used in …", "… since 2018". Not for treatment advice. The term is looked up exactly, then as
    part of longer terms ("asthma" also finds "Asthma prevention", "Parkinson's" "Parkinsonism"); the terms taken are said.
    Comes back: drugs with first approval year, ChEMBL id and term: the very term first, then approved ones, the newest first; a
    record a source. An unknown term lists the nearest ones.
    """
    chembl = context.bench.chembl
    terms = _terms(arguments.indication, context)
    facts = [fact for term in terms for fact in chembl.indications(term=term)]
    if arguments.approved_only:
        facts = [fact for fact in facts if fact.max_phase == 4]
    facts = in_years(facts, arguments.approved_from, arguments.approved_to)
    unique = list({fact.molecule_chembl_id: fact for fact in reversed(facts)}.values())
    unique.sort(
        key=lambda fact: (
            fact.term.casefold() != arguments.indication.casefold(),
            fact.max_phase != 4,
            -(fact.first_approval or 0),
            fact.molecule_name or "",
        )
    )
    shown = unique[: arguments.most]
    record = {
        "type": "drugs_for_indication",
        "indication": arguments.indication,
        "terms": terms,
        "total": len(unique),
        "notes": ["This is a list of recorded uses, not treatment advice."],
    }
    filters = arguments.model_dump(include={"approved_only", "approved_from", "approved_to"}, exclude_defaults=True)
    if arguments.approved_from or arguments.approved_to:
        record["years"] = {"from": arguments.approved_from, "to": arguments.approved_to}
    if not unique:
        label = f"{shorten(arguments.indication, 80)}{_years(arguments)}"
        message = f"No {'approved ' if arguments.approved_only else ''}drug recorded for {label} is in this source."
        draft = Draft({**record, "message": message, "rows": []}, chembl.source, chembl.backend, message)
        return Findings((draft,), matched=0, returned=0, filters=filters, empty=True)
    groups: dict[str, list[dict[str, object]]] = {}
    for fact in shown:
        groups.setdefault(fact.source, []).append(
            {
                "name": fact.molecule_name,
                "chembl_id": public_id(fact.molecule_chembl_id) or "",
                "approved": fact.max_phase == 4,
                "first_approval": fact.first_approval,
                "indication": fact.term,
            }
        )
    omitted = None
    if len(shown) < len(unique):
        again = {**arguments.model_dump(mode="json"), "most": 500}
        omitted = Omitted(what=f"{len(unique) - len(shown)} more drugs", tool="drugs_for_indication", arguments=again)
    return Findings(
        split_drafts(record, dict(groups), arguments.indication, context),
        matched=len(unique),
        returned=len(shown),
        filters=filters,
        omitted=omitted,
    )


def _years(arguments: DrugsForIndicationArguments) -> str:
    told = years_told(arguments.approved_from, arguments.approved_to)
    return f" and {told}" if told else ""


def _terms(wanted: str, context: ToolContext) -> list[str]:
    """Indication terms that mean the disease: the very term first, then longer ones that hold all its words."""
    chembl = context.bench.chembl
    known = chembl.indication_terms()
    exact = [term for term in known if term.casefold() == wanted.casefold()]
    named = [hit.id for hit in chembl.names_matching(wanted, ("disease",)) if hit.id not in exact]
    words = _words(wanted)
    longer = [term for term in known if words and all(_has(word, _words(term)) for word in words)]
    found = list(dict.fromkeys([*exact, *named, *longer]))
    if not found:
        nearest = tuple(name for name, _ in chembl.nearest_names(wanted, "disease"))
        raise NotFound(f"No indication called {shorten(wanted, 80)} is in this source.", "Try another term.", nearest)
    return found[:200]


_SPELLINGS = (
    ("aemia", "emia"),
    ("oedema", "edema"),
    ("rrhoea", "rrhea"),
    ("oesoph", "esoph"),
    ("tumour", "tumor"),
    ("haem", "hem"),
)
_EMPTY_WORDS = frozenset(("of", "the", "and", "disease", "in", "a", "due", "to"))
_STEM = 7


def _words(text: str) -> set[str]:
    """The words that tell, in one spelling; `'s` is no part of a name."""
    plain = text.casefold().replace("’", "'").replace("'s", "")
    for british, american in _SPELLINGS:
        plain = plain.replace(british, american)
    found = re.findall(r"[a-z0-9]+", plain)
    telling = {word for word in found if word not in _EMPTY_WORDS}
    return telling or set(found)


def _has(word: str, words: set[str]) -> bool:
    """Whether the word is among them, or begins one: Parkinson, Parkinsonism."""
    return word in words or (len(word) >= _STEM and any(other.startswith(word) for other in words))
