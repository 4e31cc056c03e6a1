"""PubMed's XML, as EFetch and PubMed's own download give it: a document a record."""

from __future__ import annotations

from collections.abc import Iterator

from ...articles.pubmed_xml import each_article
from ...errors import BadReply, FileRefused
from ..document import ReadDocument
from .article import abstract_document

__all__ = ["read"]


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The records, one after another. Raises FileRefused at the place where the file is broken."""
    entry = 0
    try:
        for article in each_article(data):
            yield abstract_document(article, "pubmed", entry)
            entry += 1
    except BadReply as error:
        behind = f", behind record {entry}" if entry else ""
        raise FileRefused(f"{name} is no whole PubMed XML{behind}: {error.message}", "Download it again.") from error
