"""A clause and its kind become frames: every slot filled, neighbouring kinds told apart by what is named, unknown names
put where they stand, and a question about a molecule in general spread over what there is to tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .classifier import LEAST_MARGIN, Guess
from .clauses import Clause
from .frames import Entity, Frame, Kind
from .leaning import unit_span
from .names_in_text import has_drug_stem
from .quantities import count_asked, limit_asked, target_unit, years_asked
from .slots import NEEDS, SEQUENCES, listed, stands_for_a_target

__all__ = ["frames_of"]

_RUNNERS_UP = 3
_YES_NO = re.compile(
    r"^\W*(?:(?:so|and|but|then|please|also|ok|well)\b[\s,]+)*(?:is|are|does|do|did|has|have|had|can|could|was|were|isn't|doesn't|any)\b",
    re.IGNORECASE,
)
_COUNTED = frozenset(("hbd", "hba", "rotatable_bonds", "rings", "aromatic_rings", "stereocentres"))
_OF_PROFILE = frozenset(
    (
        "function",
        "location",
        "family",
        "length",
        "mass",
        "disease",
        "names",
        "organism",
        "ec",
        "sequence",
        "keywords",
        "xref",
    )
)
_OF_IDENTITY = frozenset(("accession", "gene", "chembl_id"))
_OVERVIEW = re.compile(
    r"\b(?:everything|all)\s+(?:about|on|there\s+is|you\s+(?:know|have))|\btell\s+(?:me|us)\s+(?:more\s+)?about\b|\b(?:overview|profile|summary|summari[sz]e|info(?:rmation)?|facts?|background)\b"
    r"|^\s*(?:so\s+)?what(?:'s|\s+is|\s+exactly\s+is|s)\s+\S+(?:\s+\S+)?\s*\??\s*$",
    re.IGNORECASE,
)


def frames_of(clause: Clause, guess: Guess, entities: Sequence[Entity]) -> list[Frame]:
    """The frames of a clause; several where it asks of pairs, or for an overview."""
    return [whole for part in _pairwise(guess.kind, entities) for whole in _overview(_frame(clause, guess, part))]


def _frame(clause: Clause, guess: Guess, entities: Sequence[Entity]) -> Frame:
    kind = _settled(guess.kind, entities)
    chosen = _assigned(kind, clause, entities)
    counted = count_asked(clause.text)
    unit = target_unit(clause.text) if unit_span(clause) is not None else None

    def of(*kinds: str) -> tuple[Entity, ...]:
        return tuple(dict.fromkeys(entity for entity in chosen if entity.kind in kinds))

    def values(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entity.value for entity in chosen if entity.kind == name))

    properties, aspects = _asked(kind, values("property"), values("aspect"))
    if len(properties) > 1 and _COMPARATIVE.search(clause.text):  # "is the TPSA bigger than 70" asks for no weight
        properties = tuple(key for key in properties if key != "molecular_weight")
    return Frame(
        kind=kind,
        clause=clause.text.strip(),
        probability=guess.of(guess.kind),
        margin=guess.margin,
        runners_up=tuple(other for other, _ in guess.ranked[1 : 1 + _RUNNERS_UP]),
        molecules=of("molecule"),
        targets=tuple(one for entity in of("target") for one in _members(entity)),
        diseases=of("disease"),
        sequences=of(*SEQUENCES),
        quantities=of("quantity"),
        groups=of("group"),
        properties=properties,
        rules=values("rule"),
        catalogues=values("catalogue"),
        activity_types=values("activity_type"),
        enzymes=values("enzyme"),
        aspects=aspects,
        files=values("file"),
        unknown=of("unknown"),
        to_unit=unit[2] if unit else "",
        most=counted[2] if counted else None,
        limit=_limit(clause, properties),
        years=years_asked(clause.text),
        yes_or_no=_YES_NO.match(clause.text) is not None,
    )


def _members(entity: Entity) -> list[Entity]:
    """Each protein of a family that was named as one."""
    if not entity.members:
        return [entity]
    return [replace(entity, value=accession, name=gene, members=()) for accession, gene in entity.members]


def _pairwise(kind: Kind, entities: Sequence[Entity]) -> list[Sequence[Entity]]:
    """`erlotinib on EGFR and imatinib on ABL1` is two questions; `erlotinib and imatinib on EGFR` is one."""
    about = [entity for entity in entities if entity.kind in ("molecule", "target")]
    order = "".join(entity.kind[0] for entity in about)
    if kind != "potency" or len(order) < 4 or order not in ("mt" * (len(order) // 2), "tm" * (len(order) // 2)):
        return [entities]
    common = [entity for entity in entities if entity not in about]
    return [[*about[place : place + 2], *common] for place in range(0, len(about), 2)]


def _limit(clause: Clause, properties: tuple[str, ...]) -> tuple[str, float] | None:
    """What a value is compared with; `does it have stereocentres` asks for more than none of them."""
    asked = limit_asked(clause.text) or _counted(clause, properties)
    if asked is not None or len(properties) != 1 or not _YES_NO.match(clause.text):
        return asked
    if properties[0] in _COUNTED:
        return ">", 0.0
    return ("!=", 0.0) if properties[0] == "formal_charge" else None


_COMPARATIVE = re.compile(r"\b(?:bigger|larger|smaller|lighter|heavier)\s+than\s+\d", re.IGNORECASE)
_COUNT_BEFORE = re.compile(
    r"\b(\d{1,3}|no|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:[a-z-]+\s+){0,2}$", re.IGNORECASE
)
_COUNT_WORDS = {
    word: number for number, word in enumerate("no one two three four five six seven eight nine ten".split())
}


def _counted(clause: Clause, properties: tuple[str, ...]) -> tuple[str, float] | None:
    """`does caffeine have 3 rings`: that many, neither more nor fewer."""
    entity = next((item for item in clause.of("property") if item.value in _COUNTED), None)
    if entity is None or len(properties) != 1 or not _YES_NO.match(clause.text):
        return None
    hit = _COUNT_BEFORE.search(clause.text[: entity.start - clause.start])
    if hit is None:
        return None
    word = hit.group(1).casefold()
    return "=", float(word) if word.isdigit() else float(_COUNT_WORDS[word])


def _settled(kind: Kind, entities: Sequence[Entity]) -> Kind:
    """Kinds that differ only in what is named: a compound, a target, or one on the other."""
    kinds = {entity.kind for entity in entities}
    if kind in ("compound_activities", "target_activities") and {"molecule", "target"} <= kinds:
        return "potency"
    if kind == "potency" and "target" not in kinds and "unknown" not in kinds:
        return "compound_activities"
    if kind == "potency" and not kinds & {"molecule", "unknown"}:
        return "target_activities"
    aspects = {entity.value for entity in entities if entity.kind == "aspect"}
    if kind == "identity" and aspects == {"stereo"}:
        return "property"
    if kind == "property" and aspects == {"scaffold"}:
        return "scaffold"
    if kind == "target_identity" and aspects & _OF_PROFILE and not aspects & _OF_IDENTITY:
        return "target_profile"
    return kind


def _asked(
    kind: Kind, properties: tuple[str, ...], aspects: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that mean one thing of a molecule and another of a protein, put where the kind looks for them."""
    if kind == "protein_properties":
        meant = {"formal_charge": "charge", "clogp": "gravy"}
        return properties, tuple(dict.fromkeys([*aspects, *(meant[key] for key in properties if key in meant)]))
    if kind == "property" and not properties and "stereo" in aspects:
        return ("stereocentres",), aspects
    if kind == "target_profile" and {"molecular_weight", "monoisotopic_mass"} & set(properties):
        return (), tuple(dict.fromkeys([*aspects, "mass"]))
    return properties, aspects


def _assigned(kind: Kind, clause: Clause, entities: Sequence[Entity]) -> list[Entity]:
    """Unknown names given the slot in which they stand; those that are only words are left out."""
    needs = [slot for served_by in NEEDS[kind] for slot in served_by]
    chosen = [entity for entity in entities if entity.kind != "unknown"]
    for entity in entities:
        if entity.kind != "unknown":
            continue
        has = {item.kind for item in chosen}
        if "target" in needs and "target" not in has:
            led = clause.start <= entity.start < clause.end and stands_for_a_target(entity, clause)
            others = any(item.kind == "unknown" and item is not entity for item in entities)
            if "molecule" not in needs or "molecule" in has or (led and others):
                chosen.append(replace(entity, kind="target"))
                continue
        if "disease" in needs and "disease" not in has:
            chosen.append(replace(entity, kind="disease"))
        elif "molecule" in needs and (
            "molecule" not in has or has_drug_stem(entity.text) or listed(entity, chosen, clause)
        ):
            chosen.append(entity)
        elif "target" in needs and listed(entity, chosen, clause):
            chosen.append(replace(entity, kind="target"))
    return chosen


def _alone(frame: Frame) -> bool:
    """Whether the question is a molecule's name and nothing else."""
    return len(frame.molecules) == 1 and frame.clause.strip(" ?.!") == frame.molecules[0].text


def _overview(frame: Frame) -> list[Frame]:
    """What there is to tell of a named molecule, or of a sequence alone, where someone asks about it in general."""
    if (
        frame.kind in NEEDS
        and frame.sequences
        and not frame.clause.strip().replace(frame.sequences[0].text, "").strip(" ?.!\n")
    ):
        kinds: tuple[Kind, ...] = (
            ("protein_properties",) if frame.sequences[0].kind == "peptide" else ("gc_content", "translate", "orfs")
        )
        return [replace(frame, kind=kind, probability=1.0, margin=1.0, aspects=(), properties=()) for kind in kinds]
    general = (
        frame.kind == "identity"
        and not frame.aspects
        and frame.margin >= LEAST_MARGIN
        and (_OVERVIEW.search(frame.clause) or _alone(frame))
    )
    if not general or not frame.molecules or not all(entity.name for entity in frame.molecules):
        return [frame]
    more: tuple[Kind, ...] = ("drug_status", "mechanism", "indications")
    return [frame, *(replace(frame, kind=kind, optional=True) for kind in more)]
