"""What came of an evaluation: how many items were answered, and the figures over all that were asked.

An abstention, a reply that is none of the options and a failure all count as wrong, and as an empty text; how many there are of
each is told beside. Accuracy over the answered ones alone stands under a name of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ...memory.errors import FileRefused, MissingExtra
from .items import DataSet
from .run_file import Answered
from .tasks import Task

if TYPE_CHECKING:
    from ...model.metrics import CaptionTokens, Estimate

__all__ = ["Result", "counted", "open_tokens"]

_NEAR = 0.9


@dataclass(frozen=True)
class Result:
    """The figures of one evaluation. Shares of 1; intervals are of 95 %."""

    task: Task
    asked: int
    """Items with an answer in the file, of whatever kind."""
    chosen: int
    """Items that were to be asked."""
    statuses: Mapping[str, int]
    figures: Mapping[str, Estimate]
    of_answered: Estimate | None = None
    """Accuracy among the answered."""
    ways: Mapping[str, int] = field(default_factory=dict)
    """How the answers were had."""
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of a set with fixed labels: what was given, by what is right."""
    conditions: tuple[str, ...] = ()
    """With what the figures were made."""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "task": self.task.name,
            "chosen": self.chosen,
            "asked": self.asked,
            **self.statuses,
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "accuracy_of_answered": asdict(self.of_answered) if self.of_answered else None,
            "ways": dict(self.ways),
            "confusion": {gold: dict(given) for gold, given in self.confusion.items()},
            "conditions": list(self.conditions),
            "seconds": self.seconds,
        }


def open_tokens(vocabulary: Path | None) -> CaptionTokens:
    """How captions are cut. Raises FileRefused for a file that is no vocabulary, MissingExtra where packages are missing."""
    try:
        import nltk  # noqa: F401  # asked for now, not after hours of answers
        import rouge_score  # noqa: F401  # likewise

        from ...model.metrics import CaptionTokens

        return CaptionTokens(vocabulary)
    except ImportError as error:
        raise MissingExtra(
            f"Texts are scored with {error.name}, which is not installed.", 'pip install "biocopilot[eval]"'
        ) from error
    except (OSError, ValueError) as error:
        raise FileRefused(
            f"{vocabulary} cannot be used as a vocabulary: {error}.", "Give the vocab.txt of scibert_scivocab_uncased."
        ) from error


def counted(
    task: Task,
    data: DataSet,
    places: Sequence[int],
    answers: Mapping[int, Answered],
    tokens: CaptionTokens | None,
    seed: int,
) -> Result:
    """The figures of all items that have been asked.

    Args:
        task: what is counted.
        data: the items.
        places: which of them were to be asked.
        answers: what was answered, by place.
        tokens: how texts are cut, where texts are compared.
        seed: of the bootstrap.
    """
    asked = [answers[place] for place in places if place in answers]
    held = Counter(answer.status for answer in asked)
    common: dict[str, Any] = {
        "task": task,
        "asked": len(asked),
        "chosen": len(places),
        "statuses": {status: held[status] for status in ("answered", "abstained", "unparsed", "failed")},
        "ways": dict(Counter(answer.how for answer in asked if answer.status == "answered").most_common()),
        "seconds": round(sum(answer.seconds for answer in asked), 3),
    }
    if not asked:
        return Result(**common, figures={})
    if task.captions:
        assert tokens is not None
        return Result(**common, **_captions(asked, tokens, seed))
    return Result(**common, **_choices(task, asked))


def _choices(task: Task, asked: Sequence[Answered]) -> dict[str, Any]:
    from ...model.metrics import accuracy, bootstrapped, macro_f1

    given, gold = [answer.given for answer in asked], [answer.gold for answer in asked]
    figures: dict[str, Estimate] = {"accuracy": accuracy(given, gold)}
    confusion: dict[str, dict[str, int]] = {}
    if task.labels:
        figures["macro-F1"] = bootstrapped(
            len(asked), lambda which: macro_f1([given[at] for at in which], [gold[at] for at in which], task.labels)
        )
        for answer in asked:
            row = confusion.setdefault(answer.gold, {})
            row[answer.given or answer.status] = row.get(answer.given or answer.status, 0) + 1
    answered = [answer for answer in asked if answer.status == "answered"]
    of_answered = accuracy([one.given for one in answered], [one.gold for one in answered]) if answered else None
    return {"figures": figures, "of_answered": of_answered, "confusion": confusion}


def _captions(asked: Sequence[Answered], tokens: CaptionTokens, seed: int) -> dict[str, Any]:
    from ...model.metrics import caption_scores

    scores = caption_scores([one.gold for one in asked], [one.given or "" for one in asked], tokens, seed=seed)
    conditions = [f"BLEU and METEOR over {scores.tokens}", f"METEOR: {scores.meteor}"]
    similar = [answer.similarity for answer in asked if answer.similarity is not None]
    if similar:
        near = sum(value >= _NEAR for value in similar) / len(similar)
        conditions.append(
            f"nearest training structure: median similarity {median(similar):.2f}, {near:.0%} at {_NEAR} or more"
        )
    return {"figures": scores.figures, "conditions": tuple(conditions)}
