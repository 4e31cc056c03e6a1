"""Small PDFs, written by hand: text at places, in the font that every program has, with whatever is to be wrong about them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from pypdf._codecs.core_font_metrics import CORE_FONT_METRICS

WIDTHS = CORE_FONT_METRICS["Helvetica"].character_widths


@dataclass(frozen=True)
class Put:
    """A line of text at a place, in points from the lower left."""

    x: float
    y: float
    text: str
    size: float = 10.0
    turned: bool = False


def width(text: str, size: float = 10.0) -> float:
    """How wide Helvetica writes it."""
    return sum(WIDTHS.get(char, 556) for char in text) * size / 1000


def column(text: str, x: float, y: float, wide: float = 220.0, size: float = 10.0, leading: float = 12.0) -> list[Put]:
    """A paragraph, broken where the column is full."""
    found, line = [], ""
    for word in [*text.split(), None]:
        if word is not None and width(f"{line} {word}", size) <= wide:
            line = f"{line} {word}".strip()
            continue
        found.append(Put(x, y - leading * len(found), line, size))
        line = word or ""
    return found


def content(puts: Sequence[Put]) -> bytes:
    """What draws them."""
    found = []
    for put in puts:
        text = put.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        place = f"0 1 -1 0 {put.x} {put.y}" if put.turned else f"1 0 0 1 {put.x} {put.y}"
        found.append(f"BT /F1 {put.size} Tf {place} Tm (".encode() + text + b") Tj ET\n")
    return b"".join(found)


IMAGE = b"q 500 0 0 700 40 40 cm /Im1 Do Q\n"


def pdf(pages: Sequence[Sequence[Put] | bytes], info: str = "", packed: bool = False, extra: str = "") -> bytes:
    """A file of these pages, each as text at places or as what draws it.

    Args:
        pages: in order.
        info: entries of its metadata, as `/Title (x)`.
        packed: whether what draws a page is packed.
        extra: entries of its trailer.
    """
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    objects.append(picture + b"\nstream\n\x00\nendstream")
    objects.append(f"<< {info} >>".encode("cp1252"))
    kids = []
    for page in pages:
        drawn = page if isinstance(page, bytes) else content(page)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R" % (len(objects) + 2)
            + b" /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>"
        )
        stream = zlib.compress(drawn) if packed else drawn
        packing = b" /Filter /FlateDecode" if packed else b""
        objects.append(b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(stream), packing, stream))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return whole(objects, extra)


def whole(objects: Sequence[bytes], extra: str = "") -> bytes:
    """Objects, numbered from 1, the first the catalogue and the fifth the metadata, as a file."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        data
        + f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R {extra} >>\nstartxref\n{table}\n%%EOF\n".encode()
    )
