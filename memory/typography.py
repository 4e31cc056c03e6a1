"""Text without the differences that typesetting makes: a quotation is the same in straight or curly marks, with any dash or space.

Letters, digits and their case stay as they are. Not for cleaning (`text.py`), nor for searching.
"""

from __future__ import annotations

__all__ = ["folded", "folded_with_places"]

_FOLDED = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛‹›′`´", "'") | dict.fromkeys("‐‑‒–—―−", "-"))


def folded(text: str) -> str:
    """The text with plain marks and dashes, and one space for all white space between words."""
    return " ".join(text.translate(_FOLDED).split())


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The same, and for each of its characters where it stands in the text."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_FOLDED)):
        if character.isspace():
            if not characters or characters[-1] == " ":
                continue
            character = " "
        characters.append(character)
        places.append(place)
    if characters and characters[-1] == " ":
        characters.pop()
        places.pop()
    return "".join(characters), places
