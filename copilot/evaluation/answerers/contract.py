"""What an evaluation asks of whatever answers: a reply an item, and what it is made of, so that two runs can be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..items import Item
from ..run_file import Status

__all__ = ["Answerer", "Reply", "abstained", "answered", "unparsed"]


@dataclass(frozen=True)
class Reply:
    """What was answered; see `Answered` for the fields."""

    status: Status
    given: str | None
    text: str
    how: str
    similarity: float | None = None


def answered(given: str, text: str, how: str, similarity: float | None = None) -> Reply:
    """A label was chosen, or a text written."""
    return Reply("answered", given, text, how, similarity)


def abstained(text: str, how: str) -> Reply:
    """It says itself that it does not know, or that it does not conclude."""
    return Reply("abstained", None, text, how)


def unparsed(text: str, how: str) -> Reply:
    """It said something, and none of the options."""
    return Reply("unparsed", None, text, how)


class Answerer(Protocol):
    """Something that answers items."""

    @property
    def name(self) -> str:
        """For tables, such as `embedded` or `openai:gpt-5`."""

    @property
    def setting(self) -> str:
        """Under what conditions it answers, in a few words, for tables."""

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Everything that its answers depend on, in JSON's types; an evaluation goes on only with the same."""

    def answer(self, item: Item, number: int) -> Reply:
        """The reply to an item. `number` is its place in the file.

        Raises:
            Unavailable: it cannot answer now; asked again later it may.
            BiocopilotError: it cannot answer this item.
        """

    def close(self) -> None:
        """Let go of processes, files and connections."""
