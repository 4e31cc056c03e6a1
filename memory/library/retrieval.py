"""Finds passages: by meaning and by words, scores of both mixed into one.

Not by rank alone, since ranks forget how much better the first is than the second. Every hit says both scores and what matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .catalogue import Catalogue, DocumentRow, PassageRow
from .outbox import vectors_of
from .vector_store import Vectors, VectorStore
from .words import query_terms

__all__ = ["Hit", "Hits", "Query", "search"]

DENSE_WEIGHT = 0.5
"""Of the mixed score; the rest is the words'."""
CANDIDATES = 200
SAME_COSINE = 0.97
"""From here on two passages say the same."""


@dataclass(frozen=True)
class Query:
    """What is looked for, and where."""

    text: str
    most: int = 10
    documents: bool = False
    """One passage, the best, for each document."""
    from_year: int | None = None
    to_year: int | None = None
    journal: str = ""
    publication_type: str = ""
    collection: str | None = None
    within: tuple[str, ...] = ()
    """Ids of documents; empty for all."""
    retracted: Literal["marked", "left_out", "only"] = "marked"
    diverse: bool = False
    """Prefer passages that say something else than those before them."""

    @property
    def filtered(self) -> bool:
        """Whether any document is left out beforehand."""
        return (
            bool(self.from_year or self.to_year or self.journal or self.publication_type or self.within)
            or self.collection is not None
            or self.retracted != "marked"
        )


@dataclass(frozen=True)
class Hit:
    """A passage that was found."""

    passage: PassageRow
    document: DocumentRow
    score: float
    """From 0 to 1, comparable within one search only."""
    cosine: float | None
    """With the question; None where no model is at hand."""
    words_score: float
    """BM25, larger is better; 0 where no word matches."""
    matched: tuple[str, ...]
    """Words of the question that stand in it, or in its title."""
    folded: tuple[str, ...] = ()
    """Ids of passages that say nearly the same and were left out for it."""


@dataclass(frozen=True)
class Hits:
    """What a search found. `matched` counts passages that have a word of the question, or are among the nearest in meaning."""

    hits: tuple[Hit, ...]
    matched: int
    by_meaning: bool
    notes: tuple[str, ...] = field(default=())


def search(catalogue: Catalogue, query: Query, vector: Vectors | None, store: VectorStore | None) -> Hits:
    """The passages that answer best, best first.

    Args:
        catalogue: of the library.
        query: what is looked for.
        vector: the question's, of unit length; None to go by words alone.
        store: where vectors are; None to go by words alone.

    Raises:
        StorageError: the library cannot be read.
    """
    allowed = _allowed(catalogue, query) if query.filtered else None
    terms = query_terms(query.text)
    words = _by_words(catalogue, terms, allowed)
    dense: dict[int, float] = {}
    if vector is not None and store is not None:
        dense = dict(_nearest(catalogue, store, vector, CANDIDATES, allowed))
        dense |= _cosines(catalogue, vector, [seq for seq in list(words)[:CANDIDATES] if seq not in dense])
    candidates = list(dict.fromkeys([*dense, *list(words)[:CANDIDATES]]))
    scores = _mixed(candidates, dense, words, vector is not None)
    ranked = sorted(candidates, key=lambda seq: (-scores[seq], seq))
    passages = catalogue.passages(ranked)
    documents = {row.id: row for row in catalogue.documents(list({row.document for row in passages.values()}))}
    hits = [
        Hit(passages[seq], documents[passages[seq].document], scores[seq], dense.get(seq), words.get(seq, 0.0), ())
        for seq in ranked
        if seq in passages
    ]
    return Hits(tuple(_chosen(hits, query)), len({*dense, *words}), vector is not None)


def _allowed(catalogue: Catalogue, query: Query) -> set[int]:
    wanted, values = ["1"], list[object]()
    for condition, value in (
        ("d.year >= ?", query.from_year), ("d.year <= ?", query.to_year), ("d.collection = ?", query.collection),
        ("d.journal LIKE '%' || ? || '%'", query.journal or None),
        ("d.publication_types LIKE '%' || ? || '%'", query.publication_type or None),
    ):  # fmt: skip
        if value is not None:
            wanted.append(condition)
            values.append(value)
    if query.retracted != "marked":
        wanted.append(f"d.retraction {'=' if query.retracted == 'only' else '!='} 'retracted'")
    if query.within:
        wanted.append(f"d.id IN ({','.join('?' * len(query.within))})")
        values += query.within
    rows = catalogue.rows(
        f"SELECT p.seq FROM passage p JOIN document d ON d.id = p.document WHERE {' AND '.join(wanted)}", values
    )
    return {row[0] for row in rows}


def _by_words(catalogue: Catalogue, terms: Sequence[str], allowed: set[int] | None) -> dict[int, float]:
    if not terms:
        return {}
    match = " OR ".join(f'"{term}"' for term in terms)
    rows = catalogue.rows(
        "SELECT rowid, -bm25(words, 1.0, 1.0) FROM words WHERE words MATCH ? ORDER BY 2 DESC", (match,)
    )
    return {seq: score for seq, score in rows if allowed is None or seq in allowed}


def _nearest(
    catalogue: Catalogue, store: VectorStore, vector: Vectors, most: int, allowed: set[int] | None
) -> list[tuple[int, float]]:
    return store.nearest(vector, most, None if allowed is None else sorted(allowed))


def _cosines(catalogue: Catalogue, vector: Vectors, seqs: Sequence[int]) -> dict[int, float]:
    found, matrix = vectors_of(catalogue, seqs)
    return dict(zip(found, (matrix @ vector).tolist(), strict=True)) if found else {}


def _mixed(
    candidates: Sequence[int], dense: dict[int, float], words: dict[int, float], by_meaning: bool
) -> dict[int, float]:
    lexical = _unit(np.array([words.get(seq, 0.0) for seq in candidates]))
    if not by_meaning:
        return dict(zip(candidates, lexical.tolist(), strict=True))
    meaning = _unit(np.array([dense.get(seq, 0.0) for seq in candidates]))
    return dict(zip(candidates, (DENSE_WEIGHT * meaning + (1 - DENSE_WEIGHT) * lexical).tolist(), strict=True))


def _unit(values: np.ndarray) -> np.ndarray:
    if not len(values) or values.max() == values.min():
        return np.zeros_like(values)
    return (values - values.min()) / (values.max() - values.min())


def _chosen(hits: Sequence[Hit], query: Query) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        if query.documents and any(hit.document.id == other.document.id for other in kept):
            continue
        kept.append(hit)
        if len(kept) == query.most:
            break
    return kept
