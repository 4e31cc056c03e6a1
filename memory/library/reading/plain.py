"""Plain text: paragraphs as they stand. Its title is its first line where that is short, else the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from ...errors import FileRefused
from ...text import clean
from ..document import About, Part, ReadDocument

__all__ = ["decoded", "read", "title_from_name"]

RANK = 10
_LONGEST_TITLE = 200
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line or page as a newline does, and must not join the words around it by going."""


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The one document of a text file. Raises FileRefused."""
    text = decoded(data, name).strip("\n")
    if not text.strip():
        raise FileRefused(f"{name} is empty.", "Nothing is in it that could be found.")
    first, _, rest = text.partition("\n")
    titled = (
        bool(rest.strip()) and len(first.strip()) <= _LONGEST_TITLE and not first.rstrip().endswith((".", ",", ";"))
    )
    title = first.strip().lstrip("# ") if titled and first.strip() else title_from_name(name)
    yield ReadDocument(About(title=title), (Part(text, "body"),), "text", RANK)


def decoded(data: bytes, name: str) -> str:
    """A file's bytes as clean text: UTF-8, UTF-16 by its mark, else Windows' own Latin. Raises FileRefused for what is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    elif b"\0" in data[:65_536]:
        raise FileRefused(f"{name} is no text: it holds bytes that no text has.", "Convert it to text or PDF first.")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return clean(_BREAKS.sub("\n", text))


def title_from_name(name: str) -> str:
    """`some_paper-2020.txt` as `some paper 2020`."""
    return PurePath(name.rpartition("!")[2]).stem.replace("_", " ").replace("-", " ").strip() or name
