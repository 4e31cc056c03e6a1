"""Which passages a search may find at all, as SQL over the catalogue. Every value is bound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .author_names import is_named
from .catalogue import Catalogue

__all__ = ["Filter"]


@dataclass(frozen=True)
class Filter:
    """Conditions that a passage's document has to meet, all of them. Letters A to Z count as a to z."""

    from_year: int | None = None
    to_year: int | None = None
    journal: str = ""
    """Stands in the journal's name."""
    publication_type: str = ""
    """Stands in one of its types."""
    collection: str | None = None
    within: tuple[str, ...] = ()
    """Ids of documents; empty for all."""
    retracted: Literal["marked", "left_out", "only"] = "marked"
    author: str = ""
    """By family name, with initials or without."""

    @property
    def is_set(self) -> bool:
        """Whether any document is left out."""
        return bool(self._conditions or self.author)

    def seqs(self, catalogue: Catalogue) -> set[int]:
        """Numbers of the passages that are left. Raises StorageError."""
        wanted = [*self._conditions, *(self._by_author(catalogue) if self.author else ())]
        conditions = " AND ".join(condition for condition, _ in wanted)
        # CROSS: documents first, since SQLite would look up each passage's. In one row, since ten thousand take half the time.
        query = f"SELECT json_group_array(p.seq) FROM document d CROSS JOIN passage p ON p.document = d.id WHERE {conditions}"
        ((left,),) = catalogue.rows(query, [value for _, values in wanted for value in values])
        return set(json.loads(left))

    def notes(self, catalogue: Catalogue) -> tuple[str, ...]:
        """What is left out without anyone having asked for that: documents that bear no year or no author. Raises StorageError."""
        missing = []
        if self.from_year is not None or self.to_year is not None:
            missing.append(("year", "year IS NULL"))
        if self.author:
            missing.append(("author", "authors = '[]'"))
        counts = [
            (what, catalogue.rows(f"SELECT count(*) FROM document WHERE {lacks}")[0][0]) for what, lacks in missing
        ]
        return tuple(f"Left out, since they bear no {what}: {_documents(count)}." for what, count in counts if count)

    @cached_property
    def _conditions(self) -> list[tuple[str, list[object]]]:
        return list(self._each())

    def _by_author(self, catalogue: Catalogue) -> Iterator[tuple[str, list[object]]]:
        rows = catalogue.rows("SELECT id, authors FROM document WHERE authors != '[]'")
        ids = [id for id, authors in rows if any(is_named(name, self.author) for name in json.loads(authors))]
        yield "d.id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]

    def _each(self) -> Iterator[tuple[str, list[object]]]:
        if self.from_year is not None:
            yield "d.year >= ?", [self.from_year]
        if self.to_year is not None:
            yield "d.year <= ?", [self.to_year]
        if self.collection is not None:
            yield "d.collection = ?", [self.collection]
        if self.journal:
            yield "instr(lower(d.journal), lower(?)) > 0", [self.journal]
        if self.publication_type:
            # A list in JSON: what is looked for is written as JSON writes it, so that it cannot reach from one into the next.
            yield (
                "instr(lower(d.publication_types), lower(?)) > 0",
                [json.dumps(self.publication_type, ensure_ascii=False)[1:-1]],
            )
        if self.retracted == "only":
            yield "d.retraction = 'retracted'", []
        elif self.retracted == "left_out":
            yield "d.retraction != 'retracted'", []
        if self.within:
            yield "d.id IN (SELECT value FROM json_each(?))", [json.dumps(self.within)]


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
