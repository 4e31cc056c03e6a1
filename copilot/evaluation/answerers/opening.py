"""Which answerer is meant by what the user typed, and opening it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from ....memory.errors import InvalidInput, ModelUnavailable, OfflineRefused
from ....memory.text import clean, shorten
from ...settings import Settings
from ..items import Caption, DataSet
from .baselines import First, Majority, Random
from .contract import Answerer
from .nearest import Nearest

__all__ = ["Asked", "open_answerer"]

_FUSED = "biomedgpt-10b"
_PROVIDERS = "openai:MODEL, anthropic:MODEL, ollama:MODEL, langchain:PROVIDER:MODEL"

_SILENCES = 5
"""A whole answer may take that many times the seconds that the settings allow a server to say nothing."""


@dataclass(frozen=True)
class Asked:
    """What was typed of what answers; the settings' planner where nothing was."""

    planner: str = ""
    model: str = ""
    baseline: str = ""
    literature: bool = False
    seed: int = 0
    offline: bool = False


def open_answerer(
    asked: Asked, settings: Settings, data: DataSet, train: DataSet | None, said: Callable[[str], None]
) -> Answerer:
    """Open it.

    Args:
        asked: what was typed.
        settings: the user's.
        data: what is evaluated.
        train: a training file, for a baseline.
        said: told what is done before the first question.

    Raises:
        InvalidInput: the baseline is none for these items, or needs a training file.
        Unavailable: the planner or model is not there.
    """
    if asked.baseline:
        return _baseline(asked, data, train)
    offline = asked.offline or settings.offline
    if asked.model:
        return _model(asked.model, settings, data, offline)
    from ...planner.resolve import resolve_planner
    from .planned import Planned

    alone = replace(settings.model_choice, fallback="none")  # another planner's answers are not this one's
    planner = resolve_planner(asked.planner or settings.planner, alone, offline).planner
    return Planned(planner, settings, asked.literature, data.items, said, _bounds(settings))


def _baseline(asked: Asked, data: DataSet, train: DataSet | None) -> Answerer:
    alone = train is not None and train.sha256 == data.sha256
    match asked.baseline:
        case "majority":
            return Majority(data.items, train)
        case "first":
            return First(data.items)
        case "random":
            return Random(data.items, train, alone, asked.seed)
    if train is None:
        raise InvalidInput("The nearest item is looked for in a training file.", "Name it: --train FILE.")
    return Nearest(train, alone)


def _model(wish: str, settings: Settings, data: DataSet, offline: bool) -> Answerer:
    """A model by its name: BioMedGPT's, which runs here, or one that LangChain knows."""
    from ...planner.language.local import MODEL_NAMES, biomedgpt_model
    from ...planner.language.providers import chat_model, model_name
    from .asked_model import AskedModel

    name = wish.strip()
    if name == _FUSED and all(isinstance(item, Caption) for item in data.items):
        from .biomedgpt import open_biomedgpt

        return open_biomedgpt(settings.weights, name)
    if name in MODEL_NAMES:
        return AskedModel(biomedgpt_model(settings.model_choice, name), name, data.items, _bounds(settings))
    known = model_name(name)
    if known is None:
        raise ModelUnavailable(
            f"There is no model called {shorten(clean(name), 60)!r}.",
            f"Models: {', '.join(MODEL_NAMES)}, {_PROVIDERS}.",
        )
    if offline:
        raise OfflineRefused(f"{known} is asked over the network.", "Leave --offline out, and BIOCOPILOT_OFFLINE.")
    made = chat_model(known, settings.model_choice)
    return AskedModel(made, str(known), data.items, _bounds(settings), deadline_s=_SILENCES * settings.model.timeout)


def _bounds(settings: Settings) -> dict[str, Any]:
    """What a language model's answers depend on beside its name; never its key."""
    held = asdict(settings.model_choice)
    return {name: held[name] for name in ("base_url", "window", "max_new_tokens", "temperature", "mode", "calls")}
