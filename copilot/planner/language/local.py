"""BioMedGPT as a planner's model: whether it is installed and fits, and its chat model. Loads no torch to say whether it is there."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ....memory.errors import BiocopilotError, MissingExtra, ModelUnavailable
from .choice import ModelChoice

__all__ = ["MODEL_NAMES", "LocalState", "biomedgpt_model", "check_packages", "installed", "runs_here", "wanted_name"]

MODEL_NAMES = ("biomedgpt-lm-7b", "biomedgpt-10b")
"""What can plan as `biomedgpt`, in the order in which one is taken: the language model alone is smaller."""


_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "llguidance", "langchain_core")
_INSTALL = 'pip install "biocopilot[biomedgpt]" (torch first, in the build for your machine)'


@dataclass(frozen=True)
class LocalState:
    """Whether a model of this machine can plan; where one is installed and cannot, `reason` says why."""

    name: str = ""
    reason: str = ""

    @property
    def usable(self) -> bool:
        return bool(self.name)


def installed() -> LocalState:
    """Whether BioMedGPT's weights are here, whole, and small enough for the memory that is free."""
    from ...local_models import models_folder

    try:
        if not models_folder().is_dir():  # most machines: nothing more is imported
            return LocalState()
        return _best()
    except BiocopilotError as error:
        return LocalState(reason=f"The models of this machine cannot be looked at: {error.message}")


def _best() -> LocalState:
    from ....model.checkpoint.catalogue import MODELS
    from ....model.checkpoint.memory import fits_here
    from ...local_models import find_model

    reasons = []
    for name in MODEL_NAMES:
        try:
            found = find_model(name)
        except ModelUnavailable as error:
            if "is not installed." not in error.message:
                reasons.append(error.message)
            continue
        if fits_here(found.least_bytes) is False:
            reasons.append(
                f"{MODELS[name].title} is installed and takes {found.least_bytes / 1e9:.1f} GB, more than is free here."
            )
            continue
        try:
            check_packages()
        except MissingExtra as error:
            return LocalState(reason=f"{MODELS[name].title} is installed. {error.message} {error.hint}")
        return LocalState(name)
    return LocalState(reason=" ".join(reasons))


def check_packages() -> None:
    """See that what a local model needs is installed, without loading it. Raises MissingExtra."""
    for name in _PACKAGES:
        if find_spec(name) is None:
            raise MissingExtra(f"Models in this process need the package {name}.", _INSTALL)


def biomedgpt_model(choice: ModelChoice, name: str = "") -> Any:
    """BioMedGPT's language model as a LangChain chat model, loaded now.

    Args:
        choice: the bounds of its replies.
        name: which of `MODEL_NAMES`; the first that is installed where empty.

    Raises:
        ModelUnavailable: it is not installed, does not fit, or is damaged.
        MissingExtra: torch, transformers or LangChain is not installed.
    """
    from ...local_models import load_lm, model_errors

    wanted = name or wanted_name()
    loaded = load_lm(wanted)
    with model_errors():
        from ....model.chat import LocalChatModel

        window = choice.window or loaded.model.config.max_position_embeddings
        return LocalChatModel(
            model=wanted, loaded=loaded, max_tokens=choice.reply_tokens(window), temperature=choice.temperature
        )


def wanted_name() -> str:
    """The first of `MODEL_NAMES` that is installed. Raises ModelUnavailable, with how to get one, where none is."""
    from ...local_models import find_model

    for name in MODEL_NAMES:
        try:
            find_model(name)
        except ModelUnavailable:
            continue
        return name
    find_model(MODEL_NAMES[0])  # raises, and says what is missing
    return MODEL_NAMES[0]


def runs_here(model: Any) -> bool:
    """Whether a chat model is one of this program's own, or LangChain's for tests: neither opens a connection."""
    module = type(model).__module__
    return module.startswith(("biocopilot.model.", "langchain_core.language_models.fake"))
