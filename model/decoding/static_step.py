"""A decoding step of fixed shapes, so that a GPU runs it as one captured graph instead of a thousand launches.

A step's inputs are copied into tensors that stay where they are; slots and places attended to are rounded up to powers of
two, and each pair is captured once. Where a GPU cannot capture, or there is no GPU, the same step runs as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .kv_cache import bucket

__all__ = ["StaticStep"]

Forward = Callable[[Tensor, Tensor, int], Tensor]
_WARM_UPS = 3  # what CUDA's libraries and a compiler set up at their first calls must not be captured


class StaticStep:
    """Calls `forward(tokens [B], positions [B], places)`, which gives logits [B, V], with few different shapes.

    Args:
        forward: the step; all that it reads and writes besides its arguments stays where it is until `reset`.
        slots: the most rows.
        places: the most places of the cache.
        vocabulary: logits a row.
        like: a tensor of the logits' dtype and device.
        notify: is told when a graph cannot be captured.
    """

    def __init__(
        self, forward: Forward, slots: int, places: int, vocabulary: int, like: Tensor, notify: Callable[[str], None]
    ) -> None:
        self._forward, self._places, self._notify = forward, places, notify
        device, cuda = like.device, like.is_cuda
        slots = _slots(slots)
        self._given = torch.zeros(2, slots, dtype=torch.long, device=device)  # tokens, positions
        self._host = torch.zeros(2, slots, dtype=torch.long, pin_memory=cuda)
        self._logits = torch.empty(slots, vocabulary, dtype=like.dtype, device=device)
        self._capture = cuda
        self._graphs: dict[tuple[int, int], torch.cuda.CUDAGraph] = {}
        self._pool: object = None

    @staticmethod
    def slots(wanted: int) -> int:
        """The cache needs so many slots for so many wanted ones; those in excess compute what nobody reads."""
        return _slots(wanted)

    def __call__(self, tokens: Sequence[int], positions: Sequence[int]) -> Tensor:
        """Logits [B, V] of so many rows as are given; valid until the next call."""
        rows, places = _slots(len(tokens)), bucket(max(positions) + 1, self._places)
        # The copy of the last call has ended, since its logits were read on the host before this one.
        self._host.zero_()
        self._host[0, : len(tokens)] = torch.tensor(tokens)
        self._host[1, : len(tokens)] = torch.tensor(positions)
        self._given.copy_(self._host, non_blocking=True)
        graph = self._graphs.get((rows, places)) or self._captured(rows, places)
        if graph is None:
            self._run(rows, places)
        else:
            graph.replay()
        return self._logits[: len(tokens)]

    def _run(self, rows: int, places: int) -> None:
        self._logits[:rows] = self._forward(self._given[0, :rows], self._given[1, :rows], places)

    def _captured(self, rows: int, places: int) -> torch.cuda.CUDAGraph | None:
        if not self._capture:
            return None
        # Warming up runs the very step that is asked for, on the same inputs: it writes the same keys and values again.
        side = torch.cuda.Stream(self._given.device)
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_WARM_UPS):
                self._run(rows, places)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
                self._run(rows, places)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._capture = False
            self._notify(f"Decoding goes on without captured graphs, slower: {str(error).splitlines()[0]}")
            return None
        self._pool = graph.pool()
        self._graphs[rows, places] = graph
        return graph


def _slots(wanted: int) -> int:
    size = 1
    while size < wanted:
        size *= 2
    return size
