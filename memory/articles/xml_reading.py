"""Reading XML of strangers: no DTD is loaded, no entity resolved, nothing fetched, and depth and size stay bounded.

A document type that names next year's DTD is as good as any: it is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ..errors import BadReply

__all__ = ["each", "whole"]

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "recover": False,
}


def each(body: bytes, tags: tuple[str, ...], roots: tuple[str, ...], service: str) -> Iterator[Any]:
    """Each element of these names as it is completed; those before it are gone by then, so that memory stays bounded.

    Args:
        body: the document.
        tags: names of the elements wanted.
        roots: what the document's outermost element may be called.
        service: whose reply it is, for the error.

    Raises:
        BadReply: it is no XML, is cut short, or is another document.
    """
    from lxml import etree

    seen_root = False
    try:
        for event, element in etree.iterparse(BytesIO(body), events=("start", "end"), **_SAFE):
            if not seen_root:
                _expect(element, roots, body, service)
                seen_root = True
            if event == "end" and element.tag in tags:
                yield element
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise _broken(service) from error


def whole(body: bytes, roots: tuple[str, ...], service: str) -> Any:
    """The outermost element of a small document. Raises BadReply as `each` does."""
    from lxml import etree

    try:
        root = etree.fromstring(body, etree.XMLParser(**_SAFE))
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise _broken(service) from error
    _expect(root, roots, body, service)
    return root


def _broken(service: str) -> BadReply:
    return BadReply(f"{service}: the reply is not whole, or no XML.", "Ask again later.")


def _expect(root: Any, roots: tuple[str, ...], body: bytes, service: str) -> None:
    if root.tag not in roots:
        from .plain_text import one_line

        said = one_line(body[:400].decode("utf-8", "replace"))[:120]
        raise BadReply(f"{service}: another document came than was asked for: {said}", "Ask again later.")
