"""`biocopilot data`: what the local stores hold, from which release, under which licence."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="See the local data.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show what the store holds, its releases and licences."""
    from .store_status import store_status

    found = store_status()
    sys.stdout.write(found.to_json() if as_json else found.to_text())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def add(_ctx: typer.Context) -> None:
    """Not yet: register a full ChEMBL or UniProt."""
    from .later import say_not_yet

    say_not_yet("data add", "the full sources. Today: the starter set, see `biocopilot data status`.")
