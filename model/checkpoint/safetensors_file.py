"""safetensors files: a header of JSON, then the numbers. Read by their header alone, written tensor by tensor.

The library writes what it holds in memory; a conversion holds one tensor at a time, so the writer is ours. What it
writes the library reads, which a test shows. SEE: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import CheckpointError
from .entries import DTYPE_BYTES, TensorEntry, contiguous_strides

__all__ = ["Planned", "entries_of_safetensors", "metadata_of", "write_safetensors"]

_CODES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_CODE_OF = {dtype: code for code, dtype in _CODES.items()}
_MOST_HEADER = 100_000_000  # the format's own limit
_ALIGNED = 64


@dataclass(frozen=True)
class Planned:
    """A tensor that is going to be written."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        """Size in the file."""
        return prod(self.shape) * DTYPE_BYTES[self.dtype]


def metadata_of(path: Path) -> dict[str, str]:
    """The texts that the file says of itself. Raises CheckpointError as `entries_of_safetensors` does."""
    header, _ = _header(path)
    found = header.get("__metadata__", {})
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def entries_of_safetensors(path: Path, file: int) -> list[TensorEntry]:
    """The tensors of a file.

    Args:
        path: the file.
        file: its number among the checkpoint's files.

    Raises:
        CheckpointError: truncated, damaged, or another kind of file.
    """
    header, begins = _header(path)
    room = path.stat().st_size - begins
    found = []
    for name, about in header.items():
        if name != "__metadata__":
            found.append(_entry(name, about, begins, room, file, path))
    if not found:
        raise CheckpointError(f"{path} holds no tensor.", "Name the file of the weights.")
    end = max(entry.offset + entry.bytes for entry in found)
    if end != begins + room:
        raise CheckpointError(f"{path} has {begins + room - end:,} bytes too many.", "Fetch it again.")
    return found


def _header(path: Path) -> tuple[dict[str, Any], int]:
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > _MOST_HEADER:
                raise CheckpointError(f"{path} is no safetensors file.", "Name the file of the weights.")
            text = file.read(length)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}.", "Mend its permissions.") from error
    if len(text) < length:
        raise CheckpointError(f"{path} is truncated.", "Fetch it again.")
    try:
        header = json.loads(text)
    except ValueError as error:
        raise CheckpointError(f"{path} is no safetensors file: {error}.", "Name the file of the weights.") from error
    if not isinstance(header, dict):
        raise CheckpointError(f"{path} is no safetensors file.", "Name the file of the weights.")
    return header, 8 + length


def _entry(name: str, about: Any, begins: int, room: int, file: int, path: Path) -> TensorEntry:
    try:
        code, shape, (first, past) = about["dtype"], tuple(about["shape"]), about["data_offsets"]
        sound = all(type(number) is int and number >= 0 for number in (*shape, first, past))
    except (TypeError, KeyError, ValueError):
        sound = False
    if not sound:
        raise CheckpointError(f"{path} is damaged at {name[:80]!r}.", "Fetch it again.")
    if code not in _CODES:
        raise CheckpointError(f"{name} in {path} holds numbers of type {code!r}, which are not read here.")
    if past > room:
        raise CheckpointError(f"{path} is truncated: {name} ends {past - room:,} bytes after it.", "Fetch it again.")
    if past - first != prod(shape) * DTYPE_BYTES[_CODES[code]]:
        raise CheckpointError(f"{path} is damaged: {name} has {past - first:,} bytes.", "Fetch it again.")
    return TensorEntry(name, _CODES[code], shape, contiguous_strides(shape), file, begins + first)


def write_safetensors(
    path: Path, planned: Sequence[Planned], metadata: Mapping[str, str], write: Callable[[BinaryIO], None]
) -> None:
    """Write a file that stands whole under its name, or not at all.

    Args:
        path: where.
        planned: what it holds, in the order in which `write` writes it.
        metadata: what it says of itself.
        write: writes the bytes of all planned tensors, in their order.

    Raises:
        CheckpointError: the disk is full, the folder cannot be written, or `write` wrote another number of bytes.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    for item in planned:
        header[item.name] = {
            "dtype": _CODE_OF[item.dtype], "shape": list(item.shape), "data_offsets": [at, at + item.bytes],
        }  # fmt: skip
        at += item.bytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNED)  # so that tensors are mapped where processors like them
    building = path.with_name(f"{path.name}.building")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with building.open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            write(file)
            if file.tell() != 8 + len(text) + at:
                raise CheckpointError(f"{building} has not the size that was planned.")
            file.flush()
            os.fsync(file.fileno())
        os.replace(building, path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written: {error.strerror}.", "Free some space.") from error
    finally:
        building.unlink(missing_ok=True)
