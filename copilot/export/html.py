"""A run as one web page that needs nothing else: no script, no address that is loaded, readable in light and dark.

Each `[E1]` of the answer leads to the record that it cites. Every text is escaped; a SMILES stands letter by letter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import escape

from ...memory.answer_html import Mark, drawing, paragraphs
from ...memory.answer_html import escaped as _text
from ...memory.answer_html import inline as pieces
from ...memory.events import Event
from ...memory.records import Answer
from ...memory.text import clean
from ...memory.transcript import answer_of
from ..rendering import STATUS_LINES, call_label, run_line, source_label
from .steps import Step, about_run, steps_of

__all__ = ["inline", "run_as_html"]

_STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --back: #ffffff; --faint: #57606a; --line: #d0d7de; --soft: #f3f5f7;
  --link: #0757b8; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --back: #15191e; --faint: #a0aab4; --line: #39414a;
  --soft: #20262d; --link: #7cb7ff; --warn: #f0b35c; } }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 50rem; font: 1rem/1.55 system-ui, sans-serif;
  color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; } a { color: var(--link); }
code, pre { font: .9em ui-monospace, monospace; } code { background: var(--soft); padding: .1em .25em; }
pre { background: var(--soft); padding: .75rem; overflow: auto; max-height: 24rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { text-align: left; padding: .25rem .8rem .25rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } .number { text-align: right; }
.faint { color: var(--faint); } .warn { color: var(--warn); } li { margin: .35rem 0; } :target { background: var(--soft); }
img { background: #ffffff; max-width: 100%; }
""".strip()

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def run_as_html(events: Sequence[Event]) -> str:
    """The whole run as one HTML document."""
    answer = answer_of(events)
    known = frozenset(item.id for item in answer.evidence)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(answer.question)}</title>",
        f"<style>\n{_STYLE}\n</style>",
        "</head>",
        "<body>",
        f"<h1>{_text(answer.question)}</h1>",
        *([f'<p class="warn">{STATUS_LINES[answer.status]}</p>'] if answer.status in STATUS_LINES else []),
        "<main>",
        *paragraphs(answer.answer, _linked(known)),
        "</main>",
        *_notices(answer),
        *_evidence(answer),
        *_steps(tuple(steps_of(events)), known),
        "<h2>Run</h2>",
        "<ul>",
        *(f"<li>{_text(name)}: {_text(value)}</li>" for name, value in about_run(events).items()),
        "</ul>",
        f'<p class="faint">{_text(run_line(answer))}</p>',
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def inline(text: str, known: frozenset[str]) -> str:
    """A line's pieces: code, bold, struck; evidence ids as links to their records."""
    return pieces(text, _linked(known))


def _linked(known: frozenset[str]) -> Mark:
    return lambda name: _link(name, known)


def _link(name: str, known: frozenset[str]) -> str:
    return f'<a href="#{name}">{name}</a>' if name in known else name


def _notices(answer: Answer) -> Iterator[str]:
    if answer.notices:
        yield "<h2>Notices</h2>"
        yield "<ul>"
        yield from (f'<li class="warn">{_text(notice)}</li>' for notice in answer.notices)
        yield "</ul>"


def _evidence(answer: Answer) -> Iterator[str]:
    if answer.evidence:
        yield "<h2>Evidence</h2>"
    for item in answer.evidence:
        source = item.source
        name = _text(source_label(source))
        if re.match(r"https?://", source.url):
            name = f'<a href="{_text(source.url)}" rel="noreferrer">{name}</a>'
        record = escape(clean(json.dumps(item.record, ensure_ascii=False, indent=2)), quote=False)
        yield f'<section id="{item.id}">'
        yield f"<p><strong>{item.id}</strong> {name} ({_text(source.licence)}), {item.backend}<br>"
        yield f"<code>{_text(call_label(item.tool, item.arguments, 400))}</code><br>"
        said = f"{source.attribution.rstrip('. ')}. " if source.attribution else ""
        when = f"Retrieved {item.retrieved_at:%Y-%m-%d %H:%M:%S} UTC."
        yield f'<span class="faint">{_text(said + when)}</span></p>'
        yield from drawing(item)
        yield f"<details><summary>Record, sha256 {item.sha256}</summary><pre>{record}</pre></details>"
        yield "</section>"


def _steps(steps: Sequence[Step], known: frozenset[str]) -> Iterator[str]:
    if steps:
        yield "<h2>Steps</h2>"
        yield "<ol>"
        for step in steps:
            if not step.outcome:
                yield f"<li>{_text(step.what)}</li>"
                continue
            cited = f" ({', '.join(_link(name, known) for name in step.evidence)})" if step.evidence else ""
            call = f"<code>{_text(step.what)} {_text(step.arguments)}</code>"
            yield f"<li>{call}: {_text(step.outcome)}{cited}</li>"
        yield "</ol>"
