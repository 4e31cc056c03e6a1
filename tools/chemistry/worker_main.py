"""The chemistry process: reads requests as JSON lines from stdin, writes replies as JSON lines to stdout.

Started by `workers.py`, never by a user. It ends when its stdin closes, so no process outlives its parent; its memory is
bounded where the system can bound it. Nothing but replies is written to stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import IO

__all__ = ["serve"]

MEMORY_BYTES = 4 * 1024**3


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    from ...memory.errors import BiocopilotError
    from .engine.functions import FUNCTIONS

    for line in requests:
        request = json.loads(line)
        try:
            reply = {"id": request["id"], "result": FUNCTIONS[request["function"]](**request["arguments"])}
        except BiocopilotError as error:
            reply = {
                "id": request["id"],
                "error": type(error).__name__,
                "message": error.message,
                "hint": error.hint,
                "nearest": list(getattr(error, "nearest", ())),
            }
        except MemoryError:
            reply = _failure(request["id"], "The chemistry process ran out of memory.", "LimitReached")
        except Exception as error:  # RDKit raises what Boost gives it; the run must go on
            reply = _failure(request["id"], f"RDKit could not do this: {type(error).__name__}.")
        replies.write(json.dumps(reply, allow_nan=False).encode() + b"\n")
        replies.flush()


def _failure(number: int, message: str, error: str = "InvalidStructure") -> dict[str, object]:
    return {
        "id": number,
        "error": error,
        "message": message,
        "hint": "Check the structure, or try a smaller one.",
    }


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve on this process's own pipes; whatever else writes to stdout goes nowhere."""
    _bound_memory()
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
