"""What both planners on a language model have in common: the model, loaded when the first question needs it, and how it is asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from ..contract import State
from .asking import Patience
from .choice import ModelChoice
from .tokens import Counter, window_of

__all__ = ["ModelPlanner"]


class ModelPlanner:
    """A planner's hold on its model.

    Args:
        model: any LangChain `BaseChatModel`, or a function that loads one, called once, in a thread, at the first question.
        choice: window, bounds, and how calls are asked for.
        name: what runs say of their planner.
        in_process: whether the model needs no network; with `offline` any other is refused.
    """

    def __init__(
        self, model: Any, choice: ModelChoice | None = None, name: str = "", *, in_process: bool = False
    ) -> None:
        self._given = model
        self._model: Any = model if hasattr(model, "bind_tools") else None
        self._choice = choice or ModelChoice()
        self._name = name or _name_of(model)
        self.in_process = in_process
        self._count = Counter()
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        """Tokens that the model reads at once."""
        return window_of(self._model, self._choice.window)

    @property
    def reply_tokens(self) -> int:
        """Tokens of one reply, at most."""
        return self._choice.reply_tokens(self.window)

    @property
    def patience(self) -> Patience:
        """How long its model is waited for."""
        return Patience(self._choice.timeout_s, self.reply_tokens)

    async def ready(self, state: State) -> Any:
        """The model. Raises ModelUnavailable where it cannot be loaded."""
        if self._model is None:
            state.tell(f"{self._name} is being loaded.", "info")
            await asyncio.to_thread(self._load)
        if self.in_process and self._count.exact is None and _counts(self._model):
            self._count.exact = self._model.get_num_tokens
        return self._model

    def _load(self) -> None:
        with self._loading:
            if self._model is None:
                load: Callable[[], Any] = self._given
                self._model = load()


def _counts(model: Any) -> bool:
    """Whether it has a tokenizer of its own; LangChain's stand-in would be fetched from the network."""
    from langchain_core.language_models import BaseLanguageModel

    return type(model).get_token_ids is not BaseLanguageModel.get_token_ids


def _name_of(model: Any) -> str:
    known = getattr(model, "model_name", None) or getattr(model, "model", None) or ""
    return f"langchain:{type(model).__name__}" + (f":{known}" if isinstance(known, str) and known else "")
