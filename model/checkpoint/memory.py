"""How much memory a model needs and how much there is: said before anything is loaded, with what would fit.

Where the memory cannot be found out, nothing is refused. Needs torch only to ask for a GPU.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError, NoAccelerator, NotEnoughMemory
from .entries import DTYPE_BYTES, TensorEntry

__all__ = ["Machine", "Placement", "cache_bytes", "fits_here", "machine", "place", "weights_bytes"]

WORKING_BYTES = 600_000_000
"""Beside weights and cache: torch itself and the activations of a prompt (measured with a few layers of the true shape)."""

CACHE_TOKENS = 2_048
"""For how many tokens of a conversation room is asked for."""

_CGROUP = Path("/sys/fs/cgroup")
_HALF = ("bfloat16", "float16")
_WHOLE = ("int8", "uint8", "int16", "int32", "int64", "bool")


@dataclass(frozen=True)
class Machine:
    """What this machine has to put a model into; None where it does not say."""

    ram_free: int | None
    ram_total: int | None
    gpu: str = ""
    """Name of the first GPU; empty where torch sees none."""
    gpu_free: int | None = None
    gpu_total: int | None = None
    gpu_bf16: bool = False

    def sentence(self) -> str:
        """What it has."""
        ram = f"{_gb(self.ram_free)} of {_gb(self.ram_total)} of memory free" if self.ram_total else "memory unknown"
        if not self.gpu:
            return f"{ram}; no GPU that torch can use"
        return f"{ram}; {self.gpu} with {_gb(self.gpu_free)} of {_gb(self.gpu_total)} free"


@dataclass(frozen=True)
class Placement:
    """Where a model goes, in which type of numbers, and what that takes."""

    device: str
    dtype: str
    needs: int
    free: int | None
    why: str
    """A sentence; says what was passed over, too."""


def machine() -> Machine:
    """Ask the system, its container's limit, and torch."""
    free, total = _ram()
    import torch

    if torch.cuda.is_available():
        gpu_free, gpu_total = torch.cuda.mem_get_info(0)
        return Machine(
            free,
            total,
            torch.cuda.get_device_name(0),
            gpu_free,
            gpu_total,
            torch.cuda.get_device_capability(0) >= (8, 0),
        )
    return Machine(free, total)


def fits_here(least_bytes: int) -> bool | None:
    """Whether weights of that size have room in this machine's memory, without importing torch; None where it does not say.

    A GPU is not asked: where a model fits only there, loading it finds out.
    """
    free, _total = _ram()
    return None if free is None else least_bytes + WORKING_BYTES <= free


def weights_bytes(entries: Iterable[TensorEntry], dtype: str, fp32: Sequence[str] = ()) -> int:
    """What the tensors take in that type; whole numbers stay as they are, and so do parts that stay in fp32."""
    size = 0
    for entry in entries:
        if entry.dtype in _WHOLE:
            size += entry.bytes
        else:
            size += entry.numbers * DTYPE_BYTES["float32" if entry.name.startswith(tuple(fp32)) else dtype]
    return size


def cache_bytes(llm: Mapping[str, Any], dtype: str, tokens: int = CACHE_TOKENS) -> int:
    """What keys and values of so many tokens take: two of the model's width a layer, 0.5 MB a token for Llama-2-7B in 16 bits."""
    heads = llm.get("num_key_value_heads") or llm.get("num_attention_heads") or 1
    width = llm.get("hidden_size", 0) // (llm.get("num_attention_heads") or 1) * heads
    return int(2 * llm.get("num_hidden_layers", 0) * width * DTYPE_BYTES[dtype] * tokens)


def place(
    needs: Mapping[str, int],
    stored: Sequence[str],
    here: Machine,
    *,
    what: str,
    device: str = "auto",
    dtype: str = "auto",
    quantised: bool = False,
    would_fit: Mapping[str, int] | None = None,
) -> Placement:
    """Choose a device and a type of numbers, the best that fits.

    Args:
        needs: bytes by type of numbers: weights, cache and work.
        stored: types in the checkpoint, the one that takes most first.
        here: what there is.
        what: the model, for messages.
        device: auto, cpu, cuda or mps.
        dtype: auto, or a type of `needs`.
        quantised: the weights are whole numbers already, whose kernels are for bf16.
        would_fit: bytes by the name of a smaller form that could be made or is there.

    Raises:
        NoAccelerator: a GPU was asked for and there is none.
        NotEnoughMemory: nothing that was asked for fits.
    """
    if device == "cuda" and not here.gpu:
        raise NoAccelerator(
            "torch sees no GPU here.", "Choose the CPU (weights.device = cpu), or install torch's build for your GPU."
        )
    if device not in ("auto", "cpu", "cuda", "mps"):
        raise ModelError(f"There is no device {device!r}.", "It is auto, cpu, cuda or mps.")
    tried: list[str] = []
    for where in (["cuda"] if here.gpu else []) + ["cpu"] if device == "auto" else [device]:
        free = here.gpu_free if where == "cuda" else here.ram_free
        for kind in _candidates(where, dtype, stored, here, quantised):
            if free is None or needs[kind] <= free:
                passed = f"; {'; '.join(tried)}" if tried else ""
                return Placement(where, kind, needs[kind], free, f"{_gb(needs[kind])} in {kind} on {where}{passed}")
            tried.append(f"{kind} on {where} needs {_gb(needs[kind])}, and {_gb(free)} are free")
    raise NotEnoughMemory(f"{what}: {'; '.join(tried)}.", _hint(needs, dtype, here, device, would_fit or {}))


def _candidates(where: str, dtype: str, stored: Sequence[str], here: Machine, quantised: bool) -> Sequence[str]:
    if dtype != "auto":
        return (dtype,)
    if where == "cpu":
        return ("bfloat16",) if quantised else ("float32", "bfloat16")
    if where == "cuda" and not here.gpu_bf16:
        return ("float16",)
    if quantised:
        return ("bfloat16",)
    own = next((kind for kind in stored if kind in _HALF), "bfloat16")
    return (own,)


def _hint(needs: Mapping[str, int], dtype: str, here: Machine, device: str, would_fit: Mapping[str, int]) -> str:
    rooms = [
        here.ram_free if device in ("auto", "cpu") else None,
        here.gpu_free if device in ("auto", "cuda") else None,
    ]
    room = max((free for free in rooms if free is not None), default=0)
    fits = [f"{kind} ({_gb(size)})" for kind, size in needs.items() if size <= room and kind != dtype]
    fits += [
        f"{form} ({_gb(size)}): biocopilot models convert NAME --to {form}, then the setting weights.form = {form}"
        for form, size in would_fit.items()
        if size <= room
    ]
    if fits:
        return f"What would fit: {', or '.join(fits)}."
    least = min((*needs.values(), *would_fit.values()))
    return f"Nothing smaller fits either: the least form needs {_gb(least)}. Close other programs, or use a larger machine."


def _ram() -> tuple[int | None, int | None]:
    """Free and all memory, of the container where it has a limit."""
    free = total = None
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text("ascii").splitlines())
        free, total = (int(lines[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal"))
    except (OSError, KeyError, ValueError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:  # macOS says no more
            total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
            free = total
    try:
        limit = int((_CGROUP / "memory.max").read_text("ascii"))
        used = int((_CGROUP / "memory.current").read_text("ascii"))
    except (OSError, ValueError):  # no container, or none with a limit
        return free, total
    left = max(0, limit - used + _reclaimable())
    return min(free, left) if free is not None else left, min(total, limit) if total is not None else limit


def _reclaimable() -> int:
    """Pages of files that count as used and would be given back."""
    try:
        lines = dict(line.split() for line in (_CGROUP / "memory.stat").read_text("ascii").splitlines())
        return int(lines.get("inactive_file", 0))
    except (OSError, ValueError):
        return 0


def _gb(size: int | None) -> str:
    return "an unknown size" if size is None else f"{size / 1e9:.1f} GB"
