"""A real terminal for tests: a tmux server of their own, that ends with them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["Terminal", "terminal"]

_WAIT_S = 40.0


class Terminal:
    """A window of tmux with the program in it, started by a shell that stays.

    Args:
        socket: name of the tmux server.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words], capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout

    def screen(self) -> str:
        """What is shown now."""
        return self.tmux("capture-pane", "-p")

    def write(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.1)

    def until(self, what: str | Callable[[str], bool]) -> str:
        """Wait for a text, or for something to be true of the screen; the screen then."""
        ends = time.monotonic() + _WAIT_S
        while time.monotonic() < ends:
            shown = self.screen()
            if (what in shown) if isinstance(what, str) else what(shown):
                return shown
            time.sleep(0.2)
        pytest.fail(f"it never showed {what!r}:\n{self.screen()}")

    @property
    def raw(self) -> bool:
        """Whether the terminal is still in the state that a program for the whole screen puts it into."""
        return self.tmux("display", "-p", "#{alternate_on}#{mouse_any_flag}#{?cursor_flag,0,1}").strip() != "000"


@contextmanager
def terminal(home: Path, *arguments: str, size: tuple[int, int] = (100, 30), **environment: str) -> Iterator[Terminal]:
    """A terminal in which a shell starts `biocopilot`, and says its exit code. Skipped where there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Terminal(f"biocopilot-test-{uuid.uuid4().hex[:8]}")
    variables = {
        "BIOCOPILOT_HOME": str(home),
        "BIOCOPILOT_OFFLINE": "true",
        "TERM": "tmux-256color",
        "PATH": os.defpath,
        **environment,
    }
    set_up = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    command = shlex.join([sys.executable, "-m", "biocopilot.copilot", *arguments])
    width, height = size
    made.tmux(
        "-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), "env", "-u", "TMUX", "PS1=$ ", "sh"
    )
    try:
        made.write(f"env -i {set_up} {command}; echo left with $?")
        made.press("Enter")
        yield made
    finally:
        made.tmux("kill-server")
