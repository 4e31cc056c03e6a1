"""How near each sentence of a passage, and its title, is to a question: by meaning, and by words, rare ones counting more.

A passage's own score says little about its sentences: one of ten may answer and the rest be methods.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .catalogue import Catalogue
from .sentences import sentence_spans
from .words import Term, query_terms

if TYPE_CHECKING:
    from .embedding.protocol import Embedder

__all__ = ["SentenceScore", "score_passages"]

_MOST_SENTENCES = 40
"""Of a passage; a list or a table may have hundreds."""
_LEAST_CHARACTERS = 25


@dataclass(frozen=True)
class SentenceScore:
    """Of characters `start` to `end` of a passage's text; of its title where both are 0."""

    start: int
    end: int
    cosine: float
    """With the question."""
    words: float
    """The part of the question's words that it has, each weighed by how few passages of the library have it."""


def score_passages(
    catalogue: Catalogue, embedder: Embedder, question: str, passages: Sequence[tuple[str, str]]
) -> list[list[SentenceScore]]:
    """For each passage, given as title and text, its title's score and those of its sentences.

    Raises ModelUnavailable, or as the embedder does, where vectors cannot be made.
    """
    spans = [
        ([(0, 0)] if title.strip() else [])
        + [span for span in sentence_spans(text)[:_MOST_SENTENCES] if span[1] - span[0] >= _LEAST_CHARACTERS]
        for title, text in passages
    ]
    texts = [
        [title if end == 0 else text[start:end] for start, end in places]
        for (title, text), places in zip(passages, spans, strict=True)
    ]
    each = list(dict.fromkeys(text for of_passage in texts for text in of_passage))
    if not each:
        return [[] for _ in passages]
    cosines = dict(zip(each, (embedder.documents(each) @ embedder.query(question)).tolist(), strict=True))
    shares = dict(zip(each, _shares(catalogue, query_terms(question), each), strict=True))
    return [
        [
            SentenceScore(*span, round(cosines[text], 4), round(shares[text], 4))
            for span, text in zip(places, of_passage, strict=True)
        ]
        for places, of_passage in zip(spans, texts, strict=True)
    ]


def _shares(catalogue: Catalogue, terms: Sequence[Term], texts: Sequence[str]) -> list[float]:
    """The part of the terms' weight that each text has."""
    passages = catalogue.rows("SELECT count(*) FROM passage")[0][0]
    query = "SELECT count(*) FROM words WHERE words MATCH ?"
    weights = [math.log(1 + passages / (1 + catalogue.rows(query, (term.match,))[0][0])) for term in terms]
    whole = sum(weights)
    shares = [0.0] * len(texts)
    with closing(sqlite3.connect(":memory:")) as few:
        few.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61 remove_diacritics 2')")
        few.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts))
        for term, weight in zip(terms, weights, strict=True):
            for (number,) in few.execute("SELECT rowid FROM words WHERE words MATCH ?", (term.match,)):
                shares[number] += weight / whole
    return shares
