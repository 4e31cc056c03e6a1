"""A tool call as text to be run elsewhere: a command line, or a Python program."""

from __future__ import annotations

from ...memory.records import ToolCall
from ..cli.tool_options import command_line

__all__ = ["as_command", "as_python"]


def as_command(call: ToolCall) -> str:
    """The `biocopilot tools run` command of the call."""
    return command_line(call.tool, call.arguments)


def as_python(*calls: ToolCall) -> str:
    """A program that makes the calls and prints what they find; needs no planner."""
    listed = "".join(
        f"    ToolCall(id={call.id!r}, tool={call.tool!r}, arguments={call.arguments!r}),\n" for call in calls
    )
    return _PROGRAM.replace("CALLS", listed)


_PROGRAM = '''"""Tool calls of a Biocopilot run, made again."""

import asyncio
from itertools import count

from biocopilot.memory.records import ToolCall
from biocopilot.tools import ToolContext, Workbench, all_tools
from biocopilot.tools.execute import execute

CALLED = (
CALLS)


async def main() -> None:
    numbers = count(1)
    with Workbench() as bench:
        context = ToolContext(bench=bench)
        for call in CALLED:
            result = await execute(call, all_tools(), context, lambda: f"E{next(numbers)}")
            print(f"{call.tool}: {result.status}")
            print(result.digest)


if __name__ == "__main__":
    asyncio.run(main())
'''
