"""JATS, as journals and PubMed Central give it: a document an article, with sections, tables and captions of figures."""

from __future__ import annotations

from collections.abc import Iterator

from ...articles.jats import each_full_text
from ...errors import BadReply, NotFound
from ..document import ReadDocument
from .article import full_text_document
from .xml_trouble import not_whole

__all__ = ["read"]


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The articles, one after another. Raises FileRefused at the place where the file is broken."""
    entry = 0
    try:
        for text in each_full_text(data, name):
            yield full_text_document(text, "jats", entry)
            entry += 1
    except (BadReply, NotFound) as error:
        raise not_whole(name, "JATS", entry, error) from error
