"""`biocopilot doctor`: whether everything that a question needs is there and works, and what mends it where not."""

from __future__ import annotations

import json
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .checks import Finding

__all__ = ["doctor"]


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Check that everything works, and say what mends it."""
    from .checks import all_checks

    findings = []
    for check in all_checks():
        found = check()
        findings.append(found)
        if not as_json:
            sys.stdout.write(_shown(found))
            sys.stdout.flush()  # a check may take a second; those before it are read meanwhile
    bad = sum(found.state == "bad" for found in findings)
    if as_json:
        rows = [
            {"about": found.about, "state": found.state, "sentence": found.sentence, "hint": found.hint}
            for found in findings
        ]
        sys.stdout.write(json.dumps({"healthy": bad == 0, "checks": rows}, ensure_ascii=False, indent=2) + "\n")
    else:
        end = "Everything needed works." if bad == 0 else f"{bad} of {len(findings)} checks failed."
        sys.stdout.write(f"\n{end}\n")
    if bad:
        raise typer.Exit(5)


def _shown(found: Finding) -> str:
    glyph = {"good": "✓", "bad": "✗", "note": "·"}[found.state]
    lines = wrap(found.sentence, 64, break_long_words=False, break_on_hyphens=False)
    lines += [f"→ {line}" for line in wrap(found.hint, 62, break_long_words=False, break_on_hyphens=False)]
    first, *rest = lines
    return "\n".join([f"{glyph} {found.about:<12} {first}", *(f"{'':<15}{line}" for line in rest)]) + "\n"
