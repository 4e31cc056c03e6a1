"""A process that reads the flat file while another writes the store: `read_beside` starts one, `main` is what it runs.

A batch is a line with its length and that many bytes of `marshal`, which both ends, the same Python, write and read faster than
anything else. The pipe holds back whoever is ahead. Not for data from elsewhere: marshal is only for what was just written.
"""

from __future__ import annotations

import contextlib
import marshal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ..errors import BiocopilotError, WorkerDied, error_named
from .swissprot_rows import Batch, read_batches

__all__ = ["read_beside"]

_AGAIN = "What was built is kept: give the same command again to go on from there."
_ENDING_S = 5.0
"""Time for a process whose pipe has closed, to tell how it ended."""


def read_beside(file: Path, start: int, entries: int) -> Iterator[Batch]:
    """`read_batches` by a process of its own, which ends with this iterator, or when nobody reads what it writes.

    Raises:
        FileRefused: as `read_batches`.
        StorageError: likewise.
        WorkerDied: the process cannot be started, or ended before its time.
    """
    command = [sys.executable, "-m", __name__, str(file.absolute()), str(start), str(entries)]
    try:
        # A session of its own, so that a Ctrl-C at the terminal is this process's to handle.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerDied(f"The process that reads {file} cannot be started: {error.strerror}.", _AGAIN) from error
    with process:
        try:
            yield from _received(process)
        except EOFError as error:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_ENDING_S)
            raise WorkerDied(f"The process that reads {file} ended early ({process.returncode}).", _AGAIN) from error
        finally:
            process.kill()


def _received(process: subprocess.Popen[bytes]) -> Iterator[Batch]:
    pipe = process.stdout
    if pipe is None:
        raise EOFError
    while True:
        kind, *told = marshal.loads(_message(pipe))  # noqa: S302  # written by our own process, just now
        if kind == "batch":
            yield Batch(*told)
        elif kind == "refused":
            raise error_named(*told)
        else:
            return


def _message(pipe: IO[bytes]) -> bytes:
    length = int.from_bytes(pipe.read(8), "little")
    message = pipe.read(length)
    if not length or len(message) < length:
        raise EOFError
    return message


def main(file: str, start: str, entries: str) -> None:
    """Write every batch to stdout, then how it ended."""
    with contextlib.suppress(BrokenPipeError):  # nobody reads any more
        try:
            for batch in read_batches(Path(file), int(start), int(entries)):
                _send(("batch", batch.end, batch.read, batch.newest, batch.values))
        except BiocopilotError as error:
            _send(("refused", type(error).__name__, error.message, error.hint))
        except BrokenPipeError:
            raise
        except Exception as error:  # a defect of ours, which nobody would see otherwise
            _send(("refused", WorkerDied.__name__, f"{file} cannot be read: {error!r}.", _AGAIN))
        else:
            _send(("end",))


def _send(message: Any) -> None:
    data = marshal.dumps(message)
    sys.stdout.buffer.write(len(data).to_bytes(8, "little") + data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
