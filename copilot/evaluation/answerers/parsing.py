"""Which option a free text chooses. Where it does not say clearly, or says two, it chooses none: nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["choice_in"]

_ANSWER = r"(?:answer|option|choice)"
_STATED = r"{answer}\s*(?:is|:|=|would\s+be|must\s+be)\s*:?\s*(?:{answer}\s*)?[\s(\[\"'*]*({labels})(?![\w'’-])"
_ALONE = r"\s*(?:{answer}\s*:?\s*)?[\s(\[\"'*]*({labels})(?:[)\].:,;\"'*]|\s*[-–—]\s|\s*$|\s*\n)"
_WORD_FIRST = r"[\s(\[\"'*]*({labels})(?![\w'’-])"


def choice_in(text: str, options: Mapping[str, str]) -> str | None:
    """The label of the option that a text chooses.

    A text chooses by saying what the answer is (`The answer is B`), by beginning with a label (`B. Aspirin`, `Yes, …`), or by being
    an option's text. Of several statements the same label must come out.

    Args:
        text: what was said.
        options: texts by label; labels that are words (yes, no, maybe) may be followed by more words.
    """
    labels = "|".join(re.escape(label) for label in options)
    words = any(len(label) > 1 for label in options)
    # A single letter counts as a label in capitals only: `the answer is a diuretic` names no option A.
    flags = re.IGNORECASE if words else 0
    stated = _found(re.compile(_cased(_STATED, labels, words), flags), text, options)
    if stated:
        return stated.pop() if len(stated) == 1 else None
    first = re.compile(_WORD_FIRST.format(labels=labels) if words else _cased(_ALONE, labels, words), flags).match(text)
    if first is not None:
        return _label(first[1], options)
    bare = _bare(text)
    same = [label for label, option in options.items() if bare and _bare(option) == bare]
    return same[0] if len(same) == 1 else None


def _cased(pattern: str, labels: str, words: bool) -> str:
    """The pattern with its own words in any case."""
    return pattern.format(answer=_ANSWER if words else f"(?i:{_ANSWER})", labels=labels)


def _found(pattern: re.Pattern[str], text: str, options: Mapping[str, str]) -> set[str]:
    return {_label(hit[1], options) for hit in pattern.finditer(text)}


def _label(said: str, options: Mapping[str, str]) -> str:
    return next(label for label in options if label.lower() == said.lower())


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())
