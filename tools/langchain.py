"""The tools as LangChain tools, from the same declarations; langchain-core is imported when they are asked for.

Content is the digest that a model reads, the artifact is the whole `ToolResult`. A failure is content with its hint,
never an exception, so that an agent can go on.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..memory.errors import MissingExtra, UnknownTool
from ..memory.records import ToolCall, ToolResult
from .blocking import run_to_end
from .contract import Tool, ToolContext
from .execute import execute, explain_validation, find_tool
from .registry import all_tools, outside_a_session
from .workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool
    from pydantic import ValidationError

__all__ = ["as_langchain_tools"]

_Numbers = Callable[[], str]


def as_langchain_tools(
    names: Sequence[str] | None = None, bench: Workbench | None = None, offline: bool = False
) -> list[StructuredTool]:
    """Biocopilot's tools for a LangChain agent.

    Args:
        names: which of them, in this order; all where None. `recall_result`, which needs a session, is none of them.
        bench: what they work with; one of their own, closed when the process ends, where None.
        offline: refuse what needs the network.

    Raises:
        MissingExtra: langchain-core is not installed.
        UnknownTool: no tool of a name given; the hint has the nearest.
    """
    try:
        from langchain_core.tools import StructuredTool
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "LangChain is not installed, so the tools cannot be given to it.", 'pip install "biocopilot[agent]"'
        ) from error
    tools = outside_a_session(all_tools())
    chosen = [find_tool(name, tools) for name in (tools if names is None else names)]
    if len(set(names or ())) < len(names or ()):
        raise UnknownTool("A tool is named twice.", "Name each one once.")
    context = ToolContext(bench=bench or Workbench(), offline=offline)
    next_id = _numbering()
    return [_structured(StructuredTool, tool, tools, context, next_id) for tool in chosen]


def _numbering() -> _Numbers:
    """Evidence ids that no two tools of one list share, whichever thread they run in."""
    numbers, lock = itertools.count(1), threading.Lock()

    def next_id() -> str:
        with lock:
            return f"E{next(numbers)}"

    return next_id


def _structured(
    kind: type[StructuredTool], tool: Tool, tools: Mapping[str, Tool], context: ToolContext, next_id: _Numbers
) -> StructuredTool:
    async def call(**arguments: Any) -> tuple[str, ToolResult]:
        # LangChain gives every field as its model read it; evidence records what was asked, without the defaults.
        given = tool.arguments.model_construct(**arguments).model_dump(mode="json", exclude_defaults=True)
        result = await execute(ToolCall(id=tool.name, tool=tool.name, arguments=given), tools, context, next_id)
        return _content(result), result

    def call_and_wait(**arguments: Any) -> tuple[str, ToolResult]:
        return run_to_end(call(**arguments))

    return kind(
        name=tool.name,
        description=tool.doc,
        args_schema=tool.arguments,
        func=call_and_wait,
        coroutine=call,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=_refusal(tool),
        metadata={"cost": tool.cost, "read_only": tool.read_only, "needs_network": tool.needs_network},
    )


def _content(result: ToolResult) -> str:
    """What the model reads: the digest, led by the status where it is not plain success."""
    if result.status == "failed":
        return f"failed ({result.error}): {result.digest}"
    return result.digest if result.status == "ok" else f"{result.status}: {result.digest}"


def _refusal(tool: Tool) -> Callable[[ValidationError], str]:
    def say(error: Any) -> str:
        return f"failed (InvalidArguments): {tool.name} does not accept these arguments: {explain_validation(error)}."

    return say
