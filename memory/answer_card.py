"""An answer as a notebook shows it: its text, and beneath it, folded, the records that its sentences cite.

A fragment of a page, so that nothing in it may reach beyond itself: styles are bound to its class and it has no ids, which two
answers in one notebook would share. No script, and no address that is loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape

from .answer_html import drawing, escaped, paragraphs
from .answer_parts import STATUS_LINES, call_label, evidence_shown, run_line, source_label
from .records import Answer, Evidence
from .text import clean

__all__ = ["answer_card"]

_RECORD_CHARACTERS = 4_000
"""A notebook is kept in git and sent by mail: a longer record is cut, with a word on where the whole of it is."""

_STYLE = """
.biocopilot-answer { max-width: 60rem; line-height: 1.5; overflow-wrap: anywhere; }
.biocopilot-answer table { border-collapse: collapse; margin: .5rem 0; }
.biocopilot-answer .wide { overflow-x: auto; }
.biocopilot-answer th, .biocopilot-answer td { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
.biocopilot-answer th.number, .biocopilot-answer td.number { text-align: right; }
.biocopilot-answer abbr { text-decoration: none; border-bottom: 1px dotted; cursor: help; }
.biocopilot-answer pre { max-height: 20rem; overflow: auto; white-space: pre-wrap; }
.biocopilot-answer img { background: #ffffff; max-width: 100%; }
.biocopilot-answer .faint { opacity: .7; }
""".strip()


def answer_card(answer: Answer) -> str:
    """The answer as a piece of HTML."""
    said = {item.id: _about(item) for item in answer.evidence}

    def mark(name: str) -> str:
        return f'<abbr title="{said[name]}">{name}</abbr>' if name in said else name

    parts = [
        '<div class="biocopilot-answer">',
        f"<style>\n{_STYLE}\n</style>",
        *([f"<p><strong>{STATUS_LINES[answer.status]}</strong></p>"] if answer.status in STATUS_LINES else []),
        *paragraphs(answer.answer, mark),
        *(f"<p><strong>!</strong> {escaped(notice)}</p>" for notice in answer.notices),
        *_evidence(answer),
        f'<p class="faint">{escaped(run_line(answer))}</p>',
        "</div>",
    ]
    return "\n".join(parts) + "\n"


def _about(item: Evidence) -> str:
    return escaped(f"{source_label(item.source)} ({item.source.licence}) · {call_label(item.tool, item.arguments)}")


def _evidence(answer: Answer) -> Iterator[str]:
    shown, left_out = evidence_shown(answer)
    for item in shown:
        yield from drawing(item)
    if not shown:
        return
    yield f"<details><summary>Evidence: {len(shown)} {'record' if len(shown) == 1 else 'records'}</summary>"
    for item in shown:
        yield f"<details><summary><strong>{item.id}</strong> {_about(item)}, {item.backend}</summary>"
        if re.match(r"https?://", item.source.url):
            yield f'<p><a href="{escaped(item.source.url)}" rel="noreferrer">{escaped(item.source.url)}</a></p>'
        yield f"<pre>{escape(_record(item), quote=False)}</pre>"
        yield f'<p class="faint">sha256 {item.sha256}</p></details>'
    if left_out:
        yield f"<p>and {left_out} more that no sentence cites</p>"
    yield "</details>"


def _record(item: Evidence) -> str:
    written = clean(json.dumps(item.record, ensure_ascii=False, indent=2))
    if len(written) <= _RECORD_CHARACTERS:
        return written
    return f'{written[:_RECORD_CHARACTERS]}\n… the whole record: answer.evidence_by_id("{item.id}").record'
