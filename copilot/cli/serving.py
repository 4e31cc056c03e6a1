"""`biocopilot serve`: the terminal interface in a browser of this machine, by the extra `serve`.

There is no login, and who reaches the page runs questions as you. So it is bound to loopback, and a page of another site that
the browser has open is refused: its WebSocket would reach loopback too.
"""

from __future__ import annotations

import asyncio
import shlex
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler
    from aiohttp.web import Application, Request, StreamResponse

__all__ = ["serve"]

HOST = "127.0.0.1"

_CLOSING_S = 5.0
"""How long the interfaces behind open pages may take to end."""


def serve(
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65_535, help="Port on this machine.")] = 8_765,
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
) -> None:
    """Show the terminal interface in a browser on this machine."""
    from ...memory.errors import InvalidInput, MissingExtra
    from .failures import say

    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError as error:
        raise MissingExtra("textual-serve is not installed.", 'Install it: pip install "biocopilot[serve]"') from error

    class LoopbackServer(Server):
        async def _make_app(self) -> Application:
            app = await super()._make_app()
            app.middlewares.append(only_own)
            app.on_cleanup.append(_programs_ended)
            return app

        async def on_startup(self, app: Application) -> None:
            say(f"http://{HOST}:{port} shows the interface; Ctrl-C ends it.")

        def initialize_logging(self) -> None:
            """Nothing is logged: an address line a question is no use to anyone."""

    own = {f"{HOST}:{port}", f"localhost:{port}"}

    @web.middleware
    async def only_own(request: Request, handler: Handler) -> StreamResponse:
        """Refuse what another page, or another name for this address, asks for."""
        origin = request.headers.get("Origin")
        if request.host not in own or (origin is not None and origin.removeprefix("http://") not in own):
            raise web.HTTPForbidden(text="Only this machine's own page is served.")
        response = await handler(request)
        if not response.prepared:  # the page names a font of another site, which would be told of each visit
            response.headers["Content-Security-Policy"] = (
                f"style-src http://{HOST}:{port} 'unsafe-inline'; font-src 'self' data:"
            )
        return response

    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise InvalidInput(f"Port {port} is taken.", f"Take another: biocopilot serve --port {port % 65_535 + 1}")
    LoopbackServer(_command(offline), host=HOST, port=port, title="Biocopilot").serve()


def _command(offline: bool) -> str:
    """What a shell runs for a page. The terminal's Ctrl-C is for the server: a page's program is told to end by it."""
    words = [sys.executable, "-m", "biocopilot.copilot", "tui", *(["--offline"] if offline else [])]
    return shlex.join(words) if sys.platform == "win32" else f"trap '' INT; exec {shlex.join(words)}"


async def _programs_ended(_app: object = None) -> None:
    """Wait until no program of a page is left: asyncio's thread that waits for one complains of a loop that was closed."""
    until = time.monotonic() + _CLOSING_S
    while time.monotonic() < until and any(item.name.startswith("asyncio-waitpid") for item in threading.enumerate()):  # noqa: ASYNC110  # a thread of asyncio's own sets no event
        await asyncio.sleep(0.02)
