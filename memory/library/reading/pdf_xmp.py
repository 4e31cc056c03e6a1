"""Authors as the XMP packets of a PDF list them, which many publishers write where the older metadata names one author or none.

Packets lie in the file as plain XML, those of pictures among them: which list is the article's own, `pdf_front.py` finds out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

__all__ = ["creator_lists"]

_LISTS = re.compile(rb"<dc:creator>\s*<rdf:(?:Seq|Bag)>([^\0]{1,60000}?)</rdf:(?:Seq|Bag)>")
_ITEM = re.compile(r"<rdf:li[^<>]*>([^<>]{1,200})</rdf:li>")
_MOST_LISTS = 50


def creator_lists(data: bytes) -> Iterator[tuple[str, ...]]:
    """Each list of creators in the file's bytes, in its order."""
    for number, found in enumerate(_LISTS.finditer(data)):
        if number == _MOST_LISTS:
            return
        text = found[1].decode("utf-8", "replace")
        yield tuple(" ".join(unescape(item).split()) for item in _ITEM.findall(text))
