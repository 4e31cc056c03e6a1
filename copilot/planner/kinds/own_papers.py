"""Questions that are put to the user's own papers before anything else: no table holds what they ask.

Only where the library holds something beside the project's notes. What the stores know is still asked of them: an answer from papers
never takes the place of one from data.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ....memory.errors import StorageError
from ....tools.workbench import Workbench
from ...literature.question import asked_of
from ...literature.words import telling
from ..classifier import LEAST_MARGIN
from ..contract import Break
from ..frames import Entity, Frame
from .elsewhere import nodes_for
from .literature import asks_library, says_first, says_nothing, search_first
from .plan import Node, Results, Section, Status

__all__ = ["asks_papers", "holds_papers", "papers_told", "with_papers"]

_FOUND = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|meta-?analys[ei]s|reviews?|cohorts?|experiments?|authors|investigators|researchers|papers?|articles?)\b"
    r"[^?]*\b(?:find|found|show\w*|report\w*|conclude\w*|suggest\w*|reveal\w*|demonstrat\w*|observe\w*|say|said)\b",
    re.IGNORECASE,
)
_NOT_OF_PAPERS = re.compile(
    r"\b(?:retrosynth\w*|synthesi[sz]e|primers?|dock|draw|plot|weather|joke|you|your|my|our|thanks?|hello|hi|database|chembl\w*|uniprot)\b"
    r"|\b(?:can|could|should|do|did|may|must|would|will|shall|am|if|what|how)\s+(?:i|we)\b|^\W*(?:i|we)\s",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:(?:so|and|but|please|ok|well)\W+)*(?:what|which|who|how|why|when|where|is|are|was|were|do|does|did|can|could|has|have|had|should|will|would)\b",
    re.IGNORECASE,
)
_DRUGS = re.compile(
    r"\b(?:drugs?|medicines?|medications?|treatments?|therap\w+|approved|treats?|used|indicated|prescribed)\b",
    re.IGNORECASE,
)
_OF_PROGRAM = ("help", "data_status")
_OF_NAMES = ("target_profile", "target_identity", "mechanism", "compound_activities", "indications", "drug_status")
"""Kinds that a question about an effect of something is taken for because it names that thing."""
_OF_MOLECULES = ("compound_activities", "potency", "mechanism", "indications", "drug_status")
_ACCESSION = re.compile(r"[A-Z]\d[A-Z0-9]{3}\d(?:[A-Z0-9]{4})?", re.IGNORECASE)
_LEAST_WORDS = 2
_LEAST_OF_PROGRAM = 4
_KEY = "library"


def holds_papers(bench: Workbench, offline: bool) -> bool:
    """Whether the user added anything. False too where the library cannot be read: a question that needs it is told why."""
    try:
        return (bench.library_offline if offline else bench.library).holds_own
    except StorageError:
        return False


def asks_papers(frame: Frame) -> bool:
    """Whether the user's papers are asked first: it asks what was found, names nothing that the stores know, or was not understood."""
    clause = frame.clause
    if (frame.kind == "literature" and frame.margin >= LEAST_MARGIN) or asks_library(frame, clause):
        return False  # goes there anyway
    if frame.sequences or frame.files or _NOT_OF_PAPERS.search(clause) or not _ASKS.match(clause):
        return False
    words = telling(clause)
    if len(words) < (_LEAST_OF_PROGRAM if frame.kind in _OF_PROGRAM else _LEAST_WORDS):
        return False
    if _FOUND.search(clause):
        return True
    if _is_computed(frame):
        return False
    if not any(map(_is_known, (*frame.molecules, *frame.targets))):
        return not frame.diseases or (frame.kind == "unsupported" and not nodes_for(frame))
    if frame.margin < LEAST_MARGIN or (frame.kind == "unsupported" and not nodes_for(frame)):
        return True
    if frame.kind in _OF_MOLECULES and not any(map(_is_known, frame.molecules)):
        return True
    return frame.kind in _OF_NAMES and _asserts_more(frame)


def _is_known(item: Entity) -> bool:
    """Whether a store knows it; a target that none knows stands for itself."""
    if item.kind == "target":
        return item.value != item.text or bool(item.members) or _ACCESSION.fullmatch(item.text) is not None
    return item.kind != "unknown"


def _is_computed(frame: Frame) -> bool:
    """Whether it asks for something of a structure or a sequence, which no paper need say."""
    return bool(
        frame.quantities or frame.groups or frame.properties or frame.rules or frame.catalogues or frame.enzymes
    )


def _asserts_more(frame: Frame) -> bool:
    """Whether it asks after an effect on something beside what it names: `Is the ACE polymorphism associated with preeclampsia?`"""
    asked = asked_of(frame.clause)
    of_disease = frame.kind == "drugs_for_indication" and _DRUGS.search(frame.clause) is None
    if not asked.yes_or_no or frame.activity_types or frame.aspects or (asked.effect is None and not of_disease):
        return False
    named = frozenset().union(
        *(telling(f"{item.text} {item.name}") for item in (*frame.molecules, *frame.targets, *frame.diseases))
    )
    return len(asked.words - named) >= _LEAST_WORDS


def with_papers(frame: Frame, nodes: list[Node]) -> list[Node]:
    """The search of the library before these nodes, in place of one behind them."""
    return [search_first(frame), *(node for node in nodes if node.key != _KEY)]


def _names_a_word(frame: Frame) -> bool:
    """Whether what was taken for an unknown name is but a word of a longer question: `the window of implantation`."""
    unknown = [item.text for item in (*frame.molecules, *frame.targets, *frame.unknown) if not _is_known(item)]
    words = bool(unknown) and all(" " in text or (text.isalpha() and text.islower()) for text in unknown)
    return words and len(telling(frame.clause)) > _LEAST_WORDS


def _misses(frame: Frame) -> bool:
    """Whether it names something that looks like a name and that no store knows: that is told, too."""
    named = (*frame.molecules, *frame.targets, *frame.unknown)
    return not all(map(_is_known, named)) and not _names_a_word(frame)


def papers_told(frame: Frame, results: Results, others: Section) -> Section:
    """What papers say before what else there is to say; a miss of a name that papers know is not told."""
    said = says_first(frame, results)
    if said is None:
        return says_nothing(frame, results) if others.status == "unknown" and _names_a_word(frame) else others
    if frame.kind in _OF_PROGRAM or (others.status == "unknown" and (said.status == "answered" or not _misses(frame))):
        return said
    if others.status == "unknown":
        return replace(said, parts=(*said.parts, Break(), *others.parts))
    status: Status = "answered" if "answered" in (said.status, others.status) else "partial"
    parts = (said.parts, others.parts) if said.status == "answered" else (others.parts, said.parts)
    return replace(others, parts=(*parts[0], Break(), *parts[1]), status=status)
