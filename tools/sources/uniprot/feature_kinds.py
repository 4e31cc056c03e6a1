"""The types of UniProt's features under sixteen kinds by which people ask, and what its evidence codes say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

__all__ = ["FEATURE_KINDS", "FeatureKind", "evidence_means", "kind_of", "rank_of"]

FeatureKind = Literal[
    "domain", "region", "active_site", "binding_site", "site", "modification", "glycosylation", "disulfide_bond", "variant",
    "mutagenesis", "transmembrane", "topology", "processing", "isoform_difference", "secondary_structure", "remark",
]  # fmt: skip

FEATURE_KINDS: Mapping[FeatureKind, tuple[str, ...]] = {
    "domain": ("Domain", "Zinc finger", "DNA binding"),
    "region": ("Repeat", "Region", "Motif", "Coiled coil", "Compositional bias"),
    "active_site": ("Active site",),
    "binding_site": ("Binding site",),
    "site": ("Site",),
    "modification": ("Modified residue", "Lipidation", "Cross-link", "Non-standard residue"),
    "glycosylation": ("Glycosylation",),
    "disulfide_bond": ("Disulfide bond",),
    "variant": ("Natural variant",),
    "mutagenesis": ("Mutagenesis",),
    "transmembrane": ("Transmembrane", "Intramembrane"),
    "topology": ("Topological domain",),
    "processing": ("Signal", "Transit peptide", "Initiator methionine", "Propeptide", "Chain", "Peptide"),
    "isoform_difference": ("Alternative sequence",),
    "secondary_structure": ("Helix", "Beta strand", "Turn"),
    "remark": ("Sequence conflict", "Sequence uncertainty", "Non-terminal residue", "Non-adjacent residues"),
}
"""Kind to UniProt's types; one that is not listed, such as a new one, counts as a remark."""

_OF_TYPE: Mapping[str, FeatureKind] = {name: kind for kind, names in FEATURE_KINDS.items() for name in names}
_RANKS = {kind: rank for rank, kind in enumerate(get_args(FeatureKind))}

# As the Evidence and Conclusion Ontology defines them; these are the codes that UniProt uses.
_MEANINGS = {
    "ECO:0000269": "experiment",
    "ECO:0000314": "experiment",
    "ECO:0000305": "inferred by a curator",
    "ECO:0000303": "stated by an author",
    "ECO:0000250": "by similarity",
    "ECO:0000255": "sequence analysis, checked by a curator",
    "ECO:0000256": "sequence analysis, automatic",
    "ECO:0000259": "signature match, automatic",
    "ECO:0000312": "imported, checked by a curator",
    "ECO:0000313": "imported, automatic",
    "ECO:0007744": "large-scale experiments, checked by a curator",
    "ECO:0007829": "combined evidence, automatic",
    "ECO:0000244": "combined evidence, checked by a curator",
    "ECO:0000213": "combined evidence, automatic",
}


def kind_of(feature_type: str) -> FeatureKind:
    """The kind under which people ask for features of this type."""
    return _OF_TYPE.get(feature_type, "remark")


def rank_of(feature_type: str) -> int:
    """Its place among the kinds: domains and sites first, secondary structure and remarks last."""
    return _RANKS[kind_of(feature_type)]


def evidence_means(code: str) -> str:
    """An evidence code in words; the code itself where it is not one that UniProt usually gives."""
    return _MEANINGS.get(code, code)
