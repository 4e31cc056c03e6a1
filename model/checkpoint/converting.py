"""Writes a checkpoint anew as one safetensors file: as it is, or with the language model's linear layers in 8 or 4 bits.

One tensor is in memory at a time. What is recomputed at loading, or never read, is left out. Layout of a quantised layer, all of it in
the file's own types: `X.weight_int8` int8 (N, K) with `X.scale` bf16 (N,); or `X.weight_int4` uint8 (N, K/2), the
number of an even column in the high four bits, with `X.scales_and_zeros` bf16 (K/64, N, 2): (number - 8) * scale + zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from ..errors import CheckpointError
from ..quantised.quantise import to_int4, to_int8
from ..quantised.shapes import GROUP
from .entries import TensorEntry
from .forms import form_of, is_quantised
from .keys import is_read
from .safetensors_file import Planned, write_safetensors
from .source import Source

__all__ = ["convert"]

_HALVED = ("float32", "float64", "float16")
"""What a quantised checkpoint keeps in bf16 instead, parts that are to stay in fp32 excepted."""


def convert(
    source: Source,
    target: Path,
    form: str,
    *,
    name: str,
    fp32: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write a checkpoint in another form.

    Args:
        source: what to convert.
        target: the file to write.
        form: safetensors, int8 or int4.
        name: of the model, which the file says.
        fp32: modules, by the beginning of their names, whose weights are kept as they are.
        progress: told bytes read and bytes in all.

    Raises:
        CheckpointError: it is quantised already, holds nothing that can be quantised, or cannot be written.
    """
    if form_of(source.entries):
        raise CheckpointError("These weights are quantised already.", "Convert the original form.")
    entries = [entry for entry in source.entries.values() if is_read(entry.name)]
    entries.sort(key=lambda entry: (entry.file, entry.offset))
    if form != "safetensors" and not any(is_quantised(entry, form) for entry in entries):
        raise CheckpointError("There is no linear layer of a language model in these weights.", "Name another model.")
    planned = [item for entry in entries for item in _planned(entry, form, fp32)]
    total = sum(entry.bytes for entry in entries)

    def write(file: BinaryIO) -> None:
        files, done = source.map(), 0
        for entry in entries:
            with files.borrowed(entry) as tensor:
                for piece in _pieces(tensor, entry, form, fp32):
                    file.write(memoryview(piece.contiguous().view(-1).view(torch.uint8).numpy()))
            done += entry.bytes
            progress(done, total)

    write_safetensors(target, planned, {"format": "pt", "biocopilot": f"{name} {form}"}, write)


def _planned(entry: TensorEntry, form: str, fp32: Sequence[str]) -> Iterator[Planned]:
    if not is_quantised(entry, form):
        yield Planned(entry.name, _kept_dtype(entry, form, fp32), entry.shape)
        return
    (rows, columns), layer = entry.shape, entry.name.removesuffix(".weight")
    if form == "int8":
        yield Planned(f"{layer}.weight_int8", "int8", (rows, columns))
        yield Planned(f"{layer}.scale", "bfloat16", (rows,))
    else:
        yield Planned(f"{layer}.weight_int4", "uint8", (rows, columns // 2))
        yield Planned(f"{layer}.scales_and_zeros", "bfloat16", (columns // GROUP, rows, 2))


def _pieces(tensor: Tensor, entry: TensorEntry, form: str, fp32: Sequence[str]) -> Sequence[Tensor]:
    if not is_quantised(entry, form):
        return (tensor.to(getattr(torch, _kept_dtype(entry, form, fp32))),)
    if not torch.isfinite(tensor).all():
        raise CheckpointError(
            f"{entry.name} holds numbers that are not finite: the file is damaged.", "Fetch it again."
        )
    return to_int8(tensor) if form == "int8" else to_int4(tensor, GROUP)


def _kept_dtype(entry: TensorEntry, form: str, fp32: Sequence[str]) -> str:
    quantised = form in ("int8", "int4") and not entry.name.startswith(tuple(fp32))
    return "bfloat16" if quantised and entry.dtype in _HALVED else entry.dtype
