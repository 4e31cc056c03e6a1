"""Corpus BLEU, nltk's, and what of each caption it is made of, so that it can be taken over resampled captions too.

BLEU of a corpus is no mean over captions: matches, n-grams and lengths are summed first. `BleuCounts` keeps them a row a caption;
`bleu` is nltk's `corpus_bleu` (no smoothing) as arithmetic on their sums, and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["BleuCounts"]

_ORDERS = 4
_TINY = np.finfo(np.float64).tiny
"""What nltk puts for a precision of 0 at an order above 1."""


class BleuCounts:
    """Counts of n-grams of 1 to 4 tokens, and lengths, of each caption beside its one reference."""

    def __init__(self, references: Sequence[Sequence[str]], captions: Sequence[Sequence[str]]) -> None:
        from nltk.translate.bleu_score import modified_precision

        rows = []
        for reference, caption in zip(references, captions, strict=True):
            parts = [modified_precision([reference], caption, order) for order in range(1, _ORDERS + 1)]
            rows.append([
                *(part.numerator for part in parts), *(part.denominator for part in parts), len(caption), len(reference)
            ])  # fmt: skip
        self._rows = np.array(rows, dtype=np.float64).reshape(-1, 2 * _ORDERS + 2)

    def bleu(self, order: int, which: NDArray[np.int64] | None = None) -> float:
        """BLEU with equal weights for n-grams up to `order`, of the captions at these positions; of all where None."""
        sums = (self._rows if which is None else self._rows[which]).sum(axis=0)
        matched, possible = sums[:order], sums[_ORDERS : _ORDERS + order]
        length, reference = sums[-2:]
        if matched[0] == 0 or length == 0:
            return 0.0
        precision = np.where(matched > 0, matched / possible, _TINY)
        brevity = 1.0 if length > reference else np.exp(1 - reference / length)
        return float(brevity * np.exp(np.log(precision).mean()))
