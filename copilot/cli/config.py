"""`biocopilot config`: every setting, its value, and where that comes from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..settings import LoadedSettings

__all__ = ["app"]

_PAGE = 80
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


def _values(loaded: LoadedSettings) -> dict[str, object]:
    """Every setting's value by its name, as JSON has it, secrets hidden."""
    from ..settings import masked, setting_fields

    plain = loaded.settings.model_dump(mode="json")
    found = {}
    for name in setting_fields():
        table, dot, inner = name.partition(".")
        value = plain[table][inner] if dot else plain[name]
        found[name] = masked(value) if isinstance(value, str) else value
    return found


def _as_json(loaded: LoadedSettings) -> str:
    settings = {name: {"value": value, "from": loaded.origins[name]} for name, value in _values(loaded).items()}
    found = {"file": str(loaded.file or ""), "settings": settings, "ignored": list(loaded.ignored)}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _as_text(loaded: LoadedSettings) -> str:
    from textwrap import wrap

    from ..settings import setting_fields

    fields = setting_fields()
    lines, width = [], max(map(len, fields))
    for name, value in _values(loaded).items():
        shown = {"None": "-", "": "-", "True": "yes", "False": "no"}.get(str(value), str(value))
        lines.append(f"{name:<{width}}  {shown}  ({loaded.origins[name]})")
        lines += [f"{'':<{width}}  {line}" for line in wrap(str(fields[name].description), max(40, _PAGE - width - 2))]
    there = "" if loaded.file and loaded.file.exists() else " (not there; the defaults hold)"
    lines += ["", f"{'file':<{width}}  {loaded.file or 'no folder for it'}{there}"]
    lines += [f"{'environment':<{width}}  BIOCOPILOT_<NAME> wins over the file, such as BIOCOPILOT_SECONDS=60"]
    if loaded.ignored:
        lines.append(f"{'ignored':<{width}}  {', '.join(loaded.ignored)}: no settings of these names")
    return "\n".join(lines) + "\n"
