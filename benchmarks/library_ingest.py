"""Adding abstracts to a library, beside ChromaDB's default path; memory and search at 10,000 of them.

The peer is `collection.add` with its own embedder for the same texts, and our file of its model in the place of the one that it would
download (`embedding_peer.py`). What adding costs beside embedding, memory and searches are measured in a process of its own, with vectors
that `vector_cache` remembers: embedding all of them anew takes ten minutes, and is what the first rows measure.
"""

from __future__ import annotations

import csv
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from .measure import Measured, Row

__all__ = ["measure"]

_DATA = Path(__file__).parents[2] / "shared" / "data"
_MANY = 10_000
_SEARCHES = 100
_TOP = 200
_JOURNALS = ("Journal of One Thing", "Archives of Another", "Annals of the Rest")
_SETTLE_S = 0.3  # the peer's idle threads spin for a while, which would be counted as ours
_OURS, _PEER = "Biocopilot, library.add", "ChromaDB, collection.add with its default embedder"
_GOAL_A_SECOND, _GOAL_MB, _GOAL_SEARCH_MS = 15, 1_000, 30

Record = tuple[str, str, str]


def measure(quick: bool) -> Measured:
    """CPU milliseconds an abstract, all threads counted; the rows of the large library name their units."""
    number, rounds = (32, 2) if quick else (96, 5)
    records = list(islice(_records(), number * (rounds + 1)))
    found: dict[str, list[float]] = {_OURS: [], _PEER: []}
    with tempfile.TemporaryDirectory() as folder:
        peer = _Peer(Path(folder))
        for turn in range(rounds + 1):
            part = records[turn * number : (turn + 1) * number]
            for name, add in ((_OURS, _add), (_PEER, peer.add)):
                place = Path(folder) / f"{turn}{name[:3]}"
                place.mkdir()
                time.sleep(_SETTLE_S)
                began = time.process_time()
                add(place, part)
                found[name].append((time.process_time() - began) * 1000 / number)
    rows = [Row.of(f"{name}: CPU ms an abstract", values[1:]) for name, values in found.items()]  # the first imports
    ours, theirs = (row.median for row in rows)
    large = _large(1_000 if quick else _MANY)
    rows += [
        Row.of(f"{large['passages']:,} passages: CPU ms an abstract beside embedding", [large["beside_ms"]]),
        Row.of(f"{large['passages']:,} passages: MB of memory at most", [large["mb"]], goal=_GOAL_MB),
        Row.of(f"{large['passages']:,} passages: CPU ms a search", large["search_ms"], goal=_GOAL_SEARCH_MS),
        Row.of(
            f"{large['passages']:,} passages: CPU ms a search of some years", large["years_ms"], goal=_GOAL_SEARCH_MS
        ),
        Row.of(
            f"{large['passages']:,} passages: CPU ms a search of a journal", large["journal_ms"], goal=_GOAL_SEARCH_MS
        ),
        Row.of(
            f"{large['passages']:,} passages: CPU ms a search that asks ChromaDB",
            large["chroma_ms"],
            goal=_GOAL_SEARCH_MS,
        ),
        Row.of(f"{large['passages']:,} passages: CPU ms a search for its question's vector alone", large["embed_ms"]),
    ]
    ratios = {f"{_PEER} / {_OURS}": theirs / ours, "abstracts a CPU second": 1000 / ours}
    notes = (
        f"goals: {_GOAL_A_SECOND} abstracts a CPU second {'met' if 1000 / ours >= _GOAL_A_SECOND else 'MISSED'}, twice the peer"
        f" {'met' if theirs / ours >= 2 else 'MISSED'}",
        f"{_TOP} nearest of {large['store']}: recall 1; of ChromaDB: {large['recall']:.4f}",
        f"abstracts of {statistics.mean(len(text) for _, _, text in records):.0f} characters on average, {number} a round",
    )
    return Measured("library_ingest", "see the rows", tuple(rows), ratios, notes)


def _records() -> Iterator[Record]:
    """Record number, title and abstract of screened PubMed records that have both."""
    for file in sorted((_DATA / "asreview_screening" / "cohen2006").glob("*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                if row["title"].strip() and row["abstract"].strip():
                    yield row["pubmedID"].strip(), " ".join(row["title"].split()), " ".join(row["abstract"].split())


def _write(path: Path, records: Sequence[Record]) -> None:
    """As a reference manager exports them; the records name neither year nor journal, so these are made up."""
    path.write_text(
        "".join(
            f"TY  - JOUR\nTI  - {title}\nAB  - {text}\nAN  - {pmid}\n"
            f"PY  - {1990 + int(pmid) % 30}\nJO  - {_JOURNALS[int(pmid) % 3]}\nER  - \n\n"
            for pmid, title, text in records
        ),
        "utf-8",
    )


def _add(folder: Path, records: Sequence[Record]) -> None:
    from biocopilot.memory.library.embedding.minilm import MiniLm
    from biocopilot.memory.library.library import Library

    _write(folder / "records.ris", records)
    with Library.open(folder / "library", embedder=lambda: MiniLm(1)) as library:
        added = library.add([folder / "records.ris"])
    if added.refused or added.added < 0.9 * len(records):
        raise RuntimeError(f"only {added.added} of {len(records)} were added: {added.refused[:3]}")


class _Peer:
    """ChromaDB with its embedder, made once as ours is."""

    def __init__(self, folder: Path) -> None:
        from .embedding import _chroma  # its class with our file of the model

        self._embed = _chroma(folder)

    def add(self, folder: Path, records: Sequence[Record]) -> None:
        """Documents in calls of 32, as ours commits them."""
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))
        collection = client.get_or_create_collection("abstracts", embedding_function=None)
        for start in range(0, len(records), 32):
            part = records[start : start + 32]
            texts = [f"{title} {text}" for _, title, text in part]
            ids = [f"{start + n}" for n in range(len(part))]
            collection.add(ids=ids, documents=texts, embeddings=self._embed(texts))
        client.close()


def _large(number: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.library_ingest", str(number)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the large library failed: {done.stderr[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measure_large(number: int) -> dict[str, Any]:
    """A library of that many abstracts: what adding cost beside embedding, the most memory, searches, and Chroma's recall."""
    from biocopilot.memory.library import index
    from biocopilot.memory.library.embedding.minilm import MiniLm
    from biocopilot.memory.library.library import Library
    from biocopilot.memory.library.retrieval import Query

    from .vector_cache import CachedEmbedder

    held = json.loads(gzip.decompress((_DATA / "pubmedqa" / "pqal_dev_500.json.gz").read_bytes()))
    questions = [item["QUESTION"] for item in islice(held.values(), _SEARCHES)]
    model = MiniLm(1)
    embedder = CachedEmbedder(model)
    spent = 0.0
    documents = embedder.documents

    def counted(texts: Sequence[str]) -> Any:
        nonlocal spent
        began = time.process_time()
        made = documents(texts)
        spent += time.process_time() - began
        return made

    embedder.documents = counted  # type: ignore[method-assign]  # so that what it takes is not counted as ours
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder) / "records.ris", list(islice(_records(), number)))
        library = Library.open(Path(folder) / "library", embedder=lambda: embedder)
        began = time.process_time()
        library.add([Path(folder) / "records.ris"])
        beside = time.process_time() - began - spent
        kinds: dict[str, Callable[[str], Any]] = {
            "search_ms": lambda text: library.search(Query(text)),
            "years_ms": lambda text: library.search(Query(text, from_year=2005)),
            "journal_ms": lambda text: library.search(Query(text, journal="archives")),
            "embed_ms": model.query,
        }
        found: dict[str, Any] = {kind: _times(search, questions) for kind, search in kinds.items()}
        exact = library.store
        index.EXACT_UP_TO = 0
        found["chroma_ms"] = _times(kinds["search_ms"], questions)
        hits = 0
        for text in questions:
            vector = model.query(text)
            wanted = {seq for seq, _ in exact.nearest(vector, _TOP)}
            hits += len(wanted & {seq for seq, _ in library.store.nearest(vector, _TOP)})
        if (exact.name, library.store.name.partition(":")[0]) != ("exact", "chroma"):
            raise RuntimeError(f"asked were {exact.name} and {library.store.name}")
        most_mb = _most_mb()
        found |= {
            "passages": library.catalogue.counts()["passages"], "store": "what is compared one by one",
            "beside_ms": beside * 1000 / number, "mb": most_mb, "recall": hits / (_TOP * len(questions)),
        }  # fmt: skip
        library.close()
        embedder.close()
    return found


def _most_mb() -> float:
    """The most memory that this process held. Not by `getrusage`, whose figure begins with that of the process that started this one."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1024


def _times(search: Callable[[str], Any], questions: Sequence[str]) -> list[float]:
    """CPU milliseconds of each, all threads counted: the least of three rounds, after one that opens what is not open yet."""
    search(questions[0])
    times = [float("inf")] * len(questions)
    for _ in range(3):
        for number, text in enumerate(questions):
            began = time.process_time()
            search(text)
            times[number] = min(times[number], (time.process_time() - began) * 1000)
    return times


if __name__ == "__main__":
    print(json.dumps(_measure_large(int(sys.argv[1]))))
