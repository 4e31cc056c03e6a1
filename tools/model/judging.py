"""What is made of a text that a model wrote: sentences, each with a verdict by what was computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ...memory.text import clean

__all__ = ["Judged", "StatementVerdict", "Trial", "judge_text", "number_of", "sentences"]

StatementVerdict = Literal["contradicted", "agrees", "unchecked"]

_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s+[A-Z\"(]|\s*$)|$)", re.DOTALL)
_CITATION = re.compile(r"\[(?:R\d+\.)?E\d+(?:\s*,\s*E\d+)*\]")
_MARKUP = str.maketrans({**dict.fromkeys("`*_~|<>"), **dict.fromkeys('“”„«»"', "'")})
_NUMBER_WORDS = {
    word: value
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}


@dataclass(frozen=True)
class Trial:
    """One thing in a sentence that could be checked: what it says, and why it cannot be so; `why` is empty where it can."""

    said: str
    why: str = ""


@dataclass(frozen=True)
class Judged:
    """A sentence with its verdict."""

    text: str
    verdict: StatementVerdict
    why: tuple[str, ...] = ()
    """For each thing that is contradicted, a clause."""
    checked: tuple[str, ...] = ()
    """What of it was compared."""

    def record(self) -> dict[str, Any]:
        """As evidence holds it."""
        return {"text": self.text, "verdict": self.verdict, "why": list(self.why), "checked": list(self.checked)}


def judge_text(text: str, trials: Callable[[str], list[Trial]]) -> tuple[Judged, ...]:
    """Each sentence of a text, as plain text, with what `trials` says of it."""
    judged = []
    for sentence in sentences(text):
        found = trials(sentence)
        why = tuple(dict.fromkeys(trial.why for trial in found if trial.why))
        verdict: StatementVerdict = "contradicted" if why else "agrees" if found else "unchecked"
        judged.append(Judged(sentence, verdict, why, tuple(dict.fromkeys(trial.said for trial in found))))
    return tuple(judged)


def sentences(text: str) -> list[str]:
    """The sentences of a model's text, without anything that could be taken for markup or for a citation of evidence."""
    plain = " ".join(_CITATION.sub(" ", clean(text)).translate(_MARKUP).replace("[E", "(E").split())
    return [hit.group().strip() for hit in _SENTENCE.finditer(plain)]


def number_of(text: str) -> float | None:
    """A number in digits, with commas between thousands, or as a word up to twelve."""
    word = text.casefold()
    if word in _NUMBER_WORDS:
        return float(_NUMBER_WORDS[word])
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
