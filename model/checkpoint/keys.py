"""Compares the names and shapes of a checkpoint with those of a module. Needs no torch.

What the official files hold beside the weights is known and told apart: tables that are computed anew, and parts that no answer
depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import CheckpointError
from .entries import TensorEntry

__all__ = ["KeyReport", "compare_keys", "is_read"]

_RECOMPUTED = ("rotary_embeddings.inv_freq", "rotary_emb.inv_freq", ".position_ids")
"""Rotary frequencies went through fp16 in the official files, and are computed in fp32 here; positions only count up."""

_NOT_NEEDED = (".position_embeddings.weight", ".pooler.dense.", ".contact_head.regression.", ".num_batches_tracked")
"""ESM-2 with rotary positions looks up no table of positions; its pooler and contact head are not evaluated."""

_MOST_NAMED = 4


@dataclass(frozen=True)
class KeyReport:
    """What became of the names of a checkpoint."""

    used: tuple[str, ...]
    recomputed: tuple[str, ...]
    not_needed: tuple[str, ...]
    unknown: tuple[str, ...]
    """In the checkpoint, and of no meaning here."""
    missing: tuple[str, ...]
    """Wanted, and not in the checkpoint."""
    misshapen: tuple[str, ...]
    """A sentence for each tensor of another shape."""

    @property
    def complete(self) -> bool:
        """Whether a module can be filled."""
        return not self.missing and not self.misshapen

    def check(self, what: str) -> None:
        """Raise CheckpointError where it is not complete."""
        if self.complete:
            return
        said = []
        if self.missing:
            said.append(f"{len(self.missing):,} tensors are missing ({_some(self.missing)})")
        if self.misshapen:
            said.append(f"{len(self.misshapen):,} have another shape ({_some(self.misshapen)})")
        if self.unknown:
            said.append(f"{len(self.unknown):,} are not of this model ({_some(self.unknown)})")
        raise CheckpointError(
            f"These are not the weights of {what}, or not all of them: {'; '.join(said)}.",
            "Name the right files; `biocopilot models pull` fetches the official ones.",
        )


def compare_keys(entries: Mapping[str, TensorEntry], wanted: Mapping[str, tuple[int, ...]]) -> KeyReport:
    """Compare.

    Args:
        entries: the checkpoint's tensors.
        wanted: the module's, with their shapes.
    """
    used, recomputed, not_needed, unknown, misshapen = [], [], [], [], []
    for name, entry in entries.items():
        if _is_recomputed(name):
            recomputed.append(name)
        elif not is_read(name):
            not_needed.append(name)
        elif name not in wanted:
            unknown.append(name)
        elif entry.shape != wanted[name]:
            misshapen.append(f"{name} is {_shape(entry.shape)}, not {_shape(wanted[name])}")
        else:
            used.append(name)
    missing = [name for name in wanted if name not in entries and is_read(name)]
    return KeyReport(*map(tuple, (used, recomputed, not_needed, unknown, missing, misshapen)))


def is_read(name: str) -> bool:
    """Whether a tensor of that name is taken from a checkpoint."""
    return not _is_recomputed(name) and not any(part in f".{name}" for part in _NOT_NEEDED)


def _is_recomputed(name: str) -> bool:
    return f".{name}".endswith(_RECOMPUTED)


def _some(names: tuple[str, ...]) -> str:
    more = f", and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "a single number"
