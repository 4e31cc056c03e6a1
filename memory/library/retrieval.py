"""Finds passages: by meaning and by words, scores of both mixed into one.

Not by rank alone, since ranks forget how much better the first is than the second. Every hit says both scores and what matched. The
weights were chosen on BioASQ 7B and 8B and on nothing else: `python -m benchmarks.retrieval --choose`.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .alike import say_the_same
from .catalogue import Catalogue, DocumentRow, PassageRow
from .dense import nearest, vectors_from
from .exact_store import best_of, cosines_of
from .filters import Filter
from .vector_store import Vectors, VectorStore
from .words import MOST_CHARACTERS, MOST_TERMS, Term, has_unspaced, query_terms

__all__ = ["Hit", "Hits", "Query", "Weights", "search"]

_Known: TypeAlias = tuple[list[int], Vectors]
"""Passages by their numbers, and the matrix of their vectors."""

CANDIDATES = 200
"""Of each kind."""
_LEAST_COMMON = 1_000
_AT_ONCE = 20
"""So many of the best candidates are looked at in one query; few searches need more."""
_FOLD_AMONG = 4
"""How many times as many passages as are asked for are looked at where those unlike each other are wanted."""
_DIVERSITY = 0.3
"""Weight of being unlike what stands before, where diversity is asked for (maximal marginal relevance)."""
_OF_REFERENCES = 0.2
"""What is left of the score of a list of references: titles are dense with the words of their subject, and report nothing."""


@dataclass(frozen=True)
class Weights:
    """What a benchmark may vary."""

    meaning: float = 0.6
    """Of the mixed score; the rest is the words'."""
    leaders: int = 3
    """The question's vector is moved towards so many of its best passages, and asked again (Rocchio 1971)."""
    towards: float = 0.5
    """By how much; 0 asks once."""
    common: float = 0.05
    """Words that more than this part of a large library's passages have are not asked for: they cost the most and say the least."""


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
    author: str = ""
    """By family name, with initials or without."""

    @property
    def filter(self) -> Filter:
        """What is left out beforehand."""
        return Filter(
            self.from_year,
            self.to_year,
            self.journal,
            self.publication_type,
            self.collection,
            self.within,
            self.retracted,
            self.author,
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
    """BM25 of the words that were asked for, larger is better; 0 where none matches."""
    matched: tuple[str, ...]
    """Words of the question that stand in it, or in its title."""
    folded: tuple[str, ...] = ()
    """Ids of passages that say nearly the same and were left out for it."""


@dataclass(frozen=True)
class Hits:
    """What a search found. `matched` counts passages that have a telling word of the question, or are among the nearest in meaning."""

    hits: tuple[Hit, ...]
    matched: int
    by_meaning: bool
    notes: tuple[str, ...] = field(default=())


@dataclass
class _Scored:
    """Candidates by their numbers."""

    scores: dict[int, float]
    """Those of references as high as others'."""
    cosines: dict[int, float]
    words: dict[int, float]
    """Of every passage that has a telling word, candidate or not."""
    vectors: dict[int, Vectors]


def search(
    catalogue: Catalogue,
    query: Query,
    vector: Vectors | None,
    store: VectorStore | None,
    weights: Weights = Weights(),
) -> Hits:
    """The passages that answer best, best first.

    Args:
        catalogue: of the library.
        query: what is looked for.
        vector: the question's, of unit length; None to go by words alone.
        store: where vectors are; None to go by words alone.
        weights: how scores are mixed.

    Raises:
        StorageError: the library cannot be read.
    """
    terms = query_terms(query.text)
    wanted = query.filter
    allowed = wanted.seqs(catalogue) if wanted.is_set else None
    words = _by_words(catalogue, _telling(catalogue, terms, weights.common), allowed)
    if vector is not None and store is not None:
        scored = _by_both(catalogue, words, vector, store, allowed, weights)
    else:
        scored = _Scored(_mixed(_best(words), {}, words, 0.0), {}, words, {})
    chosen = _chosen(_hits(catalogue, scored, query.most), query, scored.vectors)
    matched = _matched(catalogue, terms, [hit.passage.seq for hit in chosen])
    told = tuple(replace(hit, matched=matched.get(hit.passage.seq, ())) for hit in chosen)
    notes = _notes(query.text, terms) + wanted.notes(catalogue)
    return Hits(told, len(words.keys() | scored.scores.keys()), vector is not None, notes)


# Words ---------------------------------------------------------------------------------------------------------------


def _telling(catalogue: Catalogue, terms: Sequence[Term], common: float) -> list[Term]:
    """Those that some passage has and not too many have; where all that are there are common, all of these."""
    passages = catalogue.rows("SELECT max(seq) FROM passage")[0][0] or 0
    most = max(_LEAST_COMMON, int(passages * common))
    query = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    counts = [catalogue.rows(query, (term.match, most + 1))[0][0] for term in terms]
    there = [(term, count) for term, count in zip(terms, counts, strict=True) if count]
    return [term for term, count in there if count <= most] or [term for term, _ in there]


def _by_words(catalogue: Catalogue, terms: Sequence[Term], allowed: set[int] | None) -> dict[int, float]:
    if not terms:
        return {}
    match = " OR ".join(term.match for term in terms)
    rows = catalogue.rows("SELECT rowid, -bm25(words) FROM words WHERE words MATCH ?", (match,))
    return dict(rows if allowed is None else (row for row in rows if row[0] in allowed))


def _best(words: dict[int, float]) -> list[int]:
    seqs, scores = np.fromiter(words, np.int64, len(words)), np.fromiter(words.values(), np.float64, len(words))
    return [seq for seq, _ in best_of(seqs, scores, CANDIDATES)]


def _matched(catalogue: Catalogue, terms: Sequence[Term], seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Which words of the question each passage has, in the question's order; the index knows their stems."""
    found: dict[int, list[str]] = {}
    texts = catalogue.rows_in("SELECT rowid, text, context FROM words WHERE rowid IN ({})", list(seqs))
    # An index like the library's of these few, since finding them in its lists takes five times as long as making it.
    ((made,),) = catalogue.rows("SELECT sql FROM sqlite_master WHERE name = 'words'")
    with closing(sqlite3.connect(":memory:")) as few:
        few.execute(made)
        few.executemany("INSERT INTO words (rowid, text, context) VALUES (?, ?, ?)", texts)
        for term in terms:
            for (seq,) in few.execute("SELECT rowid FROM words WHERE words MATCH ?", (term.match,)):
                found.setdefault(seq, []).append(term.text)
    return {seq: tuple(words) for seq, words in found.items()}


# Meaning and words -----------------------------------------------------------------------------------------------------


def _by_both(
    catalogue: Catalogue,
    words: dict[int, float],
    vector: Vectors,
    store: VectorStore,
    allowed: set[int] | None,
    weights: Weights,
) -> _Scored:
    near = [seq for seq, _ in nearest(catalogue, store, vector, CANDIDATES, allowed)]
    candidates = list(dict.fromkeys([*near, *_best(words)]))
    known = [vectors_from(catalogue, store, candidates)]
    scores = _mixed(candidates, _cosines(known, vector), words, weights.meaning)
    leaders = list(islice(_ranked(catalogue, scores), weights.leaders))
    moved = _towards(vector, leaders, _rows(known), weights)
    if moved is not None:
        again = [seq for seq, _ in nearest(catalogue, store, moved, CANDIDATES, allowed) if seq not in scores]
        known.append(vectors_from(catalogue, store, again))
        scores = _mixed([*candidates, *again], _cosines(known, moved), words, weights.meaning)
    return _Scored(scores, _cosines(known, vector), words, _rows(known))


def _rows(known: Sequence[_Known]) -> dict[int, Vectors]:
    return {seq: row for seqs, matrix in known for seq, row in zip(seqs, matrix, strict=True)}


def _cosines(known: Sequence[_Known], vector: Vectors) -> dict[int, float]:
    """Of every candidate that has a vector, also of those that were found by words."""
    return {
        seq: cosine
        for seqs, matrix in known
        for seq, cosine in zip(seqs, cosines_of(matrix, vector).tolist(), strict=True)
    }


def _towards(
    vector: Vectors, best: Sequence[tuple[int, float]], vectors: dict[int, Vectors], weights: Weights
) -> Vectors | None:
    """The question's vector, moved towards its best passages; None where nothing moves it."""
    leaders = [(seq, score) for seq, score in best if seq in vectors and score > 0]
    if not leaders or not weights.towards:
        return None
    total = sum(score for _, score in leaders)
    middle = np.sum([vectors[seq] * (score / total) for seq, score in leaders], axis=0)
    moved = vector + weights.towards * middle
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def _mixed(
    candidates: Sequence[int], cosines: dict[int, float], words: dict[int, float], meaning: float
) -> dict[int, float]:
    """From 0 to 1 for each: both scores as parts of the best of their kind."""
    scores = meaning * _parts(candidates, cosines) + (1 - meaning) * _parts(candidates, words)
    return dict(zip(candidates, scores.tolist(), strict=True))


def _parts(candidates: Sequence[int], values: dict[int, float]) -> NDArray[np.float64]:
    found = np.maximum([values.get(seq, 0.0) for seq in candidates], 0.0)
    best = found.max(initial=0.0)
    return found / best if best > 0 else found


# Which are shown -------------------------------------------------------------------------------------------------------


def _ranked(catalogue: Catalogue, scores: dict[int, float]) -> Iterator[tuple[int, float]]:
    """Candidates with their scores, best first; of equals, what was added first.

    Scores of references are lowered: they come where nothing else speaks, and lead no question astray. Which these are is looked up
    some at a time, since few candidates are needed.
    """
    query = (
        "SELECT p.seq FROM passage p JOIN part t ON t.document = p.document AND t.number = p.part"
        " WHERE t.kind = 'references' AND p.seq IN ({})"
    )
    order = sorted((-score, seq) for seq, score in scores.items())
    lowered: list[tuple[float, int]] = []
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        references = {row[0] for row in catalogue.rows_in(query, [seq for _, seq in some])}
        for least, seq in some:
            while lowered and lowered[0] < (least, seq):
                before, reference = heapq.heappop(lowered)
                yield reference, -before
            if seq in references:
                heapq.heappush(lowered, (least * _OF_REFERENCES, seq))
            else:
                yield seq, -least
    for before, reference in sorted(lowered):
        yield reference, -before


def _hits(catalogue: Catalogue, scored: _Scored, most: int) -> Iterator[Hit]:
    """All candidates, best first; read from the catalogue some at a time, since few are needed."""
    ranked, size = _ranked(catalogue, scored.scores), max(_AT_ONCE, 2 * most)
    documents: dict[str, DocumentRow] = {}
    while some := list(islice(ranked, size)):
        passages = catalogue.passages([seq for seq, _ in some])
        unknown = {row.document for row in passages.values()} - documents.keys()
        documents |= {row.id: row for row in catalogue.documents(sorted(unknown))}
        for seq, score in some:
            passage = passages.get(seq)
            if passage is not None and passage.document in documents:  # else another process removed it just now
                yield Hit(
                    passage,
                    documents[passage.document],
                    score,
                    scored.cosines.get(seq),
                    scored.words.get(seq, 0.0),
                    (),
                )


def _chosen(hits: Iterator[Hit], query: Query, vectors: dict[int, Vectors]) -> list[Hit]:
    """The best, each document once where that is asked for, with those that say the same folded into the first of them."""
    kept: list[Hit] = []
    if query.most < 1:
        return kept
    shown: set[str] = set()
    for hit in hits:
        if query.documents and hit.document.id in shown:
            continue
        shown.add(hit.document.id)
        twin = next((n for n, other in enumerate(kept) if _is_twin(hit, other, vectors)), None)
        if twin is not None:
            kept[twin] = replace(kept[twin], folded=(*kept[twin].folded, hit.passage.id))
            continue
        kept.append(hit)
        if len(kept) == query.most * (_FOLD_AMONG if query.diverse else 1):
            break
    return _diverse(kept, query.most, vectors) if query.diverse else kept


def _is_twin(one: Hit, other: Hit, vectors: dict[int, Vectors]) -> bool:
    first, second = vectors.get(one.passage.seq), vectors.get(other.passage.seq)
    cosine = None if first is None or second is None else float(first @ second)
    return say_the_same(one.passage.text, other.passage.text, cosine)


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


def _notes(text: str, terms: Sequence[Term]) -> tuple[str, ...]:
    notes = []
    if len(text) > MOST_CHARACTERS or len(terms) == MOST_TERMS:
        notes.append(f"The question is long: only its first {len(terms)} telling words were looked for.")
    if has_unspaced(terms):
        notes.append(
            "The question is in a script without blanks between words: its words are found only where they stand alone,"
            " and the default model knows English."
        )
    return tuple(notes)
