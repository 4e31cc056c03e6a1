"""Finds passages: by meaning and by words, scores of both mixed into one.

Not by rank alone, since ranks forget how much better the first is than the second. Every hit says both scores and what matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from .catalogue import Catalogue, DocumentRow, PassageRow
from .dense import nearest
from .outbox import vectors_of
from .vector_store import Vectors, VectorStore
from .words import query_terms

__all__ = ["Hit", "Hits", "Query", "search"]

MEANING_WEIGHT = 0.7
"""Of the mixed score; the rest is the words'. Chosen on BioASQ 7B and 8B, see benchmarks/retrieval.py."""
CANDIDATES = 200
"""Of each kind."""
LEADERS = 3
LEADERS_WEIGHT = 0.3
"""The question's vector is moved by this much towards its best documents, and asked again (Rocchio 1971)."""
SAME_COSINE = 0.97
"""From here on two passages say the same."""
_FOLD_AMONG = 4
"""How many times as many passages as are asked for are looked at for such that say the same."""
_DIVERSITY = 0.3
"""Weight of being unlike what stands before, where diversity is asked for (maximal marginal relevance)."""


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
    candidates = list(words)[:CANDIDATES]
    cosines: dict[int, float] = {}
    vectors: dict[int, Vectors] = {}
    if vector is not None and store is not None:
        cosines = dict(_nearest(catalogue, store, vector, allowed))
        candidates = list(dict.fromkeys([*cosines, *candidates]))
        vectors = _vectors(catalogue, candidates)
        scores = _mixed(candidates, _with_all(cosines, vectors, vector), words)
        moved = _towards(vector, _ranked(scores)[:LEADERS], scores, vectors)
        again = dict(_nearest(catalogue, store, moved, allowed))
        vectors |= _vectors(catalogue, [seq for seq in again if seq not in vectors])
        candidates = list(dict.fromkeys([*candidates, *again]))
        scores = _mixed(candidates, _with_all(again, vectors, moved), words)
        cosines = _with_all(cosines, vectors, vector)
    else:
        scores = _mixed(candidates, None, words)
    passages = catalogue.passages(candidates)
    documents = {row.id: row for row in catalogue.documents(list({row.document for row in passages.values()}))}
    hits = [
        Hit(passages[seq], documents[passages[seq].document], scores[seq], cosines.get(seq), words.get(seq, 0.0), ())
        for seq in _ranked(scores)
        if seq in passages and passages[seq].document in documents
    ]
    chosen = _chosen(hits, query, vectors)
    matched = _matched(catalogue, terms, [hit.passage.seq for hit in chosen])
    told = tuple(replace(hit, matched=matched.get(hit.passage.seq, ())) for hit in chosen)
    return Hits(told, len({*candidates, *words}), vector is not None)


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
    catalogue: Catalogue, store: VectorStore, vector: Vectors, allowed: set[int] | None
) -> list[tuple[int, float]]:
    """From the store, and from what it has yet to be told or cannot see."""
    return nearest(catalogue, store, vector, CANDIDATES, allowed)


def _vectors(catalogue: Catalogue, seqs: Sequence[int]) -> dict[int, Vectors]:
    found, matrix = vectors_of(catalogue, seqs)
    return dict(zip(found, matrix, strict=True))


def _with_all(cosines: dict[int, float], vectors: dict[int, Vectors], vector: Vectors) -> dict[int, float]:
    """The cosine of every candidate that has a vector, also of those that were found by words."""
    seqs = list(vectors)
    if not seqs:
        return cosines
    return cosines | dict(zip(seqs, (np.stack([vectors[seq] for seq in seqs]) @ vector).tolist(), strict=True))


def _towards(vector: Vectors, leaders: Sequence[int], scores: dict[int, float], vectors: dict[int, Vectors]) -> Vectors:
    kept = [(vectors[seq], scores[seq]) for seq in leaders if seq in vectors and scores[seq] > 0]
    if not kept:
        return vector
    total = sum(weight for _, weight in kept)
    moved = vector + LEADERS_WEIGHT * sum((found * (weight / total) for found, weight in kept), np.zeros_like(vector))
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def _mixed(candidates: Sequence[int], cosines: dict[int, float] | None, words: dict[int, float]) -> dict[int, float]:
    """From 0 to 1 for each: both scores as parts of the best of their kind."""
    best_words = max((words.get(seq, 0.0) for seq in candidates), default=0.0)
    by_words = {seq: words.get(seq, 0.0) / best_words if best_words > 0 else 0.0 for seq in candidates}
    if cosines is None:
        return by_words
    best = max((cosines.get(seq, 0.0) for seq in candidates), default=0.0)
    return {
        seq: MEANING_WEIGHT * (max(0.0, cosines.get(seq, 0.0)) / best if best > 0 else 0.0)
        + (1 - MEANING_WEIGHT) * by_words[seq]
        for seq in candidates
    }


def _ranked(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda seq: (-scores[seq], seq))


def _chosen(hits: Sequence[Hit], query: Query, vectors: dict[int, Vectors]) -> list[Hit]:
    """The best, each document once where that is asked for, with those that say the same folded into the first of them."""
    kept: list[Hit] = []
    for hit in hits:
        if query.documents and any(hit.document.id == other.document.id for other in kept):
            continue
        twin = next((n for n, other in enumerate(kept) if _say_the_same(hit, other, vectors)), None)
        if twin is not None:
            kept[twin] = replace(kept[twin], folded=(*kept[twin].folded, hit.passage.id))
            continue
        kept.append(hit)
        if len(kept) == query.most * (_FOLD_AMONG if query.diverse else 1):
            break
    return _diverse(kept, query.most, vectors) if query.diverse else kept


def _say_the_same(one: Hit, other: Hit, vectors: dict[int, Vectors]) -> bool:
    if one.passage.text == other.passage.text:
        return True
    first, second = vectors.get(one.passage.seq), vectors.get(other.passage.seq)
    if first is None or second is None or float(first @ second) < SAME_COSINE:
        return False
    shorter, longer = sorted((len(one.passage.text), len(other.passage.text)))
    return shorter >= 0.7 * longer


def _diverse(hits: list[Hit], most: int, vectors: dict[int, Vectors]) -> list[Hit]:
    left, taken = list(hits), list[Hit]()
    while left and len(taken) < most:
        best = max(left, key=lambda hit: (1 - _DIVERSITY) * hit.score - _DIVERSITY * _nearness(hit, taken, vectors))
        left.remove(best)
        taken.append(best)
    return taken


def _nearness(hit: Hit, taken: Sequence[Hit], vectors: dict[int, Vectors]) -> float:
    own = vectors.get(hit.passage.seq)
    others = [vectors[other.passage.seq] for other in taken if other.passage.seq in vectors]
    return max((float(own @ other) for other in others), default=0.0) if own is not None else 0.0


def _matched(catalogue: Catalogue, terms: Sequence[str], seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Which words of the question each passage has, in the question's order; the index knows their stems."""
    found: dict[int, list[str]] = {}
    for term in terms:
        query = "SELECT rowid FROM words WHERE words MATCH ? AND rowid IN ({})"
        for (seq,) in catalogue.rows_in(query, list(seqs), (f'"{term}"',)):
            found.setdefault(seq, []).append(term)
    return {seq: tuple(words) for seq, words in found.items()}
