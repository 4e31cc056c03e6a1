"""A real browser for the tests: one that this machine has, never a downloaded one, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["VARIABLE", "Visit", "find_browser", "opened", "started"]

VARIABLE = "BIOCOPILOT_BROWSER"
NAMES = (
    "chromium",
    "chromium-browser",
    "chromium-headless-shell",
    "google-chrome",
    "google-chrome-stable",
    "chrome-headless-shell",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
MISSING = (
    "no browser was found: install Chromium (on Debian and Ubuntu the package chromium-headless-shell or chromium), Chrome or Edge, "
    f"or set {VARIABLE} to the program"
)
_WAIT_MS = 10_000


def find_browser(environ: Mapping[str, str]) -> str:
    """The browser that the environment names, else the first that is installed; empty where there is none.

    Raises:
        FileNotFoundError: the named one cannot be run, which is no reason to take another or to skip.
    """
    named = environ.get(VARIABLE, "")
    if named and shutil.which(named) is None:
        raise FileNotFoundError(f"{VARIABLE} is {named!r}, which is no program.")
    found = (shutil.which(name, path=environ.get("PATH")) for name in NAMES)
    return named or next(filter(None, found), "")


@contextmanager
def started() -> Iterator[Browser]:
    """The browser, running. While it does, asyncio has a running loop in this thread: no `asyncio.run` meanwhile."""
    program = find_browser(os.environ)
    if not program:
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, timeout=30_000)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open, and all that it did besides being shown."""

    page: Page
    said: list[str] = field(default_factory=list)
    """Messages of the console, errors and dialogs."""
    asked: list[str] = field(default_factory=list)
    """Addresses that were asked for; what stands in the page itself (`data:`) is none."""
    heard: list[str] = field(default_factory=list)
    """What came over WebSockets."""

    def wait_to_hear(self, text: str, seconds: float = 15.0) -> None:
        """Wait until a message with this text has come. Raises TimeoutError."""
        for _ in range(round(seconds * 10)):
            if any(text in message for message in self.heard):
                return
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"{text!r} did not come; the last message was {self.heard[-1:]}")


@contextmanager
def opened(
    browser: Browser, address: str, *, width: int = 1280, scripts: bool = False, **options: Any
) -> Iterator[Visit]:
    """Open an address in a profile of its own, without JavaScript unless it is wanted.

    Args:
        browser: a running one.
        address: what to open.
        width: of the window, in CSS pixels.
        scripts: whether JavaScript runs.
        options: others of Playwright's `new_context`.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts, **options)
    context.set_default_timeout(_WAIT_MS)
    try:
        visit = Visit(context.new_page())
        page = visit.page
        page.on("console", lambda message: visit.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visit.said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (visit.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: visit.asked.append(request.url))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda told: visit.heard.append(_text(told))))
        page.goto(address)
        yield visit
    finally:
        context.close()


def _text(message: bytes | str) -> str:
    return message if isinstance(message, str) else message.decode(errors="replace")


if __name__ == "__main__":  # which browser the tests would take; nothing where there is none
    print(find_browser(os.environ))  # noqa: T201 # its answer
