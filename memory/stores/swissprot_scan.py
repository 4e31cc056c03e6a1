"""Reads UniProt's flat file entry by entry, only the fields that the store keeps, by the two letters each line begins with.

Many times faster than a full parse: lines come in an order that UniProt prescribes, so references, features and most comments,
nearly all of an entry, are passed over unread. Not for files of other shapes: what cannot be read raises, with the entry's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..errors import FileRefused
from .flat_file import ByteReader

__all__ = ["Entry", "read_entry", "split_entries"]

_BLOCK = 1 << 18
"""Stays in a core's own cache while it is taken apart."""
_END = b"\n//\n"
_MOST_ENTRY_BYTES = 64 << 20
"""The longest real entry has some megabytes; a file without ends of entries is no flat file."""

# Possessive throughout: whatever the file holds, no byte is tried twice.
_HEAD = re.compile(
    r"ID   (\S++) ++(Reviewed|Unreviewed);.*+\n"
    r"AC   (.*+(?:\nAC   .*+)*+)\n"
    r"(?:(?!DE   ).*+\n)*+DE   (.*+(?:\nDE   .*+)*+)\n"
    r"(?:GN   (.*+(?:\nGN   .*+)*+)\n)?"
    r"OS   (.*+(?:\nOS   .*+)*+)\n"
    r"(?:(?!OX   ).*+\n)*+OX   NCBI_TaxID=(\d++)"
)
_TOPICS = re.compile(rb"\nCC   -!- (SUBCELLULAR LOCATION|DISEASE|SIMILARITY): (.*+(?:\nCC    .*+)*+)")
_XREFS = re.compile(rb"\nDR   (ChEMBL|Ensembl|HGNC); (.*)")
_EVIDENCE = re.compile(r"\{ECO:[^{}]*\}")
_SQ = re.compile(rb"SEQUENCE\s+(\d+) AA;\s+(\d+) MW;")
_DISEASE = re.compile(r"(?P<name>.+?)(?: \((?P<acronym>[^()]*(?:\([^()]*\)[^()]*)*)\))? \[MIM:(?P<mim>\d+)\]")
_FAMILY = re.compile(r"(?:In the .{1,60}? section; )?[Bb]elongs to the (.+)", re.DOTALL)
_MOLECULE = re.compile(r"\[[^\]]+\]: ")
_STRAIN = re.compile(
    r"\((?:strain|isolate|serotype|serovar|biovar|biotype|bv\.|pv\.|subsp\.|type|subtype|group|clone|genotype|segment|race|variety|cv\.)",
    re.IGNORECASE,
)
_GENE_ID = re.compile(r"ENS[A-Z]*G\d")
_TOPOLOGY = ("membrane protein", "anchor")
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
        entry = _read(data)
    except (IndexError, ValueError) as error:
        raise FileRefused(f"The entry that begins {_start(data)} cannot be read ({error!r}).", _NO_FLAT_FILE) from error
    if len(entry.sequence) != entry.length:
        raise FileRefused(
            f"The sequence of {entry.entry_name} has {len(entry.sequence)} residues and should have {entry.length}.",
            _NO_FLAT_FILE,
        )
    return entry


_NO_FLAT_FILE = "Take uniprot_sprot.dat.gz as UniProt offers it."


def _start(data: bytes) -> str:
    return repr(data[:40].decode("ascii", "replace"))


def _read(data: bytes) -> Entry:
    """The end first, then from the head on: so features are not looked at, and references only for where they end."""
    end = data.rindex(b"\nSQ   ")
    residues = data.index(b"\n", end + 1)
    sizes = _SQ.match(data, end + 6)
    place = data.index(b"\nOX   ", 0, end)
    head = _HEAD.match(_text(data[: data.index(b"\n", place + 1)]))
    if sizes is None or head is None:
        raise ValueError("its first or last lines")
    entry_name, reviewed, accession_lines, name_lines, gene_lines, organism_lines, tax_id = head.groups()
    accessions = accession_lines.replace("\nAC   ", "").replace(" ", "").rstrip(";").split(";")
    names = _protein_names(name_lines)
    entry = Entry(
        accession=accessions[0], entry_name=entry_name, reviewed=reviewed == "Reviewed", tax_id=int(tax_id),
        protein_name=next((name for kind, name in names if kind == "recommended"), "") or names[0][1],
        organism=_organism(organism_lines.replace("\nOS   ", " ")), length=int(sizes[1]), mass_da=int(sizes[2]),
        sequence=data[residues:].translate(None, b" \n").decode("ascii"),
    )  # fmt: skip
    if gene_lines:
        genes = _gene_names(gene_lines)
        entry.gene = next((name for kind, name in genes if kind == "gene"), None)
        names += genes
    names.append(("entry_name", entry_name))
    names += [("secondary_accession", accession) for accession in accessions[1:]]
    entry.names = list(dict.fromkeys(names))
    _read_parts(entry, data, place, end)
    return entry


def _read_parts(entry: Entry, data: bytes, place: int, end: int) -> None:
    """What lies between the head and the sequence, each part in its turn; each may be missing."""
    comments = data.find(b"\nCC   ", place, end)
    place = max(place, comments)
    xrefs = data.find(b"\nDR   ", place, end)
    place = max(place, xrefs)
    existence = data.find(b"\nPE   ", place, end)
    place = max(place, existence)
    keywords = data.find(b"\nKW   ", place, end)
    if comments >= 0:
        _read_comments(entry, _TOPICS.findall(data, comments, xrefs if xrefs >= 0 else end))
    if xrefs >= 0:
        entry.xrefs = list(dict.fromkeys(_xrefs(_XREFS.findall(data, xrefs, place if place > xrefs else end))))
    if existence >= 0:
        entry.existence = _existence(data[existence + 6 : data.index(b"\n", existence + 1)])
    if keywords >= 0:
        features = data.find(b"\nFT   ", keywords, end)
        # The database's own remarks (`**`) follow in some files.
        lines = _text(data[keywords + 6 : features if features >= 0 else end]).partition("\n**")[0]
        words = _bare(lines.replace("\nKW   ", " ")).rstrip(".\n ").split("; ")
        entry.keywords = list(dict.fromkeys(words))


@lru_cache(64)  # there are five
def _existence(line: bytes) -> str | None:
    return _bare(_text(line)).strip().rstrip(";").partition(": ")[2] or None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _bare(text: str) -> str:
    """Without evidence tags."""
    return _EVIDENCE.sub("", text.replace(" {ECO:", "{ECO:")) if "{" in text else text


def _protein_names(lines: str) -> list[tuple[str, str]]:
    """Names of the whole chain, then those of what it is cut into; parts of a fused protein name themselves, not it."""
    part = block = ""
    found = []
    for line in lines.split("\nDE   "):
        before, _, name = line.partition("=")
        words = before.split()
        if words and words[0].endswith(":"):
            if words[0] in ("Contains:", "Includes:"):
                part = words[0]
            block = words[0]
        if not name or part == "Includes:" or (part and words[-1] == "EC"):
            continue
        kind, name = words[-1], (_bare(name) if "{" in name else name).rstrip("; ")
        if kind == "Full" and block == "RecName:" and not part:
            found.append(("recommended", name))
        elif name:
            found.append((_NAME_KINDS.get(kind, "alternative"), name))
    return found


def _gene_names(lines: str) -> list[tuple[str, str]]:
    found = []
    for block in _bare(_join(lines)).split(" and "):
        for item in block.rstrip("; ").split("; "):
            kind, _, value = item.strip().partition("=")
            if kind == "Name":
                found.append(("gene", value))
            elif kind == "Synonyms":
                found += [("gene_synonym", name.strip()) for name in value.split(", ")]
    return found


@lru_cache(4_096)  # fourteen thousand organisms, of which a few have most of half a million entries
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


def _read_comments(entry: Entry, topics: Sequence[tuple[bytes, bytes]]) -> None:
    for topic, lines in topics:
        if topic == b"SUBCELLULAR LOCATION":
            entry.locations += _locations(_bare(_join(_text(lines).partition("Note=")[0])))
        elif topic == b"DISEASE":
            disease = _DISEASE.match(_bare(_join(_text(lines)))) if b"[MIM:" in lines else None
            if disease:
                entry.diseases.append((disease["name"], disease["acronym"], disease["mim"]))
        elif entry.family is None:
            family = _FAMILY.match(_bare(_join(_text(lines))))
            if family:
                entry.family = family[1].rstrip(". ").replace(". ", "; ")
    entry.locations = list(dict.fromkeys(entry.locations))


def _join(lines: str) -> str:
    """Lines as one text: a line that ends in a hyphen goes on without a space, unless the hyphen stands for a word."""
    if "\n" not in lines:
        return lines
    first, *more = lines.split("\n")
    text = first.strip()
    for line in more:
        line = line[5:].strip()
        text += line if text.endswith("-") and not line.startswith(("and ", "or ")) else f" {line}"
    return text


def _locations(text: str) -> Iterator[tuple[str, str | None]]:
    molecule = _MOLECULE.match(text)
    if molecule:
        text = text[molecule.end() :]
    for place in text.rstrip(". ").split(". "):
        location, *more = [part.strip() for part in place.split("; ")]
        if location:
            yield location, next((part for part in more if part.endswith(_TOPOLOGY)), None)


def _xrefs(rows: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for database, row in rows:
        fields = _text(row).split("; ")
        if database != b"Ensembl":
            yield _text(database), fields[0]
        else:  # transcript, protein, gene; older files say the gene first, and the species last
            gene = next((item for item in fields if _GENE_ID.match(item)), fields[-1] if len(fields) == 3 else "")
            gene = gene.partition(" ")[0].partition(".")[0]
            if gene:
                yield "Ensembl", gene
