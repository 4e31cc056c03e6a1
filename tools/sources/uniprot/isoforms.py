"""Isoforms with their sequences, made from the canonical sequence by the changes that the entry lists for each.

UniProt gives an isoform's sequence as a list of its differences. Where one of them is missing or does not fit the
canonical sequence, no sequence is given, and the isoform says why.
"""

from __future__ import annotations

from ._record import Record
from .comments import IsoformEntry
from .entry import UniprotEntry
from .features import Feature

__all__ = ["Isoform", "isoforms_of"]


class Isoform(Record):
    """One product of a gene."""

    id: str
    """Such as `P00533-2`; the accession alone where the entry lists no isoforms."""
    other_ids: tuple[str, ...] = ()
    name: str | None = None
    synonyms: tuple[str, ...] = ()
    canonical: bool
    status: str
    sequence: str | None = None
    length: int | None = None
    changes: tuple[str, ...] = ()
    """Feature ids of the differences from the canonical sequence."""
    note: str = ""
    no_sequence_because: str = ""


def isoforms_of(entry: UniprotEntry) -> tuple[Isoform, ...]:
    """The isoforms that an entry lists; the canonical sequence alone where it lists none."""
    if entry.products is None or not entry.products.isoforms:
        sequence = entry.sequence
        alone = Isoform(
            id=entry.accession, canonical=True, status="Displayed", sequence=sequence.value, length=sequence.length
        )
        return (alone,)
    changes = {feature.id: feature for feature in entry.features_of("Alternative sequence") if feature.id}
    return tuple(_isoform(entry, listed, changes) for listed in entry.products.isoforms)


def _isoform(entry: UniprotEntry, listed: IsoformEntry, changes: dict[str, Feature]) -> Isoform:
    status = listed.status or "not stated"
    sequence: str | None = None
    why = ""
    if status == "Displayed":
        sequence = entry.sequence.value
    elif status == "Described":
        sequence, why = _changed(entry.sequence.value, listed.sequence_ids, changes)
    elif status == "External":
        why = "its sequence is that of another entry"
    else:
        why = "UniProt does not describe its sequence"
    texts = listed.note.texts if listed.note is not None else ()
    return Isoform(
        id=listed.ids[0] if listed.ids else entry.accession,
        other_ids=listed.ids[1:],
        name=listed.name.value if listed.name is not None else None,
        synonyms=tuple(synonym.value for synonym in listed.synonyms),
        canonical=status == "Displayed",
        status=status,
        sequence=sequence,
        length=None if sequence is None else len(sequence),
        changes=listed.sequence_ids,
        note=" ".join(text.value for text in texts),
        no_sequence_because=why,
    )


def _changed(canonical: str, ids: tuple[str, ...], changes: dict[str, Feature]) -> tuple[str | None, str]:
    """The sequence with these changes made, or None and why it could not be made."""
    found = []
    for identifier in ids:
        change = changes.get(identifier)
        if change is None:
            return None, f"its change {identifier} is not in the entry"
        span = change.location.exact
        if span is None or change.replacement is None or not 1 <= span[0] <= span[1] <= len(canonical):
            return None, f"its change {identifier} has no exact place"
        original, alternatives = change.replacement.original, change.replacement.alternatives
        if original is not None and canonical[span[0] - 1 : span[1]] != original:
            return None, f"its change {identifier} does not fit the sequence"
        if len(alternatives) > 1:
            return None, f"its change {identifier} has several forms"
        found.append((span, alternatives[0] if alternatives else ""))
    if not found:
        return None, "UniProt lists no change for it"
    sequence = canonical
    last = len(canonical) + 1
    for (start, end), instead in sorted(found, reverse=True):
        if end >= last:
            return None, "its changes overlap"
        sequence = sequence[: start - 1] + instead + sequence[end:]
        last = start
    return sequence, ""
