"""How an item is put to a language model. The papers do not print their prompts; these are ours, and part of the configuration."""

from __future__ import annotations

from ..items import Caption, Choice, Item

__all__ = ["PROMPTS", "asked_alone", "prompt_of"]

PROMPTS = {
    "choice": "{question}\n\n{options}\n\nAnswer with the letter of the one right option.",
    "verdict": "Abstract:\n{context}\n\nQuestion: {question}\n\nFrom this abstract alone, answer yes, no or maybe.",
    "verdict_alone": "{question}\n\nBegin the answer with yes, no or maybe.",
    "molecule": "{question}\n\nSMILES: {structure}\n\nWrite as the ChEBI database describes molecules, in one paragraph.",
    "protein": "{question}\n\nSequence: {structure}\n\nAnswer as UniProt's annotation would, without introduction.",
}


def prompt_of(item: Item) -> str:
    """With all that the item's own document gives, as the papers ask."""
    if isinstance(item, Caption):
        return PROMPTS[item.entity].format(question=item.question, structure=item.structure)
    if item.context:
        context = "\n".join(f"{name}: {text}" if name else text for name, text in item.context)
        return PROMPTS["verdict"].format(context=context, question=item.question)
    return _with_options(item)


def asked_alone(item: Item) -> str:
    """Without the item's document, for who looks things up."""
    if isinstance(item, Choice) and item.context:
        return PROMPTS["verdict_alone"].format(question=item.question)
    return prompt_of(item)


def _with_options(item: Choice) -> str:
    options = "\n".join(f"{label}. {text}" for label, text in item.options.items())
    return PROMPTS["choice"].format(question=item.question, options=options)
