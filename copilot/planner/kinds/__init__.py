"""Kinds of question: how each is planned and told. `kind_of` gives the one that serves a kind's name."""

from __future__ import annotations

from functools import cache

from ..frames import Kind
from .drugs import DrugsForIndication, DrugStatus, Indications, Mechanism
from .literature import Literature
from .plan import QuestionKind
from .potency import Measured
from .program import DataStatus, Help, Unsupported
from .properties import DrugLikeness, Permeability, Property
from .sequences import Concentration, Sequence
from .structures import Alerts, Compare, Draw, Identity, Nearest, Scaffold, Similarity, Standardise, Substructure
from .targets import DrugsForTarget, TargetIdentity, TargetProfile

__all__ = ["kind_of"]


@cache
def _all() -> dict[Kind, QuestionKind]:
    measured, sequence = Measured(), Sequence()
    return {
        "property": Property(),
        "drug_likeness": DrugLikeness(),
        "permeability": Permeability(),
        "alerts": Alerts(),
        "similarity": Similarity(),
        "compare": Compare(),
        "nearest": Nearest(),
        "substructure": Substructure(),
        "scaffold": Scaffold(),
        "standardise": Standardise(),
        "draw": Draw(),
        "identity": Identity(),
        "concentration": Concentration(),
        "translate": sequence,
        "transcribe": sequence,
        "reverse_complement": sequence,
        "gc_content": sequence,
        "orfs": sequence,
        "protein_properties": sequence,
        "alignment": sequence,
        "restriction": sequence,
        "target_identity": TargetIdentity(),
        "target_profile": TargetProfile(),
        "target_activities": measured,
        "potency": measured,
        "compound_activities": measured,
        "mechanism": Mechanism(),
        "drugs_for_target": DrugsForTarget(),
        "drug_status": DrugStatus(),
        "indications": Indications(),
        "drugs_for_indication": DrugsForIndication(),
        "literature": Literature(),
        "data_status": DataStatus(),
        "help": Help(),
        "unsupported": Unsupported(),
    }


def kind_of(kind: Kind) -> QuestionKind:
    """How questions of this kind are planned and told."""
    return _all()[kind]
