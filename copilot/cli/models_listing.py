"""`biocopilot models list`: the known models, what of them is installed, and what is missing."""

from __future__ import annotations

import json
import sys
from typing import Any

from ...memory.text import clean
from ...model.checkpoint.catalogue import MODELS, Installed, all_installed
from ...model.checkpoint.memory import fits_here
from ..local_models import model_errors, models_folder

__all__ = ["about", "show_models"]


def show_models(as_json: bool) -> None:
    """Print the models; without any weights, how to get them."""
    folder = models_folder()
    with model_errors():
        here = list(all_installed(folder))
    models = [
        {
            "name": model.name,
            "title": model.title,
            "for": model.what_for,
            "installed": [about(item) for item in here if item.name == model.name],
        }
        for model in MODELS.values()
    ]
    if as_json:
        told = {"folder": str(folder), "models": models}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    lines = []
    for model in MODELS.values():
        lines.append(f"{model.name}  {model.title}: {model.what_for}")
        forms = [item for item in here if item.name == model.name]
        lines += [f"  {_line(item)}" for item in forms]
        if not forms:
            lines.append("  not installed")
            lines.append(f"    biocopilot models pull {model.name}       fetches it from the Hugging Face hub")
            lines.append(f"    biocopilot models add {model.name} PATH   takes files that you have")
    lines.append(f"folder: {clean(str(folder))}")
    if not here:
        lines.append("Everything else works without any of them; docs/models.md says what they add and what they need.")
    sys.stdout.write("\n".join(lines) + "\n")


def about(item: Installed) -> dict[str, Any]:
    """An installed model as JSON has it."""
    return {
        "form": item.form,
        "format": item.format,
        "folder": str(item.folder),
        "weights": [str(item.folder / file.path) for file in item.weights],
        "bytes": item.bytes,
        "loaded_bytes": item.least_bytes,
        "numbers": list(item.dtypes),
        "from": item.origin,
        "added_at": item.added_at,
        "trouble": item.trouble,
    }


def _line(item: Installed) -> str:
    if item.trouble:
        return f"✗ {item.form}: {clean(item.trouble)}"
    fits = fits_here(item.least_bytes)
    room = "" if fits is None else "; fits into the free memory" if fits else "; does not fit into the free memory"
    numbers = " and ".join(item.dtypes[:2])
    return (
        f"✓ {item.form}: {item.bytes / 1e9:.1f} GB of {numbers} ({item.format}), from {clean(item.origin)}; "
        f"loaded {item.least_bytes / 1e9:.1f} GB{room}"
    )
