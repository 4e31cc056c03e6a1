"""Text of articles without its markup: what the databases put into strings and elements becomes plain, cleaned text.

Italics, bold and subscripts go without a trace (IC50, T1/2). A superscript between digits is kept apart with a caret,
since 10⁻⁶ must not become 10-6, nor 5×10³ the number 103.
"""

from __future__ import annotations

import html
import re
from typing import Any

from ..text import clean

__all__ = ["one_line", "plain", "text_of"]

_TAG = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|sc|br|p|div|span|h[1-6]|ul|ol|li|italic|bold|underline|jats:[a-z-]{1,20})\b[^<>]{0,200}>",
    re.IGNORECASE,
)
_BREAKING = re.compile(r"</?(?:br|p|div|h[1-6]|ul|ol|li|jats:(?:p|title|sec))\b[^<>]{0,200}>", re.IGNORECASE)
_POWER = re.compile(r"(?<=\d)<sup>\s*(?=[-+−–]?\d)", re.IGNORECASE)
_STARTS_AS_POWER = re.compile(r"\s*[-+−–]?\d")

# Elements whose text stands apart from what is around it.
_BLOCKS = frozenset(
    "p title label list list-item def-list def-item term def disp-quote disp-formula break br td th tr caption "
    "boxed-text fn sec subtitle trans-title kwd statement attrib verse-line preformat".split()
)
_JOINED = {"msup": "^", "mfrac": "/"}
_SAID_TWICE = frozenset(("tex-math", "graphic", "inline-graphic", "object-id", "media", "annotation"))


def one_line(text: str) -> str:
    """Cleaned, with each run of white space as one blank."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """A string of a JSON reply without tags and character references, in one line.

    Europe PMC gives the tags of some titles with their brackets as character references; those are tags all the same.
    """
    return one_line(_without_tags(html.unescape(_without_tags(text))))


def _without_tags(text: str) -> str:
    return _TAG.sub("", _BREAKING.sub(" ", _POWER.sub("^", text)))


def text_of(element: Any, skip: frozenset[str] = frozenset()) -> str:
    """The text in an XML element and below, in one line; nothing where there is no element.

    Args:
        element: an lxml element, or None.
        skip: names of elements below it that are left out with all that is in them.
    """
    if element is None:
        return ""
    pieces: list[str] = []
    _gather(element, skip | _SAID_TWICE, pieces)
    return one_line("".join(pieces))


def _gather(element: Any, skip: frozenset[str], pieces: list[str]) -> None:
    """Add the element's text in order. Depth is bounded by the parser, which refuses more than 256 levels."""
    if element.text:
        pieces.append(element.text)
    for child in element:
        if not isinstance(child.tag, str):  # an entity that was not resolved: its name, or the character it stands for
            if child.text:
                pieces.append(html.unescape(child.text))
        else:
            name = child.tag.rpartition("}")[2]
            if name not in skip:
                _gather_child(child, name, skip, pieces)
        if child.tail:
            pieces.append(child.tail)


def _gather_child(child: Any, name: str, skip: frozenset[str], pieces: list[str]) -> None:
    if name in _BLOCKS:
        pieces.append(" ")
        _gather(child, skip, pieces)
        pieces.append(" ")
    elif name == "math":
        pieces.append(_formula(child))
    elif name == "sup" or (name == "xref" and len(child) == 1 and child[0].tag == "sup" and not child.text):
        inner: list[str] = []
        _gather(child, skip, inner)
        raised = "".join(inner)
        if _cites(child):
            pieces.append(f"[{raised}]")
        else:
            before = pieces[-1][-1:] if pieces else ""
            pieces.append(f"^{raised.lstrip()}" if before.isdigit() and _STARTS_AS_POWER.match(raised) else raised)
    else:
        _gather(child, skip, pieces)


def _formula(element: Any) -> str:
    """MathML in one line without its layout; powers keep a caret, fractions a slash."""
    said = (element.text or "").strip()
    parts = [(_formula(child), (child.tail or "").strip()) for child in element if isinstance(child.tag, str)]
    name = element.tag.rpartition("}")[2]
    if name in ("annotation", "annotation-xml"):
        return ""
    if name in _JOINED and len(parts) == 2:
        below = parts[1][0] if name == "msup" else _closed(parts[1][0])
        return f"{_closed(parts[0][0])}{_JOINED[name]}{below}"
    if name == "mtext" and said:
        return f" {said} "
    return said + "".join(text + tail for text, tail in parts)


def _closed(term: str) -> str:
    """A term that binds as one: in brackets where it is a sum or the like."""
    return term if not re.search(r"[^\w.^]", term) else f"({term})"


def _cites(element: Any) -> bool:
    """Whether it is, or holds, a reference number."""
    if element.get("ref-type") == "bibr":
        return True
    return any(child.get("ref-type") == "bibr" for child in element if isinstance(child.tag, str))
