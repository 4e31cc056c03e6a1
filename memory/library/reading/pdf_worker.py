"""What the process that reads PDFs runs: takes one file after another on stdin, tells of each page, answers on stdout.

It ends when nobody can write to it any more, also in the middle of a file, and when it has had nothing to do for a while.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from typing import IO, Any

from ...errors import BiocopilotError, FileRefused
from .pdf_document import document_of

__all__ = ["main"]

IDLE_S = 120.0
MEMORY_BYTES = 2_000_000_000
"""Address space, and four times the file's size on top."""


def main() -> None:
    """Answer until stdin ends."""
    waiting: queue.Queue[tuple[str, str, bytes]] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, waiting), daemon=True).start()
    with contextlib.suppress(queue.Empty, BrokenPipeError):
        while True:
            name, engine, data = waiting.get(timeout=IDLE_S)
            _limit(len(data))
            _answer(name, engine, data)
    os._exit(0)  # the thread that listens holds stdin, and would be waited for


def _listen(pipe: IO[bytes], into: queue.Queue[tuple[str, str, bytes]]) -> None:
    """Put every request into the queue; the process ends with the pipe."""
    while head := pipe.readline():
        request = json.loads(head)
        data = pipe.read(request["size"])
        if len(data) < request["size"]:
            break
        into.put((request["name"], request["engine"], data))
    os._exit(0)


def _answer(name: str, engine: str, data: bytes) -> None:
    try:
        _send({"result": document_of(data, name, lambda page: _send({"page": page}), engine)})
    except BiocopilotError as error:
        _send({"error": [type(error).__name__, error.message, error.hint]})
    except MemoryError:
        _send(
            {
                "error": [
                    FileRefused.__name__,
                    f"{name} takes more memory than is allowed.",
                    "Split it, or print it anew as a PDF.",
                ]
            }
        )
        os._exit(1)  # what it holds is not worth cleaning up


def _send(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


def _limit(size: int) -> None:
    """Bound this process's memory where the system can."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = MEMORY_BYTES + 4 * size
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
