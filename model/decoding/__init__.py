"""Decoding of any local causal language model: a token at a time, streamed, cancelled at the next token, in batch.

The main path: `Decoder.stream` or `.batch` (decoder.py) → an engine that fills the cache and steps (llama.py for Llama,
any_causal.py for all others) → `Picker` (sampling.py) takes the next token. Text is made of tokens in text_stream.py.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .contract import Cancel, Engine, Prompt, TokenChooser
    from .decoder import Decoder
    from .from_asyncio import async_stream
    from .sampling import Sampling
    from .text_stream import TextStream

_WHERE = {
    "Cancel": "contract",
    "Decoder": "decoder",
    "Engine": "contract",
    "Prompt": "contract",
    "Sampling": "sampling",
    "TextStream": "text_stream",
    "TokenChooser": "contract",
    "async_stream": "from_asyncio",
}

__all__ = ["Cancel", "Decoder", "Engine", "Prompt", "Sampling", "TextStream", "TokenChooser", "async_stream"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
