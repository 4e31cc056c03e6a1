"""A model's Markdown made harmless before it is read: no pictures, links or HTML, since a document may have told it to write them.

A picture's address is fetched by whoever shows the answer, and can carry away what stands in it. Links become their words with the
address beside them, which the claim check then looks for in the evidence. A SMILES has brackets before parentheses and stays.
"""

from __future__ import annotations

import re

from ..memory.text import clean

__all__ = ["without_markup"]

_PICTURE = re.compile(r"!\[([^\]\n]*)\]\s?(?:\(((?:[^()\n]|\([^()\n]*\))*)\)|\[([^\]\n]*)\])?")
_LINK = re.compile(
    r"\[([^\[\]\n]*)\]\s?\((\s*<?(?:[A-Za-z][A-Za-z0-9+.-]*:|//|/|\.|#|www\.)(?:[^()\n]|\([^()\n]*\))*)\)"
)
_DEFINITION = re.compile(r"^(\s{0,3})\[([^\]\n]+)\]:", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?|])([^>\n]*)(>?)")


def without_markup(text: str) -> str:
    """The text with pictures and links written out, and tags in other brackets."""
    text = _PICTURE.sub(lambda hit: " ".join(part for part in hit.groups() if part), clean(text))
    text = _LINK.sub(r"\1 \2", text)
    text = _DEFINITION.sub(r"\1\2:", text)
    return _TAG.sub(lambda hit: f"‹{hit[1]}{'›' if hit[2] else ''}", text)
