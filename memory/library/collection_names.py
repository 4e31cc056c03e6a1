"""Names of collections: which there are, and what to say of one that is not there."""

from __future__ import annotations

from difflib import get_close_matches

from ..text import clean, shorten
from .catalogue import Catalogue

__all__ = ["collection_names", "unknown_collection"]

_MOST_NAMED = 8


def collection_names(catalogue: Catalogue) -> list[str]:
    """The collections that hold documents, the largest first. Raises StorageError."""
    query = "SELECT collection, count(*) FROM document WHERE collection != '' GROUP BY 1 ORDER BY 2 DESC, 1"
    return [str(name) for name, _ in catalogue.rows(query)]


def unknown_collection(catalogue: Catalogue, name: str | None) -> str:
    """What to say of a collection that holds nothing, with those that there are; empty where it is there, or none is named."""
    if not name:
        return ""
    names = collection_names(catalogue)
    if name in names:
        return ""
    said = f"There is no collection {shorten(clean(name), 60)!r}."
    near = get_close_matches(name.casefold(), [other.casefold() for other in names], 1, 0.6)
    if near:
        return f"{said} Did you mean {next(other for other in names if other.casefold() == near[0])!r}?"
    listed = ", ".join(shorten(clean(other), 60) for other in names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{said} There are: {listed}{more}." if names else f"{said} No document is in one."
