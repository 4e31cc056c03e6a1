"""The evidence of a run, a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ....memory.records import Evidence
from ..contract import Finished

__all__ = ["ASKED", "evidence_as_jsonl"]

ASKED = frozenset(("live", "cache"))
"""Where a record came from at a time of its own; of the others the time is the run's, which stands in `run.json`."""


def evidence_as_jsonl(finished: Finished) -> Iterator[str]:
    """All records in the order of their ids, line by line: of thousands of rows they are no text to hold in memory."""
    return (f"{json.dumps(_plain(item), ensure_ascii=False)}\n" for item in finished.evidence)


def _plain(item: Evidence) -> dict[str, object]:
    return item.model_dump(mode="json", exclude=None if item.backend in ASKED else {"retrieved_at"})
