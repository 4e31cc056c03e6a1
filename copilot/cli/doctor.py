"""`biocopilot doctor`: whether everything that a question needs is there and works, and what mends it where not."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Check that everything works, and say what mends it."""
    from .checks import all_checks

    findings = []
    for check in all_checks():
        found = check()
        findings.append(found)
        if not as_json:
            glyph = {"good": "✓", "bad": "✗", "note": "·"}[found.state]
            sys.stdout.write(f"{glyph} {found.about:<15} {found.sentence}\n")
            if found.hint:
                sys.stdout.write(f"  {'':<15} → {found.hint}\n")
            sys.stdout.flush()
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
