"""Similarity searches: the kept fingerprints of a dump beside RDKit's bulk comparison of the same ones in memory.

    python -m benchmarks.similarity --structures 500000

A few thousand fingerprints are real, of the starter set; the others are real ones with bits dropped and added. Both sides give
the ten most similar, and they have to be equal.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .measure import Measured, Row, report

__all__ = ["measure"]

_SEED = 20260101
_BATCH = 20_000
_MOST = 10


def measure(quick: bool, structures: int = 0) -> Measured:
    """CPU milliseconds a search."""
    from biocopilot.memory.stores.fingerprint_file import FingerprintHeader, write_file
    from biocopilot.tools.chemistry.engine.packed import PackedFile
    from rdkit import DataStructs

    count = structures or (30_000 if quick else 500_000)
    real = _real()
    queries = real[:: max(1, len(real) // (10 if quick else 30))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.fingerprints"
        started = time.thread_time()
        header = write_file(
            path, lambda: _made(real, count), FingerprintHeader("any", "made up", 0, 0, 0), lambda _done, _of: None
        )
        writing = time.thread_time() - started
        file = PackedFile(str(path))
        first = _cpu_ms(lambda: file.check_all())
        vectors = [DataStructs.CreateFromBinaryText(one) for batch in _made(real, count) for one in _cut(batch.bits)]
        asked = [DataStructs.CreateFromBinaryText(one) for one in queries]
        bulk = [_cpu_ms(lambda one=one: DataStructs.BulkTanimotoSimilarity(one, vectors)) for one in asked]
        ranked, theirs = _timed(lambda one: _ranked(DataStructs.BulkTanimotoSimilarity(one, vectors)), asked)
        kept, ours = _timed(lambda one: file.nearest(one, _MOST), queries)
        # Halves of two molecules: nothing is like them, so that the bounds cut off little.
        mixed = [
            bytes(a if n % 2 else b for n, (a, b) in enumerate(zip(*pair, strict=True))) for pair in _pairs(queries)
        ]
        theirs += [
            _ranked(DataStructs.BulkTanimotoSimilarity(DataStructs.CreateFromBinaryText(one), vectors)) for one in mixed
        ]
        unlike, more = _timed(lambda one: file.nearest(one, _MOST), mixed)
        ours += more
    if ours != theirs:
        raise RuntimeError("the kept fingerprints and RDKit do not agree")
    rows = (
        Row.of("RDKit: BulkTanimotoSimilarity alone", bulk),
        Row.of(f"RDKit: BulkTanimotoSimilarity, the best {_MOST}", ranked),
        Row.of(f"kept fingerprints: the best {_MOST}", kept),
        Row.of(f"kept fingerprints: the best {_MOST} of what nothing is like", unlike),
        Row.of("kept fingerprints: checking the file, once a process", [first]),
    )
    return Measured(
        "similarity",
        "CPU ms a search",
        rows,
        {
            "RDKit's bulk comparison alone / kept fingerprints": rows[0].median / rows[2].median,
            f"RDKit's best {_MOST} / kept fingerprints": rows[1].median / rows[2].median,
            "RDKit's bulk comparison alone / kept fingerprints, of what nothing is like": rows[0].median
            / rows[3].median,
        },
        (
            f"{count:,} fingerprints, {min(len(real), count):,} real and the others varied of them; {len(queries)} queries;"
            " equal rows and values",
            f"a file of {header.bytes / 1e6:.0f} MB, laid out in {writing:.1f} s CPU, made-up bits included",
        ),
    )


def _real() -> list[bytes]:
    from biocopilot.memory.chembl_store import ChemblStore
    from biocopilot.tools.chemistry.engine.similarity import Library

    store = ChemblStore.open()
    library = Library([row[2] for row in store.all_structures()])
    store.close()
    return list(_cut(library.packed()))


def _pairs(queries: list[bytes]) -> list[tuple[bytes, bytes]]:
    return list(zip(queries, queries[1:] + queries[:1], strict=True))


def _cut(bits: bytes) -> Iterator[bytes]:
    return (bits[at : at + 256] for at in range(0, len(bits), 256))


def _made(real: list[bytes], count: int) -> Iterator[Any]:
    """The same each time: the real ones first."""
    import numpy as np
    from biocopilot.memory.stores.fingerprint_file import Batch

    dice = np.random.default_rng(_SEED)
    known = np.frombuffer(b"".join(real), np.uint8).reshape(len(real), 256)
    for begun in range(0, count, _BATCH):
        size = min(_BATCH, count - begun)
        rows = known[np.arange(begun, begun + size) % len(real)]
        drop, add = (dice.integers(0, 256, (size, 256), np.uint8) for _ in range(2))
        for _ in range(2):  # an eighth of the bits goes
            drop &= dice.integers(0, 256, (size, 256), np.uint8)
        for _ in range(7):  # and one in 256 comes
            add &= dice.integers(0, 256, (size, 256), np.uint8)
        varied = (np.arange(begun, begun + size) >= len(real))[:, None]
        bits = np.where(varied, (rows & ~drop) | add, rows)
        yield Batch(array("q", range(begun + 1, begun + size + 1)), bytes(size), bits.tobytes())


def _ranked(values: list[float]) -> list[tuple[int, float]]:
    best = heapq.nsmallest(_MOST, ((-value, row) for row, value in enumerate(values, 1)))
    return [(row, -falling) for falling, row in best]


def _timed(ask: Callable[[Any], Any], items: list[Any]) -> tuple[list[float], list[Any]]:
    """Milliseconds and answers; an item's time is the least of three, since others use the machine."""
    times, answers = [], []
    for item in items:
        answers.append(ask(item))
        times.append(min(_cpu_ms(lambda item=item: ask(item)) for _ in range(3)))
    return times, answers


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return (time.thread_time() - started) * 1000


def main() -> None:
    """Measure at a size of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similarity", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--structures", type=int, default=0, help="how many fingerprints; 500,000 where absent")
    parser.add_argument("--quick", action="store_true", help="30,000 fingerprints, fewer queries")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    report(measure(given.quick, given.structures), given.keep)


if __name__ == "__main__":
    main()
