"""Every task by its name."""

from __future__ import annotations

from .chebi20 import CHEBI20
from .medmcqa import MEDMCQA
from .medqa import MEDQA
from .pubmedqa import PUBMEDQA
from .task import Task
from .uniprotqa import UNIPROTQA

__all__ = ["TASKS"]

TASKS: dict[str, Task] = {task.name: task for task in (PUBMEDQA, MEDMCQA, MEDQA, CHEBI20, UNIPROTQA)}
