"""Name keys of millions of names: the same keys as `name_key`, many times faster where a name is plain ASCII."""

from __future__ import annotations

from ..starter.names import name_key

__all__ = ["fast_key"]

_DROPPED = bytes(code for code in range(128) if not chr(code).isalnum())


def fast_key(text: str) -> str:
    """The look-up key of a name, as `name_key` makes it."""
    if not text.isascii():
        return name_key(text)
    return text.lower() if text.isalnum() else text.lower().encode().translate(None, _DROPPED).decode()
