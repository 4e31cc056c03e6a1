"""What each kind of question needs to be asked about, and the filling of a frame's slots from entities.

A need is met by a clause's own entities, by those that a pronoun stands for, or, where a name is in no source, by that
unknown name: it has to be looked for to be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .clauses import Clause
from .frames import Entity, EntityKind, Kind

__all__ = ["NEEDS", "SEQUENCES", "fits", "lacking", "like_a_gene", "listed", "slot_of", "stands_for_a_target"]

SEQUENCES: tuple[EntityKind, ...] = ("dna", "rna", "peptide")

_Needs = tuple[tuple[EntityKind, ...], ...]
_MOLECULE: _Needs = (("molecule",),)
_TARGET: _Needs = (("target",),)
NEEDS: Mapping[Kind, _Needs] = {
    "property": _MOLECULE,
    "drug_likeness": _MOLECULE,
    "permeability": _MOLECULE,
    "alerts": _MOLECULE,
    "similarity": (("molecule",), ("molecule",)),
    "compare": (("molecule",), ("molecule",)),
    "nearest": _MOLECULE,
    "substructure": (("group",), ("molecule", "file")),
    "scaffold": _MOLECULE,
    "standardise": _MOLECULE,
    "draw": _MOLECULE,
    "identity": _MOLECULE,
    "concentration": (("quantity",),),
    "translate": (("dna", "rna"),),
    "transcribe": (("dna", "rna"),),
    "reverse_complement": (("dna", "rna"),),
    "gc_content": (("dna", "rna"),),
    "orfs": (("dna", "rna"),),
    "protein_properties": (("peptide", "target", "dna", "rna"),),
    "alignment": (("dna", "rna", "peptide", "target"), ("dna", "rna", "peptide", "target")),
    "restriction": (("dna",),),
    "target_identity": _TARGET,
    "target_profile": _TARGET,
    "target_activities": _TARGET,
    "potency": (("molecule",), ("target",)),
    "compound_activities": _MOLECULE,
    "mechanism": _MOLECULE,
    "drugs_for_target": _TARGET,
    "drug_status": _MOLECULE,
    "indications": _MOLECULE,
    "drugs_for_indication": (("disease",),),
    "literature": (),
    "data_status": (),
    "help": (),
    "unsupported": (),
}
"""Kind → the things it is about: for each one, the kinds of entity that serve."""

_WORDS: dict[EntityKind, str] = {
    "molecule": "a molecule (a name, a SMILES, an InChIKey or a ChEMBL id)",
    "target": "a target (a gene symbol, a name or a UniProt accession)",
    "disease": "a disease",
    "dna": "a DNA or RNA sequence",
    "peptide": "a protein sequence",
    "quantity": "a number with its unit, such as 1.2 µg/mL",
    "group": "a functional group or a SMARTS",
}


def _unmet(kind: Kind, entities: Iterable[Entity]) -> list[tuple[EntityKind, ...]]:
    left = list(dict.fromkeys((entity.kind, entity.value) for entity in entities))
    unmet = []
    for served_by in NEEDS[kind]:
        hit = next((item for item in left if item[0] in served_by), None)
        if hit is None and not set(served_by) & {"quantity", "group", "dna"}:
            hit = next((item for item in left if item[0] == "unknown"), None)
        if hit is None:
            unmet.append(served_by)
        elif hit[0] != "file":  # a file serves for as many molecules as are asked for
            left.remove(hit)
    return unmet


def fits(kind: Kind, entities: Iterable[Entity]) -> bool:
    """Whether these entities are what the kind is asked about."""
    return not _unmet(kind, entities)


def lacking(kind: Kind, entities: Iterable[Entity]) -> str:
    """What is missing for a question of this kind, in words; empty where nothing is."""
    unmet = _unmet(kind, entities)
    if not unmet:
        return ""
    if unmet == list(NEEDS[kind]) and len(unmet) == 2 and unmet[0] == unmet[1]:
        return {"molecule": "two molecules"}.get(unmet[0][0], "two sequences")
    first = "another molecule" if kind in ("similarity", "compare") else ""
    return first or _WORDS[unmet[0][0]]


def slot_of(entity: Entity) -> EntityKind:
    """The slot that an entity goes into: the three kinds of sequence share one."""
    return "dna" if entity.kind in SEQUENCES else entity.kind


_TARGET_LEAD = re.compile(
    r"\b(?:on|against|at|inhibit\w*|inhibitors? of|ligands? of|(?:ant)?agonists? of|block\w*|hits?|target(?:s|ing)?|bind\w*(?: to)?|gene|protein|kinase|receptor"
    r"|targets? like)\s*(?:the\s+|human\s+)*$",
    re.IGNORECASE,
)
_TARGET_TAIL = re.compile(
    r"^\s*(?:inhibitors?|kinase|receptor|gene|protein|(?:ant)?agonists?|blockers?|ligands?|protease|binders?)\b",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(
    r"\s*(?:,|;|and|or|&|/|vs\.?|versus|with|to|than|,\s*and)\s*(?:(?:of|for|on|also|the)\s+)?", re.IGNORECASE
)


def like_a_gene(text: str) -> bool:
    """Whether it is written as gene symbols are: capitals or digits."""
    return sum(char.isupper() for char in text) > 1 or any(char.isdigit() for char in text)


def stands_for_a_target(entity: Entity, clause: Clause) -> bool:
    """Whether the words around it say that it is a target."""
    before = clause.text[: max(0, entity.start - clause.start)]
    after = clause.text[max(0, entity.end - clause.start) :]
    return bool(_TARGET_LEAD.search(before) or _TARGET_TAIL.match(after))


def listed(entity: Entity, names: Iterable[Entity], clause: Clause) -> bool:
    """Whether it stands in one list with one of these names: `aspirin and floxibrane`."""
    for other in names:
        if other is entity or other.kind not in ("molecule", "target", "unknown"):
            continue
        first, second = sorted((entity, other), key=lambda item: item.start)
        if _LIST_GAP.fullmatch(clause.text[first.end - clause.start : second.start - clause.start]):
            return True
    return False
