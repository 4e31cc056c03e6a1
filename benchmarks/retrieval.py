"""How well the library finds what answers a question, beside bm25s, exact MiniLM, their rank fusion, and paper-qa's retrieval.

    python -m benchmarks.retrieval [--quick] [--distractors N] [--fresh] [--keep]
    python -m benchmarks.retrieval --choose          the grid of weights, on the half of BioASQ that nothing is reported on

All get the same documents, and the same vectors where they use any; ours is the real `Library`, asked for documents.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .measure import Measured, Row, report
from .retrieval_sets import Set, bioasq, pubmedqa
from .vector_cache import CACHE, CachedEmbedder

if TYPE_CHECKING:
    from biocopilot.memory.library.library import Library
    from numpy.typing import NDArray

__all__ = ["measure", "ndcg", "recall"]

_MOST = 10
_FUSION_K = 60
_FUSION_GAIN = 0.01
_BOOTSTRAPS = 10_000
_SEED = 20260101
_QUICK_DISTRACTORS, _QUICK_QUESTIONS = 0, 100
_CHOOSE_QUESTIONS = 400
_PAPERQA = "BIOCOPILOT_PAPERQA_PYTHON"
OURS, FUSION = "library", "rank fusion (k = 60)"


@dataclass(frozen=True)
class Outcome:
    """What a system gave for the questions of a set."""

    system: str
    ranked: list[list[str]]
    ms: float
    """Median of a search, the question's embedding included where ours; the peers got theirs made."""


def ndcg(ranked: Sequence[str], gold: frozenset[str], most: int = _MOST) -> float:
    """Normalised discounted cumulative gain, all gold documents worth the same."""
    gain = sum(1 / math.log2(place + 2) for place, pmid in enumerate(ranked[:most]) if pmid in gold)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(most, len(gold))))


def recall(ranked: Sequence[str], gold: frozenset[str], most: int = _MOST) -> float:
    """Gold documents among the first, as part of those that there is room for."""
    return len(gold.intersection(ranked[:most])) / min(most, len(gold))


def measure(quick: bool, distractors: int | None = None, fresh: bool = False) -> Measured:
    """100 × (1 - nDCG@10) and 100 × (1 - recall@10), so that less is better; milliseconds in the notes."""
    rows: list[Row] = []
    notes: list[str] = []
    gains: list[float] = []
    goals: dict[str, float] = {}
    with _embedder(fresh) as embedder:
        for asked in (pubmedqa(), bioasq(True, _QUICK_DISTRACTORS if quick else distractors)):
            few = _few(asked, _QUICK_QUESTIONS) if quick else asked
            outcomes, more = _outcomes(few, embedder)
            notes += [f"{few.name}: {len(few.documents):,} documents, {len(few.questions):,} questions", *more]
            scores = {outcome.system: _scores(outcome, few) for outcome in outcomes}
            for outcome in outcomes:
                rows += _rows(few.name, outcome, scores)
                notes.append(f"{few.name}, {outcome.system}: {outcome.ms:.1f} ms a search (median)")
            notes += _differences(few.name, scores)
            gain = float(np.mean(scores[OURS][0]) - np.mean(scores[FUSION][0]))
            goals[f"{few.name}: nDCG@10, ours less fusion's"] = gain
            gains.append(gain)
    goals[f"nDCG@10, ours less fusion's, mean of the sets (goal {_FUSION_GAIN})"] = statistics.mean(gains)
    return Measured("retrieval", "per cent missed, nDCG@10 or recall@10", tuple(rows), goals, tuple(notes))


def _outcomes(asked: Set, embedder: CachedEmbedder) -> tuple[list[Outcome], list[str]]:
    pmids = list(asked.documents)
    texts = [document.whole for document in asked.documents.values()]
    questions = [question for question, _ in asked.questions]
    vectors, queries = embedder.documents(texts), np.array([embedder.query(question) for question in questions])
    by_words, words_ms = _bm25s(texts, questions)
    by_meaning, meaning_ms = _timed(lambda n: vectors @ queries[n], len(questions))
    fused, fused_ms = _timed(lambda n: _fused(by_words[n], by_meaning[n]), len(questions))
    outcomes = [
        Outcome("bm25s", [_top(scores, pmids) for scores in by_words], words_ms),
        Outcome("MiniLM, exact", [_top(scores, pmids) for scores in by_meaning], meaning_ms),
        Outcome(FUSION, [_top(scores, pmids) for scores in fused], words_ms + meaning_ms + fused_ms),
    ]
    theirs, said = _paperqa(texts, questions, vectors, queries, pmids)
    ours, store = _ours(asked, embedder)
    return [*outcomes, *theirs, ours], [said, f"library: vectors in {store}"]


# The peers -----------------------------------------------------------------------------------------------------------


def _bm25s(texts: list[str], questions: list[str]) -> tuple[list[NDArray[np.float32]], float]:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def scores(n: int) -> NDArray[np.float32]:
        (words,) = bm25s.tokenize(
            [questions[n]], stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
        )
        found: NDArray[np.float32] = index.get_scores(words)
        return found

    return _timed(scores, len(questions))


def _fused(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float64]:
    """Reciprocal rank fusion (Cormack 2009) of whole rankings."""
    places = [np.argsort(np.argsort(-scores, kind="stable")) for scores in (first, second)]
    return np.asarray(sum(1 / (_FUSION_K + 1 + place) for place in places))


def _top(scores: NDArray[Any], pmids: list[str]) -> list[str]:
    return [pmids[place] for place in np.argsort(-scores, kind="stable")[:_MOST]]


def _timed(work: Callable[[int], Any], number: int) -> tuple[list[Any], float]:
    found, times = [], []
    for n in range(number):
        started = time.perf_counter()
        found.append(work(n))
        times.append((time.perf_counter() - started) * 1000)
    return found, statistics.median(times)


def _paperqa(
    texts: list[str],
    questions: list[str],
    vectors: NDArray[np.float32],
    queries: NDArray[np.float32],
    pmids: list[str],
) -> tuple[list[Outcome], str]:
    python = os.environ.get(_PAPERQA, sys.executable)
    if subprocess.run([python, "-c", "import paperqa"], capture_output=True, check=False).returncode:
        return [], f"peer: paper-qa is not installed ({_PAPERQA} names the Python that has it)"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "set.json").write_text(json.dumps({"documents": texts, "questions": questions}), "utf-8")
        np.save(folder / "documents.npy", vectors)
        np.save(folder / "questions.npy", queries)
        script = Path(__file__).with_name("paperqa_peer.py")
        done = subprocess.run([python, str(script), name], capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"paper-qa ended with {done.returncode}: {done.stderr.decode()[-600:]}")
        found = json.loads((folder / "paperqa.json").read_text("utf-8"))
    ranked = [[pmids[place] for place in places] for places in found["ranked"]]
    said = f"peer: paper-qa {found['version']}, sparse and MiniLM's vectors, MMR lambda {found['mmr_lambda']:g}"
    return [Outcome("paper-qa, hybrid", ranked, found["ms"])], said


# Ours ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _embedder(fresh: bool) -> Iterator[CachedEmbedder]:
    from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder

    with (
        closing(open_embedder(EmbeddingSettings(), offline=True)) as model,
        closing(CachedEmbedder(model, None if fresh else CACHE)) as cached,
    ):
        yield cached


@contextmanager
def _library(asked: Set, embedder: CachedEmbedder) -> Iterator[Library]:
    """A library of the set's documents and no others."""
    from biocopilot.memory.library.document import About, Part, ReadDocument
    from biocopilot.memory.library.library import Library
    from biocopilot.memory.library.writing import Origin

    documents = (
        ReadDocument(About(title=item.title, pmid=pmid), (Part(item.text, "abstract"),), "pubmed", 20, number)
        for number, (pmid, item) in enumerate(asked.documents.items())
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / "library", embedder=lambda: _Kept(embedder)) as library,
    ):
        library.add_documents(documents, Origin("benchmark:retrieval", "0"))
        notes = [row.id for row in library.documents() if not row.about.pmid]
        if notes:
            library.remove(notes)
        if len(library.documents()) != len(asked.documents):
            raise RuntimeError("the library does not hold the documents of the set")
        yield library


class _Kept(CachedEmbedder):
    """The shared cache, which the library does not close."""

    def __init__(self, held: CachedEmbedder) -> None:
        vars(self).update(vars(held))

    def close(self) -> None:
        """Nothing: others use it."""


def _ours(asked: Set, embedder: CachedEmbedder) -> tuple[Outcome, str]:
    from biocopilot.memory.library.retrieval import Query

    with _library(asked, embedder) as library:

        def pmids(n: int) -> list[str]:
            hits = library.search(Query(asked.questions[n][0], most=_MOST, documents=True))
            if not hits.by_meaning:
                raise RuntimeError(f"the library searched by words alone: {hits.notes}")
            return [hit.document.about.pmid for hit in hits.hits]

        pmids(0)  # opens the index
        ranked, ms = _timed(pmids, len(asked.questions))
        store, _ = library._index.reading(library.catalogue)
    return Outcome(OURS, ranked, ms), store.name.partition(":")[0]


# What comes of it ----------------------------------------------------------------------------------------------------


def _scores(outcome: Outcome, asked: Set) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = list(zip(outcome.ranked, (gold for _, gold in asked.questions), strict=True))
    return np.array([ndcg(*pair) for pair in pairs]), np.array([recall(*pair) for pair in pairs])


_Scores = dict[str, tuple["NDArray[np.float64]", "NDArray[np.float64]"]]


def _rows(name: str, outcome: Outcome, scores: _Scores) -> Iterator[Row]:
    """Ours has as its goal what the best peer misses."""
    for kind, label in enumerate(("nDCG@10", "recall@10")):
        best = max(float(np.mean(values[kind])) for system, values in scores.items() if system != OURS)
        goal = round(100 * (1 - best), 2) if outcome.system == OURS else None
        missed = round(100 * (1 - float(np.mean(scores[outcome.system][kind]))), 2)
        yield Row(f"{name}, {label}: {outcome.system}", missed, missed, missed, len(outcome.ranked), goal)


def _differences(name: str, scores: _Scores) -> Iterator[str]:
    for kind, label in enumerate(("nDCG@10", "recall@10")):
        peers = {system: float(np.mean(values[kind])) for system, values in scores.items() if system != OURS}
        best = max(peers, key=lambda system: peers[system])
        said = ", ".join(f"{system} {float(np.mean(values[kind])):.4f}" for system, values in scores.items())
        against = "; ".join(
            f"less {peer}: {_interval(scores[OURS][kind] - scores[peer][kind])}"
            for peer in dict.fromkeys((best, FUSION))
        )
        yield f"{name}, {label}: {said}; ours {against}"


def _interval(differences: NDArray[np.float64]) -> str:
    """Mean and 95 % interval by bootstrap over questions."""
    dice = np.random.default_rng(_SEED)
    number = len(differences)
    means = [float(np.mean(differences[dice.integers(0, number, number)])) for _ in range(_BOOTSTRAPS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{float(np.mean(differences)):+.4f} ({low:+.4f} to {high:+.4f})"


def _few(asked: Set, most: int) -> Set:
    chosen = np.random.default_rng(_SEED).permutation(len(asked.questions))[:most]
    return Set(asked.name, asked.documents, tuple(asked.questions[int(n)] for n in sorted(chosen)))


def _choose(distractors: int | None) -> None:
    """Print a grid of weights on the choosing half."""
    from biocopilot.memory.library.retrieval import Query, Weights, search

    with _embedder(fresh=False) as embedder:
        asked = _few(bioasq(False, distractors), _CHOOSE_QUESTIONS)
        vectors = [embedder.query(question) for question, _ in asked.questions]
        with _library(asked, embedder) as library:
            store, _ = library._index.reading(library.catalogue)
            for meaning, leaders, towards in itertools.product((0.5, 0.6, 0.7), (3, 5), (0.0, 0.3, 0.5)):
                if leaders != 3 and not towards:
                    continue
                weights = Weights(meaning, leaders, towards)
                queries = [Query(question, most=_MOST, documents=True) for question, _ in asked.questions]
                found = [
                    search(library.catalogue, query, vector, store, weights)
                    for query, vector in zip(queries, vectors, strict=True)
                ]
                ranked = [[hit.document.about.pmid for hit in hits.hits] for hits in found]
                gain, had = _scores(Outcome(OURS, ranked, 0.0), asked)
                sys.stdout.write(f"{weights}: nDCG@10 {np.mean(gain):.4f}, recall@10 {np.mean(had):.4f}\n")
                sys.stdout.flush()


def main() -> None:
    """Measure at a size of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="gold documents only, a hundred questions a set")
    parser.add_argument("--distractors", type=int, default=None, help="how many screened records; all where absent")
    parser.add_argument("--fresh", action="store_true", help="make every vector anew")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    parser.add_argument("--choose", action="store_true", help="print the grid of weights on the choosing half instead")
    given = parser.parse_args()
    if given.choose:
        _choose(given.distractors)
    else:
        report(measure(given.quick, given.distractors, given.fresh), given.keep)


if __name__ == "__main__":
    main()
