"""`biocopilot serve` as its user sees it: the interface in a real browser, and a question asked there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

REFUSED_FONT = "fonts.googleapis.com"
"""The page of textual-serve names a font of another site, which the server forbids the browser to load."""


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    pytest.importorskip("textual_serve")
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port = int(made.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "biocopilot.copilot", "serve", "--port", str(port), "--offline"],
        stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    try:
        assert server.stderr is not None
        assert f"http://127.0.0.1:{port}" in server.stderr.readline()
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


def test_the_interface_comes_up_and_answers_a_question(browsing: ModuleType, address: str) -> None:
    with browsing.started() as browser, browsing.opened(browser, address, scripts=True) as visit:
        visit.wait_to_hear("Ask about targets")
        screen = visit.page.locator(".xterm-screen").bounding_box()
        assert screen["width"] > 600
        assert screen["height"] > 400
        visit.page.locator(".xterm-helper-textarea").focus()
        visit.page.keyboard.type("MW of aspirin?")
        visit.page.keyboard.press("Enter")
        visit.wait_to_hear("180.16")
        assert [said for said in visit.said if said.startswith("error") and REFUSED_FONT not in said] == []
        assert {asked.partition("?")[0] for asked in visit.asked if not asked.startswith(address)} <= {
            "https://fonts.googleapis.com/css"
        }
