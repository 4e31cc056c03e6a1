"""The question sets that can be evaluated: one file each, which says what its data file is and reads it."""

from __future__ import annotations

from .reading import read_data
from .registry import TASKS
from .task import Task

__all__ = ["TASKS", "Task", "read_data"]
