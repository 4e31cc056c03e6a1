"""What a question means: entities found in it, and frames, one a clause, of a question kind with its slots filled.

`reading.py` makes them from text; `kinds/` turns a frame into tool calls and, later, into sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["KINDS", "PROPERTIES", "Entity", "EntityKind", "Frame", "Kind", "Reading"]

EntityKind = Literal[
    "molecule", "target", "disease", "dna", "rna", "peptide", "quantity", "file", "group", "property", "rule",
    "catalogue", "activity_type", "enzyme", "aspect", "unknown",
]  # fmt: skip
"""`group` is a functional group or a SMARTS; `aspect` is what is asked of a thing (location, family, year, …);
`unknown` is a word that stands where a name would and is in no source."""

Kind = Literal[
    "property", "drug_likeness", "permeability", "alerts", "similarity", "compare", "nearest", "substructure",
    "scaffold", "standardise", "draw", "identity", "concentration",
    "translate", "transcribe", "reverse_complement", "gc_content", "orfs", "protein_properties", "alignment", "restriction",
    "target_identity", "target_profile", "target_activities", "potency", "compound_activities",
    "mechanism", "drugs_for_target", "drug_status", "indications", "drugs_for_indication",
    "literature", "data_status", "help", "unsupported",
]  # fmt: skip

KINDS: dict[Kind, str] = {
    "property": "a computed property of a molecule (molecular weight, cLogP, TPSA, QED, …)",
    "drug_likeness": "whether a molecule follows Lipinski's rule and its relatives",
    "permeability": "whether a molecule is expected in the brain or absorbed from the gut (BOILED-Egg)",
    "alerts": "structural alerts (PAINS, Brenk, NIH) with their atoms",
    "similarity": "how similar two molecules are",
    "compare": "two or more molecules side by side",
    "nearest": "the molecules most similar to one",
    "substructure": "which molecules contain a group",
    "scaffold": "a molecule's scaffold",
    "standardise": "the parent of a salt, and the standard form of a structure",
    "draw": "a drawing of a molecule",
    "identity": "a molecule's identifiers (InChIKey, SMILES, InChI, ChEMBL id)",
    "concentration": "a concentration in another unit",
    "translate": "the protein that a DNA or RNA sequence encodes",
    "transcribe": "the RNA of a DNA sequence",
    "reverse_complement": "the reverse complement of a sequence",
    "gc_content": "the GC content of a sequence",
    "orfs": "open reading frames",
    "protein_properties": "a peptide's mass, pI, GRAVY or instability",
    "alignment": "the alignment of two sequences",
    "restriction": "restriction sites in a sequence",
    "target_identity": "a target's UniProt accession, gene or ChEMBL id",
    "target_profile": "what a target does, where it is, and what family it belongs to",
    "target_activities": "the most potent compounds measured on a target",
    "potency": "how potent a compound is on a target",
    "compound_activities": "what a compound was measured on",
    "mechanism": "how a drug works",
    "drugs_for_target": "the drugs that act on a target",
    "drug_status": "whether and when a drug was approved",
    "indications": "what a drug is used for",
    "drugs_for_indication": "the drugs for a disease",
    "literature": "what your library of papers and notes says",
    "data_status": "which data and releases answers come from",
    "help": "what can be asked",
    "unsupported": "something that no tool here can answer (synthesis, dosing, primers, …)",
}
"""Every kind of question, with the words in which it is offered to a user."""

PROPERTIES = (
    "molecular_weight", "monoisotopic_mass", "formula", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "rings",
    "aromatic_rings", "fsp3", "heavy_atoms", "formal_charge", "qed", "sa_score", "molar_refractivity", "stereocentres",
)  # fmt: skip
"""Property ids: the keys of `molecule_properties`' record and the values of `property` entities."""


@dataclass(frozen=True)
class Entity:
    """A piece of the question that names something.

    `text` is what was written (characters `start` to `end` of the question), `value` what a tool is to be called
    with (a SMILES, a ChEMBL id, an accession, a property id, …), `name` what to call it in an answer.
    `corrected` holds the name as found in a source where the spelling was mended.
    """

    kind: EntityKind
    text: str
    start: int
    end: int
    value: str
    name: str
    corrected: str = ""
    number: float | None = None
    """For `quantity`: its value."""
    unit: str = ""
    relation: str = ""
    """For `quantity` as a threshold: `<`, `<=`, `>` or `>=`."""
    via: str = ""
    """For a `target` that is found through a molecule ("its target"): that molecule's value."""
    members: tuple[tuple[str, str], ...] = ()
    """For a `target` whose name means several human proteins (JAK, PDE): their accessions and genes."""
    alternatives: tuple[str, ...] = ()
    """For `unknown`: the nearest names; for an ambiguous name: what else it could be."""


@dataclass(frozen=True)
class Frame:
    """One clause, understood. Entities inherited from an earlier clause or question stand in the same slots."""

    kind: Kind
    clause: str
    probability: float
    """Of `kind`, after training on masked phrases."""
    margin: float
    """Probability of the best kind less that of the second."""
    runners_up: tuple[Kind, ...] = ()
    molecules: tuple[Entity, ...] = ()
    targets: tuple[Entity, ...] = ()
    diseases: tuple[Entity, ...] = ()
    sequences: tuple[Entity, ...] = ()
    quantities: tuple[Entity, ...] = ()
    groups: tuple[Entity, ...] = ()
    properties: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    activity_types: tuple[str, ...] = ()
    enzymes: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    unknown: tuple[Entity, ...] = ()
    to_unit: str = ""
    """For `concentration`: the unit asked for."""
    most: int | None = None
    """How many were asked for ("top 5")."""
    limit: tuple[str, float] | None = None
    """For `property`: the relation and number that the value is to be compared with ("below 500")."""

    years: tuple[int | None, int | None] | None = None
    """The first and last year asked for ("since 2018"), both included."""
    yes_or_no: bool = False
    """Whether it is asked as a question that yes or no answers."""
    optional: bool = False
    """Part of an overview: told where there is something to tell."""

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Everything that it is about, files as entities of their own."""
        files = tuple(Entity("file", name, -1, -1, name, name) for name in self.files)
        return (
            *self.molecules,
            *self.targets,
            *self.diseases,
            *self.sequences,
            *self.quantities,
            *self.groups,
            *self.unknown,
            *files,
        )


@dataclass(frozen=True)
class Reading:
    """A whole question, understood: its frames in order, and all entities for showing what was recognised."""

    question: str
    frames: tuple[Frame, ...]
    entities: tuple[Entity, ...] = ()
    follow_up_of: str = ""
    """The earlier question of the session that this one leans on, where it does."""
    corrections: tuple[tuple[str, str], ...] = ()
    """(as written, as understood) for every mended spelling."""
    dropped: tuple[str, ...] = field(default=())
    """Clauses in which nothing could be understood."""
    notes: tuple[str, ...] = ()
    """What was taken for what, in sentences: "the second one", `R2.E3`."""
