"""Titles that the user gave to sessions: a small file beside the run log, which itself is never changed.

A session's recorded name stays what commands and handles go by. A title goes with its session when that is deleted.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from .errors import InvalidInput, StorageError
from .text import clean

__all__ = ["TITLE_CHARACTERS", "drop_title", "give_title", "titles_beside"]

TITLE_CHARACTERS = 80
_FILE = "session_titles.json"


def titles_beside(log: Path) -> dict[str, str]:
    """Title by session name; none where none was given. Raises StorageError where the file is damaged or cannot be read."""
    path = log.with_name(_FILE)
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StorageError(
            f"The titles of sessions in {path} cannot be read.", "Delete that file; sessions keep their names."
        ) from error
    if not isinstance(found, dict) or not all(isinstance(title, str) for title in found.values()):
        raise StorageError(f"{path} holds no titles.", "Delete that file; sessions keep their names.")
    return found


def give_title(log: Path, session: str, title: str) -> str:
    """Give a session a title, in place of one that it has; the title as it is kept.

    Raises:
        InvalidInput: it is empty or too long.
        StorageError: it cannot be kept.
    """
    said = " ".join(clean(title).split())
    if not said or len(said) > TITLE_CHARACTERS:
        raise InvalidInput(
            f"A title has 1 to {TITLE_CHARACTERS} characters.", "Say for example: /rename BTK inhibitors"
        )
    _keep(log, {**titles_beside(log), session: said})
    return said


def drop_title(log: Path, session: str) -> None:
    """Forget a session's title. Raises StorageError."""
    titles = titles_beside(log)
    if titles.pop(session, None) is not None:
        _keep(log, titles)


def _keep(log: Path, titles: Mapping[str, str]) -> None:
    """Whole or not at all."""
    path = log.with_name(_FILE)
    part = path.with_name(f".{_FILE}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(titles, ensure_ascii=False, indent=2) + "\n", "utf-8")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Check the folder and the disk.") from error
