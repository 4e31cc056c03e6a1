from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


MADE = runpy.run_path(str(ROOT / "docs" / "readme_example.py"))
without_times = MADE["without_times"]


def test_the_example_on_the_first_screen_is_what_the_program_prints() -> None:
    held = MADE["BLOCK"].search((ROOT / "README.md").read_text("utf-8"))
    assert held is not None
    assert without_times(held[0]) == without_times(MADE["block"]()), "run `make docs`"


def test_only_times_and_run_ids_may_differ() -> None:
    assert without_times("20260101-000000-aaaa1111 · embedded · 0.01 s") == without_times(
        "20270202-111111-bbbb2222 · embedded · 1.20 s"
    )
    assert without_times("3.62 nM [E1]") != without_times("3.63 nM [E1]")
