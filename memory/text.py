"""Cleaning of untrusted text at the boundary: control and escape sequences, bidi marks, zero-width characters.

Everything that is not our code (questions, files, model output, database comments) passes `clean` once, before it
is logged, shown or parsed. Not for HTML or XML escaping, which belongs to whoever writes those formats.
"""

from __future__ import annotations

import re

__all__ = ["clean", "shorten"]

# CSI, OSC (up to BEL or ST), DCS/PM/APC/SOS strings, then any other two-character escape.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]?"
    r"|\x9b[0-?]*[ -/]*[@-~]|\x9d[^\x07\x9c]*[\x07\x9c]?"
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f\ud800-\udfff]"
)


def clean(text: str) -> str:
    """`text` without anything that could steer a terminal or hide from a reader; newlines and tabs stay."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def shorten(text: str, most: int) -> str:
    """`text` cut to at most `most` characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…"
