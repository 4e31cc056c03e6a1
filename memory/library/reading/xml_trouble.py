"""What is told of an XML file that cannot be read to its end."""

from __future__ import annotations

from ...errors import BiocopilotError, FileRefused

__all__ = ["not_whole"]


def not_whole(name: str, kind: str, done: int, error: BiocopilotError) -> FileRefused:
    """The reason with the place, as the XML parser tells it.

    Args:
        name: the file.
        kind: what it should be.
        done: how many documents were read before.
        error: what reading met; the parser's own error is its cause.
    """
    cause = error.__cause__
    where = str(getattr(cause, "msg", None) or cause) if cause is not None else error.message
    behind = f", behind document {done}" if done else ""
    return FileRefused(
        f"{name} is no whole {kind}{behind}: {where}.".replace("..", "."), "Download or export it again."
    )
