"""Free planning: the model calls any tool, sees digests of what came back, and writes the answer.

Each step is one reply. Calls are checked before they run (`checking.py`); what cannot be run is put to the model once more with the
reason. An answer is checked as the loop will check it, and put to the model once more where evidence does not hold it; what then is
not held is struck by the loop, as in any other planner's answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....memory.errors import ModelUnavailable
from ....memory.records import ToolCall
from ....memory.text import shorten
from ...claims import check_claim, split_claims
from ...model_text import without_markup
from ..contract import Aside, CallTools, Give, State, Step
from ..reading import read
from .asking import ask_model
from .checking import made_up, problem_with
from .choice import ModelChoice
from .conversation import Conversation, Exchange, Script
from .faults import ModelFault
from .found import found_parts
from .local import runs_here
from .model_planner import ModelPlanner
from .reading_on import READ_FUNCTION, READ_RESULT, page_of
from .reply import Reply, Wish, whole_sentences
from .structured import with_schema
from .telling import unavailable
from .tokens import Counter
from .tools_shown import ShownTools, shown_tools

__all__ = ["LanguagePlanner"]

_ROUNDS = 2
"""Replies in a row of which nothing can be used, before another planner goes on."""
_SHRINK = 0.6
"""What is left of the window after the server called it too small: by how much it was, few say."""
_LEAST_ROOM = 600
_MOST_PAGES = 20
"""Pages of records that a model may read in one run."""


@dataclass
class _Work:
    """What a run knows of its model."""

    shown: ShownTools
    native: bool
    window: int
    conversation: Conversation = field(default_factory=Conversation)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    bad_rounds: int = 0
    overflowed: bool = False
    shortened: bool = False
    pages: int = 0
    doubted: set[str] = field(default_factory=set)
    """Structures and identifiers that the model was told it must not make up."""
    reviewed: Give | None = None
    """The first answer, where it was put to the model once more."""


class LanguagePlanner(ModelPlanner):
    """Plans by a LangChain chat model. Arguments as `ModelPlanner`'s."""

    def __init__(
        self, model: Any, choice: ModelChoice | None = None, name: str = "", *, in_process: bool = False
    ) -> None:
        super().__init__(model, choice, name, in_process=in_process)
        self._bound: dict[tuple[str, ...], Any] = {}
        self._by_json = self._choice.calls == "json"

    async def next_step(self, state: State) -> Step:
        """The model's next calls, or its answer.

        Raises:
            ModelUnavailable: it cannot be reached, cannot read so much, or gives nothing that can be used.
        """
        work = state.memo.get("language")
        if work is None:
            work = state.memo["language"] = await self._begin(state)
        while True:
            reply = await self._reply(work, state)
            if reply.refusal:
                return _refused(reply)
            if reply.wishes:
                step = await self._called(work, state, reply)
            else:
                step = self._answered(work, state, reply)
            if step is not None:
                return step

    async def _begin(self, state: State) -> _Work:
        await self.ready(state)
        reading = await read(state.question, state.history, state.bench)
        window = self.window
        room = window - self.reply_tokens
        if room < _LEAST_ROOM:
            raise ModelUnavailable(
                f"A window of {window:,} tokens leaves no room beside a reply of {self.reply_tokens:,}.",
                "Set model.window higher, or model.max_new_tokens lower.",
            )
        shown = shown_tools(state, reading.frames, room, self._count)
        return _Work(shown, native=not self._by_json, window=window)

    # Asking ------------------------------------------------------------------------------------------------------

    async def _reply(self, work: _Work, state: State) -> Reply:
        """One reply; a server without tool calls is asked by a schema, and one whose window is too small is sent less."""
        while True:
            answer_now = state.must_answer
            script = self._script(work, state, answer_now)
            try:
                reply = await self._ask(work, state, script, answer_now)
            except ModelFault as error:
                if not self._mended(work, state, script, error):
                    raise unavailable(self._name, error.fault) from error
                continue
            self._count.learn(script.tokens + (0 if answer_now else work.shown.tokens), reply.tokens_in)
            return _numbered(reply, work)

    def _script(self, work: _Work, state: State, answer_now: bool) -> Script:
        beside = work.shown.tokens if work.native and not answer_now else 0
        room = work.window - self.reply_tokens - beside
        script = work.conversation.script(state, work.shown, work.native, room, self._count, answer_now=answer_now)
        if (script.shortened or script.turns_left_out) and not work.shortened:
            work.shortened = True
            turns = f" and {script.turns_left_out} earlier questions left out" if script.turns_left_out else ""
            state.tell(
                f"{script.shortened} results were shortened for the model{turns}: it reads {work.window:,} tokens at once.",
                "limit",
            )
        return script

    async def _ask(self, work: _Work, state: State, script: Script, answer_now: bool) -> Reply:
        if answer_now:
            runnable = self._model
        else:
            runnable = self._with_tools(work.shown, state) if work.native else self._with_schema(work.shown, state)
        names = () if answer_now else (*state.tools, READ_RESULT)
        return await ask_model(runnable, script.messages, state, self.patience, names, estimate=script.tokens)

    def _with_tools(self, shown: ShownTools, state: State) -> Any:
        bound = self._bound.get(shown.names)
        if bound is None:
            functions = [*shown.functions, READ_FUNCTION]
            if runs_here(self._model):  # its calls are decoded under a grammar, which takes every rule
                functions = [_exact(item, state) for item in functions]
            try:
                bound = self._model.bind_tools(functions)
            except NotImplementedError:
                self._by_json = True
                return self._with_schema(shown, state)
            self._bound[shown.names] = bound
        return bound

    def _with_schema(self, shown: ShownTools, state: State) -> Any:
        """The model held to one call or an answer; three bytes are a token of ordinary text."""
        from ....model.errors import GrammarUnsatisfied
        from ....model.grammar import calls_schema

        functions = [_exact(item, state)["function"] for item in (*shown.functions, READ_FUNCTION)]
        schemas = {item["name"]: item["parameters"] for item in functions}
        try:
            schema = calls_schema(schemas, 3 * self.reply_tokens, answer=True)
        except GrammarUnsatisfied as error:
            raise ModelUnavailable(
                f"No call fits into a reply of {self.reply_tokens} tokens: {error.message}",
                "Set model.max_new_tokens higher.",
            ) from error
        return with_schema(self._model, dict(schema))

    def _mended(self, work: _Work, state: State, script: Script, error: ModelFault) -> bool:
        """Whether the same can be asked in another way, which is told."""
        fault = error.fault
        if fault.kind == "no_tools" and work.native and self._choice.calls == "auto":
            work.native, self._by_json = False, True
            state.tell(
                f"The model's server has no tool calls ({fault.text}); it is asked by a JSON schema instead.",
                "fallback",
            )
            return True
        if fault.kind == "window" and not work.overflowed:
            work.overflowed = True
            sent = script.tokens + work.shown.tokens + self.reply_tokens
            work.window = max(int(min(sent, work.window) * _SHRINK), self.reply_tokens + _LEAST_ROOM)
            work.shown = _fewer(work, state, self._count, self.reply_tokens)
            state.tell(
                f"The model's window is smaller than {sent:,} tokens ({fault.text}); asked again with less: {work.window:,}.",
                "limit",
            )
            return True
        return False

    # What it said ------------------------------------------------------------------------------------------------

    async def _called(self, work: _Work, state: State, reply: Reply) -> Step | None:
        """The calls that can be run; None where none can, and the model is asked once more."""
        exchange = Exchange(reply)
        if state.must_answer:
            work.conversation.exchanges.append(exchange)
            self._one_more_bad_round(work, "it asked for more calls than it has")
            return None
        calls: list[ToolCall] = []
        for wish in reply.wishes:
            if wish.tool == READ_RESULT and wish.arguments is not None and work.pages < _MOST_PAGES:
                work.pages += 1
                exchange.pages[wish.id] = page_of(wish.arguments, state)
                continue
            problem = await self._problem(work, state, wish, reply.cut)
            if problem:
                exchange.problems[wish.id] = problem
                continue
            call = ToolCall(id=f"c{next(work.numbers)}", tool=wish.tool, arguments=dict(wish.arguments or {}))
            exchange.call_ids[wish.id] = call.id
            calls.append(call)
        work.conversation.exchanges.append(exchange)
        if not calls and exchange.pages:
            work.bad_rounds = 0
            return None
        if not calls:
            self._one_more_bad_round(work, "; ".join(exchange.problems.values()))
            return None
        first, work.bad_rounds = len(work.conversation.exchanges) == 1, 0
        plan = f"{self._name} asks for {', '.join(dict.fromkeys(call.tool for call in calls))}." if first else ""
        thought = "\n\n".join(part for part in (reply.thought, reply.text) if part)
        return CallTools(
            tuple(calls), thought=thought, plan=plan, details={"tools_shown": len(work.shown.names)} if first else {}
        )

    async def _problem(self, work: _Work, state: State, wish: Wish, cut: bool) -> str:
        problem = await problem_with(wish, state)
        if problem:
            limit = self.reply_tokens
            return f"{problem} The reply was cut off after {limit} tokens: ask for less at once." if cut else problem
        written = made_up(wish, state)
        invented = [text for text in written if text not in work.doubted]
        if invented:
            work.doubted.update(invented)
            return (
                f"{', '.join(shorten(text, 80) for text in invented)} stands neither in the question nor in a result."
                " Give the name; the tools know names. If there is none, call it again."
            )
        for text in written:
            state.tell(f"{shorten(text, 80)} was written by the model; no source gave it.", "planner")
        return ""

    def _answered(self, work: _Work, state: State, reply: Reply) -> Give | None:
        """The answer; None where it is put to the model once more."""
        notices: tuple[str, ...] = ()
        text = reply.text
        if reply.cut:
            text = whole_sentences(text)
            notices = (f"The model's answer was cut off after {self.reply_tokens} tokens.",)
        if not text:
            cut = f" It was cut off after {self.reply_tokens} tokens: think less." if reply.cut else ""
            said = f"That was neither a call nor an answer.{cut} Call a tool, or answer in sentences."
            work.conversation.exchanges.append(Exchange(reply, said=said))
            self._one_more_bad_round(work, "it gave neither a call nor an answer")
            return None
        give = Give(text=text, notices=notices, thought=reply.thought)
        if work.reviewed is not None:
            return _with_what_was_found(
                min((give, work.reviewed), key=lambda item: _share_unheld(item.text, state)), state
            )
        unheld = _unheld(text, state)
        if not unheld or state.must_answer:
            return _with_what_was_found(give, state)
        work.reviewed = give
        work.conversation.exchanges.append(Exchange(reply, said=_review(unheld)))
        return None

    def _one_more_bad_round(self, work: _Work, why: str) -> None:
        work.bad_rounds += 1
        if work.bad_rounds >= _ROUNDS:
            raise ModelUnavailable(
                f"{self._name} was told what was wrong and still gave nothing that can be used: {shorten(why, 200)}",
                "Ask more simply, or take another model; --planner embedded needs none.",
            )


def _refused(reply: Reply) -> Give:
    """The model's refusal, shown as such. It is no claim, so it stands in a notice, quoted."""
    said = shorten(" ".join(reply.refusal.split()), 300)
    return Give(
        (Aside("The model declined to answer."),),
        status="unknown",
        notices=(f"The model declined to answer: “{said}”",),
        thought=reply.thought,
    )


def _numbered(reply: Reply, work: _Work) -> Reply:
    """The reply whose calls all have ids, each its own."""
    used = {wish.id for exchange in work.conversation.exchanges for wish in exchange.reply.wishes}
    wishes = []
    for place, wish in enumerate(reply.wishes):
        own = wish.id if wish.id and wish.id not in used else f"w{len(used)}_{place}"
        used.add(own)
        wishes.append(replace(wish, id=own))
    return replace(reply, wishes=tuple(wishes))


def _fewer(work: _Work, state: State, count: Counter, reply: int) -> ShownTools:
    """The tools that still fit, those called so far among them."""
    called = tuple(dict.fromkeys(item.call.tool for item in state.observations))
    order = dict.fromkeys((*called, *work.shown.names))
    return shown_tools(state, (), work.window - reply, count, also=tuple(order))


def _exact(function: dict[str, Any], state: State) -> dict[str, Any]:
    """The declaration with the rules between a tool's arguments, for a grammar; services refuse some of them."""
    tool = state.tools.get(function["function"]["name"])
    if tool is None:
        return function
    return {**function, "function": {**function["function"], "parameters": tool.exact_schema()}}


def _unheld(text: str, state: State) -> list[tuple[str, Sequence[str]]]:
    """The sentences that the run's evidence does not hold, with what is missing."""
    evidence = {item.id: item for seen in state.observations for item in seen.result.evidence}
    claims = [check_claim(sentence, evidence) for sentence in split_claims(without_markup(text))]
    return [(claim.text, claim.missing) for claim in claims if claim.verdict == "unsupported"]


def _share_unheld(text: str, state: State) -> float:
    return len(_unheld(text, state)) / max(1, len(split_claims(without_markup(text))))


def _with_what_was_found(give: Give, state: State) -> Give:
    """The answer; where nothing of it is held, with what the tools themselves say after it."""
    return replace(give, parts=found_parts(state)) if _share_unheld(give.text, state) == 1.0 else give


def _review(unheld: Sequence[tuple[str, Collection[str]]]) -> str:
    lines = [
        f"- {shorten(sentence, 200)} ({'not there: ' + ', '.join(list(missing)[:6]) if missing else 'no result cited'})"
        for sentence, missing in unheld[:6]
    ]
    return "\n".join(
        (
            "These sentences are not held by the results they cite and would be struck out:",
            *lines,
            "Call the tools that are missing, or write the whole answer once more: each sentence with the ids of the results that hold"
            " it, and only what stands there.",
        )
    )
