"""What a report says of rows and calls that failed: a line a row, and a line for all calls of a tool that failed alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..contract import Finished

__all__ = ["failed_lines"]


def failed_lines(finished: Finished) -> Iterator[str]:
    """Rows first, then the calls of which no row failed; nothing where nothing did."""
    for failure in finished.failures:
        yield f"{failure.label}: {failure.message} {failure.hint}".rstrip()
    told = {(failure.message, failure.hint) for failure in finished.failures}
    failed = (step for step in finished.steps if step.status == "failed")
    counts = Counter((step.tool, step.message) for step in failed)
    for (tool, message), number in counts.items():
        reason, _, hint = message.partition("\n")
        if (reason, hint) not in told:
            calls = f"{tool}, {number} calls" if number > 1 else tool
            yield f"{calls}: {reason} {hint}".rstrip()
