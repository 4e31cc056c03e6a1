"""What of the user's would leave this machine with a request, and who is asked before it does.

Only what the caller marks is asked about: a structure of the user's own, or the InChIKey computed from one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["MaySend", "Revealing", "Sending"]

Revealing = Literal["structure", "InChIKey"]


@dataclass(frozen=True)
class Sending:
    """A structure on its way out.

    Args:
        what: what it is.
        text: all of it, as it is sent.
        service: the service's name.
        host: where it would go.
    """

    what: Revealing
    text: str
    service: str
    host: str

    def __str__(self) -> str:
        return f"the {self.what} {self.text} to {self.service} ({self.host})"


MaySend = Callable[[Sending], Awaitable[bool]]
"""Asked once for each that would go live; kept replies send nothing and are not asked about."""
