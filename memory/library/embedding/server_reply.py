"""From the bytes of a reply of `/v1/embeddings` to vectors of unit length, or to a sentence about what is wrong with them."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Malformed", "retry_after_s", "vectors_of"]

_MOST_DIMENSION = 65_536


class Malformed(Exception):
    """Not what the interface documents.

    Args:
        why: to stand behind the server's name.
        hint: what mends it, where that is known.
        may_pass: whether the same request may well succeed a moment later.
    """

    def __init__(self, why: str, hint: str = "", may_pass: bool = False) -> None:
        super().__init__(why)
        self.hint = hint
        self.may_pass = may_pass


def vectors_of(body: bytes, count: int, dimension: int) -> NDArray[np.float32]:
    """The vectors in the order of the texts, whatever their order in the reply.

    Args:
        body: the reply.
        count: how many texts were sent.
        dimension: how long vectors are; 0 where that is not known yet.

    Raises:
        Malformed: it holds something else.
    """
    import numpy as np

    listed = _listed(body)
    if len(listed) != count:
        raise Malformed(f"{len(listed)} vectors came for {count} texts")
    rows: list[Any] = [None] * count
    for item in listed:
        place = item.get("index") if isinstance(item, dict) else None
        if type(place) is not int or not 0 <= place < count or rows[place] is not None:
            raise Malformed("the reply does not say which vector is of which text")
        rows[place] = _numbers(item.get("embedding"))
    lengths = {len(row) for row in rows} | ({dimension} if dimension else set())
    if len(lengths) != 1:
        raise Malformed(
            f"vectors of {' and '.join(map(str, sorted(lengths)))} numbers",
            "Does another model answer at that address?",
        )
    try:
        vectors = np.array(rows, np.float64)
    except OverflowError as error:
        raise Malformed("a vector holds a number beyond all bounds") from error
    with np.errstate(over="ignore", invalid="ignore"):  # what is no number is looked for in the next line
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(norms).all() and (norms > 0).all()):
        raise Malformed("a vector is not a direction: it is zero, infinite or not a number")
    return (vectors / norms).astype(np.float32)


def _listed(body: bytes) -> list[Any]:
    if body.lstrip()[:1] == b"<":
        raise Malformed("a web page came instead of vectors", "Is the address that of the server, and ends in /v1?")
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the reply is not whole, or no JSON", may_pass=True) from error
    listed = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(listed, list):
        raise Malformed("the reply holds no vectors")
    return listed


def _numbers(row: Any) -> list[Any]:
    if not isinstance(row, list) or not 0 < len(row) <= _MOST_DIMENSION:
        raise Malformed("a vector is no list of numbers")
    if not all(type(number) in (int, float) for number in row):
        raise Malformed("a vector holds something else than numbers")
    return row


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks for, given as seconds or as a date; None where it asks for nothing usable."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(headers.get("date", "")) or datetime.now(UTC)  # by the server's clock where it tells it
    return max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
