"""A text in the user's own editor: $VISUAL, else $EDITOR. Whoever calls it has let go of the terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ...memory.errors import InvalidInput

__all__ = ["edited", "editor_named"]


def editor_named(environ: Mapping[str, str] | None = None) -> list[str]:
    """The editor's command. Raises InvalidInput where none is named, or what is named is no command."""
    environ = os.environ if environ is None else environ
    named = (environ.get("VISUAL") or environ.get("EDITOR") or "").strip()
    if not named:
        raise InvalidInput("No editor is named.", "Set EDITOR, for example: export EDITOR=nano")
    try:
        return shlex.split(named)
    except ValueError as error:
        raise InvalidInput(f"EDITOR is {named!r}, which is no command: {error}.", "Mend EDITOR.") from error


def edited(text: str, editor: list[str]) -> str:
    """The text as the editor leaves it, without line ends at its end. Raises InvalidInput where the editor fails."""
    with TemporaryDirectory(prefix="biocopilot-") as folder:
        path = Path(folder) / "question.md"
        path.write_text(text, "utf-8")
        try:
            code = subprocess.run([*editor, str(path)], check=False).returncode
        except OSError as error:
            raise InvalidInput(f"The editor {editor[0]!r} does not start: {error.strerror}.", "Mend EDITOR.") from error
        if code:
            raise InvalidInput(f"The editor {editor[0]!r} ended with {code}; the prompt is as it was.")
        return path.read_text("utf-8", errors="replace").rstrip("\r\n")
