"""`report.html`: the report as one page that needs nothing else, on a screen, a phone or paper.

No script, and no address is loaded. Evidence opens where it is cited: a click shows the source, the call and the licence, and
leads to the whole record. Every text of others is escaped; drawings stand as images, in which nothing runs.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import chain, groupby, zip_longest

from ....memory.records import Evidence
from ....memory.text import clean
from ...export.html import inline
from ...rendering import STATUS_LINES, call_label, source_label
from ..contract import Aside, Break, Finished, Missing, Molecule, Part, Plot, Section, Sentence, Struck, Table
from .cited import cited_evidence
from .evidence_lines import ASKED
from .failed import failed_lines
from .plots import plot_as_svg
from .report_style import STYLE

__all__ = ["report_as_html"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_MOST_OPENED = 12
"""Records that are told where they are cited; to the others there are links."""
_MOST_SHOWN = 4
_SHORT_CELL = 18
"""Characters of a cell that stays in one line."""
_LONG_WORD = re.compile(r"[^\s-]{25,}")
"""What is broken where the room ends, since it may be wider than a page: a SMILES, a sequence, an address."""
_NUMBER = re.compile(r"[<>≤≥~±]?\s?[−-]?\d[\d,.]*(e[+-]?\d+)?(\s?[^\s\d]{1,6})?")
"""A cell that is a number, perhaps with its unit."""
_NO_VALUE = frozenset(("", "–", "-"))
_MOST_CALL = 200
_RECORDS = (
    "The records that this report cites, as their tools gave them; all records of the run stand in evidence.jsonl."
)


def report_as_html(finished: Finished, drawings: Mapping[str, str]) -> Iterator[str]:
    """The whole report, line by line.

    Args:
        finished: the run.
        drawings: SVG by SMILES.
    """
    page = _Page(finished, drawings)
    title = _text(finished.report.title)
    head = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>\n{STYLE}\n</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
    )
    warning = [f'<p class="warn">{STATUS_LINES[finished.status]}</p>'] if finished.status in STATUS_LINES else []
    parts = (
        head,
        warning,
        page.contents(),
        ("<main>",),
        page.sections(),
        ("</main>",),
        page.failures(),
        page.records(),
        page.made_by(),
        ("</body>", "</html>"),
    )
    return (f"{line}\n" for line in chain.from_iterable(parts))


class _Page:
    """The parts of the page over one run."""

    def __init__(self, finished: Finished, drawings: Mapping[str, str]) -> None:
        self.finished = finished
        self.drawings = drawings
        self.evidence = {item.id: item for item in finished.evidence}

    def contents(self) -> Iterator[str]:
        sections = self.finished.report.sections
        if len(sections) < 2:
            return
        yield '<nav aria-label="Contents"><ul>'
        for subject, group in groupby(sections, key=lambda section: section.subject):
            links = [f'<a href="#{_id(section.id)}">{_text(section.title)}</a>' for section in group]
            if subject:
                yield f'<li class="of"><strong>{_text(subject)}</strong> {" · ".join(links)}</li>'
            else:
                yield from (f"<li>{link}</li>" for link in links)
        yield "</ul></nav>"

    def sections(self) -> Iterator[str]:
        for subject, group in groupby(self.finished.report.sections, key=lambda section: section.subject):
            if subject:
                yield f'<h2 class="subject">{_text(subject)}</h2>'
            for section in group:
                yield f'<section id="{_id(section.id)}">'
                level = 3 if subject else 2
                yield f"<h{level}>{_text(section.title)}</h{level}>"
                yield from self._parts(section)
                yield "</section>"

    def _parts(self, section: Section) -> Iterator[str]:
        for kind, group in groupby(section.parts, key=_together):
            parts = list(group)
            if kind == "text":
                yield '<div class="text">'
                yield from (line for part in parts for line in self._part(part))
                yield "</div>"
            elif kind in ("plots", "molecules"):
                yield f'<div class="figures {kind}">'
                yield from (line for part in parts for line in self._part(part))
                yield "</div>"
            else:
                yield from (line for part in parts for line in self._part(part))

    def _part(self, part: Part) -> Iterator[str]:
        match part:
            case Sentence():
                yield self._claim(inline(part.text, frozenset()), part.evidence)
            case Missing():
                yield self._claim(f'<span class="missing">Missing</span> {_text(part.text)}', part.evidence)
            case Struck():
                why = f' <span class="faint">in no cited record: {_text(", ".join(part.missing))}</span>'
                said = f"<del>{inline(part.text, frozenset())}</del>{why if part.missing else ''}"
                yield self._claim(said, part.evidence)
            case Aside():
                yield f'<p class="faint">{_text(part.text)}</p>'
            case Break():
                return
            case Table():
                yield from self._table(part)
            case Molecule():
                yield from self._molecule(part)
            case Plot():
                ids = tuple(dict.fromkeys(id for point in part.points for id in point.evidence))
                yield "<figure>"
                yield f"<figcaption>{_text(part.title)} {self._cited(ids)}</figcaption>"
                yield plot_as_svg(part)
                yield "</figure>"

    def _claim(self, html: str, evidence: Sequence[str]) -> str:
        return f'<div class="claim">{html} {self._cited(evidence)}</div>'

    def _table(self, table: Table) -> Iterator[str]:
        yield '<div class="wide"><table>'
        classes = [_class(column) for column in zip(*(row.cells for row in table.rows), strict=True)]
        heads = "".join(
            f"<th{kind or _long(head)}>{inline(head, frozenset())}</th>"
            for head, kind in zip_longest(table.header, classes, fillvalue="")
        )
        yield f"<thead><tr>{heads}<th>evidence</th></tr></thead>"
        yield "<tbody>"
        for row in table.rows:
            cells = "".join(_cell(cell, kind) for cell, kind in zip(row.cells, classes, strict=True))
            yield f"<tr>{cells}<td>{self._cited(row.evidence)}</td></tr>"
        yield "</tbody></table></div>"

    def _molecule(self, part: Molecule) -> Iterator[str]:
        svg = self.drawings.get(part.smiles)
        yield "<figure>"
        if svg is None:
            yield '<p class="faint">This structure could not be drawn.</p>'
        else:
            data = base64.b64encode(svg.encode()).decode()
            yield f'<img alt="Structure of {_text(part.name)}" src="data:image/svg+xml;base64,{data}">'
        yield f"<figcaption>{_text(part.name)} {self._cited(part.evidence)}"
        yield f'<code class="smiles">{escape(part.smiles)}</code></figcaption>'
        yield "</figure>"

    def _cited(self, ids: Sequence[str]) -> str:
        """The ids, which open to what stands behind them."""
        known = [self.evidence[id] for id in ids if id in self.evidence]
        if not known:
            return ""
        shown = ", ".join(item.id for item in known[:_MOST_SHOWN])
        more = f" and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else ""
        behind = "".join(map(_behind, known[:_MOST_OPENED]))
        if others := known[_MOST_OPENED:]:
            behind += f"<li>{', '.join(_link(item) for item in others)}</li>"
        return f'<details class="cited"><summary>{shown}{more}</summary><ul>{behind}</ul></details>'

    def failures(self) -> Iterator[str]:
        finished = self.finished
        if failed := list(failed_lines(finished)):
            yield "<h2>What failed</h2>"
            yield "<ul>"
            yield from (f"<li>{_text(text)}</li>" for text in failed)
            yield "</ul>"
            yield f"<p>To try it again: <code>{escape(finished.again)}</code></p>"
        notes = [note for note in finished.notes if note.kind != "failure"]
        if notes:
            yield "<h2>Notes</h2>"
            yield "<ul>"
            yield from (f"<li>{_text(note.text)}</li>" for note in notes)
            yield "</ul>"

    def records(self) -> Iterator[str]:
        cited = cited_evidence(self.finished)
        if cited:
            yield "<h2>Evidence</h2>"
            yield f'<p class="faint">{_RECORDS}</p>'
            yield '<div class="records">'
        for item in cited:
            record = escape(clean(json.dumps(item.record, ensure_ascii=False, indent=1)), quote=False)
            source = item.source
            name = _text(source_label(source))
            if re.match(r"https?://", source.url):
                name = f'<a href="{_text(source.url)}" rel="noreferrer">{name}</a>'
            said = f" {_text(source.attribution)}" if source.attribution else ""
            when = f" Retrieved {item.retrieved_at:%Y-%m-%d %H:%M:%S} UTC." if item.backend in ASKED else ""
            yield f'<section class="record" id="{item.id}">'
            yield f"<p><strong>{item.id}</strong> {name} ({_text(source.licence)}), {item.backend}<br>"
            yield f"<code>{_text(call_label(item.tool, item.arguments, _MOST_CALL))}</code>"
            yield f'<span class="faint">{said}{when}</span></p>'
            yield f'<details><summary>Record</summary><p class="faint">sha256 {item.sha256}</p>'
            yield f"<pre>{record}</pre></details>"
            yield "</section>"
        if cited:
            yield "</div>"

    def made_by(self) -> Iterator[str]:
        finished = self.finished
        yield "<footer>"
        yield f"<p>Made by Biocopilot {_text(finished.version)} with the workflow {_text(finished.workflow.name)}."
        yield "What was asked, with which sources, versions and licences, stands in methods.md beside this page.</p>"
        yield "</footer>"


def _class(column: Sequence[str]) -> str:
    """Columns of numbers stand flush right, so that their digits are above each other."""
    said = [cell.strip() for cell in column if cell.strip() not in _NO_VALUE]
    return ' class="number"' if said and all(map(_NUMBER.fullmatch, said)) else ""


def _cell(text: str, kind: str) -> str:
    short = ' class="short"' if len(text) <= _SHORT_CELL else ""
    return f"<td{kind or short or _long(text)}>{inline(text, frozenset())}</td>"


def _long(text: str) -> str:
    return ' class="long"' if _LONG_WORD.search(text) else ""


def _link(item: Evidence) -> str:
    return f'<a href="#{item.id}">{item.id}</a>'


def _behind(item: Evidence) -> str:
    """What a click on a citation shows of the record."""
    return (
        f"<li>{_link(item)} {_text(source_label(item.source))}, {_text(item.source.licence)};"
        f" <code>{_text(call_label(item.tool, item.arguments, _MOST_CALL))}</code></li>"
    )


def _together(part: Part) -> str:
    """Parts that stand in one block."""
    match part:
        case Molecule():
            return "molecules"
        case Plot():
            return "plots"
        case Table():
            return "table"
        case _:
            return "text"


def _id(name: str) -> str:
    """An id that no record has."""
    return f"s-{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}"


def _text(text: str) -> str:
    return escape(" ".join(clean(text).split()))
