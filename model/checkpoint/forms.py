"""The forms that weights can be converted to: which tensors become whole numbers, and what that takes. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..quantised.shapes import GROUP, fits_int4
from .entries import TensorEntry
from .memory import weights_bytes

__all__ = ["form_of", "is_quantised", "quantised_bytes", "would_take"]

_LINEAR = re.compile(r"^(llm\.)?model\.layers\.\d+\.(self_attn|mlp)\.\w+_proj\.weight$")
_NUMBERS = {".weight_int8": "int8", ".weight_int4": "int4"}


def is_quantised(entry: TensorEntry, form: str) -> bool:
    """Whether a tensor becomes whole numbers in that form: the linear layers of the language model that the kernels take.

    Embeddings, the head and the encoders stay in 16 bits: they are small, or read once.
    """
    if form not in ("int8", "int4") or _LINEAR.match(entry.name) is None or len(entry.shape) != 2:
        return False
    rows, columns = entry.shape
    return form == "int8" or (fits_int4(rows, columns))


def quantised_bytes(entry: TensorEntry, form: str) -> int:
    """What such a tensor takes with its scales."""
    rows, columns = entry.shape
    if form == "int8":
        return rows * columns + rows * 2
    return rows * columns // 2 + rows * (columns // GROUP) * 4


def form_of(entries: Mapping[str, TensorEntry]) -> str:
    """int8, int4, or empty where no tensor is quantised."""
    for name in entries:
        for ending, form in _NUMBERS.items():
            if name.endswith(ending):
                return form
    return ""


def would_take(entries: Mapping[str, TensorEntry], fp32: Sequence[str] = ()) -> dict[str, int]:
    """Bytes of the weights in each smaller form."""
    if form_of(entries):
        return {}
    found = {}
    for form in ("int8", "int4"):
        small = [entry for entry in entries.values() if is_quantised(entry, form)]
        rest = [entry for entry in entries.values() if not is_quantised(entry, form)]
        found[form] = sum(quantised_bytes(entry, form) for entry in small) + weights_bytes(rest, "bfloat16", fp32)
    return found
