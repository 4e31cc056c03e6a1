"""PubMed's XML, as EFetch, PubMed's own download and reference managers give it: a document a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...articles.pubmed_xml import article_of, each_record
from ...errors import BadReply
from ..document import ReadDocument
from .article import abstract_document
from .reference import broken
from .xml_trouble import not_whole

__all__ = ["read"]


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The records, one after another. Raises FileRefused at the place where the file is broken."""
    entry = 0
    try:
        for element in each_record(data):
            yield _document(element, entry)
            entry += 1
    except BadReply as error:
        raise not_whole(name, "PubMed XML", entry, error) from error


def _document(element: Any, entry: int) -> ReadDocument:
    try:
        return abstract_document(article_of(element), "pubmed", entry)
    except BadReply as error:
        return broken("pubmed", entry, error.message)
