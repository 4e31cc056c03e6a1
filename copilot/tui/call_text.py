"""A tool call as text to be run elsewhere: a command line, or a Python program."""

from __future__ import annotations

from ...memory.records import ToolCall
from ..cli.tool_options import command_line
from ..export.program import as_python

__all__ = ["as_command", "as_python"]


def as_command(call: ToolCall) -> str:
    """The `biocopilot tools run` command of the call."""
    return command_line(call.tool, call.arguments)
