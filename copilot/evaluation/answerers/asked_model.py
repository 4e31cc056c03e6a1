"""Answers of a LangChain chat model alone, without tools: the protocol of the papers' own tables.

A choice is asked for as structured output where the model offers that, and read from its text where it does not; which of both each
answer was, is kept. PubMedQA's abstract stands in the prompt. A molecule or a protein is text to it: its SMILES, its sequence.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....memory.errors import InvalidInput, ModelUnavailable
from ....memory.text import clean, shorten
from ...planner.language.faults import Fault, fault_of
from ..items import Caption, Choice, Item
from .contract import Reply, abstained, answered, unparsed
from .parsing import choice_in
from .prompts import PROMPTS, prompt_of

__all__ = ["AskedModel"]

_TRIES = 5
_MOST_WAIT_S = 60.0
_GO_ON = "The same command with --resume goes on."


class AskedModel:
    """A chat model as what answers.

    Args:
        model: a LangChain `BaseChatModel`.
        name: as the user gave it.
        items: what is evaluated, for the words of the table.
        bounds: under which the model was made; part of the configuration.
        deadline_s: seconds for one answer; as long as it takes where None.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        model: Any,
        name: str,
        items: Sequence[Item],
        bounds: Mapping[str, Any] | None = None,
        deadline_s: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._deadline_s, self._sleep = deadline_s, sleep
        self._runner = asyncio.Runner()
        self._model = model
        self._structured: dict[tuple[str, ...], Any] = {}
        self._offers_structure = True
        self.name = name
        abstracts = any(isinstance(item, Choice) and item.context for item in items)
        self.setting = f"no tools, no examples{', abstract in the prompt' if abstracts else ''}"
        self.configuration: Mapping[str, Any] = {"model": name, "bounds": dict(bounds or {}), "prompts": PROMPTS}

    def answer(self, item: Item, number: int) -> Reply:
        prompt = prompt_of(item)
        if isinstance(item, Caption):
            text = self._said(self._model, prompt)
            return answered(text, text, "written") if text else abstained("", "nothing said")
        if self._offers_structure:
            reply = self._chosen(item, prompt)
            if reply is not None:
                return reply
        text = self._said(self._model, prompt)
        label = choice_in(text, item.options)
        return unparsed(text, "text") if label is None else answered(label, text, "text")

    def close(self) -> None:
        self._runner.close()

    def _chosen(self, item: Choice, prompt: str) -> Reply | None:
        """The reply as structured output; None where the model offers none, which is then not asked for again."""
        try:
            found = self._asked(self._runnable(tuple(item.options)), prompt)
        except (NotImplementedError, ValueError, _NoStructure):
            self._offers_structure = False
            return None
        raw, parsed = str(getattr(found.get("raw"), "text", "")), found.get("parsed")
        label = parsed.get("answer") if isinstance(parsed, dict) else None
        if label in item.options:
            return answered(str(label), raw or str(label), "structured")
        label = choice_in(raw, item.options)  # some models answer in words all the same
        return unparsed(raw, "structured") if label is None else answered(label, raw, "text")

    def _runnable(self, labels: tuple[str, ...]) -> Any:
        if labels not in self._structured:
            schema = {
                "title": "answer",
                "description": "The answer to the question.",
                "type": "object",
                "properties": {"answer": {"type": "string", "enum": list(labels)}},
                "required": ["answer"],
                "additionalProperties": False,
            }
            self._structured[labels] = self._model.with_structured_output(schema, include_raw=True)
        return self._structured[labels]

    def _said(self, runnable: Any, prompt: str) -> str:
        return str(self._asked(runnable, prompt).text).strip()

    def _asked(self, runnable: Any, prompt: str) -> Any:
        """One answer, asked for again where waiting can help. Raises what `_explained` makes of the last trouble."""
        for attempt in range(_TRIES):
            try:
                return self._runner.run(self._within_time(runnable, prompt))
            except NotImplementedError:
                raise
            except Exception as error:  # each provider has errors of its own, with no base in common
                fault = fault_of(error) or Fault("reply", shorten(clean(f"{type(error).__name__}: {error}"), 300))
                wait = fault.wait_s if fault.wait_s is not None else 2.0**attempt
                if not fault.worth_waiting or attempt == _TRIES - 1 or wait > _MOST_WAIT_S:
                    raise self._explained(fault) from error
                self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _within_time(self, runnable: Any, prompt: str) -> Any:
        async with asyncio.timeout(self._deadline_s):
            return await runnable.ainvoke(prompt)

    def _explained(self, fault: Fault) -> Exception:
        text = " ".join(fault.text.split())
        if fault.kind in ("no_schema", "no_tools"):
            return _NoStructure(text)
        if fault.kind == "window":
            return InvalidInput(f"The question is longer than {self.name} reads: {text}")
        if fault.kind == "stalled":
            return ModelUnavailable(f"{self.name} gave no answer in {self._deadline_s:g} s.", _GO_ON)
        return ModelUnavailable(f"{self.name} gave no answer: {text}", _GO_ON)


class _NoStructure(Exception):
    """The server takes no schema."""
