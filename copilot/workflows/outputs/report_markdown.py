"""`report.md`: the report as text that a person reads and a program can compare, every statement with its evidence ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...rendering import STATUS_LINES
from ..contract import Aside, Break, Finished, Missing, Molecule, Part, Plot, Section, Sentence, Struck, Table
from .failed import failed_lines
from .methods import line

__all__ = ["report_as_markdown", "value_shown"]


def report_as_markdown(finished: Finished) -> str:
    """The whole report; records stand in `evidence.jsonl`."""
    report = finished.report
    lines = [f"# {line(report.title)}", ""]
    if finished.status in STATUS_LINES:
        lines += [STATUS_LINES[finished.status], ""]
    subject = ""
    for section in report.sections:
        if section.subject != subject:
            subject = section.subject
            lines += [f"## {line(subject)}", ""] if subject else []
        lines += [f"{'###' if section.subject else '##'} {line(section.title)}", "", *_parts(section)]
    if failed := list(failed_lines(finished)):
        lines += ["## What failed", "", *(f"- {line(text)}" for text in failed)]
        lines += ["", f"To try it again: `{finished.again}`", ""]
    notes = [note for note in finished.notes if note.kind != "failure"]
    if notes:
        lines += ["## Notes", "", *(f"- {line(note.text)}" for note in notes), ""]
    lines += ["Evidence E1, E2, … stands in `evidence.jsonl`; sources, versions and licences in `methods.md`."]
    return "\n".join(lines) + "\n"


def value_shown(value: float) -> str:
    """A plot's value, short and exact enough to be found again in its record."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"


def _parts(section: Section) -> Iterator[str]:
    sentences: list[str] = []

    def flush() -> Iterator[str]:
        if sentences:
            yield from (" ".join(sentences), "")
            sentences.clear()

    for part in section.parts:
        if isinstance(part, Sentence):
            sentences.append(f"{part.text}{_tag(part.evidence)}")
            continue
        yield from flush()
        yield from _block(part)
    yield from flush()


def _block(part: Part) -> Iterator[str]:
    match part:
        case Table():
            yield from _table((*part.header, "evidence"), [(*row.cells, ", ".join(row.evidence)) for row in part.rows])
        case Aside():
            yield from (line(part.text), "")
        case Missing():
            yield from (f"Missing: {line(part.text)}{_tag(part.evidence)}", "")
        case Struck():
            why = f" (in no cited record: {line(', '.join(part.missing))})" if part.missing else ""
            yield from (f"~~{part.text}~~{why}{_tag(part.evidence)}", "")
        case Molecule():
            yield from (f"- {line(part.name)}: `{part.smiles}`{_tag(part.evidence)}", "")
        case Plot():
            values = "; ".join(f"{line(point.label)}: {value_shown(point.value)}" for point in part.points)
            ids = tuple(dict.fromkeys(id for point in part.points for id in point.evidence))
            yield from (f"{line(part.title)}, {line(part.axis)}: {values}{_tag(ids)}", "")
        case Sentence() | Break():
            pass


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(header)
    yield _row(["---"] * len(header))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"


def _tag(evidence: Sequence[str]) -> str:
    return f" [{', '.join(evidence)}]" if evidence else ""
