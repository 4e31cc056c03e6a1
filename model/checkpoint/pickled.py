"""Reads the `data.pkl` of a torch archive without running anything in it, and without torch.

A pickle is a program, and may call whatever it can name. This one can name an ordered dictionary, the types of storages,
and the two functions that put a tensor or a parameter together; the latter are ours and only note where the numbers lie. Anything else
is refused by its name. `torch.load(weights_only=True)` allows more than this.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ..errors import CheckpointError

__all__ = ["PickledTensor", "read_pickle"]

_MOST_BYTES = 64_000_000
"""A pickle of names and sizes; the official one has some 150 kB."""

_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
_WRAPPERS = ("state_dict", "model", "module")
"""Keys under which training programs put the tensors; the official file has none."""


@dataclass(frozen=True)
class PickledTensor:
    """A tensor as the pickle describes it: which record holds its storage, and which part of that it is."""

    storage: str
    dtype: str
    storage_numbers: int
    first: int
    """Its first number in the storage."""
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class _StorageType:
    dtype: str


def read_pickle(data: bytes, where: str) -> dict[str, PickledTensor]:
    """The tensors of a pickled state dict by name.

    Args:
        data: the pickle.
        where: the file, for messages.

    Raises:
        CheckpointError: it names something that tensors do not need, is damaged, or is no flat dictionary of tensors.
    """
    if len(data) > _MOST_BYTES:
        raise CheckpointError(f"The list of tensors in {where} has {len(data):,} bytes: that is no checkpoint.")
    try:
        found = _Unpickler(data, where).load()
    except CheckpointError:
        raise
    except Exception as error:  # a damaged pickle fails in ways without number
        raise CheckpointError(
            f"The list of tensors in {where} is damaged ({type(error).__name__}: {error}).", "Fetch the file again."
        ) from error
    return _tensors(found, where)


def _tensors(found: object, where: str) -> dict[str, PickledTensor]:
    if isinstance(found, Mapping):
        for name in _WRAPPERS:
            if isinstance(found.get(name), Mapping):
                return _tensors(found[name], where)
    if not isinstance(found, Mapping) or not found:
        raise CheckpointError(f"{where} holds no dictionary of tensors.", "Name the file of the model's weights.")
    odd = [
        repr(key)[:60]
        for key, value in found.items()
        if not (isinstance(key, str) and isinstance(value, PickledTensor))
    ]
    if odd:
        raise CheckpointError(
            f"{where} holds more than tensors: {', '.join(odd[:3])}.", "Name the file of the model's weights."
        )
    return dict(found)


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, where: str) -> None:
        super().__init__(BytesIO(data), encoding="utf-8")
        self._where = where
        # Made for each file anew: a pickle can set attributes of what it was handed.
        storages = {("torch", name): _StorageType(dtype) for name, dtype in _STORAGES.items()}

        def tensor(storage: object, first: object, shape: object, strides: object, *_rest: object) -> PickledTensor:
            return _described(storage, first, shape, strides)

        def parameter(data: object, *_rest: object) -> object:
            return data

        self._allowed: dict[tuple[str, str], object] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): tensor,
            ("torch._utils", "_rebuild_parameter"): parameter,
            **storages,
        }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._allowed[module, name]
        except KeyError:
            raise CheckpointError(
                f"{self._where} would call {module}.{name} when it is opened. Weights do not need that, and it was not run.",
                "Do not use this file; fetch the weights from where their authors publish them.",
            ) from None

    def persistent_load(self, pid: Any) -> Any:
        kind, storage_type, key, _device, numbers = pid
        if kind != "storage" or not isinstance(storage_type, _StorageType):
            raise ValueError(f"an unknown kind of record, {kind!r}"[:200])
        if not (isinstance(key, str) and key.isalnum() and isinstance(numbers, int) and numbers >= 0):
            raise ValueError("a storage without a plain name or size")
        return (key, storage_type.dtype, numbers)


def _described(storage: object, first: object, shape: object, strides: object) -> PickledTensor:
    if not (isinstance(storage, tuple) and len(storage) == 3):
        raise ValueError("a tensor without a storage")
    if not (isinstance(shape, tuple) and isinstance(strides, tuple) and len(shape) == len(strides)):
        raise ValueError("a tensor without sizes")
    if not all(type(number) is int and number >= 0 for number in (first, *shape, *strides)):
        raise ValueError("a tensor with sizes that are none")
    key, dtype, numbers = storage
    return PickledTensor(key, dtype, numbers, first, shape, strides)  # type: ignore[arg-type]  # an int: checked above
