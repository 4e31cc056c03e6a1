"""The weights of all-MiniLM-L6-v2's matrices in 8 bits, by which documents are embedded at twice the pace.

Made from the installed ones in each process that embeds documents: that takes as long as a few abstracts do, and no file can be
stale, damaged or another user's. Per output and symmetric: w = scale * n with whole n from -64 to 64. Seven bits, since processors
without an instruction of their own for it add two products of a byte with another in 16 bits, which 255 * 127 * 2 would overflow.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["INT8", "RECIPE", "SCALE", "quantised_weights", "tensors_of"]

RECIPE = "int8 of 7 bits, an output each, 1"
"""Part of the embedder's checksum; to be changed with whatever changes documents' vectors."""

INT8, SCALE = ".int8", ".scale"
"""What follows a matrix's name in the names of the two tensors made of it."""

_MOST = 64


def tensors_of(weights: Path) -> dict[str, tuple[list[int], int, int]]:
    """Shape, first byte and length in bytes of each tensor in a safetensors file.

    SEE: https://github.com/huggingface/safetensors#format
    """
    with weights.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(size))
    found = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            found[name] = (about["shape"], 8 + size + begin, end - begin)
    return found


def quantised_weights(weights: Path) -> Iterator[tuple[str, NDArray[np.int8] | NDArray[np.float32]]]:
    """Of each layer's matrices, one after another: whole numbers as (in, out), and a scale an output."""
    import numpy as np

    with weights.open("rb") as file:
        for name, (shape, begin, length) in tensors_of(weights).items():
            if len(shape) == 2 and name.startswith("encoder."):
                file.seek(begin)
                matrix = np.frombuffer(file.read(length), "<f4").reshape(shape)
                scale = np.maximum(np.abs(matrix).max(axis=1), np.finfo(np.float32).tiny) / np.float32(_MOST)
                yield name + INT8, np.ascontiguousarray(np.rint(matrix / scale[:, None]).astype(np.int8).T)
                yield name + SCALE, scale.astype(np.float32)
