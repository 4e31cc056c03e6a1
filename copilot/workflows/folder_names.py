"""The folder of a run where nobody named one: the same workflow with the same inputs finds its folder again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from ...memory.records import canonical_json
from .contract import Workflow

__all__ = ["folder_name"]


def folder_name(flow: Workflow, inputs: Mapping[str, Any]) -> str:
    """Workflow and a hash of its checked inputs, such as `target-dossier-1f0c9a3e`."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", flow.name)  # a workflow of the user's may be called anything
    return f"{name}-{hashlib.sha256(canonical_json(inputs).encode()).hexdigest()[:8]}"
