"""The text of the training item whose structure is most like: what memory alone would answer.

Molecules are compared by Tanimoto similarity of Morgan fingerprints (radius 2, 2,048 bits), proteins by the share of 5-residue
words that both have (Jaccard), among the items that were asked the same question. Each answer keeps how similar that one is: many
near copies mean that a set measures recall of its training half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from ....memory.errors import InvalidInput
from ..items import Caption, DataSet, Item
from .contract import Reply, abstained, answered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Nearest"]

_BATCH = 500
_WORD = 5


class _Index(Protocol):
    """Structures that can be asked for their nearest."""

    def nearest(self, structure: str, leave_out: int | None) -> tuple[int, float] | None:
        """The place of the nearest and its similarity; None where the structure cannot be read, or nothing is like it."""

    def close(self) -> None:
        """Let go of processes."""


class Nearest:
    """Answers with the nearest training item's text.

    Args:
        train: the training items.
        alone: whether the training file is the evaluated one: then each item is left out of its own search.
    """

    name = "nearest"

    def __init__(self, train: DataSet, alone: bool) -> None:
        items = [item for item in train.items if isinstance(item, Caption)]
        if len(items) != len(train.items):
            raise InvalidInput("Only structures have a nearest one.", "Choose --baseline majority, first or random.")
        self._alone = alone
        self._by_question: dict[str, list[Caption]] = {}
        self._places = []  # of each item among those that were asked the same
        for item in items:
            known = self._by_question.setdefault(item.question, [])
            self._places.append(len(known))
            known.append(item)
        self._indexes: dict[str, _Index] = {}
        what = "the other items of the evaluated file" if alone else f"{len(items):,} of {train.name}"
        self.setting = f"the text of the most similar among {what}"
        self.configuration: Mapping[str, Any] = {"baseline": self.name, "leave_one_out": alone}

    def answer(self, item: Item, number: int) -> Reply:
        assert isinstance(item, Caption)
        known = self._by_question.get(item.question)
        if known is None:
            raise InvalidInput(f"No training item was asked {item.question!r}.", "Give the training file of this set.")
        index = self._indexes.get(item.question)
        if index is None:
            structures = [one.structure for one in known]
            index = self._indexes[item.question] = (
                _Molecules(structures) if item.entity == "molecule" else _Proteins(structures)
            )
        found = index.nearest(item.structure, self._places[number] if self._alone else None)
        if found is None:
            return abstained("", "nothing like it, or not readable")
        text = known[found[0]].gold
        return answered(text, text, "nearest", round(found[1], 4))

    def close(self) -> None:
        for index in self._indexes.values():
            index.close()


class _Molecules:
    """Fingerprints, made by the chemistry processes, as rows of 64-bit words."""

    def __init__(self, structures: Sequence[str]) -> None:
        from ....tools.chemistry.fingerprint_workers import FingerprintWorkers

        self._workers = FingerprintWorkers()
        self._rows, self._bits = self._fingerprints(structures)

    def nearest(self, structure: str, leave_out: int | None) -> tuple[int, float] | None:
        import numpy as np

        row, bits = self._fingerprints([structure])
        if not bits[0]:
            return None
        both = np.bitwise_count(self._rows & row[0]).sum(axis=1, dtype=np.int64)
        similar = both / (self._bits + bits[0] - both)
        if leave_out is not None:
            similar[leave_out] = -1.0
        best = int(similar.argmax())
        return (best, float(similar[best])) if similar[best] > 0 else None

    def close(self) -> None:
        self._workers.close()

    def _fingerprints(self, structures: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Rows (N, 32) and how many bits each has; what cannot be read has none."""
        import numpy as np

        from ....memory.stores.fingerprint_file import FINGERPRINT_BYTES

        waiting = iter(structures)
        batches = iter(lambda: list(islice(waiting, _BATCH)), [])
        made = [one or bytes(FINGERPRINT_BYTES) for batch in self._workers.computed(batches) for one in batch]
        rows = np.frombuffer(b"".join(made), dtype=np.uint64).reshape(len(made), -1)
        return rows, np.bitwise_count(rows).sum(axis=1, dtype=np.int64)


class _Proteins:
    """Which sequences hold which words of five residues."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._held: dict[str, list[int]] = {}
        self._sizes = []
        for place, sequence in enumerate(sequences):
            words = _words(sequence)
            self._sizes.append(len(words))
            for word in words:
                self._held.setdefault(word, []).append(place)

    def nearest(self, sequence: str, leave_out: int | None) -> tuple[int, float] | None:
        words = _words(sequence)
        shared = Counter(place for word in words for place in self._held.get(word, ()) if place != leave_out)
        similar = ((count / (self._sizes[place] + len(words) - count), -place) for place, count in shared.items())
        best = max(similar, default=None)
        return None if best is None else (-best[1], best[0])

    def close(self) -> None:
        pass


def _words(sequence: str) -> frozenset[str]:
    bare = sequence.upper()
    return frozenset(bare[at : at + _WORD] for at in range(len(bare) - _WORD + 1))
