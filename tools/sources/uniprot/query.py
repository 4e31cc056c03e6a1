"""Searches in UniProt's query language, made of known fields and of quoted text only.

What a user types never reaches the service as an operator, a field or a wildcard: it stands between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ....memory.errors import InvalidArguments
from ....memory.text import clean, shorten
from ...identifiers import is_uniprot_accession

__all__ = ["SEARCH_FIELDS", "Term", "query_text", "quoted"]

Term = str | int | bool

_MOST_CHARACTERS = 200
_MOST_WORDS = 20
"""The service takes 50 alternatives in one query; a question has far fewer words."""
_EC = re.compile(r"\d{1,2}(?:\.(?:\d{1,3}|-)){0,2}(?:\.(?:n?\d{1,4}|-))?", re.ASCII)
_XREF = re.compile(r"[A-Za-z0-9_]{2,40}-[A-Za-z0-9_.:/-]{1,60}", re.ASCII)
_DATABASE = re.compile(r"[A-Za-z0-9_-]{2,40}", re.ASCII)
_KEYWORD_ID = re.compile(r"KW-\d{4}", re.ASCII | re.IGNORECASE)


def quoted(text: str) -> str:
    """Text between quotation marks, so that nothing in it acts. Raises InvalidArguments."""
    kept = " ".join(clean(text).split())
    if not re.search(r"\w", kept):
        raise InvalidArguments("There is nothing to search for: the text has no letter and no digit.")
    if len(kept) > _MOST_CHARACTERS:
        raise InvalidArguments(f"The text to search for is longer than {_MOST_CHARACTERS} characters.", "Shorten it.")
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(value: str) -> str:
    words = [word for word in clean(value).split() if re.search(r"\w", word)]
    if len(words) > _MOST_WORDS:
        raise InvalidArguments(f"The text to search for has more than {_MOST_WORDS} words.", "Shorten it.")
    return " AND ".join(quoted(word) for word in words) if words else quoted(value)


def _organism(value: str) -> str:
    return f"organism_id:{value.strip()}" if value.strip().isdecimal() else f"organism_name:{quoted(value)}"


def _keyword(value: str) -> str:
    return f"keyword:{value.strip().upper()}" if _KEYWORD_ID.fullmatch(value.strip()) else f"keyword:{quoted(value)}"


def _ec(value: str) -> str:
    number = re.sub(r"^EC[ :]?", "", value.strip(), flags=re.IGNORECASE)
    return f"ec:{_shaped(_EC, number, 'an EC number such as 2.7.10.1')}"


def _xref(value: str) -> str:
    return f"xref:{_shaped(_XREF, value.strip(), 'a database and an identifier such as chembl-CHEMBL203')}"


def _database(value: str) -> str:
    return f"database:{_shaped(_DATABASE, value.strip(), 'the name of a database such as pdb')}"


def _accession(value: str) -> str:
    if not is_uniprot_accession(value.strip()):
        raise InvalidArguments(f"{_shown(value)} is no UniProt accession.", "An accession looks like P00533.")
    return f"accession:{value.strip().upper()}"


def _shaped(shape: re.Pattern[str], value: str, what: str) -> str:
    if not shape.fullmatch(value):
        raise InvalidArguments(f"{_shown(value)} is not {what}.")
    return value


def _named(field: str) -> Callable[[str], str]:
    return lambda value: f"{field}:{quoted(value)}"


SEARCH_FIELDS: Mapping[str, Callable[[str], str]] = {
    "text": _words,
    "gene": _named("gene"),
    "gene_exact": _named("gene_exact"),
    "name": _named("protein_name"),
    "organism": _organism,
    "keyword": _keyword,
    "ec": _ec,
    "xref": _xref,
    "database": _database,
    "disease": _named("cc_disease"),
    "accession": _accession,
}
"""What can be searched by, besides `reviewed`: field name to clause."""


def query_text(fields: Mapping[str, Term]) -> str:
    """The query that holds where all fields hold.

    Args:
        fields: by names of SEARCH_FIELDS, or `reviewed` (true or false). `organism` takes a name or a taxon number,
            `text` any words.

    Raises:
        InvalidArguments: a field that is not known, or a value that does not fit it.
    """
    unknown = sorted(set(fields) - set(SEARCH_FIELDS) - {"reviewed"})
    if unknown:
        raise InvalidArguments(
            f"UniProt cannot be searched by {', '.join(map(_shown, unknown))}.",
            f"Known fields: {', '.join((*SEARCH_FIELDS, 'reviewed'))}.",
        )
    clauses = [_clause(name, value) for name, value in fields.items()]
    if not clauses:
        raise InvalidArguments("There is nothing to search for.", f"Known fields: {', '.join(SEARCH_FIELDS)}.")
    return " AND ".join(f"({clause})" for clause in clauses)


def _clause(name: str, value: Term) -> str:
    if name == "reviewed":
        if not isinstance(value, bool):
            raise InvalidArguments("`reviewed` is true or false.")
        return f"reviewed:{'true' if value else 'false'}"
    if isinstance(value, bool):
        raise InvalidArguments(f"`{name}` is a text.")
    return SEARCH_FIELDS[name](str(value))


def _shown(value: str) -> str:
    return f"“{shorten(clean(value), 40)}”"
