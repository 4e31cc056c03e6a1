"""Checks what a model wrote of a molecule against its structure: groups, rings, atoms, formula and mass.

Only what is said of the molecule itself counts: "derives from a phenol" and "inhibits alcohol dehydrogenase" say nothing of its
groups. What cannot be read for certain is left unchecked, never struck.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .judging import Trial, number_of
from .structure_words import WORDS

__all__ = ["StructureFacts", "molecule_trials"]

_ELSEWHERE = re.compile(
    r"\b(?:deriv\w*|conjugate|enantiomers?|tautomers?|epimers?|analogu?e?s?|precursors?|metaboli[sz]\w*|biosynth\w*|synth\w*|obtained|formed|"
    r"result\w*|condensation|hydrolys\w*|oxidation|reduc\w*|reaction|react\w*|replac\w*|related|"
    r"inhibit\w*|activat\w*|blocks?|binds?|"
    r"antagonis\w*|agonis\w*|soluble|solution|dissol\w*|salts?\s+of|similar|like|unlike|than|prevent\w*|treat\w*|used|role|roles|affect\w*|"
    r"aris\w*|deproton\w*|proton\w*|remov\w*|interact\w*|target\w*|found|isolated|occurs?|convert\w*|transform\w*|"
    r"catal\w*|compared|corresponding|parent|such as|where|in which)\b",
    re.IGNORECASE,
)
"""Where one of these stands, what follows is said of something else."""
_SAYS = re.compile(
    r"\b(?:is|are|was|be|being|as|contains?|containing|has|have|having|bears?|bearing|carr(?:y|ies|ying)|with|includ(?:es?|ing)|possess(?:es|ing)?|"
    r"features?|featuring|comprises?|comprising|consists? of|member of|belongs? to|class of|lacks?|lacking|without|no|a|an)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|not(?! only)|without|lacks?|lacking|free of|neither|nor|devoid|absence of)\b[^,;.]*$", re.IGNORECASE
)
_OTHER_WORD_AFTER = re.compile(
    r"^(?:-like|[- ]?(?:amides?\b|(?:methyl |ethyl |alkyl )?esters?\b|components?|"
    r"anhydrides?|oxides?|hydrates?|chlorides?|hydrazides?|anions?|cations?|radicals?|"
    r"\w*ases?\b|receptors?|transporters?|channels?|enzymes?|synth\w+|antibiotics?|resistan\w+|"
    r"group donors?|hormones?|biosynthesis|"
    r"metabolism|sensitiv\w+|derivatives?|precursors?|intermediates?|inhibitors?|antagonists?|agonists?|analogu?e?s?))",
    re.IGNORECASE,
)
_RINGS = {
    "acyclic": 0,
    "monocyclic": 1,
    "bicyclic": 2,
    "tricyclic": 3,
    "tetracyclic": 4,
    "pentacyclic": 5,
    "hexacyclic": 6,
}
_CYCLIC = re.compile(
    rf"\b(?:hetero)?({'|'.join(_RINGS)})\b"
    r"(?=\s+(?:organic |aromatic )?(?:compounds?|molecules?|structures?|hydrocarbons?|systems?)\b|\s*[.,;]|\s*$)"
    r"|\bhetero(mono|bi|tri|tetra|penta)cyclic\b",
    re.IGNORECASE,
)
_COUNT = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_COUNTED_RINGS = re.compile(
    r"\b(?:has|have|having|contains?|containing|with|of|comprises|comprising|possess\w*|and) (?:a total of |exactly )?"
    rf"{_COUNT} (aromatic )?rings?\b"
    r"(?! systems?| in\b| at\b)",
    re.IGNORECASE,
)
_COUNTED_ATOMS = re.compile(
    rf"\b{_COUNT} (carbon|hydrogen|nitrogen|oxygen|sulfur|fluorine|chlorine|bromine|iodine|phosphorus)(?: atoms?|s\b)",
    re.IGNORECASE,
)
_SYMBOLS = {
    "carbon": "C", "hydrogen": "H", "nitrogen": "N", "oxygen": "O", "sulfur": "S", "fluorine": "F", "chlorine": "Cl", "bromine": "Br",
    "iodine": "I", "phosphorus": "P",
}  # fmt: skip
_FORMULA = re.compile(r"(?<![\w-])C\d*H\d+(?:[A-Z][a-z]?\d*)*(?![\w-])")
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_MASS = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(?:g/mol|g mol-1|Da\b|daltons?\b|amu\b|g per mol\w*)",
    re.IGNORECASE,
)
_OF_MASS = re.compile(
    r"\b(?:molecular|molar|formula|average|monoisotopic|exact)\b.{0,20}\b(?:weight|mass)\b|\bweighs?\b", re.IGNORECASE
)
_MASS_TOLERANCE = 0.6  # g/mol: between average and monoisotopic mass of a small molecule, and rounding


@dataclass(frozen=True)
class StructureFacts:
    """What was computed of a molecule.

    Args:
        counts: for each key of `WORDS`, how often its patterns match.
        elements: symbol to number of atoms, hydrogens included.
        formula: as it is shown.
        average_mass: in g/mol.
        monoisotopic_mass: in Da.
        rings: smallest set of smallest rings.
        aromatic_rings: of these.
    """

    counts: Mapping[str, int]
    elements: Mapping[str, int]
    formula: str
    average_mass: float
    monoisotopic_mass: float
    rings: int
    aromatic_rings: int

    @property
    def present(self) -> dict[str, int]:
        """The words that apply, with how often their patterns match."""
        return {key: count for key, count in self.counts.items() if count}


def molecule_trials(sentence: str, facts: StructureFacts) -> list[Trial]:
    """What can be checked in a sentence, and what of it cannot be so."""
    said = _of_the_molecule(sentence)
    return [
        *_groups(said, facts),
        *_rings(said, facts),
        *_atoms(said, facts),
        *_formula(sentence, facts),
        *_masses(sentence, facts),
    ]


def _of_the_molecule(sentence: str) -> str:
    elsewhere = _ELSEWHERE.search(sentence)
    return sentence[: elsewhere.start()] if elsewhere else sentence


def _groups(said: str, facts: StructureFacts) -> list[Trial]:
    trials, left = [], said
    for word in WORDS:
        pattern = re.compile(rf"(?<![\w\])-]){'(?:' + word.words + ')'}(?![\w-])", re.IGNORECASE)
        for hit in pattern.finditer(left):
            before = left[: hit.start()]
            if not _SAYS.search(before) or _OTHER_WORD_AFTER.match(left[hit.end() :]):
                continue
            there = facts.counts[word.key] > 0
            denied = _NO.search(before) is not None
            meaning = f" ({word.meaning})" if word.meaning else ""
            why = ""
            if denied and there:
                why = f"the structure has {_article(word.key)}{meaning}"
            elif not denied and not there:
                why = f"the structure has no {word.key}{meaning}"
            trials.append(Trial(word.key, why))
        left = pattern.sub(lambda hit: " " * len(hit.group()), left)
    return trials


def _rings(said: str, facts: StructureFacts) -> list[Trial]:
    trials = []
    for hit in _CYCLIC.finditer(said):
        name = (hit[1] or f"{hit[2]}cyclic").casefold()
        least = _RINGS[name]
        # A name counts the rings of one system, so the molecule may have more; none at all is exact.
        wrong = facts.rings > 0 if name == "acyclic" else facts.rings < least
        trials.append(Trial(name, f"the structure has {_rings_text(facts.rings)}" if wrong else ""))
    for hit in _COUNTED_RINGS.finditer(said):
        number, aromatic = number_of(hit[1]), bool(hit[2])
        have = facts.aromatic_rings if aromatic else facts.rings
        why = f"the structure has {have} {'aromatic ' if aromatic else ''}{'ring' if have == 1 else 'rings'}"
        trials.append(Trial("aromatic rings" if aromatic else "rings", "" if number == have else why))
    return trials


def _atoms(said: str, facts: StructureFacts) -> list[Trial]:
    trials = []
    for hit in _COUNTED_ATOMS.finditer(said):
        symbol = _SYMBOLS[hit[2].casefold()]
        have = facts.elements.get(symbol, 0)
        # A text counts the atoms of a part, so only more than there are cannot be.
        wrong = (number_of(hit[1]) or 0) > have
        trials.append(
            Trial(f"{hit[2].casefold()} atoms", f"the structure has {have} {hit[2].casefold()} atoms" if wrong else "")
        )
    return trials


def _formula(sentence: str, facts: StructureFacts) -> list[Trial]:
    if "formula" not in sentence.casefold():
        return []
    trials = []
    for hit in _FORMULA.finditer(sentence):
        written = {symbol: int(number or 1) for symbol, number in _PART.findall(hit.group())}
        trials.append(Trial("formula", "" if written == dict(facts.elements) else f"the formula is {facts.formula}"))
    return trials


def _masses(sentence: str, facts: StructureFacts) -> list[Trial]:
    if not re.search(
        r"\b(?:molecular|molar|formula|average|monoisotopic|exact)\b.{0,20}\b(?:weight|mass)\b|\bweighs?\b",
        sentence,
        re.IGNORECASE,
    ):
        return []
    trials = []
    for hit in _MASS.finditer(sentence):
        written = number_of(hit[1]) or 0.0
        near = min(abs(written - mass) for mass in (facts.average_mass, facts.monoisotopic_mass)) <= _MASS_TOLERANCE
        trials.append(
            Trial("molecular weight", "" if near else f"the molecular weight is {facts.average_mass:.2f} g/mol")
        )
    return trials


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _rings_text(count: int) -> str:
    return "no ring" if count == 0 else "one ring" if count == 1 else f"{count} rings"
