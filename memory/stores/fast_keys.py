"""Name keys of millions of names: the same keys as `name_key`, several times faster where a name is plain ASCII."""

from __future__ import annotations

from ..starter.names import name_key

__all__ = ["fast_key"]

_DROPPED = {code: None for code in range(128) if not chr(code).isalnum()}


def fast_key(text: str) -> str:
    """The look-up key of a name, as `name_key` makes it."""
    return text.lower().translate(_DROPPED) if text.isascii() else name_key(text)
