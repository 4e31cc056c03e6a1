"""What only a live source or a full dump knows: articles, trials, structures, pathways, partners, diseases, warnings, annotations.

These are questions that are classified as `unsupported`, or that name a literature or structure database outright. Each
is one call, told as a table. Offline the call fails and says so, unless a kept reply answers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.records import Evidence
from ..contract import Aside, Break, Part, Row, Sentence, Table
from ..frames import Frame
from .annotations import ANNOTATIONS, annotation_call
from .listing import Listing, quoted
from .plan import Node, Results, Section
from .words import capital, join, molecule_name, plain_name, settle

__all__ = ["asks_elsewhere", "nodes_for", "tell", "what_is_asked"]

_KEY = "elsewhere"
_MOST = 10
_MOST_DRUGS = 30
"""Of a list whose withdrawals are asked for: a call each."""
_EACH_TOLD = 3
"""Drugs whose missing warnings are told one by one."""
_LITERATURE = re.compile(
    r"\b(?:papers?|publications?|articles?|literature|preprints?|pubmed|europe ?pmc)\b", re.IGNORECASE
)
_REVIEWS = re.compile(r"\breviews?\b", re.IGNORECASE)
_TRIALS = re.compile(r"\b(?:clinical )?trials?\b|\bclinical stud(?:y|ies)\b", re.IGNORECASE)
_STRUCTURES = re.compile(
    r"\bpdb\b|\bcrystal structures?\b|\bcryo-?em\b|\balphafold\b|\bx-?ray structures?\b", re.IGNORECASE
)
_PATHWAYS = re.compile(r"\bpathways?\b|\breactome\b", re.IGNORECASE)
_PARTNERS = re.compile(r"\binteract(?:s|ions?|ors?|ion partners)?\b|\bbinding partners?\b", re.IGNORECASE)
_DISEASES = re.compile(r"\b(?:genetic|disease) (?:evidence|associations?)\b|\bopen ?targets\b", re.IGNORECASE)
_SAFETY = re.compile(r"\b(?:safety|liabilit(?:y|ies)|tractab\w+|druggab\w+)\b", re.IGNORECASE)
_HARM = re.compile(r"\b(?:safety|liabilit(?:y|ies)|toxicit(?:y|ies)|side\s+effects?|adverse)\b", re.IGNORECASE)
_LIABILITIES = re.compile(
    r"\b(?:safety\s+)?liabilit(?:y|ies)\b|\bsafety\s+(?:profile|record|concerns?|issues?|problems?)\b", re.IGNORECASE
)
_WITHDRAWN = re.compile(
    r"\bwithdrawn\b|\bdiscontinued\b|\brecalled\b|\bwithdrawal from the market\b|\b(?:taken off|pulled from|removed from|off) the market\b",
    re.IGNORECASE,
)
_BOXED = re.compile(r"\b(?:black[\s-]*box(?:ed)?|boxed|safety)[\s-]+warnings?\b", re.IGNORECASE)
_APPROVAL = re.compile(r"\bapprov\w+", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|from)\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_PHASE = re.compile(r"\bphase[\s-]*(1|2|3|4|iv|i{1,3})\b", re.IGNORECASE)
_PHASES = {
    "1": "PHASE1",
    "i": "PHASE1",
    "2": "PHASE2",
    "ii": "PHASE2",
    "3": "PHASE3",
    "iii": "PHASE3",
    "4": "PHASE4",
    "iv": "PHASE4",
}
_UNDERSTOOD = {
    "literature_search": "articles",
    "clinical_trials": "clinical trials",
    "target_structures": "structures of a target",
    "pathways": "pathways of a target",
    "protein_interactions": "partners of a protein",
    "disease_evidence": "diseases of a target",
    "target_safety": "safety of a target",
    "drug_warnings": "withdrawals and warnings of a drug",
    "protein_features": "features of a protein's sequence",
    "protein_isoforms": "isoforms of a protein",
    "search_proteins": "proteins of a disease or keyword",
    "clinical_candidates": "clinical candidates of a target",
    "assay_details": "an assay",
}
_NO_TOPIC = frozenset(
    "a about all an and any are articles article by can concerning could describe discuss do does european europe fetch find for from"
    " get give has have i in is journal know latest let's list literature look me most new newest of on paper papers please pmc"
    " preprint preprints publication publications published pubmed read recent recently regarding report reports review reviews"
    " say says search show some studies study tell that the there to up us was were what which who with write written you".split()
)


def asks_elsewhere(frame: Frame) -> bool:
    """Whether the clause names such a source outright, whatever else it may be taken for."""
    return (
        _LITERATURE.search(frame.clause) is not None
        or (bool(frame.targets) and _STRUCTURES.search(frame.clause) is not None)
        or _asks_for_safety(frame)
        or _asks_for_warnings(frame)
        or annotation_call(frame) is not None
    )


def _asks_for_safety(frame: Frame) -> bool:
    """Whether it asks how safe it is to act on a target, or to take a drug: a list of drugs is no answer to that."""
    if _LITERATURE.search(frame.clause) or _TRIALS.search(frame.clause):
        return False
    if frame.kind in ("drugs_for_target", "target_profile") and frame.targets and not frame.molecules:
        return _HARM.search(frame.clause) is not None
    alone = frame.kind in ("unsupported", "mechanism", "identity", "indications") and len(frame.molecules) == 1
    return alone and not frame.targets and _LIABILITIES.search(frame.clause) is not None


def _asks_for_warnings(frame: Frame) -> bool:
    """Whether it asks for the withdrawal or warnings of drugs: not in passing, and not for their approval as well."""
    named = len(frame.molecules) + len(frame.unknown)
    return (
        frame.kind in ("drug_status", "unsupported")
        and 0 < named <= _MOST_DRUGS
        and not frame.targets
        and _APPROVAL.search(frame.clause) is None
        and (_WITHDRAWN.search(frame.clause) or _BOXED.search(frame.clause)) is not None
    ) or (0 < named <= _MOST_DRUGS and not frame.targets and _LIABILITIES.search(frame.clause) is not None)


def what_is_asked(frame: Frame) -> str:
    """What the clause is understood as, for the summary of a plan; empty where it does not go out."""
    nodes = nodes_for(frame) if frame.kind == "unsupported" else []
    return _UNDERSTOOD[nodes[0].tool] if nodes else ""


def nodes_for(frame: Frame) -> list[Node]:
    """The calls that answer the clause, of several drugs one each; none where nothing here does."""
    if _is_of_warnings(frame):
        drugs = dict.fromkeys(entity.value or entity.text for entity in (*frame.molecules, *frame.unknown))
        return [
            Node(_KEY + (str(place) if place else ""), "drug_warnings", {"molecule": drug})
            for place, drug in enumerate(drugs)
        ]
    node = _node_for(frame)
    if node is not None and node.tool == "target_safety":  # of a family that was named as one, each of its proteins
        return [
            Node(_KEY + (str(place) if place else ""), node.tool, {"target": entity.value or entity.text})
            for place, entity in enumerate(frame.targets)
        ]
    return [] if node is None else [node]


def _is_of_warnings(frame: Frame) -> bool:
    return (
        _LITERATURE.search(frame.clause) is None
        and annotation_call(frame) is None
        and not _TRIALS.search(frame.clause)
        and _asks_for_warnings(frame)
    )


def _node_for(frame: Frame) -> Node | None:
    clause = frame.clause
    molecules = [entity.text for entity in (*frame.molecules, *frame.unknown)]
    diseases = [entity.text for entity in frame.diseases]
    if _LITERATURE.search(clause) or (_REVIEWS.search(clause) and not molecules):
        return _literature(clause)
    annotation = annotation_call(frame)
    if annotation is not None:
        return Node(_KEY, *annotation)
    if _TRIALS.search(clause) and (molecules or diseases):
        return _trials(clause, molecules, diseases)
    if not frame.targets:
        return None
    target = {"target": frame.targets[0].value or frame.targets[0].text}
    for pattern, tool in (
        (_STRUCTURES, "target_structures"),
        (_PATHWAYS, "pathways"),
        (_PARTNERS, "protein_interactions"),
        (_DISEASES, "disease_evidence"),
        (_SAFETY, "target_safety"),
        (_HARM, "target_safety"),
    ):
        if pattern.search(clause):
            return Node(_KEY, tool, target)
    return None


def _literature(clause: str) -> Node | None:
    since = _SINCE.search(clause)
    topic = clause if since is None else clause.replace(since.group(), " ")
    words = [word for word in re.findall(r"[^\s?!,;.]+(?:\.\d+)*", topic) if word.casefold() not in _NO_TOPIC]
    if not words:
        return None
    arguments: dict[str, Any] = {"query": " ".join(words)[:300], "most": _MOST}
    if _REVIEWS.search(clause):
        arguments["types"] = ["review"]
    if since is not None:
        arguments["from_year"] = int(since[1])
    return Node(_KEY, "literature_search", arguments)


def _trials(clause: str, molecules: Sequence[str], diseases: Sequence[str]) -> Node:
    arguments: dict[str, Any] = {"most": _MOST}
    if molecules:
        arguments["intervention"] = " ".join(molecules)[:300]
    if diseases:
        arguments["condition"] = " ".join(diseases)[:300]
    phases = [_PHASES[found.casefold()] for found in _PHASE.findall(clause)]
    if phases:
        arguments["phases"] = list(dict.fromkeys(phases))
    return Node(_KEY, "clinical_trials", arguments)


def tell(frame: Frame, results: Results) -> Section:
    """The records as tables, in the source's order."""
    keys = [key for key in results.by_key if key.startswith(_KEY)]
    sections = [_tell(frame, results, key) for key in keys]
    if len(sections) < 2:
        return sections[0] if sections else Section((), "unknown")
    if len(keys) > _EACH_TOLD and _is_of_warnings(frame):
        return _warnings_of_many(frame, results, keys)
    parts = [part for section in sections for part in (Break(), *section.parts)][1:]
    states = {section.status for section in sections}
    return Section(tuple(parts), states.pop() if len(states) == 1 else "partial")


def _tell(frame: Frame, results: Results, key: str) -> Section:
    result = results.get(key)
    if result is None:
        return Section((), "unknown")
    parts: list[Part] = []
    for kind, listing in _LISTINGS.items():
        of_kind = [item for item in result.evidence if item.record["type"] == kind]
        if result.status not in ("ok", "partial"):
            continue
        rows = [Row(cells, (item.id,)) for item in of_kind for cells in listing.rows(item.record)]
        if rows or not listing.heads:
            parts += [part for item in of_kind for part in listing.lead(frame, item)]
        if rows:
            parts += [Aside(listing.above), Table(listing.heads, tuple(rows))]
    if result.omitted is not None and parts:
        parts.append(Aside(f"Not shown: {result.omitted.what}."))
    if not parts and result.status in ("ok", "partial"):
        messages = [(item.id, item.record.get("message")) for item in result.evidence]
        return Section(tuple(Sentence(str(text), (id,)) for id, text in messages if text), "unknown")
    section = settle(parts, results, [key])
    return Section(section.parts, "partial") if result.status == "partial" and parts else section


def _warnings_of_many(frame: Frame, results: Results, keys: Sequence[str]) -> Section:
    """The drugs of a list with warnings one by one, the others in a sentence together."""
    listed = {key: item for key in keys if (item := _first(results, key)) is not None}
    warned = [key for key, item in listed.items() if item.record.get("rows")]
    parts = [part for key in warned for part in (*_tell(frame, results, key).parts, Break())]
    for recorded, says in ((False, _NONE_RECORDED), (None, _NOT_HELD)):
        items = [
            item for item in listed.values() if not item.record.get("rows") and item.record["recorded"] is recorded
        ]
        if items:
            parts.append(Sentence(says.format(join(molecule_name(item.record) for item in items)), _ids(items)))
    missed = settle((), results, [key for key in keys if key not in listed])
    unknown = len(listed) < len(keys) or any(item.record["recorded"] is None for item in listed.values())
    return Section((*parts, *missed.parts), "answered" if not unknown else "partial" if warned else "unknown")


_NONE_RECORDED = (
    "No withdrawal or black-box warning is recorded in this source of {}; that does not mean that they are safe."
)
_NOT_HELD = (
    "Whether any was withdrawn or carries a warning cannot be told of {}: this source holds no warnings of any drug;"
    " a registered ChEMBL dump and ChEMBL's service hold them."
)


def _first(results: Results, key: str) -> Evidence | None:
    result = results.get(key)
    return next((item for item in result.evidence if item.record["type"] == "drug_warnings"), None) if result else None


def _ids(items: Sequence[Evidence]) -> tuple[str, ...]:
    return tuple(item.id for item in items)


def _articles(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    mark = f"**{quoted(record['standing'])}** " if record["retracted"] or record["notices"] else ""
    where = quoted(record["journal_abbreviation"] or record["journal"] or "–", 60)
    return [(str(record["label"]), f"{mark}{quoted(record['title'])}", where, str(record["year"] or "–"))]


def _trial(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    phases = ", ".join(record["phases"]) or "–"
    return [(str(record["nct_id"]), quoted(record["title"], 120), quoted(record["status"] or "–"), phases)]


def _structure(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    resolution = f"{record['resolution']['value']:g} Å" if record["resolution"] else "–"
    ligands = ", ".join(item["code"] for item in record["ligands"][:6]) or "–"
    return [(str(record["pdb_id"]), ", ".join(record["methods"]), resolution, ligands, str(record["released"] or "–"))]


def _model(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [(str(record["model_id"]), f"{record['mean_plddt']:g}" if record["mean_plddt"] is not None else "–")]


def _pathways(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [(str(row["stable_id"]), quoted(row["name"])) for row in record["pathways"]]


def _partners(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [(quoted(row["gene"]), f"{row['score']:g}") for row in record["partners"]]


def _association(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    best = next(iter(record["scores_by_datatype"].items()), None)
    told = "–" if best is None else f"{best[0].replace('_', ' ')} {best[1]:g}"
    return [(quoted(record["disease"]["name"]), f"{record['score']:g}", told)]


def _event(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    tissues = quoted(", ".join(record["tissues"][:5]) or "–")
    return [(capital(plain_name(quoted(record["event"] or "no name"))), tissues, quoted(record["stated_by"]))]


def _warnings(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            plain_name(quoted(row["name"] or row["chembl_id"] or "–")),
            quoted(row["warning_type"] or "–"),
            quoted(", ".join(dict.fromkeys(part for part in (row["warning_class"], row["efo_term"]) if part)) or "–"),
            quoted(row["description"] or "–"),
            quoted(row["country"] or "–"),
            str(row["year"] or "–"),
        )
        for row in record["rows"]
    ]


def _no_withdrawal(frame: Frame, item: Evidence) -> list[Part]:
    rows = item.record["rows"]
    whole = len(rows) == item.record["count"]
    withdrawn = any("withdraw" in (row["warning_type"] or "").casefold() for row in rows)
    if withdrawn or not whole or _WITHDRAWN.search(frame.clause) is None:
        return []
    name = molecule_name(item.record)
    return [Sentence(f"No withdrawal of {name} is recorded in this source; other warnings are.", (item.id,))]


_LISTINGS: Mapping[str, Listing] = {
    **ANNOTATIONS,
    "article": Listing("Articles, the most relevant first:", ("article", "title", "journal", "year"), _articles),
    "clinical_trial": Listing(
        "Trials, as their sponsors registered them:", ("trial", "title", "state", "phase"), _trial
    ),
    "structure": Listing(
        "Experimental structures, the best resolution first:",
        ("PDB", "method", "resolution", "ligands", "released"),
        _structure,
    ),
    "predicted_structure": Listing("Predicted, not measured:", ("model", "mean pLDDT"), _model),
    "pathways": Listing("Pathways in Reactome:", ("id", "pathway"), _pathways),
    "protein_interactions": Listing("Partners in STRING, by score:", ("gene", "score"), _partners),
    "disease_association": Listing(
        "Diseases by Open Targets' association score:", ("disease", "score", "strongest kind of data"), _association
    ),
    "safety_event": Listing("Recorded safety events:", ("event", "tissues", "stated by"), _event),
    "drug_warnings": Listing(
        "Warnings that ChEMBL records; a list, no safety assessment and no medical advice:",
        ("form", "warning", "harm", "described as", "country", "year"),
        _warnings,
        _no_withdrawal,
    ),
}
