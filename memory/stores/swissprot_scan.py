"""Reads UniProt's flat file entry by entry, only the fields that the store keeps, by the two letters each line begins with.

Several times faster than a full parse: lines come in an order that UniProt prescribes, so references, features and most comments,
nearly all of an entry, are passed over unread. Not for files of other shapes: what cannot be read raises, with the entry's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import FileRefused

__all__ = ["Entry", "read_entry", "split_entries"]

_BLOCK = 1 << 20
_END = b"\n//\n"
_MOST_ENTRY_BYTES = 64 << 20
"""The longest real entry has some megabytes; a file without ends of entries is no flat file."""

_ORDER = ("RN", "CC", "DR", "PE", "KW", "FT", "SQ")
"""What the parts of an entry begin with behind its head, as UniProt orders them; each may be missing, but for the last."""
_MARKS = tuple((kind, f"\n{kind}   ".encode()) for kind in _ORDER)
_EVIDENCE = re.compile(r"\s*\{(?:ECO:[^{}]*)\}")
_SQ = re.compile(r"SEQUENCE\s+(\d+) AA;\s+(\d+) MW;")
_DISEASE = re.compile(r"(?P<name>.+?)(?: \((?P<acronym>[^()]*(?:\([^()]*\)[^()]*)*)\))? \[MIM:(?P<mim>\d+)\]")
_FAMILY = re.compile(r"(?:In the .{1,60}? section; )?[Bb]elongs to the (.+)", re.DOTALL)
_MOLECULE = re.compile(r"\[[^\]]+\]: ")
_STRAIN = re.compile(
    r"\((?:strain|isolate|serotype|serovar|biovar|biotype|bv\.|pv\.|subsp\.|type|subtype|group|clone|genotype|segment|race|variety|cv\.)",
    re.IGNORECASE,
)
_GENE_ID = re.compile(r"ENS[A-Z]*G\d")
_TOPOLOGY = ("membrane protein", "anchor")
_TOPICS = tuple(f"CC   -!- {topic}:".encode() for topic in ("SUBCELLULAR LOCATION", "DISEASE", "SIMILARITY"))
_XREFS = tuple(f"DR   {database}; ".encode() for database in ("ChEMBL", "Ensembl", "HGNC"))
_NAME_KINDS = {"Full": "alternative", "Short": "short", "EC": "ec"}


@dataclass(slots=True)
class Entry:
    """What the store keeps of an entry; lists in the file's order, each thing once."""

    accession: str = ""
    entry_name: str = ""
    reviewed: bool = False
    gene: str | None = None
    protein_name: str = ""
    organism: str = ""
    tax_id: int = 0
    family: str | None = None
    length: int = 0
    mass_da: int | None = None
    sequence: str = ""
    existence: str | None = None
    names: list[tuple[str, str]] = field(default_factory=list)
    """(kind, name), the kinds as in schema.sql."""
    locations: list[tuple[str, str | None]] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    xrefs: list[tuple[str, str]] = field(default_factory=list)
    diseases: list[tuple[str, str | None, str | None]] = field(default_factory=list)


class ByteReader(Protocol):
    """What entries are read from: a file, or gzip's."""

    def read(self, size: int = ..., /) -> bytes: ...


def split_entries(file: ByteReader, name: str) -> Iterator[tuple[bytes, int]]:
    """Each entry's bytes without its end mark, and how many bytes of the file lie up to its end.

    Raises:
        FileRefused: the last entry has no end, or what is read is no flat file.
    """
    left, offset = b"", 0
    while block := file.read(_BLOCK):
        data = left + block
        if b"\r" in data:
            raise FileRefused(f"{name} has line ends of Windows.", "Take the file as UniProt offers it.")
        parts = data.split(_END)
        left = parts.pop()
        for part in parts:
            offset += len(part) + len(_END)
            yield part, offset
        if len(left) > _MOST_ENTRY_BYTES:
            raise FileRefused(
                f"{name} has no ends of entries: it is no UniProt flat file.", "Take uniprot_sprot.dat.gz."
            )
    if left.endswith(b"\n//"):  # the very last line end may be missing
        yield left[:-3], offset + len(left)
    elif left.strip():
        raise FileRefused(
            f"{name} is cut short: its last entry has no end.", "Download it again: `biocopilot data pull uniprot`."
        )


def read_entry(data: bytes) -> Entry:
    """The fields of one entry.

    Raises:
        FileRefused: it lacks what every entry has, or its sequence is not as long as it says.
    """
    try:
        entry = _read(_parts(data))
    except (KeyError, IndexError, ValueError) as error:
        raise FileRefused(f"The entry that begins {_start(data)} cannot be read ({error!r}).", _NO_FLAT_FILE) from error
    if len(entry.sequence) != entry.length:
        raise FileRefused(
            f"The sequence of {entry.entry_name} has {len(entry.sequence)} residues and should have {entry.length}.",
            _NO_FLAT_FILE,
        )
    return entry


def _parts(data: bytes) -> dict[str, bytes]:
    """The head of an entry (""), and each part behind it, by the letters that it begins with."""
    places = [("", 0)]
    for kind, mark in _MARKS:
        place = data.find(mark, places[-1][1])
        if place >= 0:
            places.append((kind, place + 1))
    ends = [place for _kind, place in places[1:]] + [len(data)]
    return {kind: data[start:end] for (kind, start), end in zip(places, ends, strict=True)}


_NO_FLAT_FILE = "Take uniprot_sprot.dat.gz as UniProt offers it."


def _start(data: bytes) -> str:
    return repr(data[:40].decode("ascii", "replace"))


def _read(parts: dict[str, bytes]) -> Entry:
    head: dict[str, list[str]] = {}
    for line in _text(parts[""]).split("\n"):
        head.setdefault(line[:2], []).append(line[5:])
    words = head["ID"][0].split()
    if words[1] not in ("Reviewed;", "Unreviewed;"):
        raise ValueError(words[1])
    entry = Entry(entry_name=words[0], reviewed=words[1] == "Reviewed;")
    accessions = "".join(head["AC"]).replace(" ", "").rstrip(";").split(";")
    entry.accession = accessions[0]
    names = list(_protein_names(head["DE"]))
    entry.protein_name = next((name for kind, name in names if kind == "recommended"), "") or names[0][1]
    if "GN" in head:
        genes = list(_gene_names(head["GN"]))
        entry.gene = next((name for kind, name in genes if kind == "gene"), None)
        names += genes
    names.append(("entry_name", entry.entry_name))
    names += [("secondary_accession", accession) for accession in accessions[1:]]
    entry.names = list(dict.fromkeys(names))
    entry.organism = _organism(" ".join(head["OS"]))
    entry.tax_id = int(head["OX"][0].partition("NCBI_TaxID=")[2].partition(";")[0].partition(" ")[0])
    _read_comments(entry, parts.get("CC", b""))
    entry.xrefs = list(dict.fromkeys(_xrefs(parts.get("DR", b""))))
    if "PE" in parts:
        entry.existence = _bare(_lines(parts["PE"])).strip().rstrip(";").partition(": ")[2] or None
    if "KW" in parts:
        words = _bare(_lines(parts["KW"])).strip().rstrip(".").split(";")
        entry.keywords = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    size, _, residues = _text(parts["SQ"]).partition("\n")
    found = _SQ.match(size, 5)
    if found is None:
        raise ValueError(size)
    entry.length, entry.mass_da = int(found[1]), int(found[2])
    entry.sequence = residues.replace(" ", "").replace("\n", "")
    return entry


def _lines(part: bytes) -> str:
    """The lines of a part as one text, up to where the database's own remarks (`**`) begin in some files."""
    return " ".join(line[5:] for line in _text(part).partition("\n**")[0].split("\n"))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _bare(text: str) -> str:
    """Without evidence tags."""
    return _EVIDENCE.sub("", text) if "{" in text else text


def _protein_names(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names of the whole chain, then those of what it is cut into; parts of a fused protein name themselves, not it."""
    part = block = ""
    for line in lines:
        text = line.strip()
        if text in ("Contains:", "Includes:"):
            part = text
            continue
        if text.startswith("Flags:"):
            continue
        if text[3:9] in ("Name: ", "Name:"):
            block, text = text[:3], text[9:]
        kind, _, name = text.partition("=")
        name = _bare(name).rstrip(";").strip()
        if not name or part == "Includes:" or (part and kind == "EC"):
            continue
        if kind == "Full" and block == "Rec" and not part:
            yield "recommended", name
        else:
            yield _NAME_KINDS.get(kind, "alternative"), name


def _gene_names(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for block in _join(lines).split(" and "):
        for item in _bare(block).rstrip("; ").split("; "):
            kind, _, value = item.strip().partition("=")
            if kind == "Name":
                yield "gene", value
            elif kind == "Synonyms":
                yield from (("gene_synonym", name.strip()) for name in value.split(", "))


def _organism(text: str) -> str:
    """The scientific name: what stands before the common name, with the strain that belongs to it."""
    text = text.rstrip(".")
    end = text.find(" (")
    while end >= 0 and _STRAIN.match(text, end + 1):
        depth = 0
        for place in range(end + 1, len(text)):
            depth += (text[place] == "(") - (text[place] == ")")
            if depth == 0:
                break
        end = text.find(" (", place)
        if text[place + 1 : place + 3] != " (":
            break
    return text if end < 0 else text[:end]


def _read_comments(entry: Entry, block: bytes) -> None:
    found: list[tuple[int, bytes]] = []
    for mark in _TOPICS:
        place = block.find(mark)
        while place >= 0:
            found.append((place, mark))
            place = block.find(mark, place + 1)
    for place, mark in found:
        ends = (block.find(b"\nCC   -", place), block.find(b"\nDR   ", place), len(block))
        lines = _text(block[place : min(end for end in ends if end >= 0)]).rstrip("\n").split("\n")
        text = _bare(_join([line[5:] for line in lines])).partition(": ")[2]
        if mark is _TOPICS[0]:
            entry.locations += _locations(text)
        elif mark is _TOPICS[1]:
            disease = _DISEASE.match(text)
            if disease:
                entry.diseases.append((disease["name"], disease["acronym"], disease["mim"]))
        elif entry.family is None:
            family = _FAMILY.match(text)
            if family:
                entry.family = "; ".join(part.strip() for part in family[1].rstrip(". ").split(". "))
    entry.locations = list(dict.fromkeys(entry.locations))


def _join(lines: Sequence[str]) -> str:
    """Lines as one text: a line that ends in a hyphen goes on without a space, unless the hyphen stands for a word."""
    text = lines[0].strip()
    for line in lines[1:]:
        line = line.strip()
        text += line if text.endswith("-") and not line.startswith(("and ", "or ")) else f" {line}"
    return text


def _locations(text: str) -> Iterator[tuple[str, str | None]]:
    text = text.partition("Note=")[0]
    molecule = _MOLECULE.match(text)
    if molecule:
        text = text[molecule.end() :]
    for place in text.rstrip(". ").split(". "):
        location, *more = (part.strip() for part in place.split("; "))
        if location:
            yield location, next((part for part in more if part.endswith(_TOPOLOGY)), None)


def _xrefs(block: bytes) -> Iterator[tuple[str, str]]:
    for mark in _XREFS:
        place = block.find(mark)
        while place >= 0:
            fields = _text(block[place + 5 : block.find(b"\n", place)]).split("; ")
            if fields[0] != "Ensembl":
                yield fields[0], fields[1]
            else:  # transcript, protein, gene; older files say the gene first, and the species last
                gene = next(
                    (item for item in fields[1:] if _GENE_ID.match(item)), fields[-1] if len(fields) == 4 else ""
                )
                gene = gene.partition(" ")[0].partition(".")[0]
                if gene:
                    yield "Ensembl", gene
            place = block.find(mark, place + 1)
