"""Asking: each item that has no answer yet, in the file's order, and each answer kept before the next is asked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from ...memory.errors import BiocopilotError, Cancelled, StorageError, Unavailable
from .answerers.contract import Answerer
from .items import DataSet
from .run_file import Answered, RunFile

__all__ = ["MOST_FAILURES", "chosen", "run_evaluation"]

MOST_FAILURES = 3
"""Items in succession that could not be asked, after which it stops: what is not there does not come back by asking on."""


def chosen(data: DataSet, limit: int | None, seed: int) -> list[int]:
    """Places of the items to ask: all, or that many drawn by the seed, in the file's order."""
    places = range(len(data.items))
    if limit is None or limit >= len(data.items):
        return list(places)
    return sorted(random.Random(seed).sample(places, limit))


def run_evaluation(
    data: DataSet,
    places: Sequence[int],
    answerer: Answerer,
    run: RunFile,
    told: Callable[[Answered], None] = lambda _answer: None,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Ask what has no answer yet, and again what failed.

    Args:
        data: the items.
        places: which of them.
        answerer: what answers.
        run: where answers are kept.
        told: hears of each.
        clock: seconds.

    Raises:
        Unavailable: what answers was not there for three items in succession; what was answered is kept.
        StorageError: an answer cannot be kept.
    """
    lost = 0
    for place in places:
        known = run.answers.get(place)
        if known is not None and known.status != "failed":
            continue
        answer, trouble = _asked(data, place, answerer, clock)
        run.add(answer)
        told(answer)
        lost = lost + 1 if isinstance(trouble, Unavailable) else 0
        if trouble is not None and lost >= MOST_FAILURES:
            raise trouble


def _asked(
    data: DataSet, place: int, answerer: Answerer, clock: Callable[[], float]
) -> tuple[Answered, BiocopilotError | None]:
    item = data.items[place]
    began = clock()
    try:
        reply = answerer.answer(item, place)
    except (Cancelled, StorageError):
        raise
    except BiocopilotError as error:
        seconds = round(clock() - began, 3)
        text = f"{error.title}: {error.message}"
        return Answered(place, item.id, item.gold, "failed", None, "", "failed", trouble=text, seconds=seconds), error
    return (
        Answered(
            number=place,
            id=item.id,
            gold=item.gold,
            status=reply.status,
            given=reply.given,
            text=reply.text,
            how=reply.how,
            seconds=round(clock() - began, 3),
            similarity=reply.similarity,
        ),
        None,
    )
