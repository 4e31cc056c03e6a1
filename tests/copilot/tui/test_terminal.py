"""The real program in a real terminal: asked, cancelled, put into the background, left; and the terminal is as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.sessions import Sessions

from .terminal import Terminal, terminal

GREYS = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
"""Of the 256 colours of a terminal."""

pytestmark = pytest.mark.slow


def questions_of(home: Path, session: str) -> int:
    log = RunLog.open(home / "data" / "runs.sqlite")
    try:
        return len(list(Sessions(log).run_ids(session)))
    finally:
        log.close()


def left(shown: Terminal, last: str = "left with 0") -> None:
    """Wait for the program's last words, and try the terminal: it takes lines again."""
    shown.until(last)
    assert not shown.raw
    shown.write("echo typed $((6 * 7))")
    shown.press("Enter")
    shown.until("typed 42")


def test_a_question_is_asked_stopped_asked_again_and_the_session_is_kept(home: Path) -> None:
    with terminal(home, "tui", "--session", "kinases") as shown:
        shown.until("To try")
        shown.write("MW of ibuprofen?")
        shown.press("Enter")
        shown.until("206.28")
        shown.press("F3")
        shown.until("molecule_prop")
        shown.press("F2", "C-z")  # nothing is typed: into the background
        shown.until("Stopped")
        assert not shown.raw
        shown.write("fg")
        shown.press("Enter")
        shown.until("206.28")
        shown.tmux("resize-window", "-x", "60", "-y", "16")
        shown.tmux("resize-window", "-x", "150", "-y", "45")
        shown.until("statements held by evidence")
        shown.press("C-q")
        left(shown, "To go on: biocopilot tui --session kinases")
    assert questions_of(home, "kinases") == 1


def test_an_editor_writes_the_question(home: Path, tmp_path: Path) -> None:
    editor = tmp_path / "ed.sh"
    editor.write_text('#!/bin/sh\necho "MW of aspirin?" > "$1"\n')
    editor.chmod(0o755)
    with terminal(home, EDITOR=str(editor)) as shown:
        shown.until("To try")
        shown.press("C-g")
        shown.until("MW of aspirin?")
        shown.press("C-c", "C-c")
        left(shown)


def test_without_colour_and_without_a_locale_it_answers(home: Path) -> None:
    with terminal(home, "tui", "--no-log", NO_COLOR="1", LANG="C", LC_ALL="C") as shown:
        shown.until("To try")
        shown.write("MW of ibuprofen?")
        shown.press("Enter")
        shown.until("206.28")
        colours = set(map(int, re.findall(r"[34]8;5;(\d+)", shown.tmux("capture-pane", "-p", "-e"))))
        assert all(colour in GREYS for colour in colours), colours
        shown.press("C-q")
        left(shown)


def test_a_terminal_that_draws_no_screen_gets_lines(home: Path) -> None:
    with terminal(home, TERM="dumb") as shown:
        shown.until("line mode instead")
        shown.until("question:")
        shown.write("MW of ibuprofen?")
        shown.press("Enter")
        shown.until("206.28")
        shown.press("C-d")
        left(shown)


def test_a_terminal_that_goes_away_ends_the_program_and_keeps_the_session(home: Path) -> None:
    with terminal(home, "tui", "--session", "gone") as shown:
        shown.until("To try")
        shown.write("MW of ibuprofen?")
        shown.press("Enter")
        shown.until("206.28")
        child = int(shown.tmux("list-panes", "-F", "#{pane_pid}"))
        program = next(iter(children_of(child)))
    assert gone(program)
    assert questions_of(home, "gone") == 1


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("this system does not say which process has which children")
    return [int(word) for word in path.read_text().split()]


def gone(pid: int) -> bool:
    import time

    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False
