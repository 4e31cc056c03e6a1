"""What is where in a sequence: domains, sites, variants, modifications, secondary structure."""

from __future__ import annotations

from pydantic import Field, field_validator

from ._record import EvidenceCode, Identifier, Record

__all__ = ["Feature", "Ligand", "Position", "Replacement", "Span"]


_BONDS = frozenset(("Disulfide bond", "Cross-link"))
"""Their two places are the residues that are joined."""


class Position(Record):
    """A residue number, from 1; None where it is not known."""

    value: int | None = None
    modifier: str = "EXACT"
    """`EXACT`, `OUTSIDE` (it lies beyond), `UNSURE` or `UNKNOWN`."""

    def __str__(self) -> str:
        number = "?" if self.value is None else str(self.value)
        return {"EXACT": number, "UNSURE": f"?{number}", "OUTSIDE": f"beyond {number}"}.get(self.modifier, "?")


class Span(Record):
    """From start to end, both inside; in the isoform `sequence` where one is named."""

    start: Position
    end: Position
    sequence: str | None = None

    @property
    def exact(self) -> tuple[int, int] | None:
        """First and last residue; None where either is not known exactly."""
        if self.start.modifier != "EXACT" or self.end.modifier != "EXACT":
            return None
        if self.start.value is None or self.end.value is None:
            return None
        return self.start.value, self.end.value


class Replacement(Record):
    """What stands instead; nothing in either means that the residues are missing."""

    original: str | None = Field(default=None, alias="originalSequence")
    alternatives: tuple[str, ...] = Field(default=(), alias="alternativeSequences")


class Ligand(Record):
    """What a binding site binds."""

    name: str
    id: str | None = None
    label: str | None = None
    note: str | None = None


class Feature(Record):
    """One feature of the sequence."""

    type: str
    location: Span
    description: str | None = None
    id: str | None = Field(default=None, alias="featureId")
    evidences: tuple[EvidenceCode, ...] = ()
    replacement: Replacement | None = Field(default=None, alias="alternativeSequence")
    references: tuple[Identifier, ...] = Field(default=(), alias="featureCrossReferences")
    ligand: Ligand | None = None
    ligand_part: Ligand | None = None

    @property
    def position(self) -> str:
        """Where it is, in words: one residue, the two ends of a stretch, or what is known of them."""
        start, end = str(self.location.start), str(self.location.end)
        return start if start == end else f"{start}-{end}"

    def touches(self, first: int, last: int) -> bool:
        """Whether it holds for a residue from `first` to `last`. A bond holds for the residues at its ends only.

        An end that is not known may lie anywhere. A feature of an isoform has that isoform's numbers, so it never counts.
        """
        if self.location.sequence is not None:
            return False
        start, end = self.location.start.value, self.location.end.value
        if self.type in _BONDS:
            return any(place is not None and first <= place <= last for place in (start, end))
        return (start is None or start <= last) and (end is None or end >= first)

    @field_validator("id")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        return value or None
