from __future__ import annotations

import runpy
from pathlib import Path

from biocopilot.tools import all_tools

ROOT = Path(__file__).parents[2]


def test_the_tools_page_says_what_the_tools_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "tools_page.py"))["page"]()
    assert (ROOT / "docs" / "tools.md").read_text("utf-8") == made, "run `make docs`"
    for name in all_tools():
        assert f"## {name}\n" in made
