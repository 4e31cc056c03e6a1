"""What documents of an earlier answer say of themselves, or of a topic: authors, year, journal, a passage with what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.library.sentences import sentence_spans
from ....memory.records import Evidence, ToolCall, ToolResult
from ...literature.answer import answered_from
from ...literature.quotable import quotable_span
from ..contract import Aside, Break, Part, Sentence
from ..documents import AboutDocuments, Fact
from .literature import harmless, label_of, quotations
from .plan import Section, Status
from .words import join, misses

__all__ = ["documents_told"]

_MOST_QUOTED = 4
_PASSAGE_SENTENCES = 16
_TOLD: tuple[Fact, ...] = ("title", "authors", "year", "journal", "identifiers")

Results = Sequence[tuple[ToolCall, ToolResult]]


def documents_told(asked: AboutDocuments, results: Results) -> Section:
    """The answer to a question about documents."""
    parts: list[Part] = []
    missed: list[Part] = []
    for call, result in results:
        if result.status not in ("ok", "partial"):
            missed += misses([result])
            continue
        told = _said(asked, result) if call.tool == "search_library" else _shown(asked, result)
        parts += [*([Break()] if parts else []), *told]
    answered = any(isinstance(part, Sentence) for part in parts)
    status: Status = "unknown" if not answered else "partial" if missed else "answered"
    return Section((*parts, *missed), status)


def _said(asked: AboutDocuments, result: ToolResult) -> list[Part]:
    """What one document says of the topic, in its own words."""
    passages = [item for item in result.evidence if item.record["type"] == "passage"]
    said = answered_from(asked.topic, [(item.id, item.record) for item in passages])
    quoted = [item for item in said.bearing if item.strength >= 0.5] or list(said.bearing[:1])
    if quoted:
        return quotations(quoted[:_MOST_QUOTED])
    label = label_of(passages[0].record)
    return [Aside(f"No sentence of {label} states anything on “{harmless(asked.topic)}”.")]


def _shown(asked: AboutDocuments, result: ToolResult) -> list[Part]:
    parts: list[Part] = []
    for item in result.evidence:
        record = item.record["record"] if item.record["type"] == "recalled_result" else item.record
        if asked.topic:
            parts.append(
                Aside(
                    f"{label_of(record)} is not in your library: fetch_article reads its abstract, library add its text."
                )
            )
        elif record["type"] == "passage":
            parts += _passage(item)
        else:
            facts = asked.facts or _TOLD
            parts += [Sentence(text, (item.id,)) for fact in _TOLD if fact in facts for text in _fact(fact, record)]
            if "authors" in facts and not record["authors"]:
                parts.append(Aside(_NO_AUTHORS))
    return parts


_NO_AUTHORS = (
    "A PDF seldom says its authors in a form that can be read: a reference file of the same article (RIS, BibTeX) fills them in"
    " when it is added."
)


def _fact(fact: Fact, record: Mapping[str, Any]) -> list[str]:
    label = label_of(record)
    if fact == "title":
        return [f"{label} has the title “{harmless(record['title'])}”."] if record["title"] else []
    if fact == "authors":
        names, count = [harmless(name) for name in record["authors"]], int(record["author_count"] or 0)
        if not names:
            return [f"No author of {label} is recorded."]
        if count > len(names):
            return [f"{label} was written by {', '.join(names)} and others, {count} in all."]
        return [f"{label} was written by {join(names)}."]
    if fact == "year":
        return [f"{label} was published in {record['year']}." if record["year"] else f"No year of {label} is recorded."]
    if fact == "journal":
        journal = harmless(record["journal"] or "")
        return [f"{label} appeared in {journal}." if journal else f"No journal of {label} is recorded."]
    ids = [(name, record.get(key)) for name, key in (("PMID ", "pmid"), ("", "pmcid"), ("doi:", "doi"))]
    known = [f"{name}{value}" for name, value in ids if value]
    return [f"Its identifiers are {join(known)}."] if known else [f"No identifier of {label} is recorded."]


def _passage(item: Evidence) -> list[Part]:
    """Its sentences as they stand, without those that could be taken for something else."""
    record = item.record
    text = str(record["text"])
    parts: list[Part] = []
    spans = sentence_spans(text)
    begins = 1 if record["start"] and len(spans) > 2 else 0  # what was asked for begins and ends within sentences
    ends = len(spans) if text.rstrip().endswith((".", "?", "!")) or len(spans) < 3 else -1
    for start, end in spans[begins:ends][:_PASSAGE_SENTENCES]:
        first, last = quotable_span(text[start:end])
        if last > first:
            parts.append(Sentence(f"“{' '.join(text[start + first : start + last].split())}”", (item.id,)))
    page = f", page {record['page']}" if record["page"] is not None else ""
    section = f", {harmless(record['section'])}" if record["section"] else ""
    lead = Aside(f"{label_of(record)}{page}{section}; in full: biocopilot library show {record['document']}")
    return [lead, *parts]
