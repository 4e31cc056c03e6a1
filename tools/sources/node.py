"""A place in a service's JSON, read with care: text is cleaned, null and absent are None, a wrong kind is a BadReply.

What is not asked for is ignored, so that a field of tomorrow harms nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from ...memory.errors import BadReply
from ...memory.text import shorten
from .plain import one_line

__all__ = ["Node", "readable"]

T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """A value somewhere in a reply; `service` is whom an error names, `place` where it stands."""

    value: Any
    service: str
    place: str = ""

    def at(self, *path: str) -> Node:
        """What stands there; a null or absent field on the way gives a node of None."""
        node = self
        for name in path:
            if node.value is None:
                break
            if not isinstance(node.value, dict):
                raise node.wrong("an object")
            node = Node(node.value.get(name), self.service, f"{node.place}.{name}".lstrip("."))
        return node

    def text(self, *path: str) -> str | None:
        """Text on one line; None where there is none."""
        node = self.at(*path)
        if node.value is not None and not isinstance(node.value, str):
            raise node.wrong("text")
        return one_line(node.value) if node.value is not None else None

    def needed(self, *path: str) -> str:
        """Text that must be there. Raises BadReply where it is not."""
        text = self.text(*path)
        if not text:
            raise self.at(*path).wrong("text") if path else self.wrong("text")
        return text

    def number(self, *path: str) -> float | None:
        """A number; None where there is none."""
        node = self.at(*path)
        if node.value is not None and (isinstance(node.value, bool) or not isinstance(node.value, (int, float))):
            raise node.wrong("a number")
        return node.value

    def whole(self, *path: str) -> int | None:
        """A whole number that is not negative; None where there is none."""
        number = self.number(*path)
        if number is not None and (number != int(number) or number < 0):
            raise self.at(*path).wrong("a count")
        return int(number) if number is not None else None

    def flag(self, *path: str) -> bool | None:
        """True or false; None where neither stands there."""
        node = self.at(*path)
        if node.value is not None and not isinstance(node.value, bool):
            raise node.wrong("true or false")
        return node.value

    def nodes(self, *path: str) -> tuple[Node, ...]:
        """The members of a list, nulls left out; none where there is no list."""
        node = self.at(*path)
        if node.value is not None and not isinstance(node.value, list):
            raise node.wrong("a list")
        return tuple(
            Node(value, self.service, f"{node.place}[{number}]")
            for number, value in enumerate(node.value or ())
            if value is not None
        )

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of a list, empty ones left out."""
        return tuple(text for node in self.nodes(*path) if (text := node.text()))

    def wrong(self, wanted: str) -> BadReply:
        """The error for a place where something else was to stand."""
        place = shorten(one_line(self.place), 80) or "its root"
        return BadReply(f"{self.service}: the reply has not the shape that it documents: {place} is not {wanted}.",
                        "Ask again later; is this program up to date?")  # fmt: skip


def readable(nodes: Iterable[Node], read: Callable[[Node], T]) -> tuple[tuple[T, ...], int]:
    """The rows that can be read, and how many cannot."""
    rows: list[T] = []
    unreadable = 0
    for node in nodes:
        try:
            rows.append(read(node))
        except BadReply:
            unreadable += 1
    return tuple(rows), unreadable
