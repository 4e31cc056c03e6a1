"""How a recorded passage is found again: at its place in its document, whatever was added to the library since.

What is compared is the text at the recorded offsets, the document's checksum and its standing, and, where the file that it was read
from is still the same, the text as that file has it. Scores are not compared: they depend on what else there is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...memory.errors import NotFound
from ...memory.library.catalogue import DocumentRow
from ...memory.library.document import Part
from ...memory.library.library import Library
from ...memory.library.passages import Passage
from ...memory.library.quoting import in_source, locate_in
from ...memory.records import Evidence
from ...memory.text import clean
from ..contract import Draft, ToolContext
from .passage_record import passage_draft

__all__ = ["find_document_again", "find_passage_again", "in_library"]


async def find_passage_again(evidence: Evidence, context: ToolContext) -> Draft:
    """The passage of a record as the library has it now. Raises NotFound where its document is there no more."""
    return await asyncio.to_thread(_passage_now, context.library, evidence)


async def find_document_again(
    evidence: Evidence, context: ToolContext, look: Callable[[Library, DocumentRow], Draft]
) -> Draft:
    """A document's own record as it is now. Raises NotFound where it is there no more."""

    def now(library: Library) -> Draft:
        row = _document(library, evidence.record)
        return _as_then(evidence, look(library, row))

    return await asyncio.to_thread(now, context.library)


async def in_library(look: Callable[[Library], Draft], evidence: Evidence, context: ToolContext, changed: str) -> Draft:
    """What a look into the library gives now; where it differs, the library is another and nothing can be compared.

    Args:
        look: gives the finding anew.
        evidence: the one recorded.
        context: of the verification.
        changed: the reason that is told where it differs.

    Raises:
        NotFound: it differs.
    """
    draft = await asyncio.to_thread(look, context.library)
    if draft.record != evidence.record:
        raise NotFound(changed)
    return draft


def _passage_now(library: Library, evidence: Evidence) -> Draft:
    then = evidence.record
    row = _document(library, then)
    parts, number, span = library.catalogue.parts(row.id), int(then["part"]), (int(then["start"]), int(then["end"]))
    if _said(parts, number, span) != then["text"]:
        number, span = _elsewhere(parts, then, number, span)
    draft = passage_draft(row, library.sources(row.id), number, parts[number], span, match=then.get("match"))
    if then.get("passage"):
        draft.record["passage"] = Passage(number, *span, parts[number].text[span[0] : span[1]]).id_in(row.id)
    if draft.record["text"] == then["text"] and not (source := in_source(library, row)).trouble:
        draft.record["text"] = _said(source.parts, number, span)
    return _as_then(evidence, draft)


def _document(library: Library, then: Mapping[str, Any]) -> DocumentRow:
    row = library.catalogue.document(str(then["document"]))
    if row is None:
        raise NotFound(f"The document {then['document']} ({clean(str(then['label']))}) is no longer in the library.")
    return row


def _said(parts: Sequence[Part], number: int, span: tuple[int, int]) -> str:
    return clean(parts[number].text[span[0] : span[1]]) if number < len(parts) else ""


def _as_then(evidence: Evidence, draft: Draft) -> Draft:
    """The finding without what was only learnt of its document since."""
    record = {**draft.record, **_filled_since(evidence.record, draft.record)}
    same = record["text_sha256"] == evidence.record["text_sha256"]
    same &= evidence.source.licence in (draft.source.licence, "not stated")
    return replace(draft, record=record, source=evidence.source if same else draft.source)


def _elsewhere(
    parts: Sequence[Part], then: Mapping[str, Any], number: int, span: tuple[int, int]
) -> tuple[int, tuple[int, int]]:
    """Where the text stands now, if not at its place; its place of then where the document does not say it any more."""
    try:
        where = locate_in(parts, str(then["text"]), (number, span[0]))
    except NotFound:
        if number < len(parts):
            return number, span
        raise NotFound(f"The document {then['document']} has another text now, and does not say this.") from None
    return where.part, (where.start, where.end)


def _filled_since(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What was not known of the document then and is now, from another file of the same article: no difference."""
    empty: tuple[Any, ...] = (None, [], "")
    filled = {
        name: then[name]
        for name in ("title", "authors", "year", "journal", "pmid", "doi", "pmcid", "licence", "publication_types")
        if then.get(name) in empty and now[name] not in empty
    }
    if filled.keys() & {"pmid", "doi", "pmcid"}:
        filled["label"] = then["label"]
    if "authors" in filled:
        filled["author_count"] = then["author_count"]
    return filled
