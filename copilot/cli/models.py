"""`biocopilot models`: weights that run on this machine: list, fetch, take over, check, convert, remove."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="List, fetch, check and convert the weights of models.", no_args_is_help=True, rich_markup_mode=None
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="biomedgpt-10b or biomedgpt-lm-7b.")]


class Target(StrEnum):
    """Forms that weights can be converted to."""

    safetensors = "safetensors"
    int8 = "int8"
    int4 = "int4"


class Held(StrEnum):
    """Forms that can be installed."""

    original = "original"
    safetensors = "safetensors"
    int8 = "int8"
    int4 = "int4"


@app.command("list")
def list_models(as_json: _AsJson = False) -> None:
    """List the models that are known, and what of them is installed."""
    from .models_listing import show_models

    show_models(as_json)


@app.command()
def pull(
    name: _Name,
    accept_licences: Annotated[
        bool, typer.Option("--accept-licences", help="Accept the licences that are shown, without being asked.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Fetch a model, after its licences were shown and accepted."""
    from .models_fetching import pull_model

    pull_model(name, accept_licences, offline, as_json)


@app.command()
def add(
    name: _Name,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="The file of weights, its folder, or the parts that it was cut into."),
    ],
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="FOLDER",
            help="A folder with configuration or tokenizer, where they lie elsewhere; may be repeated.",
        ),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Install files that you have; the weights stay where they are."""
    from .models_adding import add_model

    add_model(name, paths, beside or [], as_json)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="biomedgpt-10b or biomedgpt-lm-7b.", show_default=False)
    ] = "",
    golden: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Run vectors recorded from the reference through the code instead; no weights are needed.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Held | None,
        typer.Option("--form", metavar="FORM", help="This form of it: original, safetensors, int8 or int4."),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Load a model, ask it what its authors asked, and judge the answer."""
    if bool(name) == (golden is not None):
        raise typer.BadParameter("give the NAME of a model, or --golden DIR.")
    if golden is not None:
        from .golden_check import check_golden

        if not check_golden(golden, as_json):
            raise typer.Exit(6)
        return
    from .models_checking import check_model

    code = check_model(name, form.value if form is not None else "", as_json)
    if code:
        raise typer.Exit(code)


@app.command()
def convert(
    name: _Name,
    to: Annotated[Target, typer.Option("--to", metavar="FORM", help="safetensors, int8 or int4.")],
    as_json: _AsJson = False,
) -> None:
    """Write a model's weights as one safetensors file, whole or in 8 or 4 bits."""
    from .models_adding import convert_model

    convert_model(name, to.value, as_json)


@app.command()
def remove(
    name: _Name,
    form: Annotated[
        Held | None, typer.Option("--form", metavar="FORM", help="Only this form: original, safetensors, int8 or int4.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Delete an installed model; files that you added stay where you have them."""
    from .models_adding import remove_model

    remove_model(name, form.value if form is not None else "", yes)
