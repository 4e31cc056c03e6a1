"""Where a user's configuration, data and cache lie: the platform's folders, or all of them below `BIOCOPILOT_HOME`.

`XDG_CONFIG_HOME`, `XDG_DATA_HOME` and `XDG_CACHE_HOME` are honoured where the platform knows them. Only `data_dir`, and
what calls it, makes a folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from .errors import StorageError

__all__ = [
    "HOME_VARIABLE",
    "WORKFLOW_RUNS",
    "cache_dir",
    "config_dir",
    "data_dir",
    "models_dir",
    "registry_path",
    "run_log_path",
    "workflow_runs_dir",
]

HOME_VARIABLE = "BIOCOPILOT_HOME"
"""Names one folder for everything: its subfolders are `config`, `data` and `cache`."""

_NAME = "biocopilot"
_RUN_LOG = "runs.sqlite"
WORKFLOW_RUNS = "workflow-runs"
"""Name of the folder that tells where workflows were run; beside a run log of one's own it has the same."""
_REGISTRY = "stores.json"
_HINT = f"Mend its permissions, or set {HOME_VARIABLE} to a folder of yours."


def config_dir() -> Path:
    """Folder of `config.toml`; not made here. Raises StorageError where no home folder is known."""
    return _folder("config")


def cache_dir() -> Path:
    """Folder of what may be deleted at any time; not made here. Raises StorageError where no home folder is known."""
    return _folder("cache")


def data_dir() -> Path:
    """Folder of what must be kept, made where it is missing, readable by its owner only.

    Raises:
        StorageError: it is not there and cannot be made.
    """
    folder = _folder("data")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = "something else is in its place" if isinstance(error, FileExistsError) else error.strerror
        raise StorageError(f"The data folder {folder} cannot be made: {reason}.", _HINT) from error
    return folder


def run_log_path() -> Path:
    """The run log's file, which may not exist yet. Raises StorageError as `data_dir` does."""
    return data_dir() / _RUN_LOG


def registry_path() -> Path:
    """The list of local stores, which may not exist yet; makes no folder. Raises StorageError where no home folder is known."""
    return _folder("data") / _REGISTRY


def workflow_runs_dir() -> Path:
    """Folder of what tells where workflows were run; not made here. Raises StorageError where no home folder is known."""
    return _folder("data") / WORKFLOW_RUNS


def models_dir() -> Path:
    """Folder of the weights of models; not made here. Raises StorageError where no home folder is known."""
    return _folder("data") / "models"


def _folder(kind: Literal["config", "data", "cache"]) -> Path:
    home = os.environ.get(HOME_VARIABLE, "")
    if home.strip():
        try:
            return Path(home).expanduser().absolute() / kind
        except (OSError, RuntimeError) as error:  # a user of that name, or the working directory, does not exist
            raise StorageError(f"{HOME_VARIABLE} is {home!r}, which is no folder: {error}.", _HINT) from error
    import platformdirs

    find = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
    }[kind]
    return find(_NAME, appauthor=False)
