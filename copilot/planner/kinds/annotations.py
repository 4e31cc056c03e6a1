"""What is annotated and never in the starter set: features and isoforms of a protein, its clinical candidates, an assay.

Each is recognised by its words and is one call; the records are told as a table, an assay in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence
from ..contract import Aside, Part, Sentence
from ..frames import Frame
from .listing import Listing, quoted
from .words import capital, known_id, plain_name, target_name

__all__ = ["ANNOTATIONS", "annotation_call"]

_MOST = 25
_ASSAY = re.compile(r"\bassays?\b", re.IGNORECASE)
_CHEMBL_ID = re.compile(r"\bCHEMBL\d{1,9}\b", re.IGNORECASE)
_KEYWORD = re.compile(r"\bproteins?\b.*\bkeyword\s+[\"“']?(?P<word>[\w-]+(?: [\w-]+)?)", re.IGNORECASE)
_OF_DISEASE = re.compile(
    r"\b(?:which|what|list|show|find)\b[^?]*\bproteins?\b[^?]*\b(?:involved|mutated|implicated|linked|associated|cause)",
    re.IGNORECASE,
)
_CLASSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), keyword)
    for pattern, keyword in (
        (r"tyrosine[\s-]+(?:protein[\s-]+)?kinases", "Tyrosine-protein kinase"),
        (r"serine[\s/-]+threonine[\s-]+(?:protein[\s-]+)?kinases", "Serine/threonine-protein kinase"),
        (r"(?:protein[\s-]+)?kinases", "Kinase"),
        (r"GPCRs|G[\s-]+protein[\s-]+coupled[\s-]+receptors", "G-protein coupled receptor"),
        (r"serine[\s-]+proteases", "Serine protease"),
        (r"proteases|peptidases|proteinases", "Protease"),
        (r"(?:protein[\s-]+)?phosphatases", "Protein phosphatase"),
        (r"ion[\s-]+channels", "Ion channel"),
        (r"oxidoreductases", "Oxidoreductase"),
        (r"transferases", "Transferase"),
        (r"hydrolases", "Hydrolase"),
        (r"ligases", "Ligase"),
        (r"isomerases", "Isomerase"),
        (r"growth[\s-]+factors", "Growth factor"),
        (r"cytokines", "Cytokine"),
        (r"chromatin[\s-]+regulators", "Chromatin regulator"),
    )
)
"""How a class of proteins is asked for, and UniProt's keyword for it."""
_LISTS_CLASS = re.compile(
    r"^\W*(?:(?:and|so|please|ok)\W+)*(?:which|what|list|show|give|find|name|how\s+many|are\s+there)\b", re.IGNORECASE
)
_IN_SOURCE = re.compile(
    r"\b(?:in|from|of)\s+(?:the\s+)?(?:uniprot|swiss[\s-]?prot|starter\s+set|database|your\s+data|the\s+data)\b|\bare\s+there\b|\bdo\s+you\s+(?:know|have)\b"
    r"|\b(?:is|are)\s+known\b",
    re.IGNORECASE,
)
_ISOFORMS = re.compile(
    r"\bisoforms?\b|\bsplic(?:e|ing)[\s-]+(?:variants?|forms?|isoforms?)\b|\balternative(?:ly)? splic\w+", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(?:residues?|positions?|amino[\s-]acids?|aa)\s+(?:no\.?\s*|number\s+)?[A-Z]?(?P<first>\d{1,5})\b(?!\s*(?:residues|amino|aa\b|%))"
    r"(?:\s*(?:-|–|to|through|and)\s*[A-Z]?(?P<last>\d{1,5})\b)?",
    re.IGNORECASE,
)
_TRIALS = re.compile(
    r"\bclinical (?:trials?|stud(?:y|ies)|development|candidates?|stages?|pipelines?)\b|\bin (?:the )?(?:clinic|trials)\b|\bpipelines?\b",
    re.IGNORECASE,
)
_DRUGS = re.compile(
    r"\b(?:drugs?|compounds?|inhibitors?|agents?|molecules?|antibod(?:y|ies)|candidates?|pipelines?|what)\b",
    re.IGNORECASE,
)
_LIGANDS = re.compile(
    r"\b(?:drugs?|compounds?|inhibitors?|ligands?|molecules?|(?:ant)?agonists?|blockers?|binders?)\b", re.IGNORECASE
)
_EXPRESSION = re.compile(r"\bexpress\w*|\btissues?\b", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kinds)
    for pattern, kinds in (
        (r"\b(?:which|what|list|show|how many)\s+(?:\w+\s+){0,3}domains?\b|\bdomains\b|\bdomain (?:architecture|structure|composition|organi[sz]ation)\b|\bhave an? [\w-]+ domain\b|\bis there an? [\w-]+ domain\b", ("domain",)),
        (r"\bactive[\s-]+sites?\b|\bcatalytic[\s-]+(?:residues?|sites?)\b", ("active_site",)),
        (r"\bbinding[\s-]+sites?\b|\b(?:which|what) residues bind\b|\bbinding residues\b|\bwhere do(?:es)? (?:[AG]TP|NADP?H?|ha?eme?|zinc|calcium|magnesium) bind\b", ("binding_site",)),
        (r"\bphospho\w*[\s-]*(?:sites?|residues?)\b|\bphosphorylated\b|\bmodified residues?\b|\bpost[\s-]*translational\w*|\bPTMs?\b|\bubiquitin\w* sites?\b", ("modification",)),
        (r"\bglycosylat\w+", ("glycosylation",)),
        (r"\bdisul(?:f|ph)ide\w*|\bcystine bridges?\b", ("disulfide_bond",)),
        (r"\bmutagenesis\b|\bengineered mutations?\b", ("mutagenesis",)),
        (r"\b(?:natural|disease|known|pathogenic|sequence)\s+(?:\w+\s+)?variants?\b|\bvariants? (?:of|in)\b|\bmutations? (?:of|in)\b", ("variant",)),
        (r"\btransmembrane\b|\bmembrane[\s-]+(?:spans?|topology|helices)\b", ("transmembrane", "topology")),
        (r"\bsignal[\s-]+peptides?\b|\bpropeptides?\b|\btransit[\s-]+peptides?\b", ("processing",)),
        (r"\bmotifs?\b|\bdisordered\b|\bcoiled[\s-]+coils?\b", ("region",)),
        (r"\b(?:sequence|protein) (?:features?|annotations?)\b|\bfeatures? of\b", ()),
    )
)  # fmt: skip


def annotation_call(frame: Frame) -> tuple[str, dict[str, Any]] | None:
    """The tool and its arguments that answer the clause; None where it asks for nothing of the sort."""
    clause = frame.clause
    named = _CHEMBL_ID.search(clause)
    others = [entity for entity in frame.molecules if named is None or entity.text.upper() != named.group().upper()]
    if named is not None and _ASSAY.search(clause) and not frame.targets and not others:
        return "assay_details", {"assay": named.group().upper()}
    if not any(entity.text.casefold() in clause.casefold() for entity in frame.targets):
        return _several(frame)
    target = {"target": frame.targets[0].value or frame.targets[0].text}
    if _TRIALS.search(clause) and _DRUGS.search(clause) and not frame.molecules and not frame.diseases:
        return "clinical_candidates", {**target, "which": "in_trials", "most": _MOST}
    foreign = frame.molecules and not _is_ligand(frame)
    if foreign or len(frame.targets) > 1 or _LIGANDS.search(clause) or _EXPRESSION.search(clause):
        return None
    if _ISOFORMS.search(clause):
        return "protein_isoforms", target
    place = _PLACE.search(clause)
    kinds = next((kinds for pattern, kinds in _KINDS if pattern.search(clause)), None)
    if place is None and kinds is None:
        return None
    arguments: dict[str, Any] = {**target, "most": _MOST}
    if kinds:
        arguments["kinds"] = list(kinds)
    if place is not None:
        first, last = int(place["first"]), int(place["last"] or place["first"])
        arguments.update({"first": min(first, last), **({"last": max(first, last)} if last != first else {})})
    return "protein_features", arguments


def _several(frame: Frame) -> tuple[str, dict[str, Any]] | None:
    """A search for proteins: of a disease, or of a keyword."""
    keyword = _KEYWORD.search(frame.clause)
    if keyword is not None:
        human = {"organism": "human"} if re.search(r"\bhuman\b", frame.clause, re.IGNORECASE) else {}
        return "search_proteins", {"keyword": keyword["word"], **human, "most": _MOST}
    if _LISTS_CLASS.match(frame.clause) and _IN_SOURCE.search(frame.clause):
        found = next(((hit, word) for pattern, word in _CLASSES if (hit := pattern.search(frame.clause))), None)
        if found is not None and all(
            entity.text in found[0].group() for entity in frame.molecules
        ):  # `tyrosine kinases`
            wanted = found[1]
            human = {"organism": "human"} if re.search(r"\bhuman\b", frame.clause, re.IGNORECASE) else {}
            return "search_proteins", {"keyword": wanted, **human, "most": frame.most or _MOST}
    if frame.diseases and _OF_DISEASE.search(frame.clause):
        return "search_proteins", {"disease": frame.diseases[0].text, "organism": "human", "most": _MOST}
    return None


def _is_ligand(frame: Frame) -> bool:
    """Whether its molecule only names a site, as in `ATP binding site of BTK`."""
    names = "|".join(re.escape(entity.text) for entity in frame.molecules)
    return (
        re.search(rf"\b(?:{names})[\s-]+bind(?:s|ing)?\b|\bbind\w*\s+(?:{names})\b", frame.clause, re.IGNORECASE)
        is not None
    )


# Telling ------------------------------------------------------------------------------------------------------------


def _feature(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    original, instead = record["original"] or "", "/".join(record["replaced_by"])
    change = f"{original} → {instead or 'missing'}" if original and len(original) <= 5 else ""
    ligand = record["ligand"]["name"] if record["ligand"] else ""
    told = "; ".join(quoted(text, 120) for text in (change, ligand, record["description"]) if text)
    means = ", ".join(dict.fromkeys(item["means"] for item in record["evidence"]))
    papers = "".join(f", PubMed {number}" for number in record["pubmed_ids"][:2])
    return [(str(record["feature"]), str(record["position"]), told or "–", f"{means or '–'}{papers}")]


def _residue(_frame: Frame, item: Evidence) -> list[Part]:
    record = item.record
    name, letters = target_name(record), record["residues"]
    if record["residue_name"]:
        text = f"Residue {record['first']} of {name} is {record['residue_name']} ({letters})."
    else:
        text = f"Residues {record['first']} to {record['last']} of {name} are `{letters}`."
    return [Sentence(text, (item.id,))]


def _isoform(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    names = ", ".join(quoted(name, 40) for name in (record["name"], *record["synonyms"]) if name)
    size = f"{record['length']:,}" if record["length"] is not None else str(record["no_sequence_because"] or "–")
    differs = "; ".join(f"{item['position']} {quoted(item['instead'], 60)}" for item in record["changes"][:3])
    more = f"; and {len(record['changes']) - 3} more" if len(record["changes"]) > 3 else ""
    status = "canonical" if record["canonical"] else str(record["status"]).lower()
    return [(str(record["isoform_id"]), names or "–", size, status, f"{differs}{more}" or "–")]


def _candidate(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    diseases = quoted(", ".join(record["diseases"][:3]), 90) or "–"
    trials = ", ".join(trial["nct_id"] for trial in record["trials"][:2]) or "–"
    return [
        (
            plain_name(quoted(record["drug"])),
            str(record["stage_means"]),
            diseases,
            str(record["trial_count"]),
            trials,
            known_id(record["chembl_id"]),
        )
    ]


def _protein(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (str(record["accession"]), quoted(record["gene"] or "–"), quoted(record["name"]), quoted(record["organism"]))
    ]


def _assay(_frame: Frame, item: Evidence) -> list[Part]:
    record, id = item.record, (item.id,)
    kind = ", ".join(part for part in (record["assay_type_means"], record["format"]) if part)
    target = record["target"]
    on = f", on {quoted(target['name'])} ({target['chembl_id'] or 'no ChEMBL id'})" if target else ""
    parts: list[Part] = [
        Sentence(f"{record['assay_chembl_id']} is an assay of this kind: {kind or 'not stated'}{on}.", id)
    ]
    if record["description"]:
        parts.append(Sentence(f"ChEMBL describes it so: {quoted(record['description'], 400)}.".replace("..", "."), id))
    material = [
        f"{what} {quoted(record[field], 60)}"
        for what, field in (
            ("organism", "organism"),
            ("cells", "cell_type"),
            ("tissue", "tissue"),
            ("mutation", "mutation"),
        )
        if record[field]
    ]
    if material:
        parts.append(Sentence(f"{capital('; '.join(material))}.", id))
    if record["confidence_score"] is not None:
        score = f"Confidence {record['confidence_score']} of its mapping to the target: {record['confidence_means']}."
        parts.append(Sentence(score, id))
    paper = record["document"]
    if paper:
        journal = " ".join(str(paper[name]) for name in ("journal", "year") if paper[name] is not None)
        ids = [
            f"PubMed {paper['pubmed_id']}" if paper["pubmed_id"] else "",
            f"doi `{paper['doi']}`" if paper["doi"] else "",
        ]
        told = ", ".join(part for part in (quoted(journal, 60), *ids, str(paper["chembl_id"] or "")) if part)
        parts.append(Sentence(f"Published in: {told}.", id))
    return [*parts, *(Aside(str(note)) for note in record["notes"])]


ANNOTATIONS: Mapping[str, Listing] = {
    "protein_residues": Listing("", (), lambda _record: [], _residue),
    "protein_feature": Listing(
        "Features that UniProt annotates in the canonical chain:", ("feature", "residues", "what", "rests on"), _feature
    ),
    "protein_isoform": Listing(
        "Isoforms in UniProt:", ("isoform", "names", "residues", "sequence", "differs by"), _isoform
    ),
    "clinical_candidate": Listing(
        "Candidates that reached trials and not approval, the furthest first, as Open Targets has them:",
        ("drug", "furthest stage", "diseases", "trials", "such as", "ChEMBL id"),
        _candidate,
    ),
    "protein": Listing("Proteins in UniProt, human ones first:", ("accession", "gene", "name", "organism"), _protein),
    "assay": Listing("", (), lambda _record: [], _assay),
}
"""Record type to how it is told."""
