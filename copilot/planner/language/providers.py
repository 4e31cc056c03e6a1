"""Chat models by name: `openai:gpt-5`, `ollama:qwen3`, `langchain:mistralai:mistral-large`, through LangChain's `init_chat_model`.

Nothing is sent when a model is made. A key from the environment goes to the provider that it is for, never to a server that
`base_url` names.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from ....memory.errors import InvalidInput, MissingExtra, ModelUnavailable
from ....memory.text import clean, shorten
from .choice import ModelChoice
from .tokens import WINDOW

__all__ = ["ALIASES", "ModelName", "chat_model", "model_name"]

ALIASES = ("openai", "anthropic", "ollama")
"""Providers that can be named without `langchain:` before them."""

_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "xai": "XAI_API_KEY",
    "together": "TOGETHER_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "cohere": "COHERE_API_KEY",
}
_NO_KEY = "none"
"""What a server of one's own is sent as key where none is set: OpenAI's client insists on one."""
_INSTALL = re.compile(r"pip install (?:-U )?['\"]?([A-Za-z0-9_.\[\]-]+)")
_SHAPE = re.compile(r"(?:langchain:)?([a-z][a-z0-9_]{1,40}):(\S.{0,200})")


@dataclass(frozen=True)
class ModelName:
    """A planner's name, taken apart."""

    provider: str
    model: str

    def __str__(self) -> str:
        return (
            f"{self.provider}:{self.model}" if self.provider in ALIASES else f"langchain:{self.provider}:{self.model}"
        )


def model_name(wish: str) -> ModelName | None:
    """The provider and model that a planner's name stands for; None where it is none of a language model."""
    hit = _SHAPE.fullmatch(wish.strip())
    if hit is None or hit[1] == "langchain" or (hit[1] not in ALIASES and not wish.strip().startswith("langchain:")):
        return None
    return ModelName(hit[1], hit[2].strip())


def chat_model(name: ModelName, choice: ModelChoice) -> Any:
    """The LangChain chat model of that name, with the bounds that the user chose. Opens no connection.

    Raises:
        MissingExtra: LangChain, or the provider's package, is not installed.
        ModelUnavailable: no key is known for the provider.
        InvalidInput: LangChain knows no such provider.
    """
    _check_key(name, choice)
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise MissingExtra("LangChain is not installed.", 'pip install "biocopilot[agent]"') from error
    try:
        return init_chat_model(name.model, model_provider=name.provider, **_options(name, choice))
    except ImportError as error:
        said = _INSTALL.search(str(error))
        package = said[1] if said else f"langchain-{name.provider.replace('_', '-')}"
        raise MissingExtra(f"{name} needs the package {package}.", f"pip install {package}") from error
    except Exception as error:
        raise _explained(name, error) from error


def _check_key(name: ModelName, choice: ModelChoice) -> None:
    variable = _KEYS.get(name.provider)
    if variable and not choice.base_url and not choice.key and not os.environ.get(variable):
        local = " For a server of your own set model.base_url." if name.provider == "openai" else ""
        raise ModelUnavailable(
            f"No key for {name.provider} is set.", f"Set {variable}, or model.key in the settings.{local}"
        )


def _options(name: ModelName, choice: ModelChoice) -> dict[str, Any]:
    """Keyword arguments of the provider's class."""
    window = choice.window or WINDOW
    reply = choice.reply_tokens(window)
    options: dict[str, Any] = {}
    if choice.temperature is not None:
        options["temperature"] = choice.temperature
    if choice.base_url:
        own = name.provider == "ollama"  # its own interface lies beside the one that speaks as OpenAI
        options["base_url"] = choice.base_url.rstrip("/").removesuffix("/v1") if own else choice.base_url
    if choice.key:
        options["api_key"] = choice.key
    if name.provider == "ollama":
        # Ollama cuts a prompt that is longer than its window without a word, so it is told the window.
        return {**options, "num_predict": reply, "num_ctx": window}
    options |= {"max_retries": 0, "max_tokens": reply}  # retries are ours, and told
    if name.provider == "openai" and choice.base_url:
        # Servers of one's own know `max_tokens`; OpenAI's new name for it not all of them. They count tokens only when asked.
        del options["max_tokens"]
        options |= {"extra_body": {"max_tokens": reply}, "stream_usage": True}
        options.setdefault("api_key", _NO_KEY)
    return options


def _explained(name: ModelName, error: Exception) -> Exception:
    said = shorten(" ".join(clean(str(error)).split()), 200)
    if "api_key" in said.casefold() or "api key" in said.casefold() or "credential" in said.casefold():
        return ModelUnavailable(f"No key for {name.provider} is set.", f"Set model.key in the settings. {said}")
    if "nsupported provider" in said or "model_provider" in said:
        return InvalidInput(
            f"LangChain knows no provider {name.provider!r}.",
            "Such as openai, anthropic, ollama, mistralai, google_genai, groq.",
        )
    return ModelUnavailable(
        f"{name} cannot be made: {said}", "Look at the settings of model: `biocopilot config show`."
    )
