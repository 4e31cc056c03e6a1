"""A library's passages and documents as text for reading, and as JSON. What a document says is shown and never obeyed."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from ...memory.library.catalogue import DocumentRow, PassageRow, SourceRow
from ...memory.library.document import Part
from ...memory.library.quoting import Where
from ...memory.library.sentences import sentence_spans
from ...memory.text import clean, shorten
from ...tools.library.passage_record import NO_STANDING, about_record, note_of

__all__ = ["document_text", "documents_text", "hits_text", "passage_text"]

_PAGE = 80
_WIDEST = 100
_SAID_CHARACTERS = 420
_LABEL, _SHORT_LABEL = 34, 15
"""Characters of a document's identifier in the list; where there is little room, a PMID's."""
_WHOSE = {"Biocopilot's own note": "Biocopilot", "your note": "your note"}
_SECTION_CHARACTERS = 80
_MOST_PARTS = 40
_MOST_PASSAGES = 20


def hits_text(records: Sequence[dict[str, Any]], matched: int) -> str:
    """Passages, best first, each with where it stands and why it was found."""
    width = _width()
    blocks = ["\n".join(_hit(number, record, width)) for number, record in enumerate(records, 1)]
    left = matched - len(records)
    end = f"{len(records)} of {matched:,} passages that match" if left > 0 else ""
    return "\n\n".join([*blocks, *([end] if end else [])]) + "\n"


def documents_text(rows: Sequence[DocumentRow]) -> str:
    """A line a document; nothing where there are none."""
    if not rows:
        return ""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widest = _LABEL if room is None or room > _WIDEST else _SHORT_LABEL
    label = max(5, *(len(_label(row, widest)) for row in rows))
    lines = [f"{'id':<10}  {'year':<4}  {'format':<8}  {'label':<{label}}  title"]
    for row in rows:
        mark = f"{clean(row.about.standing)}: " if row.about.standing else ""
        title = mark + _line(row.about.title)
        head = f"{row.id:<10}  {row.about.year or '-':<4}  {row.format:<8}  {_label(row, widest):<{label}}  "
        lines.append((head + (title if room is None else shorten(title, max(20, room - len(head))))).rstrip())
    return "\n".join(lines) + "\n"


def document_text(
    row: DocumentRow, parts: Sequence[Part], sources: Sequence[SourceRow], passages: Sequence[PassageRow], as_json: bool
) -> str:
    """A document: what is known of it, its parts, its passages, and the files that hold it."""
    if as_json:
        told = {
            **about_record(row),
            "added_at": row.added_at,
            "notes": list(row.notes),
            "parts": [
                {"part": n, "kind": part.kind, "page": part.page, "section": part.section, "characters": len(part.text)}
                for n, part in enumerate(parts)
            ],
            "passages": [
                {"passage": item.id, "part": item.part, "start": item.start, "end": item.end} for item in passages
            ],
            "sources": [_source(source) for source in sources],
        }
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    lines = list(_about(row))
    lines += [
        "",
        f"Text: {_many(len(parts), 'part')}, {sum(len(part.text) for part in parts):,} characters, {_many(len(passages), 'passage')}",
    ]
    lines += [
        f"  {n:>3}  {shorten(_line(part.place), 40):<40}  {len(part.text):>9,} characters"
        for n, part in enumerate(parts[:_MOST_PARTS])
    ]
    if len(parts) > _MOST_PARTS:
        lines.append(f"       and {len(parts) - _MOST_PARTS} more; --json gives them all")
    lines += ["", "Passages"]
    spans = [f"{item.part}:{item.start}-{item.end}" for item in passages[:_MOST_PASSAGES]]
    wide = max(map(len, spans), default=0)
    for item, span in zip(passages, spans, strict=False):
        head = f"  {item.id}  {span:<{wide}}  "
        lines.append(head + shorten(_line(item.text), max(20, _width() - len(head))))
    if len(passages) > _MOST_PASSAGES:
        lines.append(f"  and {len(passages) - _MOST_PASSAGES} more; --json gives them all")
    lines += ["", "Sources", *(f"  {_file(source)}" for source in sources)]
    lines += [line for note in row.notes for line in wrap(f"· {_line(note)}", _width(), subsequent_indent="  ")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def passage_text(
    row: DocumentRow,
    sources: Sequence[SourceRow],
    where: Where,
    around: tuple[str, str],
    said_there: bool | None,
    trouble: tuple[str, str],
    as_json: bool,
) -> str:
    """A passage or quotation where it stands.

    Args:
        row: its document.
        sources: the files that hold it, the one whose text is kept first.
        where: its place.
        around: what stands before and behind it.
        said_there: whether the file, read again, says it at that place; None where it could not be looked at.
        trouble: why not, and the command that mends it; both may be empty.
        as_json: as one JSON object.
    """
    if as_json:
        told = {
            **about_record(row),
            "part": where.part,
            "kind": where.kind,
            "page": where.page,
            "section": where.section or None,
            "start": where.start,
            "end": where.end,
            "text": where.text,
            "exact": where.exact,
            "before": around[0],
            "behind": around[1],
            "source": _source(sources[0]) if sources else None,
            "in_source": said_there,
            "in_source_trouble": trouble[0] or None,
        }
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    lines = list(_about(row))
    page = f"page {where.page}, " if where.page is not None else ""
    section = f"{_line(where.section)}, " if where.section else ""
    lines += ["", f"Where    {page}{section}part {where.part}, characters {where.start:,} to {where.end:,}"]
    if not where.exact:
        lines.append("         (marks, dashes or spaces are set otherwise there)")
    if sources:
        lines.append(f"File     {_file(sources[0])}")
    lines.append(f"         {_in_file(said_there, trouble[0])}")
    if said_there is None and trouble[1]:
        lines.append(f"         to read it again: {trouble[1]}")
    lines.append("")
    before, behind = around
    lines += _wrapped(f"{before}⟦{where.text}⟧{behind}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _in_file(said_there: bool | None, trouble: str) -> str:
    if said_there is None:
        return f"not looked at there: {_line(trouble)}"
    return "read again: it says this there" if said_there else "read again: it does NOT say this there"


def _hit(number: int, record: dict[str, Any], width: int) -> Iterator[str]:
    match = record["match"]
    if record["standing"] != NO_STANDING:
        yield f"{number:<3}{record['standing']}"
    lead = f"{number:<3}" if record["standing"] == NO_STANDING else "   "
    ends = [
        record["label"] if record["label"] != record["title"] else note_of(record),
        record["journal"],
        str(record["year"] or ""),
    ]
    yield from _indented(f"{record['title']}", lead, width)
    told = " · ".join(item for item in ends if item)
    if told:
        yield from _indented(told, "   ", width)
    page = f"page {record['page']}, " if record["page"] is not None else ""
    section = f"{shorten(record['section'], _SECTION_CHARACTERS)}, " if record["section"] else ""
    yield from _indented(
        f"{page}{section}characters {record['start']:,} to {record['end']:,} · {record['passage']}", "   ", width
    )
    yield from (f"   {line}" for line in wrap(_marked(_excerpt(record["text"], match["words"])), width - 3))
    why = [f"score {match['score']:.2f}"] + ([f"cosine {match['cosine']:.2f}"] if match["cosine"] is not None else [])
    why += [f"words: {', '.join(match['words'])}"] if match["words"] else ["no word of it"]
    why += [f"{len(match['folded'])} that say the same left out"] if match["folded"] else []
    yield from _indented(" · ".join(why), "   ", width)


def _marked(text: str) -> str:
    return f"“{text}”"


def _excerpt(text: str, words: Sequence[str]) -> str:
    """The sentences around the one that holds most of the words, as many as there is room for."""
    spans = sentence_spans(text) or [(0, len(text))]
    stems = [word.casefold()[:5] for word in words]
    counts = [sum(stem in text[start:end].casefold() for stem in stems) for start, end in spans]
    first = last = counts.index(max(counts))
    while True:
        wider = [(first, last + 1)] if last + 1 < len(spans) else []
        wider += [(first - 1, last)] if first > 0 else []
        fitting = [(a, b) for a, b in wider if spans[b][1] - spans[a][0] <= _SAID_CHARACTERS]
        if not fitting:
            break
        first, last = fitting[0]
    start, end = spans[first][0], spans[last][1]
    said = shorten(_line(text[start:end]), _SAID_CHARACTERS)
    return ("… " if start > 0 else "") + said + (" …" if end < len(text.rstrip()) and not said.endswith("…") else "")


def _about(row: DocumentRow) -> Iterator[str]:
    about, width = row.about, _width()
    if about.standing:
        yield clean(about.standing)
    yield from wrap(f"{row.id}  {_line(about.title)}", width)
    if about.authors:
        named = ", ".join(_line(name) for name in about.authors[:6]) + (
            f" and {len(about.authors) - 6} more" if len(about.authors) > 6 else ""
        )
        yield from wrap(named, width)
    ids = [f"PMID {about.pmid}" if about.pmid else "", about.pmcid, f"doi:{about.doi}" if about.doi else ""]
    told = [_line(about.journal), str(about.year or ""), *ids, f"licence {_line(about.licence) or 'not stated'}"]
    yield from wrap(" · ".join(item for item in told if item), width)
    kinds = "; ".join(_line(kind) for kind in about.publication_types)
    kept = f"collection {_line(row.collection)}" if row.collection else ""
    whose = note_of({"format": row.format, "collection": row.collection})
    yield from wrap(
        " · ".join(item for item in (whose or row.format, kinds, kept, f"added {row.added_at[:10]}") if item), width
    )


def _source(source: SourceRow) -> dict[str, Any]:
    return {
        "path": source.path,
        "member": source.member or None,
        "record": source.entry + 1,
        "sha256": source.sha256,
        "format": source.format,
        "gives_the_text": bool(source.is_text),
    }


def _file(source: SourceRow) -> str:
    member = f", {_line(source.member)}" if source.member else ""
    record = f", record {source.entry + 1}" if source.entry else ""
    gives = "" if source.is_text else " (not the one whose text is kept)"
    return f"{_line(source.path)}{member}{record}{gives}"


def _label(row: DocumentRow, widest: int) -> str:
    label = row.about.label
    if label != row.about.title:
        return shorten(_line(label), widest)
    return _WHOSE.get(note_of({"format": row.format, "collection": row.collection}), "-")


def _indented(text: str, lead: str, width: int) -> Iterator[str]:
    lines = wrap(_line(text), width - 3) or [""]
    yield f"{lead}{lines[0]}"
    yield from (f"   {line}" for line in lines[1:])


def _wrapped(text: str) -> list[str]:
    """Paragraphs as they stand, wrapped at the page."""
    return [line for paragraph in clean(text).split("\n") for line in (wrap(paragraph, _width()) or [""])]


def _width() -> int:
    return min(_WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _PAGE


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", clean(text)).strip()


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
