"""What was asked before, kept between starts: a small file in the data folder, the newest questions only."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ...memory.errors import StorageError
from ...memory.paths import data_dir

__all__ = ["MOST", "AskedBefore", "asked_before"]

MOST = 500
"""Questions that are kept; the file holds twice as many at most before it is written anew."""
_LONGEST = 20_000
"""Characters: a longer text is a list that was pasted, which nobody leafs back to."""


class AskedBefore:
    """A file with a question a line, as JSON. Several programs may add to it at once.

    Args:
        path: the file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[str]:
        """The questions, oldest first; a line that is damaged is left out. Raises StorageError."""
        try:
            lines = self.path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("read", error) from error
        found = [text for line in lines if (text := _question(line))]
        if len(lines) > 2 * MOST:
            self._write(found[-MOST:])
        return found[-MOST:]

    def add(self, question: str) -> None:
        """Put a question at the end. Raises StorageError."""
        if len(question) > _LONGEST:
            return
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, f"{json.dumps(question)}\n".encode())
            finally:
                os.close(file)
        except OSError as error:
            raise self._trouble("written", error) from error

    def _write(self, questions: list[str]) -> None:
        made = self.path.with_suffix(f".{os.getpid()}")
        try:
            made.touch(0o600)
            made.write_text("".join(f"{json.dumps(question)}\n" for question in questions), "utf-8")
            made.replace(self.path)
        except OSError as error:
            raise self._trouble("written", error) from error

    def _trouble(self, done: str, error: OSError) -> StorageError:
        return StorageError(
            f"Earlier questions ({self.path}) cannot be {done}: {error.strerror}.",
            "Mend its permissions, or delete it.",
        )


def asked_before() -> AskedBefore:
    """The user's own. Raises StorageError where there is no data folder."""
    return AskedBefore(data_dir() / "questions.jsonl")


def _question(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""
