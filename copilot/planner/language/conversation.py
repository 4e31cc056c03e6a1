"""What a model and this program have said in one run, and how it is written down within the model's window.

Nothing is forgotten by the program: results stay with the run. What the model is shown of them is cut to what it can read, the
oldest first, and the last step's results last; a cut is told once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....memory.records import DIGEST_CHARACTERS
from ..contract import Observation, State
from ..history import history_text
from .prompt import ANSWER_NOW, CALLS_AS_JSON, SYSTEM, opening, result_text
from .reading_on import READ_FUNCTION
from .reply import Reply
from .tokens import Counter
from .tools_shown import ShownTools

__all__ = ["Conversation", "Exchange", "Script"]

_FRAME = 4
"""Tokens that a template puts around a message."""
_LEVELS = (DIGEST_CHARACTERS, 500, 160, 60)
"""Characters of a result's digest that are shown, as the window fills."""


@dataclass
class Exchange:
    """One reply of the model, what became of its calls, and what it was told of what it got wrong."""

    reply: Reply
    call_ids: dict[str, str] = field(default_factory=dict)
    """The model's own ids of its calls to the run's; a call that was not run is absent."""
    problems: dict[str, str] = field(default_factory=dict)
    """The model's id of a call to why it was not run."""
    pages: dict[str, str] = field(default_factory=dict)
    """The model's id of a call of `read_result` to what it showed."""
    said: str = ""
    """What it was told beside the results."""
    _written: dict[tuple[Any, ...], tuple[list[Any], int]] = field(default_factory=dict)
    """Messages and their size by how they were written: a step writes the newest, and not all of them anew."""

    @property
    def items(self) -> tuple[str, ...]:
        """What can be shown more or less of: the run's calls, and pages by the model's ids."""
        return (*self.call_ids.values(), *self.pages)

    def written(
        self, native: bool, seen: Mapping[str, Observation], levels: Mapping[str, int], count: Counter
    ) -> tuple[list[Any], int]:
        """The exchange as messages, and their size."""
        key = (native, self.said, tuple(levels.get(item) for item in self.items))
        if key not in self._written:
            messages = _exchanged(self, native, seen, levels)
            self._written[key] = messages, _size(messages, count)
        return self._written[key]


@dataclass(frozen=True)
class Script:
    """Messages for the model, and how many tokens they come to."""

    messages: list[Any]
    tokens: int
    shortened: int = 0
    """How many results are not shown as far as they were."""
    turns_left_out: int = 0


@dataclass
class Conversation:
    """The exchanges of one run, first to last."""

    exchanges: list[Exchange] = field(default_factory=list)

    def script(
        self, state: State, shown: ShownTools, native: bool, room: int, count: Counter, *, answer_now: bool
    ) -> Script:
        """The conversation as messages of at most `room` tokens, if it can be cut to that.

        Args:
            state: of the run.
            shown: the tools that the model is shown.
            native: whether its client carries calls; else they are written as JSON text.
            room: tokens for all messages.
            count: counts the tokens of a text.
            answer_now: whether it must answer; then nothing but text is written.
        """
        native = native and not answer_now
        seen = {item.call.id: item for item in state.observations}
        order = [
            item for exchange in self.exchanges for item in exchange.items if item in seen or item in exchange.pages
        ]
        last = set(self.exchanges[-1].items) if self.exchanges else set()
        levels = dict.fromkeys(order, 0)
        turns = list(state.history)
        while True:
            messages, size = self._opening(state, turns, shown, native, answer_now, count)
            for exchange in self.exchanges:
                said, its_size = exchange.written(native, seen, levels, count)
                messages += said
                size += its_size
            if answer_now:
                messages.append(_human(ANSWER_NOW))
            messages = _alternating(messages)
            tokens = count.tokens(size) + _FRAME * len(messages)
            if tokens <= room or not _squeeze(order, last, levels, turns):
                break
        pages = {own: page for exchange in self.exchanges for own, page in exchange.pages.items()}
        length = {item: len(pages[item] if item in pages else seen[item].result.digest) for item in order}
        cut = sum(length[item] > _LEVELS[level] for item, level in levels.items() if level)
        return Script(messages, tokens, cut, len(state.history) - len(turns))

    def _opening(
        self, state: State, turns: Sequence[Any], shown: ShownTools, native: bool, answer_now: bool, count: Counter
    ) -> tuple[list[Any], int]:
        """How it begins, and the size of that."""
        from langchain_core.messages import SystemMessage

        system = SYSTEM
        if not native and not answer_now:
            lines = [json.dumps(item["function"], ensure_ascii=False) for item in (*shown.functions, READ_FUNCTION)]
            system = "\n".join((SYSTEM, "", CALLS_AS_JSON, *lines))
        left_out = state.left_out + len(state.history) - len(turns)
        earlier = history_text(turns, left_out) if state.history else ""
        asked = opening(state.question, earlier, state.files, () if answer_now else shown.others)
        messages = [SystemMessage(system), _human(asked)]
        return messages, _size(messages, count)


def _human(text: str) -> Any:
    from langchain_core.messages import HumanMessage

    return HumanMessage(text)


def _size(messages: Sequence[Any], count: Counter) -> int:
    return sum(count.measure(_text_of(message)) for message in messages)


def _exchanged(
    exchange: Exchange, native: bool, seen: Mapping[str, Observation], levels: Mapping[str, int]
) -> list[Any]:
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    results = {
        own: result_text(seen[run].call, seen[run].result, _LEVELS[levels[run]])
        for own, run in exchange.call_ids.items()
        if run in seen
    }
    for own, page in exchange.pages.items():
        most = _LEVELS[levels[own]] if levels[own] else len(page)
        results[own] = (
            page if len(page) <= most else f"{page[:most]}… (left out here; read it again if needed)\n</result>"
        )
    refused = {own: f"Not run. {said}" for own, said in exchange.problems.items()}
    told = {**results, **refused}
    wishes = exchange.reply.wishes
    if native and wishes and not exchange.reply.in_text and all(wish.arguments is not None for wish in wishes):
        messages: list[Any] = [_as_it_came(exchange.reply)]
        messages += [
            ToolMessage(
                told.get(wish.id, "Not run."), tool_call_id=wish.id, name=wish.tool, status=_state(wish.id, refused)
            )
            for wish in wishes
        ]
        return [*messages, HumanMessage(exchange.said)] if exchange.said else messages
    said = exchange.reply.text or _as_json(exchange.reply)
    answer = "\n".join((*told.values(), exchange.said)).strip()
    return [AIMessage(said or "(nothing)"), HumanMessage(answer or "Go on.")]


def _as_it_came(reply: Reply) -> Any:
    """The model's own message, so that what its client keeps in it (signatures of reasoning) comes back whole."""
    from langchain_core.messages import AIMessage, message_chunk_to_message

    message = message_chunk_to_message(reply.message)
    calls = [
        {"name": wish.tool, "args": dict(wish.arguments or {}), "id": wish.id, "type": "tool_call"}
        for wish in reply.wishes
    ]
    if [call.get("id") for call in message.tool_calls] == [wish.id for wish in reply.wishes]:
        return message
    return AIMessage(reply.text, tool_calls=calls)


def _as_json(reply: Reply) -> str:
    calls = [
        {"tool": wish.tool, "args": wish.arguments if wish.arguments is not None else wish.written}
        for wish in reply.wishes
    ]
    if not calls:
        return ""
    return json.dumps(calls[0] if len(calls) == 1 else {"calls": calls}, ensure_ascii=False)


def _state(own: str, refused: dict[str, str]) -> str:
    return "error" if own in refused else "success"


def _squeeze(order: Sequence[str], last: set[str], levels: dict[str, int], turns: list[Any]) -> bool:
    """Show less of one thing: old results first, then earlier turns, then the last results. False where nothing is left to cut."""
    deepest = len(_LEVELS) - 1
    for most in range(1, deepest + 1):
        for item in order:
            if item not in last and levels[item] < most:
                levels[item] = most
                return True
    if turns:
        del turns[0]
        return True
    for most in range(1, deepest + 1):
        for item in order:
            if levels[item] < most:
                levels[item] = most
                return True
    return False


def _alternating(messages: list[Any]) -> list[Any]:
    """Neighbours of one role joined: some templates refuse two user messages in a row."""
    joined: list[Any] = []
    for message in messages:
        if joined and message.type == "human" == joined[-1].type:
            joined[-1] = type(message)(f"{joined[-1].content}\n\n{message.content}")
        else:
            joined.append(message)
    return joined


def _text_of(message: Any) -> str:
    calls = getattr(message, "tool_calls", None)
    return f"{message.text}{json.dumps(calls) if calls else ''}"
