"""Which kind of question a masked clause is: multinomial logistic regression over its features, in plain Python.

The weights are made by `train.py` from `phrases/` and shipped as `weights.json`, so that no numpy is loaded here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .frames import Kind
from .masking import features

__all__ = ["LEAST_MARGIN", "Guess", "classify", "load_weights"]

LEAST_MARGIN = 0.10
"""Below this lead of the best kind over the next that is answered otherwise nothing is called; see `docs/planner.md`."""

# Kinds whose answers serve each other's questions: which of them it is makes no one wait for an answer.
_KIN: tuple[frozenset[Kind], ...] = (
    frozenset(("target_identity", "target_profile")),
    frozenset(("mechanism", "compound_activities", "potency")),
    frozenset(("compare", "similarity")),
    frozenset(("property", "drug_likeness")),
)


@dataclass(frozen=True)
class Guess:
    """Kinds by probability, the likeliest first."""

    ranked: tuple[tuple[Kind, float], ...]

    @property
    def kind(self) -> Kind:
        return self.ranked[0][0]

    @property
    def probability(self) -> float:
        return self.ranked[0][1]

    @property
    def margin(self) -> float:
        """The lead over the best kind that is answered otherwise."""
        kin = next((group for group in _KIN if self.kind in group), frozenset((self.kind,)))
        return self.probability - next(chance for kind, chance in self.ranked if kind not in kin)

    def of(self, kind: Kind) -> float:
        """The probability of one kind."""
        return dict(self.ranked).get(kind, 0.0)


@dataclass(frozen=True)
class Weights:
    """Kinds, their biases, and for every feature a row of (kind's place, weight)."""

    kinds: tuple[Kind, ...]
    bias: tuple[float, ...]
    rows: dict[str, list[float]]
    sha256: str


@cache
def load_weights() -> Weights:
    """The shipped weights, read once."""
    data = json.loads((Path(__file__).parent / "weights.json").read_text(encoding="utf-8"))
    return Weights(tuple(data["kinds"]), tuple(data["bias"]), data["rows"], data["sha256"])


def classify(tokens: Sequence[str]) -> Guess:
    """The kinds that a masked clause may be, with their probabilities."""
    weights = load_weights()
    scores = list(weights.bias)
    found = [row for name in features(tokens) if (row := weights.rows.get(name)) is not None]
    scale = 1.0 / math.sqrt(max(1, len(features(tokens))))
    for row in found:
        for place in range(0, len(row), 2):
            scores[int(row[place])] += row[place + 1] * scale
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    ranked = sorted(
        ((kind, power / total) for kind, power in zip(weights.kinds, powers, strict=True)),
        key=lambda pair: (-pair[1], pair[0]),
    )
    return Guess(tuple(ranked))
