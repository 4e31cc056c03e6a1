"""How a conversation is written for a model: as BioMedGPT was taught, or as the model's own tokenizer says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..biomedgpt.conversation import CHEMISTRY, Conversation, Template

if TYPE_CHECKING:
    from .turns import Turn

__all__ = ["HumanAssistant", "PromptFormat", "TokenizerTemplate", "format_of"]

_ROLES = {"system": "system", "human": "user", "assistant": "assistant"}
"""What chat templates call the sides."""


class PromptFormat(Protocol):
    """Writes turns as the text after which the model goes on."""

    stop: Sequence[str]
    """Texts that end an answer, since the model would go on for the other side."""
    marks: Sequence[str]
    """Texts that mean something in the format, which nobody may say; see `turns_of`."""

    def ids(self, turns: Sequence[Turn], instruction: str) -> list[int]:
        """The prompt as tokens; the instruction, where there is one, belongs to what the system says."""
        ...


class HumanAssistant:
    """BioMedGPT's format: `{system}### Human: … ### Assistant: `.

    What differs from the reference: a system's message stands in place of the authors' own, and `###` ends an answer.
    """

    def __init__(self, tokenizer: Any, template: Template = CHEMISTRY) -> None:
        self._tokenizer = tokenizer
        self._template = template
        self.stop: Sequence[str] = (template.separator, f"\n{template.human}:")
        self.marks: Sequence[str] = (template.separator, *_special(tokenizer))

    def ids(self, turns: Sequence[Turn], instruction: str) -> list[int]:
        """See `PromptFormat`. The text begins with the token that begins a text."""
        system = next((turn.text for turn in turns if turn.role == "system"), self._template.system.strip())
        said = " ".join(part for part in (system, instruction) if part)
        conversation = Conversation(Template(f"{said} ", *_sides(self._template)))
        for turn in turns:
            if turn.role == "human":
                conversation.ask(turn.text)
            elif turn.role == "assistant":
                conversation.answer(turn.text)
        ids = list(self._tokenizer(str(conversation.prompt()), add_special_tokens=False)["input_ids"])
        first = self._tokenizer.bos_token_id
        return ids if first is None else [first, *ids]


class TokenizerTemplate:
    """The chat template that came with a model's tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.stop: Sequence[str] = ()
        self.marks: Sequence[str] = _special(tokenizer)

    def ids(self, turns: Sequence[Turn], instruction: str) -> list[int]:
        """See `PromptFormat`. Templates that know no system get its words before the first question."""
        spoken = [turn for turn in turns if turn.role != "system"]
        system = "\n".join(
            [*(turn.text for turn in turns if turn.role == "system"), *([instruction] if instruction else [])]
        )
        written = [{"role": _ROLES[turn.role], "content": turn.text} for turn in spoken]
        if not system:
            return self._written(written)
        try:
            return self._written([{"role": "system", "content": system}, *written])
        except Exception as error:  # of Jinja, from within the template
            if type(error).__name__ != "TemplateError" or written[0]["role"] != "user":
                raise
            return self._written([{"role": "user", "content": f"{system}\n\n{written[0]['content']}"}, *written[1:]])

    def _written(self, messages: Sequence[dict[str, str]]) -> list[int]:
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def format_of(tokenizer: Any) -> PromptFormat:
    """The tokenizer's own format where it has one, else BioMedGPT's."""
    return TokenizerTemplate(tokenizer) if getattr(tokenizer, "chat_template", None) else HumanAssistant(tokenizer)


def _sides(template: Template) -> tuple[str, str, str]:
    return template.human, template.assistant, template.separator


def _special(tokenizer: Any) -> tuple[str, ...]:
    """Names of tokens that are no text, such as `</s>`."""
    return tuple(name for name in getattr(tokenizer, "all_special_tokens", ()) if len(name) > 1)
