"""Answers of a LangChain chat model alone, without tools: the protocol of the papers' own tables.

A choice is asked for as structured output where the model offers that, and read from its text where it does not; which of both each
answer was, is kept. PubMedQA's abstract stands in the prompt. A molecule or a protein is text to it: its SMILES, its sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.errors import ModelUnavailable
from ....memory.text import clean, shorten
from ..items import Caption, Choice, Item
from .contract import Reply, abstained, answered, unparsed
from .parsing import choice_in
from .prompts import PROMPTS, prompt_of

__all__ = ["AskedModel"]


class AskedModel:
    """A chat model as what answers.

    Args:
        model: a LangChain `BaseChatModel`.
        name: as the user gave it.
        items: what is evaluated, for the words of the table.
    """

    def __init__(self, model: Any, name: str, items: Sequence[Item]) -> None:
        self._model = model
        self._structured: dict[tuple[str, ...], Any] = {}
        self._offers_structure = True
        self.name = name
        abstracts = any(isinstance(item, Choice) and item.context for item in items)
        self.setting = f"no tools, no examples{', abstract in the prompt' if abstracts else ''}"
        self.configuration: Mapping[str, Any] = {"model": name, "prompts": PROMPTS}

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
        pass

    def _chosen(self, item: Choice, prompt: str) -> Reply | None:
        """The reply as structured output; None where the model offers none, which is then not asked again."""
        try:
            runnable = self._runnable(tuple(item.options))
        except (NotImplementedError, ValueError):
            self._offers_structure = False
            return None
        found = self._asked(runnable, prompt)
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
        try:
            return runnable.invoke(prompt)
        except Exception as error:  # each provider has errors of its own, with no base in common
            reason = shorten(clean(f"{type(error).__name__}: {error}").replace("\n", " "), 300)
            raise ModelUnavailable(f"{self.name} gave no answer ({reason}).", "Go on with --resume.") from error
