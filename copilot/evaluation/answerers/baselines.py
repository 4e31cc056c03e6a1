"""Answers that understand nothing: the commonest, one at random, the first. A figure means what it is above these."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.errors import InvalidInput
from ..items import Caption, Choice, DataSet, Item
from .contract import Reply, answered

__all__ = ["First", "Majority", "Random"]


class Majority:
    """Always the label that is right most often: in a training file, else in the evaluated file itself, and then it says so.

    Raises:
        InvalidInput: the items are texts to write, of which none is the commonest.
    """

    name = "majority"

    def __init__(self, evaluated: Sequence[Item], train: DataSet | None) -> None:
        known = train.items if train is not None else evaluated
        counted = Counter(item.gold for item in known if isinstance(item, Choice))
        if not counted:
            raise InvalidInput("Of texts to write, none is the commonest.", "Choose --baseline random or nearest.")
        self._label = counted.most_common(1)[0][0]
        where = f"of {train.name}" if train is not None else "of the evaluated items themselves"
        self.setting = f"always “{self._label}”, the commonest answer {where}"
        self.configuration: Mapping[str, Any] = {"baseline": self.name, "always": self._label}

    def answer(self, item: Item, number: int) -> Reply:
        return answered(self._label, self._label, "constant")

    def close(self) -> None:
        pass


class First:
    """Always the first option. Raises InvalidInput where there are none."""

    name = "first"
    setting = "always the first option"

    def __init__(self, evaluated: Sequence[Item]) -> None:
        if any(isinstance(item, Caption) for item in evaluated):
            raise InvalidInput("There are no options to take the first of.", "Choose --baseline random or nearest.")
        self.configuration: Mapping[str, Any] = {"baseline": self.name}

    def answer(self, item: Item, number: int) -> Reply:
        assert isinstance(item, Choice)
        label = next(iter(item.options))
        return answered(label, label, "constant")

    def close(self) -> None:
        pass


class Random:
    """An option at random, or the text of a random training item that was asked the same.

    Args:
        evaluated: the items.
        train: training items, needed for texts.
        alone: whether the training file is the evaluated one, so that an item's own text must not be taken.
        seed: of the choice; each item has its own, so that a run that goes on gives the same.

    Raises:
        InvalidInput: texts are asked for, and there is no training file.
    """

    name = "random"

    def __init__(self, evaluated: Sequence[Item], train: DataSet | None, alone: bool, seed: int) -> None:
        self._texts: dict[str, list[tuple[int, str]]] = {}
        if any(isinstance(item, Caption) for item in evaluated):
            if train is None:
                raise InvalidInput("A random text is taken from a training file.", "Name it: --train FILE.")
            for place, item in enumerate(train.items):
                if isinstance(item, Caption):
                    self._texts.setdefault(item.question, []).append((place, item.gold))
        self._alone, self._seed = alone, seed
        self.setting = f"the text of a random item of {train.name}" if train and self._texts else "a random option"
        self.configuration: Mapping[str, Any] = {"baseline": self.name}

    def answer(self, item: Item, number: int) -> Reply:
        chosen = random.Random(f"{self._seed} {number}")
        if isinstance(item, Choice):
            label = chosen.choice(list(item.options))
            return answered(label, label, "random")
        texts = [text for place, text in self._texts.get(item.question, []) if not (self._alone and place == number)]
        if not texts:
            raise InvalidInput(f"No training item was asked {item.question!r}.", "Give the training file of this set.")
        text = chosen.choice(texts)
        return answered(text, text, "random")

    def close(self) -> None:
        pass
