"""The process that reads PDFs, from outside: a file that takes too long, or too much, ends it and nothing else.

Started with the first file, kept for the next ones, started anew after it was ended. Works the same where processes cannot be forked.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

from ...errors import FileRefused, WorkerDied, error_named
from .pdf_engine import PYPDF

__all__ = ["PdfProcess"]

_WORKER = f"{__package__}.pdf_worker"
_KEPT_VARIABLES = (
    "PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH",
)  # fmt: skip
"""It gets no secrets: only what finding Python and its libraries takes."""
_SIMPLER = "Print it anew as a PDF, or give its XML from PubMed Central instead."


class _NoAnswer(Exception):
    """The process ended before it said anything."""


class PdfProcess:
    """One process for one file at a time; threads wait for each other.

    Args:
        silence_s: how long a page may take.
        page_s: how long pages may take on average; a file gets `silence_s` on top.
    """

    def __init__(self, silence_s: float = 60.0, page_s: float = 2.0) -> None:
        self.silence_s, self.page_s = silence_s, page_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """Of the process, while it is there."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def document(self, data: bytes, name: str, engine: str = PYPDF) -> dict[str, Any]:
        """What `pdf_document.document_of` makes of a file.

        Raises:
            FileRefused: as there; and where the file takes longer or more memory than is allowed, or ends the process.
            WorkerDied: the process cannot be started.
        """
        with self._lock:
            try:
                return self._asked(data, name, engine)
            except BaseException as error:  # Ctrl-C too: what is half-way can only be ended
                if not isinstance(error, FileRefused) or self.pid is None:
                    self._end()
                raise

    def close(self) -> None:
        """End the process; a later call starts it anew."""
        with self._lock:
            self._end()

    def _asked(self, data: bytes, name: str, engine: str) -> dict[str, Any]:
        fresh = self.pid is None
        try:
            return self._exchange(data, name, engine)
        except _NoAnswer:
            self._end()
        if not fresh:  # one that had been idle may have ended just now
            with contextlib.suppress(_NoAnswer):
                return self._exchange(data, name, engine)
        raise FileRefused(f"{name} ended the process that reads it.", _SIMPLER)

    def _exchange(self, data: bytes, name: str, engine: str) -> dict[str, Any]:
        process = self._running()
        try:
            self._write(process, data, {"name": name, "engine": engine, "size": len(data)})
        except OSError as error:
            raise _NoAnswer from error
        return self._received(process, name)

    @staticmethod
    def _write(process: subprocess.Popen[bytes], data: bytes, request: dict[str, Any]) -> None:
        if process.stdin is None:
            raise BrokenPipeError
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.write(data)
        process.stdin.flush()

    def _received(self, process: subprocess.Popen[bytes], name: str) -> dict[str, Any]:
        began, page = time.monotonic(), 0
        while True:
            left = self.silence_s + self.page_s * (page + 1) - (time.monotonic() - began)
            line, stopped = self._line(process, min(self.silence_s, left))
            if stopped:
                where = f" at page {page}" if page else ""
                raise FileRefused(f"{name} took too long{where} and was given up.", _SIMPLER)
            if not line.endswith(b"\n") and not page:
                raise _NoAnswer
            if not line.endswith(b"\n"):
                raise FileRefused(f"{name} ended the process that reads it at page {page}.", _SIMPLER)
            message = json.loads(line)
            if "page" in message:
                page = message["page"]
            elif "error" in message:
                raise error_named(*message["error"])
            else:
                result: dict[str, Any] = message["result"]
                return result

    @staticmethod
    def _line(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bool]:
        """The next line, and whether the process was stopped because none came."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            process.kill()

        timer = threading.Timer(max(0.0, seconds), stop)
        timer.daemon = True
        timer.start()
        try:
            line = process.stdout.readline() if process.stdout is not None else b""
        finally:
            timer.cancel()
        return line, stopped.is_set() and not line.endswith(b"\n")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
            )
        except OSError as error:
            raise WorkerDied(
                f"The process that reads PDFs cannot be started: {error.strerror}.", "`biocopilot doctor`"
            ) from error
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
