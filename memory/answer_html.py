"""An answer's paragraphs and tables, and the drawings of its evidence, as HTML that every page of ours is made of.

Every text is escaped; a SMILES stands letter by letter. Nothing here is loaded from anywhere.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape

from .answer_blocks import Block, Heading, Line, Table, paragraphs_of, pieces_of
from .answer_parts import call_label
from .records import Evidence
from .text import clean

__all__ = ["Mark", "drawing", "escaped", "inline", "paragraphs"]

Mark = Callable[[str], str]
"""The HTML in place of an evidence id."""


def escaped(text: str) -> str:
    """The text on one line, without what could steer a reader's program."""
    return escape(" ".join(clean(text).split()))


def paragraphs(markdown: str, mark: Mark) -> Iterator[str]:
    """The answer's text, element by element."""
    for paragraph in paragraphs_of(markdown):
        yield from _paragraph(paragraph, mark)


def inline(text: str, mark: Mark) -> str:
    """A line's pieces: code, bold, struck, and evidence ids as they are marked."""
    made = []
    for piece in pieces_of(text):
        match piece.kind:
            case "code":
                made.append(f"<code>{escape(piece.text)}</code>")
            case "bold":
                made.append(f"<strong>{escape(piece.text)}</strong>")
            case "struck":
                made.append(f"<del>{inline(piece.text, mark)}</del>")
            case "evidence":
                made.append(re.sub(r"E\d+", lambda hit: mark(hit.group()), piece.text))
            case "text":
                made.append(escape(piece.text))
    return "".join(made)


def drawing(item: Evidence) -> Iterator[str]:
    """A drawing as an image: in one, not even a script that was smuggled into the SVG runs. Nothing where the record has none."""
    drawn, form = item.record.get("drawing"), item.record.get("format")
    if not isinstance(drawn, str) or form not in ("svg", "png"):
        return
    data = base64.b64encode(drawn.encode()).decode() if form == "svg" else escape(drawn)
    kind = "image/svg+xml" if form == "svg" else "image/png"
    yield f'<img alt="{escaped(call_label(item.tool, item.arguments))}" src="data:{kind};base64,{data}">'


def _paragraph(blocks: Sequence[Block], mark: Mark) -> Iterator[str]:
    lines: list[str] = []
    items: list[str] = []

    def flush() -> Iterator[str]:
        if lines:
            yield f"<p>{'<br>'.join(lines)}</p>"
        if items:
            yield "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        lines.clear()
        items.clear()

    for block in blocks:
        match block:
            case Line() if block.bullet:
                if lines:
                    yield from flush()
                items.append(inline(block.text, mark))
            case Line():
                if items:
                    yield from flush()
                lines.append(inline(block.text, mark))
            case Heading():
                yield from flush()
                yield f"<h2>{inline(block.text, mark)}</h2>"
            case Table():
                yield from flush()
                yield from _table(block, mark)
    yield from flush()


def _table(table: Table, mark: Mark) -> Iterator[str]:
    kinds = [' class="number"' if numbers else "" for numbers in table.columns_of_numbers]

    def row(cells: Sequence[str], tag: str) -> str:
        made = (f"<{tag}{kind}>{inline(cell, mark)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))
        return f"<tr>{''.join(made)}</tr>"

    yield '<div class="wide"><table>'
    yield f"<thead>{row(table.header, 'th')}</thead>"
    yield "<tbody>"
    yield from (row(cells, "td") for cells in table.rows)
    yield "</tbody></table></div>"
