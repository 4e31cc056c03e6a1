"""What a protein, its gene and its organism are called."""

from __future__ import annotations

from pydantic import Field

from ._record import Record, Text

__all__ = ["Gene", "Organism", "ProteinName", "ProteinNames", "ProteinPart"]


class ProteinName(Record):
    """One name, with its short forms and the EC numbers given for it."""

    full_name: Text | None = None
    short_names: tuple[Text, ...] = ()
    ec_numbers: tuple[Text, ...] = ()


class ProteinPart(Record):
    """A chain into which the protein is cut, or a domain with a function of its own."""

    recommended_name: ProteinName | None = None
    alternative_names: tuple[ProteinName, ...] = ()


class ProteinNames(Record):
    """Swiss-Prot recommends a name; TrEMBL entries may have submitted names only."""

    recommended_name: ProteinName | None = None
    alternative_names: tuple[ProteinName, ...] = ()
    submission_names: tuple[ProteinName, ...] = ()
    contains: tuple[ProteinPart, ...] = ()
    """Chains and peptides."""
    includes: tuple[ProteinPart, ...] = ()
    """Functional domains."""
    cd_antigen_names: tuple[Text, ...] = ()
    inn_names: tuple[Text, ...] = ()
    allergen_name: Text | None = None
    biotech_name: Text | None = None
    flag: str | None = None
    """`Precursor`, `Fragment`, `Fragments`, or two of them."""

    @property
    def best(self) -> str:
        """The recommended name, else the first that there is; empty where there is none."""
        for name in (self.recommended_name, *self.submission_names, *self.alternative_names):
            if name is not None and name.full_name is not None:
                return name.full_name.value
        return ""


class Gene(Record):
    """A gene that codes for the protein; there may be several, and genes without a proper name."""

    name: Text | None = Field(default=None, alias="geneName")
    synonyms: tuple[Text, ...] = ()
    ordered_locus_names: tuple[Text, ...] = ()
    orf_names: tuple[Text, ...] = ()


class Organism(Record):
    """Species or strain, by NCBI taxonomy."""

    scientific_name: str
    tax_id: int = Field(alias="taxonId")
    common_name: str | None = None
    synonyms: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
