"""A planner's name → the planner: `auto`, `embedded`, `biomedgpt`, `openai:…`, `anthropic:…`, `ollama:…`, `langchain:PROVIDER:MODEL`.

`auto` is BioMedGPT where its weights are installed and fit, else the model named in the settings, else the embedded planner; which
was taken and why is told, unless it is the last for want of any other. With `offline` a planner that needs the network is refused,
also one whose server runs on this machine: no socket is opened at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...memory.errors import BiocopilotError, InvalidInput, ModelUnavailable, OfflineRefused
from ...memory.text import clean, shorten
from .contract import Planner
from .language.choice import ModelChoice

__all__ = ["NAMES", "Resolved", "resolve_planner"]

NAMES = "auto, embedded, biomedgpt, openai:MODEL, anthropic:MODEL, ollama:MODEL, langchain:PROVIDER:MODEL"
"""What `--planner` takes, for help and errors."""


@dataclass(frozen=True)
class Resolved:
    """A planner, and why it was taken."""

    planner: Planner
    why: str
    remark: str = ""
    """What a run has to tell of the choice; empty where it is what was asked for, or the only one there is."""


def resolve_planner(wish: str | Planner | Any, choice: ModelChoice | None = None, offline: bool = False) -> Resolved:
    """The planner that is wished for.

    Args:
        wish: a name, a `Planner`, or a LangChain chat model.
        choice: what the user chose about language models.
        offline: whether the network may not be used.

    Raises:
        InvalidInput: no planner of that name.
        OfflineRefused: it needs the network.
        ModelUnavailable, MissingExtra: its weights, key or package are not there.
    """
    choice = choice or ModelChoice()
    if not isinstance(wish, str):
        return _given(wish, choice, offline)
    name = wish.strip()
    if name == "embedded":
        return Resolved(_embedded(), "it was asked for")
    if name == "auto":
        return _auto(choice, offline)
    if name == "biomedgpt":
        return Resolved(_with_fallback(_biomedgpt(choice), name, choice, offline), "it was asked for")
    return Resolved(_named(name, choice, offline), "it was asked for")


def _auto(choice: ModelChoice, offline: bool) -> Resolved:
    from .language.local import installed

    state = installed()
    trouble = ""
    if state.usable:
        try:
            planner = _with_fallback(_biomedgpt(choice, state.name), "biomedgpt", choice, offline)
        except BiocopilotError as error:
            trouble = f"BioMedGPT is installed and cannot be used: {error.message}"
        else:
            why = "its weights are installed"
            return Resolved(planner, why, f"auto takes biomedgpt: {why}.")
    elif state.reason:
        trouble = state.reason
    if choice.name:
        try:
            planner = _named(choice.name, choice, offline)
        except BiocopilotError as error:
            trouble = f"{trouble} {choice.name}, which the settings name, cannot be used: {error.message}".strip()
            remark = f"auto takes embedded. {trouble} {error.hint}".strip()
            return Resolved(_embedded(), trouble, remark)
        why = f"the settings name it{f'. {trouble}' if trouble else ''}"
        return Resolved(planner, why, f"auto takes {planner.name}: {why}.")
    if trouble:
        return Resolved(_embedded(), trouble, f"auto takes embedded: {trouble}")
    return Resolved(_embedded(), "no weights of BioMedGPT are installed and the settings name no model (model.name)")


def _given(wish: Any, choice: ModelChoice, offline: bool) -> Resolved:
    if hasattr(wish, "next_step"):
        if offline and not getattr(wish, "in_process", True):
            raise _refused(wish.name)
        return Resolved(wish, "it was given")
    if not hasattr(wish, "bind_tools"):
        raise InvalidInput(
            f"{shorten(clean(repr(wish)), 60)} is no planner.",
            f"Give a name ({NAMES}), a planner, or a LangChain chat model.",
        )
    from .language.local import runs_here
    from .language.planner import LanguagePlanner

    planner = LanguagePlanner(wish, choice, in_process=runs_here(wish))
    if offline and not planner.in_process:
        raise _refused(planner.name)
    return Resolved(_with_fallback(planner, planner.name, choice, offline), "it was given")


def _named(wish: str, choice: ModelChoice, offline: bool) -> Planner:
    from .language.providers import chat_model, model_name

    name = model_name(wish)
    if name is None:
        if wish in ("auto", "embedded", "biomedgpt"):
            return resolve_planner(wish, choice, offline).planner
        raise ModelUnavailable(f"There is no planner called {shorten(clean(wish), 60)!r}.", f"Planners: {NAMES}.")
    if offline:
        raise _refused(str(name))
    own = _for_provider(choice, name.provider)
    from .language.choosing import ChoosingPlanner
    from .language.planner import LanguagePlanner

    model = chat_model(name, own)
    kind = ChoosingPlanner if own.mode == "choose" else LanguagePlanner
    return _with_fallback(kind(model, own, str(name)), wish, choice, offline)


def _for_provider(choice: ModelChoice, provider: str) -> ModelChoice:
    """The choice, without an address and a key that are meant for another provider: the one that the settings name, else openai."""
    from dataclasses import replace

    from .language.providers import model_name

    meant = model_name(choice.name) if choice.name else None
    if provider == (meant.provider if meant else "openai"):
        return choice
    return replace(choice, base_url="", key="")


def _with_fallback(planner: Planner, name: str, choice: ModelChoice, offline: bool) -> Planner:
    wish = choice.fallback.strip()
    if wish in ("none", "", name):
        return planner
    from dataclasses import replace

    from .language.falling_back import FallingBack

    try:
        second = resolve_planner(wish, replace(choice, fallback="none" if wish == "embedded" else "embedded"), offline)
    except OfflineRefused:
        return FallingBack(planner, _embedded())
    return FallingBack(planner, second.planner)


def _biomedgpt(choice: ModelChoice, name: str = "") -> Planner:
    """BioMedGPT, whose weights must be here; they are loaded at the first question."""
    from functools import partial

    from .language.choosing import ChoosingPlanner
    from .language.local import biomedgpt_model, check_packages, wanted_name
    from .language.planner import LanguagePlanner

    wanted = name or wanted_name()
    check_packages()
    kind = LanguagePlanner if choice.mode == "free" else ChoosingPlanner
    return kind(partial(biomedgpt_model, choice, wanted), choice, "biomedgpt", in_process=True)


def _embedded() -> Planner:
    from .embedded import EmbeddedPlanner

    return EmbeddedPlanner()


def _refused(name: str) -> OfflineRefused:
    return OfflineRefused(
        f"{name} is asked over the network, on this machine or another, and offline no connection is opened.",
        "Leave --offline out, or plan with --planner embedded or biomedgpt, which run in this process.",
    )
