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
    from ..export import program  # not before the first frame: it loads all kinds of export

    return program.as_python(*calls)
