"""`biocopilot config`: every setting, its value, and where that comes from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..settings import LoadedSettings

__all__ = ["app"]

app = typer.Typer(help="See the settings.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def config() -> None:
    """See the settings."""


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show every setting, its value and where it comes from."""
    from ..settings import load_settings

    loaded = load_settings()
    sys.stdout.write(_as_json(loaded) if as_json else _as_text(loaded))


def _values(loaded: LoadedSettings) -> dict[str, str]:
    from ..settings import masked

    return {name: masked(value) for name, value in loaded.settings.model_dump(mode="json").items()}


def _as_json(loaded: LoadedSettings) -> str:
    shown = _values(loaded)
    plain = loaded.settings.model_dump(mode="json")
    settings = {
        name: {"value": shown[name] if isinstance(value, str) else value, "from": loaded.origins[name]}
        for name, value in plain.items()
    }
    found = {"file": str(loaded.file or ""), "settings": settings, "ignored": list(loaded.ignored)}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _as_text(loaded: LoadedSettings) -> str:
    fields = type(loaded.settings).model_fields
    lines, width = [], max(map(len, fields))
    for name, value in _values(loaded).items():
        shown = {"None": "-", "": "-", "True": "yes", "False": "no"}.get(value, value)
        lines += [f"{name:<{width}}  {shown}  ({loaded.origins[name]})", f"{'':<{width}}  {fields[name].description}"]
    there = "" if loaded.file and loaded.file.exists() else " (not there; the defaults hold)"
    lines += ["", f"{'file':<{width}}  {loaded.file or 'no folder for it'}{there}"]
    lines += [f"{'environment':<{width}}  BIOCOPILOT_<NAME> wins over the file, such as BIOCOPILOT_SECONDS=60"]
    if loaded.ignored:
        lines.append(f"{'ignored':<{width}}  {', '.join(loaded.ignored)}: no settings of these names")
    return "\n".join(lines) + "\n"
