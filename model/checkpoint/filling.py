"""Puts a checkpoint into a module that was made on the meta device, one tensor at a time.

On the CPU a tensor of the wanted type is not copied at all: the module's weights are the mapped file. Else one tensor is
held beside the module at a time, and the pages that it was read from are given back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import CheckpointError, NotEnoughMemory
from ..quantised.layers import QuantisedLinear
from .keys import KeyReport, compare_keys
from .source import Source

__all__ = ["LoadReport", "fill"]

Recompute = Callable[[nn.Module, torch.device], Sequence[str]]
_KEPT_AS_THEY_ARE = (".weight_int8", ".weight_int4", ".scale", ".scales_and_zeros")
"""Quantised numbers and their scales, whatever the rest is in."""


@dataclass(frozen=True)
class LoadReport:
    """What a module was filled with."""

    keys: KeyReport
    recomputed: tuple[str, ...]
    """Tables of the module that were computed anew."""
    mapped_bytes: int
    """Weights that are pages of the file, read as they are touched."""
    copied_bytes: int
    """Weights in memory of their own, on the device."""

    @property
    def bytes(self) -> int:
        """All weights."""
        return self.mapped_bytes + self.copied_bytes


def fill(
    module: nn.Module,
    source: Source,
    *,
    dtype: torch.dtype,
    device: torch.device,
    recompute: Recompute,
    what: str,
    prefix: str = "",
    fp32: Sequence[str] = (),
    tied: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> LoadReport:
    """Fill a module.

    Args:
        module: on the meta device.
        source: the checkpoint.
        dtype: of the weights; whole numbers and their scales stay what they are.
        device: where they go.
        recompute: makes the tables that no checkpoint is trusted with, and says which.
        what: the model, for messages.
        prefix: what stands before the module's names in the checkpoint; names without it are passed over.
        fp32: modules, by the beginning of their names, whose weights stay in fp32.
        tied: names that the module gives to another weight afterwards, and that need not be in the checkpoint.
        progress: told bytes done and bytes in all.

    Raises:
        CheckpointError: a tensor is missing or of another shape.
        NotEnoughMemory: the device's memory ran out all the same.
    """
    entries = {name.removeprefix(prefix): entry for name, entry in source.entries.items() if name.startswith(prefix)}
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict(keep_vars=True).items()}
    keys = compare_keys(entries, {name: shape for name, shape in wanted.items() if name not in tied or name in entries})
    keys.check(what)
    files, mapped, copied = source.map(), 0, 0
    order = sorted(keys.used, key=lambda name: (entries[name].file, entries[name].offset))
    total = sum(entries[name].bytes for name in order)
    done = 0
    for name in order:
        entry = entries[name]
        to = _dtype_of(name, entry.dtype, dtype, fp32)
        try:
            if device.type == "cpu" and to == getattr(torch, entry.dtype):
                _put(module, name, files.tensor(entry))
                mapped += entry.bytes
            else:
                with files.borrowed(entry) as tensor:
                    fresh = tensor.to(device=device, dtype=to, copy=True).contiguous()
                _put(module, name, fresh)
                copied += fresh.nbytes
        except torch.OutOfMemoryError as error:
            raise NotEnoughMemory(
                f"The memory of {device} ended after {done / 1e9:.1f} of {total / 1e9:.1f} GB of {what}.",
                "Close what else uses it, or convert the model: biocopilot models convert NAME --to int4",
            ) from error
        done += entry.bytes
        progress(done, total)
    _prepare(module)
    made = recompute(module, device)
    _finish(module, keys, device, tied, what)
    return LoadReport(keys, tuple(made), mapped, copied)


def _dtype_of(name: str, stored: str, dtype: torch.dtype, fp32: Sequence[str]) -> torch.dtype:
    kind = getattr(torch, stored)
    if not kind.is_floating_point or name.endswith(_KEPT_AS_THEY_ARE):
        return kind
    return torch.float32 if name.startswith(tuple(fp32)) else dtype


def _put(module: nn.Module, name: str, tensor: Tensor) -> None:
    path, _, leaf = name.rpartition(".")
    owner = module.get_submodule(path)
    if leaf in owner._parameters:
        owner._parameters[leaf] = nn.Parameter(tensor, requires_grad=False)
    else:
        owner._buffers[leaf] = tensor


def _prepare(module: nn.Module) -> None:
    for part in module.modules():
        if isinstance(part, QuantisedLinear):
            part.prepare()


def _finish(module: nn.Module, keys: KeyReport, device: torch.device, tied: Sequence[str], what: str) -> None:
    """Give the counters that nothing reads a number, and see that nothing was left out."""
    for name, part in module.named_modules():
        if (
            isinstance(part, nn.BatchNorm1d)
            and part.num_batches_tracked is not None
            and part.num_batches_tracked.is_meta
        ):
            part.num_batches_tracked = torch.zeros((), dtype=torch.int64, device=device)
        left = [
            leaf
            for leaf, tensor in (*part._parameters.items(), *part._buffers.items())
            if tensor is not None and tensor.is_meta
        ]
        empty = [f"{name}.{leaf}".removeprefix(".") for leaf in left]
        if set(empty) - set(tied):
            raise CheckpointError(
                f"{what} was left without {', '.join(empty)}: no file holds it and nothing computes it."
            )
