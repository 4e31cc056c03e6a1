"""The terminal interface: a reader of the event stream and nothing more. No chemistry, no source and no planner in it.

`biocopilot` → cli → app.py (the screen) → runner.py (a thread that asks `Copilot` and hands its events over) → story.py (what
the events amount to) → the panes in widgets/, which show a story. Commands and keys stand in registry.py, once for slash
commands, palette, keys and help.
"""

from __future__ import annotations
