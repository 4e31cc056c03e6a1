from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_performance_page_quotes_the_kept_results() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "performance_page.py"))["page"]()
    assert (ROOT / "docs" / "performance.md").read_text("utf-8") == made, "run `make docs`"
