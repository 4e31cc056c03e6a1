"""`methods.md`: what was done, with which versions, from which sources under which licences, and what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ....memory.records import Evidence, Source, ToolCall, canonical_json
from ....memory.text import clean
from ...export.methods import asked_of_tools, from_sources
from ...rendering import source_label
from ..contract import Finished
from .cited import cited_evidence

__all__ = ["line", "methods_as_markdown"]

_MOST_VALUE = 400


def methods_as_markdown(finished: Finished) -> str:
    """A paragraph for a paper's methods, and lists of what it rests on."""
    return "\n".join(_lines(finished)) + "\n"


def line(text: str) -> str:
    """Text of others in one line, without what Markdown would read as marks."""
    plain = " ".join(clean(text).split())
    return _MARKS.sub(r"\\\g<0>", plain)


_MARKS = re.compile(r"[\\`*\[\]<>#|~]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown would take for marks; an underscore within a word is none."""


def _lines(finished: Finished) -> Iterator[str]:
    flow = finished.workflow
    yield from ("# Methods", "", " ".join(_paragraph(finished)), "", "## Run", "")
    yield f"- Workflow: {line(flow.name)}, version {line(flow.version)}"
    for name, value in finished.inputs.items():
        shown = canonical_json(value)
        yield f"- Input {line(name)}: {line(shown[:_MOST_VALUE])}{'…' if len(shown) > _MOST_VALUE else ''}"
    yield f"- Biocopilot: {line(finished.version)}"
    yield from (f"- {line(name)}: {line(value)}" for name, value in sorted(finished.environment.items()))
    yield from ("", "## Calls", "", "| tool | calls | found nothing | failed |", "|---|---|---|---|")
    counts = Counter((step.tool, step.status) for step in finished.steps)
    for tool in dict.fromkeys(step.tool for step in finished.steps):
        total = sum(count for (name, _status), count in counts.items() if name == tool)
        yield f"| {line(tool)} | {total} | {counts[tool, 'empty']} | {counts[tool, 'failed']} |"
    yield from ("", "## Sources", "")
    sources: dict[tuple[str, str], Source] = {}
    for item in _by_source(finished):
        sources.setdefault((source_label(item.source), item.source.licence), item.source)
    for (name, licence), source in sources.items():
        said = f" {line(source.attribution)}" if source.attribution else ""
        url = f" <{source.url}>" if source.url.startswith(("http://", "https://")) else ""
        yield f"- {line(name)}. Licence: {line(licence)}.{said}{url}"
    yield from _told(finished)


def _paragraph(finished: Finished) -> Iterator[str]:
    rdkit = finished.environment.get("rdkit")
    with_rdkit = f" and RDKit {rdkit}" if rdkit else ""
    yield f"The workflow {line(finished.workflow.name)} was run with Biocopilot {line(finished.version)}{with_rdkit}."
    calls = [
        ToolCall(id="call", tool=step.tool, arguments=dict(step.arguments))
        for step in finished.steps
        if step.status != "failed"
    ]
    yield from map(line, asked_of_tools(calls))
    yield from map(line, from_sources(item for item in _by_source(finished) if item.backend != "generated"))
    yield "Every statement of the report was checked by program against the records that it cites."


def _by_source(finished: Finished) -> list[Evidence]:
    """What the report cites, passages of a collection under its name alone: each document is in `references.bib`."""
    found = []
    for item in cited_evidence(finished):
        if item.record.get("type") == "passage":
            collection = item.source.model_copy(update={"release": item.source.name, "attribution": ""})
            item = item.model_copy(update={"source": collection})
        found.append(item)
    return found


def _told(finished: Finished) -> Iterator[str]:
    if finished.failures:
        yield from ("", "## Rows that failed", "")
        yield from (
            f"- {line(failure.label)}: {line(failure.message)} {line(failure.hint)}".rstrip()
            for failure in finished.failures
        )
        yield from ("", f"Tried again by `{finished.again}`, where FOLDER is this run's own.")
    if finished.notes:
        yield from ("", "## Notes", "")
        yield from (f"- {line(note.text)}" for note in finished.notes)
    if finished.changes:
        yield from ("", "## Other than in the earlier run", "")
        for change in finished.changes:
            yield f"- {line(change.tool)} {line(canonical_json(dict(change.arguments)))}: {line(change.why)}"
            yield from (f"  - {line(what)}" for what in change.what)
