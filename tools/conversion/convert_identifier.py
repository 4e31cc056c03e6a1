"""The `convert_identifier` tool: what other databases call a molecule or a target, source by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from pydantic import Field

from ...memory.errors import OfflineRefused, SourceUnavailable
from ...memory.records import Omitted, Source
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .kind import kind_of
from .molecules import molecule_statements
from .statements import KINDS, Comparison, Entry, Silence, Statement, compare
from .targets import target_statements

__all__ = ["convert_identifier"]

_MOST_NAMES = 500
_SHOWN = 3


class ConvertIdentifierArguments(ToolArguments):
    """Of what, and how much to give."""

    identifier: str = Field(
        min_length=1,
        max_length=2_000,
        description="a molecule: name, SMILES, InChI, InChIKey, ChEMBL id, or CID as in CID 2244; a target: gene symbol or "
        "alias, name, HGNC id, UniProt accession, Ensembl gene, ChEMBL target id",
    )
    kind: Literal["auto", "molecule", "target"] = Field(
        default="auto", description="what it is; found out from its shape and the local store where not said"
    )
    most_names: int = Field(
        default=10, ge=0, le=_MOST_NAMES, description="how many other names to give for each entry of a source"
    )


@tool(
    title="Convert identifier",
    cost="slow",
    deadline_s=90,
    kept_replies=True,
    examples=({"identifier": "imatinib"}, {"identifier": "ERBB1", "kind": "target"}),
)
async def convert_identifier(arguments: ConvertIdentifierArguments, context: ToolContext) -> Findings:
    """Translate between names and identifiers of a molecule or a target, and say which source gave each and where they differ.

    Use it for "PubChem CID of …", "which ChEMBL id is …", "approved symbol for the alias …", "HGNC id, Ensembl gene of …". Not for
    properties (`molecule_properties`) or function (`target_profile`). Each source is asked where it is nearest: a registered store,
    kept replies, the live service; beside the starter set, a selection, the services are asked too. Comes back: a comparison of all
    identifiers with their sources, conflicts named and none chosen, then a record a source (local store, PubChem, ChEMBL; or HGNC,
    UniProt, ChEMBL). A source that fails or, offline, cannot be asked is named and the others still answer. A structure is never
    sent, only the InChIKey computed from it. Limits: PubChem is live only; human genes in HGNC; an ambiguous alias lists its
    candidates. Nothing found says so for each source.
    """
    text = " ".join(arguments.identifier.split())
    kind, because = (
        (arguments.kind, "as was said") if arguments.kind != "auto" else await kind_of(text, context)
    )  # fmt: skip
    async with context.session() as session:
        look = molecule_statements if kind == "molecule" else target_statements
        statements, silences, notes = await look(text, context, session)
        notices = tuple(session.notices)
    failed = [item for item in silences if item.failed]
    offline = [item for item in failed if item.offline]
    if offline and not statements and not any(item.asked for item in silences):
        raise OfflineRefused(
            f"No local store holds what {shorten(text, 60)} is, and no reply of {_names(offline)} is kept."
        )
    if len(failed) > len(offline) and not statements:
        raise SourceUnavailable(
            f"No source knows {shorten(text, 60)}, and {len(failed)} did not answer: "
            f"{' '.join(f'{item.title}: {item.why}' for item in failed)}",
            "Ask again later.",
        )
    found = _findings(arguments, f"{kind} ({because})", statements, silences, notes)
    return replace(found, warnings=tuple(dict.fromkeys((*found.warnings, *notices))))


def _names(silences: Sequence[Silence]) -> str:
    *others, last = (item.title for item in silences)
    return f"{', '.join(others)} and {last}" if others else last


def _findings(
    arguments: ConvertIdentifierArguments,
    read_as: str,
    statements: Sequence[Statement],
    silences: Sequence[Silence],
    notes: Sequence[str],
) -> Findings:
    comparison = compare(statements)
    shown = shorten(" ".join(arguments.identifier.split()), 80)
    record = {
        "type": "identifier_conversion",
        "query": arguments.identifier,
        "read_as": read_as,
        "identifiers": {
            kind: [{"value": value, "sources": list(sources)} for value, sources in values]
            for kind, values in comparison.identifiers.items()
        },
        "answered_by": [item.label for item in statements],
        "conflicts": list(comparison.conflicts),
        "differences": list(comparison.differences),
        "without_answer": [
            {
                "source": item.title,
                "why": item.why,
                "asked": item.asked or (item.failed and not item.offline),
                "failed": item.failed and not item.offline,
                "candidates": list(item.candidates),
            }
            for item in silences
        ],
        "notes": list(notes),
    }
    drafts = [Draft(record, _own_source(), "computed", _summary(shown, comparison, silences, statements))]
    drafts += [_draft(item, arguments) for item in statements]
    total = sum(len(item.entries) for item in statements)
    warnings = [f"Conflict. {sentence}" for sentence in comparison.conflicts]
    offline = [item for item in silences if item.offline]
    if offline:
        warnings.append(
            f"Not asked, since this is offline and no reply of theirs is kept: {_names(offline)} (the live services)."
        )
    warnings += [_told(item.title, item.why) for item in silences if item.failed and not item.offline]
    warnings += [
        f"{_told(item.title, item.why)} It could be {'; '.join(item.candidates[:10])}."
        for item in silences
        if item.candidates
    ]
    warnings += [_told(item.source.name, note) for item in statements for note in item.notes]
    return Findings(
        tuple(drafts),
        matched=total,
        returned=total,
        filters={
            **({"kind": arguments.kind} if arguments.kind != "auto" else {}),
            **({"not_asked": f"{_names(offline)} (offline)"} if offline else {}),
        },
        omitted=_omitted(arguments, statements),
        warnings=tuple(dict.fromkeys((*warnings, *notes))),
        empty=not statements,
        partial=any(item.failed for item in silences) or not all(item.complete for item in statements),
        retrieved_at=min((item.retrieved_at for item in statements if item.retrieved_at is not None), default=None),
    )


def _told(who: str, what: str) -> str:
    """Who says it, where the sentence does not begin with that."""
    return what if what.startswith(who) else f"{who}: {what}"


def _draft(statement: Statement, arguments: ConvertIdentifierArguments) -> Draft:
    record = {
        "type": "identifiers",
        "query": arguments.identifier,
        "asked_by": statement.asked_by,
        "entries": [_entry(entry, arguments.most_names) for entry in statement.entries],
        "notes": list(statement.notes),
    }
    told = [_ids_in_words(entry) for entry in statement.entries[:_SHOWN]]
    more = f" and {len(statement.entries) - _SHOWN} more" if len(statement.entries) > _SHOWN else ""
    summary = f"{statement.label}, by {shorten(statement.asked_by, 60)}: {' | '.join(told)}{more}"
    return Draft(record, statement.source, statement.backend, summary)


def _entry(entry: Entry, most_names: int) -> dict[str, Any]:
    return {
        "name": entry.name,
        "identifiers": {kind: list(values) for kind, values in entry.ids.items() if values},
        "other_names": list(entry.other_names[:most_names]),
        "other_names_count": len(entry.other_names),
        **(entry.about or {}),
    }


def _ids_in_words(entry: Entry) -> str:
    ids = ", ".join(f"{KINDS[kind]} {_few(values)}" for kind, values in entry.ids.items() if values)
    return f"{shorten(entry.name, 60)}: {ids}" if entry.name else ids


def _few(values: Sequence[str]) -> str:
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return " and ".join(values[:_SHOWN]) + more


def _summary(shown: str, comparison: Comparison, silences: Sequence[Silence], statements: Sequence[Statement]) -> str:
    if not statements:
        who = "No source that could be asked" if any(item.offline for item in silences) else "No source"
        return f"{who} knows {shown}. {' '.join(item.why for item in silences if not item.offline)}"
    ids = "; ".join(
        f"{KINDS[kind]} {_few([value for value, _ in values])}" for kind, values in comparison.identifiers.items()
    )
    count = len(comparison.conflicts)
    trouble = f"{count} conflict{'' if count == 1 else 's'} between sources" if count else "no conflict between sources"
    if len(statements) == 1:
        trouble = f"{statements[0].label}, alone answered"
    return f"{shown}: {ids or 'no identifier'}; {trouble}"


def _omitted(arguments: ConvertIdentifierArguments, statements: Sequence[Statement]) -> Omitted | None:
    cut = sum(max(0, len(entry.other_names) - arguments.most_names) for item in statements for entry in item.entries)
    if not cut:
        return None
    again: Mapping[str, Any] = arguments.model_dump(mode="json", exclude_defaults=True)
    return Omitted(
        what=f"{cut:,} more names"
        + ("" if arguments.most_names < _MOST_NAMES else "; the sources themselves list them"),
        tool="convert_identifier",
        arguments={**again, "most_names": _MOST_NAMES},
    )


@cache
def _own_source() -> Source:
    """Who compares: this program."""
    try:
        release = version("biocopilot")
    except PackageNotFoundError:
        release = "unknown"
    return Source(
        name="Biocopilot", release=release, licence="MIT", attribution="compared by Biocopilot from the sources named"
    )
