"""The panes of the interface. Each shows a story, or a part of one, and says by messages what was chosen in it."""

from __future__ import annotations
