"""BibTeX and BibLaTeX: a document an entry, its LaTeX as plain text.

An entry whose braces do not match is named, and reading goes on at the next `@` that begins a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import ReadDocument
from .latex import unlatex
from .plain import decoded
from .reference import Reference, broken, reference_document

__all__ = ["read"]

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)\s*([{(])", re.MULTILINE)
_KEY = re.compile(r"\s*([^\s,={}\"]*)\s*(?:,|(?=[})]))")
_NAME = re.compile(r"[\s,]*([^\s=,{}\"#()]+)\s*=\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_WORD = re.compile(r"[^\s,#{}\"()]+")
_JOIN = re.compile(r"\s*#\s*")
_AND = re.compile(r" and ", re.IGNORECASE)
_NO_ENTRY = frozenset(("comment", "preamble"))
_MONTHS = {name: name.title() for name in "jan feb mar apr may jun jul aug sep oct nov dec".split()}
_TYPES = {
    "article": "Journal Article", "book": "Book", "inbook": "Book Chapter", "incollection": "Book Chapter",
    "inproceedings": "Conference Paper", "conference": "Conference Paper", "phdthesis": "Thesis", "mastersthesis": "Thesis",
    "thesis": "Thesis", "techreport": "Report", "report": "Report", "patent": "Patent", "unpublished": "Unpublished",
}  # fmt: skip


class _NotWhole(ValueError):
    """An entry breaks off."""


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The entries, one after another. Raises FileRefused for what is no text."""
    text = decoded(data, name)
    macros = dict(_MONTHS)
    begins = list(_ENTRY.finditer(text))
    entry = 0
    for number, begin in enumerate(begins):
        kind = begin[1].lower()
        if kind in _NO_ENTRY:
            continue
        end = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        key = _KEY.match(text, begin.end(), end) if kind != "string" else None
        try:
            fields = dict(_fields(text, key.end() if key else begin.end(), end, macros))
        except _NotWhole:
            if kind != "string":
                reason = f"the entry {key[1] if key else ''!r} breaks off: a brace or quotation mark is not closed."
                yield broken("bibtex", entry, reason)
                entry += 1
            continue
        if kind == "string":
            macros |= fields
            continue
        yield reference_document(_reference(kind, fields), "bibtex", entry)
        entry += 1


# The syntax ------------------------------------------------------------------------------------------------------------


def _fields(text: str, start: int, end: int, macros: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names in lower case and values as they stand; what is between them and no field is left out."""
    place = start
    while (found := _NAME.match(text, place, end)) is not None:
        value, place = _value(text, found.end(), end, macros)
        yield found[1].lower(), value
    rest = text[place:end].lstrip(" \t\n,")
    if not rest.startswith(("}", ")")):
        raise _NotWhole


def _value(text: str, place: int, end: int, macros: dict[str, str]) -> tuple[str, int]:
    """The value that begins there, its pieces joined, and where it ends."""
    pieces: list[str] = []
    while True:
        piece, place = _piece(text, place, end, macros)
        pieces.append(piece)
        more = _JOIN.match(text, place, end)
        if more is None:
            return "".join(pieces), place
        place = more.end()


def _piece(text: str, place: int, end: int, macros: dict[str, str]) -> tuple[str, int]:
    mark = text[place : place + 1]
    if mark in ('"', "{") and mark:
        last = _closing(text, place + 1, end, mark)
        return text[place + 1 : last], last + 1
    word = _WORD.match(text, place, end)
    if word is None:
        return "", place
    return macros.get(word[0].lower(), word[0]), word.end()


def _closing(text: str, place: int, end: int, mark: str) -> int:
    """Where the value that a brace or quotation mark opened ends. Raises _NotWhole."""
    depth = 0
    for found in (_QUOTE if mark == '"' else _BRACE).finditer(text, place, end):
        if found[0] == "{":
            depth += 1
        elif (found[0] == "}" and depth == 0) or (found[0] == '"' and depth == 0):
            return found.start()
        elif found[0] == "}":
            depth -= 1
    raise _NotWhole


# What it says ----------------------------------------------------------------------------------------------------------


def _reference(kind: str, fields: dict[str, str]) -> Reference:
    def said(*names: str) -> list[str]:
        return [value for name in names if (value := _paragraphs(unlatex(fields.get(name, ""))))]

    groups, authors = _people(" ".join((fields.get("author") or fields.get("editor", "")).split()))
    return Reference(
        titles=[f"{title}: {rest}" for title in said("title") for rest in said("subtitle")]
        + said("title", "booktitle"),
        abstracts=said("abstract"),
        authors=authors,
        groups=groups,
        dates=said("year", "date"),
        journals=said("journal", "journaltitle", "booktitle", "fjournal"),
        dois=said("doi"),
        pmids=said("pmid") + (said("eprint") if "pubmed" in fields.get("eprinttype", "").lower() else []),
        pmcids=said("pmcid", "pmc"),
        types=[_TYPES[kind]] if kind in _TYPES else [],
        keywords=[
            word for value in said("keywords", "keyword", "mesh") for word in re.split(r"[;\n]|,(?!\s*\w+/)", value)
        ],
        languages=said("language", "langid"),
        links=said("url", "link"),
        notes=said("note", "annote", "addendum", "pubstate"),
    )


def _people(text: str) -> tuple[list[str], list[str]]:
    """Groups, which stand in braces of their own, and persons."""
    groups, persons = [], []
    for name in _AND.split(_protected(text)):
        bare = unlatex(name.replace("\ue010", " and ")).strip()
        if re.fullmatch(r"\s*\{[^\\].*\}\s*", name, re.DOTALL) and " " in bare and "," not in bare:
            groups.append(bare)
        elif bare and bare.lower() != "others":
            persons.append(bare)
    return groups, persons


def _protected(text: str) -> str:
    """With each `and` in braces, which parts no names, marked."""
    depth, told = 0, ""
    for piece in re.split(r"([{}]| and )", text):
        depth += (piece == "{") - (piece == "}")
        told += "\ue010" if depth > 0 and piece.strip() == "and" else piece
    return told


def _paragraphs(text: str) -> str:
    """Lines of a value are broken anywhere; an empty line parts paragraphs."""
    return "\n".join(filter(None, (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))))
