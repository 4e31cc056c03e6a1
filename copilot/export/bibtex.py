"""The sources that a run's answer cites, as BibTeX entries: one for each release of a source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ...memory.events import Event
from ...memory.records import Evidence, Source
from ...memory.text import clean
from ...memory.transcript import answer_of
from ..rendering import evidence_shown, source_label

__all__ = ["run_as_bibtex"]

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}


def run_as_bibtex(events: Sequence[Event]) -> str:
    """An entry for each source whose evidence the claims cite; of all evidence where no claim cites any."""
    answer = answer_of(events)
    shown, _left_out = evidence_shown(answer)
    groups: dict[tuple[str, str], list[Evidence]] = {}
    for item in shown:
        groups.setdefault((item.source.name, item.source.release), []).append(item)
    keys: set[str] = set()
    entries = [_entry(_key(items[0].source, keys), items) for items in groups.values()]
    head = f"% Sources of Biocopilot run {answer.run_id}"  # not its question: an @ of a SMILES would begin an entry
    return "\n\n".join([head, *entries]) + "\n"


def _entry(key: str, items: Sequence[Evidence]) -> str:
    source = items[0].source
    cited = ", ".join(item.id for item in items)
    attribution = f"{source.attribution.rstrip('. ')}. " if source.attribution else ""
    note = f"Release {source.release}. Licence: {source.licence}. {attribution}Cited as {cited}."
    fields = {"title": f"{{{_latex(source_label(source))}}}", "note": _latex(note)}
    if source.url:
        fields["url"] = _address(source.url)
    fields["urldate"] = f"{min(item.retrieved_at for item in items):%Y-%m-%d}"
    lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _key(source: Source, taken: set[str]) -> str:
    """Letters, digits and hyphens of the source's label; numbered where two sources come to the same."""
    ascii_only = unicodedata.normalize("NFKD", clean(source_label(source))).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()[:60] or "source"
    if not stem[0].isalpha():
        stem = f"source-{stem}"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    taken.add(key)
    return key


def _latex(text: str) -> str:
    line = " ".join(clean(text).split())
    return "".join(_LATEX.get(char, char) for char in line)


def _address(url: str) -> str:
    """An address without what would end its field: such signs are percent-encoded."""
    return "".join(f"%{ord(char):02X}" if char in '{}\\ "<>^`|' else char for char in clean(url))
