"""`torch.compile` of a function where it works, and the function itself, with a notice, where it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

__all__ = ["compiled"]

_SHAPES = 64
"""Batches of 1, 2, 4, 8 … and caches of 256, 512, 1024 … places may each need code of their own; torch's own limit is 8."""

_REASON = 200  # characters; a compiler's errors run over pages


def compiled(function: Callable[..., Any], notify: Callable[[str], None]) -> Callable[..., Any]:
    """The function, compiled at its first call with each shape; after an error of the compiler, not compiled any more."""
    from torch._dynamo import config

    # On a GPU, this option also turns a product with one row into a reduction that reads 8-bit weights as they are.
    fast = torch.compile(function, fullgraph=True, options={"coordinate_descent_tuning": True})
    current = fast

    def call(*arguments: Any) -> Any:
        nonlocal current
        if current is function:
            return function(*arguments)
        try:
            with config.patch(recompile_limit=_SHAPES, accumulated_recompile_limit=4 * _SHAPES):
                return current(*arguments)
        except (torch.OutOfMemoryError, MemoryError):
            raise
        except (
            Exception
        ) as error:  # compilers fail in many ways: no C compiler, no Triton, an operator they do not know
            current = function
            notify(f"Decoding goes on without compiling, slower: {' '.join(str(error).split())[:_REASON]}")
            return function(*arguments)

    return call
