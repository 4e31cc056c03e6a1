"""Models that run in this process: found in the user's folder, loaded as the settings say, their errors made into ours.

The only place outside `model/` that knows where models are installed. Nothing heavy is imported until one is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..memory.errors import InvalidInput, ModelUnavailable
from ..tools.model.failures import errors_of_the_model as model_errors
from .settings import WeightsSettings, load_settings

if TYPE_CHECKING:
    from ..model.checkpoint.catalogue import Installed
    from ..model.checkpoint.loading import LoadedBioMedGPT, LoadedLM

__all__ = ["find_model", "load_biomedgpt", "load_lm", "model_errors", "models_folder"]

Progress = Callable[[int, int], None]


def models_folder(settings: WeightsSettings | None = None) -> Path:
    """Where models are installed: the setting `weights.folder`, else a folder in the user's data."""
    from ..memory.paths import models_dir

    chosen = settings or load_settings().settings.weights
    return chosen.folder.expanduser().absolute() if chosen.folder is not None else models_dir()


def find_model(name: str, settings: WeightsSettings | None = None) -> Installed:
    """An installed model, in the form that the settings ask for.

    Raises:
        InvalidInput: no model of that name is known.
        ModelUnavailable: it is not installed, or files of it are gone.
    """
    from ..model.checkpoint.catalogue import MODELS, installed

    chosen = settings or load_settings().settings.weights
    if name not in MODELS:
        raise InvalidInput(f"There is no model called {name[:60]!r}.", f"There are {', '.join(MODELS)}.")
    with model_errors():
        found = installed(models_folder(chosen), name, chosen.form)
        other = None if found is not None else installed(models_folder(chosen), name)
    if found is None and other is not None:
        raise ModelUnavailable(
            f"{MODELS[name].title} is installed as {other.form}, not as {chosen.form}.",
            f"biocopilot models convert {name} --to {chosen.form}"
            if chosen.form != "original"
            else f"Set weights.form to auto, or: biocopilot models pull {name}",
        )
    if found is None:
        raise ModelUnavailable(
            f"{MODELS[name].title} is not installed.",
            f"biocopilot models pull {name} fetches it; biocopilot models add {name} PATH takes files that you have.",
        )
    if found.trouble:
        raise ModelUnavailable(f"{MODELS[name].title} is not whole: {found.trouble}", f"biocopilot models pull {name}")
    return found


def load_lm(name: str, settings: WeightsSettings | None = None, progress: Progress | None = None) -> LoadedLM:
    """A language model, loaded as the settings say; of `biomedgpt-10b`, the one inside.

    Raises:
        InvalidInput, ModelUnavailable: as `find_model`; or it does not fit, or is damaged.
        MissingExtra: torch or transformers is not installed.
    """
    chosen = settings or load_settings().settings.weights
    found = find_model(name, chosen)
    with model_errors():
        from ..model.checkpoint.loading import load_causal_lm

        return load_causal_lm(found, device=chosen.device, dtype=chosen.dtype, progress=progress or _silent)


def load_biomedgpt(
    settings: WeightsSettings | None = None, progress: Progress | None = None, name: str = "biomedgpt-10b"
) -> LoadedBioMedGPT:
    """BioMedGPT-10B with its encoders. Raises as `load_lm` does."""
    chosen = settings or load_settings().settings.weights
    found = find_model(name, chosen)
    with model_errors():
        from ..model.checkpoint.loading import load_biomedgpt as load

        return load(found, device=chosen.device, dtype=chosen.dtype, progress=progress or _silent)


def _silent(_done: int, _total: int) -> None:
    """Report to nobody."""
