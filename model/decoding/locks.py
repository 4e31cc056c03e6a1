"""One answer at a time per model: its cache and captured graphs are shared by whoever decodes with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from .contract import Cancel

if TYPE_CHECKING:
    from torch import nn

__all__ = ["locked"]

_POLL_S = 0.05


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()  # not re-entrant, and may be released by another thread: a generator may move
        self.holder: int | None = None


_turns: WeakKeyDictionary[nn.Module, _Turn] = WeakKeyDictionary()
_making = threading.Lock()


@contextmanager
def locked(model: nn.Module, cancel: Cancel | None) -> Iterator[bool]:
    """Wait for the model; yields False where the wait was cancelled.

    Raises:
        RuntimeError: this very thread is in the middle of another answer, so waiting would never end.
    """
    with _making:
        turn = _turns.setdefault(model, _Turn())
    me = threading.get_ident()
    while not turn.lock.acquire(timeout=_POLL_S):
        if cancel is not None and cancel.is_set():
            yield False
            return
        if turn.holder == me:
            raise RuntimeError(
                "this thread is still reading another answer of this model; read it to its end or close it"
            )
    turn.holder = me
    try:
        yield True
    finally:
        turn.holder = None
        turn.lock.release()
