"""What a run's answer cites, as BibTeX entries: one for each release of a source, and one for each paper of the library."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...memory.events import Event
from ...memory.records import Evidence
from ...memory.text import clean
from ...memory.transcript import answer_of
from ..rendering import evidence_shown, source_label

__all__ = ["run_as_bibtex", "sources_as_bibtex"]

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}

_MOST_IDS = 20
_INITIALS = re.compile(r"[^\W\d_a-z]{1,4}")


def run_as_bibtex(events: Sequence[Event]) -> str:
    """An entry for each source, or paper, whose evidence the claims cite; of all evidence where no claim cites any."""
    answer = answer_of(events)
    shown, _left_out = evidence_shown(answer)
    # not its question in the head: an @ of a SMILES would begin an entry
    return sources_as_bibtex(shown, f"Sources of Biocopilot run {answer.run_id}")


def sources_as_bibtex(shown: Sequence[Evidence], head: str, *, dated: bool = True) -> str:
    """An entry for each source and each paper, under a comment.

    Args:
        shown: the evidence that is cited.
        head: the comment's line.
        dated: whether an entry says when its records were retrieved; else only those of live services do.
    """
    groups: dict[tuple[str, str], list[Evidence]] = {}
    for item in shown:
        groups.setdefault((item.source.name, item.source.release), []).append(item)
    keys: set[str] = set()
    entries = [_entry(_key(_stem(items[0]), keys), items, dated) for items in groups.values()]
    return "\n\n".join([f"% {' '.join(clean(head).split())}", *entries]) + "\n"


def _entry(key: str, items: Sequence[Evidence], dated: bool) -> str:
    source, record = items[0].source, items[0].record
    cited = _some(item.id for item in items)
    if _is_paper(items[0]):
        kind, fields = _paper(record)
        standing = f"{record['standing']}. " if record["retracted"] else ""
        note = f"{standing}Licence: {source.licence}. Cited as {cited}."
    else:
        kind, fields = "misc", {"title": f"{{{_latex(source_label(source))}}}"}
        attribution = f"{source.attribution.rstrip('. ')}. " if source.attribution else ""
        note = f"Release {source.release}. Licence: {source.licence}. {attribution}Cited as {cited}."
    fields["note"] = _latex(note)
    if source.url:
        fields["url"] = _address(source.url)
    times = [item.retrieved_at for item in items if dated or item.backend in ("live", "cache")]
    if times:
        fields["urldate"] = f"{min(times):%Y-%m-%d}"
    lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _some(ids: Iterable[str]) -> str:
    """All ids, or the first and how many more: a workflow's run cites hundreds."""
    listed = list(ids)
    shown, left = listed[:_MOST_IDS], len(listed) - _MOST_IDS
    return f"{', '.join(shown)} and {left} more" if left > 0 else ", ".join(shown)


def _is_paper(item: Evidence) -> bool:
    """Whether it is of a document that the user's library holds; the project's own notes are cited as a source."""
    return item.record.get("type") == "passage" and item.backend == "local"


def _paper(record: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The entry's type, and what is known of the paper. The title says too that it was retracted: styles leave out notes."""
    mark = "RETRACTED: " if record["retracted"] else ""
    authors = [_author(name) for name in record["authors"]]
    if record["author_count"] > len(authors):
        authors.append("others")
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{_latex(mark + (record['title'] or record['label']))}}}",
        "journal": _latex(record["journal"] or ""),
        "year": str(record["year"] or ""),
        "doi": _latex(record["doi"] or ""),
        "pmid": _latex(record["pmid"] or ""),
    }
    return "article" if record["journal"] else "misc", {name: value for name, value in fields.items() if value}


def _author(name: str) -> str:
    """`Lee MS` as `Lee, MS`; what does not end in initials, such as a group, as it stands."""
    last, _, initials = name.rpartition(" ")
    return f"{_latex(last)}, {_latex(initials)}" if last and _INITIALS.fullmatch(initials) else f"{{{_latex(name)}}}"


def _stem(item: Evidence) -> str:
    """What to make a key of."""
    if not _is_paper(item) or not item.record["authors"]:
        return source_label(item.source)
    first = str(item.record["authors"][0])
    last, _, initials = first.rpartition(" ")
    name = last if last and _INITIALS.fullmatch(initials) else first
    return f"{name} {item.record['year'] or ''}"


def _key(label: str, taken: set[str]) -> str:
    """Letters, digits and hyphens of a label; numbered where two come to the same."""
    ascii_only = unicodedata.normalize("NFKD", clean(label)).encode("ascii", "ignore").decode()
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
