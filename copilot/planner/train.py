"""Trains the classifier from `phrases/` and writes `weights.json`: `python -m biocopilot.copilot.planner.train`.

For developers (needs scikit-learn). Deterministic: the same phrases give the same file. `--report` prints accuracy by
cross-validation and how much is answered how rightly at several margins, and writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from pathlib import Path

from .frames import KINDS
from .masking import PLACEHOLDERS, features, mask_phrase
from .words import split_words

__all__ = ["main", "phrases_sha256", "read_phrases", "vary"]

_HERE = Path(__file__).parent
_STRENGTH = 40.0
_FOLDS = 5


def read_phrases(folder: Path = _HERE / "phrases") -> list[tuple[str, str]]:
    """(kind, phrase) of every line of every phrase file."""
    read: list[tuple[str, str]] = []
    for kind in KINDS:
        for line in (folder / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                read.append((kind, line.strip()))
    return read


def phrases_sha256(folder: Path = _HERE / "phrases") -> str:
    """Hash of all phrases, by which a test sees that the weights are current."""
    digest = hashlib.sha256()
    for kind, phrase in read_phrases(folder):
        digest.update(f"{kind}\t{phrase}\n".encode())
    return digest.hexdigest()


_CARRIERS = (
    "could you tell me {}", "can you please tell me {}", "i would like to know {}", "i want to know {}", "please {}", "{} please", "{} thanks",
    "for my project i need {}", "quick question {}", "do you know {}", "i am looking for {}", "we need {}", "give me {}", "so {}", "and {}",
    "{} for my work", "{} exactly", "just {}", "tell me {}", "my boss asks {}", "help me with {}", "i wonder {}", "{} if possible",
)  # fmt: skip
"""What people put around a question; it must speak for no kind."""
_CARRIED = 3


def vary(phrase: str) -> list[str]:
    """The phrase; with an unknown name for its molecule or target; and inside what people put around questions.

    Kinds hang on words that ask, not on what is known nor on politeness.
    """
    varied = [phrase]
    words = phrase.split()
    for mask in ("MOL", "TARGET", "DISEASE"):
        if sum(word.strip("?.,:;()'s") == mask for word in words) == 1:
            varied.append(phrase.replace(mask, "UNK"))
    start = int(hashlib.sha256(phrase.encode()).hexdigest(), 16)
    for step in range(_CARRIED):
        carrier = _CARRIERS[(start + 7 * step) % len(_CARRIERS)]
        varied.append(carrier.format(phrase))
    return varied


def _matrix(phrases: list[str], vocabulary: dict[str, int]) -> object:
    from scipy.sparse import csr_matrix

    indices: list[int] = []
    values: list[float] = []
    pointers = [0]
    for phrase in phrases:
        found = features(mask_phrase(phrase))
        known = [vocabulary[name] for name in found if name in vocabulary]
        indices += known
        values += [1.0 / math.sqrt(max(1, len(found)))] * len(known)
        pointers.append(len(indices))
    return csr_matrix((values, indices, pointers), shape=(len(phrases), len(vocabulary)))


def _fit(examples: list[tuple[str, str]]) -> tuple[object, dict[str, int]]:
    from sklearn.linear_model import LogisticRegression

    kinds, phrases, weights = [], [], []
    for kind, phrase in examples:
        for place, varied in enumerate(vary(phrase)):
            kinds.append(kind)
            phrases.append(varied)
            weights.append(1.0 if place == 0 else 0.4)
    counts = Counter(name for phrase in phrases for name in features(mask_phrase(phrase)))
    vocabulary = {name: place for place, name in enumerate(sorted(name for name, count in counts.items() if count > 1))}
    model = LogisticRegression(C=_STRENGTH, max_iter=400, tol=1e-5)
    model.fit(_matrix(phrases, vocabulary), kinds, sample_weight=weights)
    return model, vocabulary


def _write() -> None:
    examples = read_phrases()
    model, vocabulary = _fit(examples)
    kinds = [str(kind) for kind in model.classes_]  # type: ignore[attr-defined]  # scikit-learn is untyped
    rows: dict[str, list[float]] = {}
    for name, column in vocabulary.items():
        pairs = [(place, round(float(row[column]), 2)) for place, row in enumerate(model.coef_)]  # type: ignore[attr-defined]
        kept = [value for place, weight in pairs if abs(weight) >= 0.15 for value in (place, weight)]
        if kept:
            rows[name] = kept
    words = Counter(
        word.plain for _, phrase in examples for word in split_words(phrase) if word.text not in PLACEHOLDERS
    )
    data = {
        "sha256": phrases_sha256(),
        "kinds": kinds,
        "bias": [round(float(value), 3) for value in model.intercept_],  # type: ignore[attr-defined]
        "words": sorted(word for word in words if word.isalpha() and len(word) > 1),
        "rows": rows,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (_HERE / "weights.json").write_text(text + "\n", encoding="utf-8")
    _say(f"{len(examples)} phrases, {len(rows)} features, {len(text) / 1024:.0f} KiB")


def _report() -> None:
    from sklearn.model_selection import StratifiedKFold

    examples = read_phrases()
    kinds = [kind for kind, _ in examples]
    judged: list[tuple[bool, float, str, str, str]] = []
    for train, held_out in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(examples, kinds):
        model, vocabulary = _fit([examples[place] for place in train])
        tested = [examples[place] for place in held_out]
        chances = model.predict_proba(_matrix([phrase for _, phrase in tested], vocabulary))  # type: ignore[attr-defined]
        for (kind, phrase), row in zip(tested, chances, strict=True):
            first, second = sorted(row, reverse=True)[:2]
            guess = str(model.classes_[row.argmax()])  # type: ignore[attr-defined]
            judged.append((guess == kind, first - second, kind, guess, phrase))
    right = sum(item[0] for item in judged)
    _say(f"{len(judged)} phrases, {_FOLDS}-fold: {right / len(judged):.1%} right")
    for margin in (0.0, 0.1, 0.2, 0.3, 0.5):
        sure = [item for item in judged if item[1] >= margin]
        _say(
            f"margin >= {margin}: covers {len(sure) / len(judged):.1%}, {sum(item[0] for item in sure) / len(sure):.1%} right"
        )
    if "--misses" in sys.argv:
        for ok, margin, kind, guess, phrase in sorted(judged, key=lambda item: item[2]):
            if not ok:
                _say(f"{kind:20} {guess:20} {margin:.2f} {phrase}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> None:
    """Train and write, or report."""
    if "--report" in sys.argv:
        _report()
    else:
        _write()


if __name__ == "__main__":
    main()
