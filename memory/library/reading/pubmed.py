"""PubMed's XML, as EFetch, PubMed's own download and reference managers give it: a document a record."""

from __future__ import annotations

from collections.abc import Iterator

from ...articles.pubmed_xml import each_article
from ...errors import BadReply
from ..document import ReadDocument
from .article import abstract_document
from .xml_trouble import not_whole

__all__ = ["read"]


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The records, one after another. Raises FileRefused at the place where the file is broken."""
    entry = 0
    try:
        for article in each_article(data):
            yield abstract_document(article, "pubmed", entry)
            entry += 1
    except BadReply as error:
        raise not_whole(name, "PubMed XML", entry, error) from error
