"""Fingerprints and patterns for a whole dump by the chemistry processes, side by side, for `memory.stores`.

A process that dies over a batch is replaced and the batch halved, down to the one structure that ends it, which then counts
as one that cannot be read.
"""

from __future__ import annotations

import threading
from base64 import b64decode
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ...memory.errors import Cancelled, DeadlineExceeded, InvalidStructure, LimitReached, WorkerDied
from ...memory.stores.fingerprint_file import FINGERPRINT_BYTES
from .workers import ChemistryWorkers

__all__ = ["FingerprintWorkers", "PatternWorkers"]

_BATCH_S = 120.0
_ONE_S = 20.0


class FingerprintWorkers:
    """A `Fingerprinter` of Morgan fingerprints, 256 bytes each.

    Args:
        count: how many processes.
        workers: processes to use instead of its own.
    """

    function = "fingerprints"
    sound = "packed_is_sound"

    def __init__(self, count: int = 2, workers: ChemistryWorkers | None = None) -> None:
        self._count = max(1, count)
        self._workers = workers or ChemistryWorkers(self._count)
        self._stopping = threading.Event()
        self.rdkit = str(self._workers.call_blocking("version", {}, deadline_s=60)["rdkit"])

    def close(self) -> None:
        """End the processes."""
        self._workers.close()

    def is_sound(self, path: Path) -> bool:
        """Whether every byte of a finished file is as it was written."""
        return bool(self._workers.call_blocking(self.sound, {"path": str(path)}, deadline_s=600))

    def computed(self, batches: Iterable[Sequence[str]]) -> Generator[list[bytes], None, None]:
        """Bytes for each structure of each batch, in order; none for what cannot be read.

        Raises:
            WorkerDied: no chemistry process can be started.
        """
        self._stopping.clear()
        pool = ThreadPoolExecutor(self._count, thread_name_prefix="fingerprints")
        under_way: deque[Future[list[bytes]]] = deque()
        try:
            for batch in batches:
                under_way.append(pool.submit(self._of, batch, _BATCH_S))
                if len(under_way) > self._count:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BaseException:  # Ctrl-C, or the caller's own end: nobody waits for what is under way
            self._stopping.set()
            self._workers.close()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            if self._stopping.is_set():
                self._workers.close()

    def _of(self, batch: Sequence[str], deadline_s: float, tries: int = 2) -> list[bytes]:
        if self._stopping.is_set():
            raise Cancelled("Stopped.")
        try:
            reply = self._workers.call_blocking(self.function, {"structures": list(batch)}, deadline_s=deadline_s)
        except (WorkerDied, DeadlineExceeded, LimitReached, InvalidStructure):
            return self._in_parts(batch, tries)
        return self._read(reply, len(batch))

    def _read(self, reply: Any, count: int) -> list[bytes]:
        bits, refused = b64decode(reply["bits"]), set(reply["unparsable"])
        starts = iter(range(0, len(bits), FINGERPRINT_BYTES))
        return [b"" if row in refused else bits[(at := next(starts)) : at + FINGERPRINT_BYTES] for row in range(count)]

    def _in_parts(self, batch: Sequence[str], tries: int) -> list[bytes]:
        middle = len(batch) // 2
        if middle:
            return [*self._of(batch[:middle], _ONE_S), *self._of(batch[middle:], _ONE_S)]
        if tries > 1:
            return self._of(batch, _ONE_S, tries - 1)
        if not self._stopping.is_set():
            self._workers.call_blocking("version", {}, deadline_s=60)  # fails where no process can be had at all
        return [b""]


class PatternWorkers(FingerprintWorkers):
    """A `Fingerprinter` of screening patterns, each with its packed molecule: what `memory.stores.patterns` keeps."""

    function = "pattern_records"
    sound = "patterns_are_sound"

    def _read(self, reply: Any, count: int) -> list[bytes]:
        return [b64decode(one) for one in reply]
