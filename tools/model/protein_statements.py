"""Checks what a model wrote of a protein against its sequence: length, mass, residues, and stretches that it quotes.

Lengths and masses of parts (a domain, the mature chain, a fragment) are left unchecked: the sequence alone does not say them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .judging import Trial, number_of

__all__ = ["ChainFacts", "protein_trials"]

_PART = re.compile(
    r"\b(?:mature|precursor|pro-?peptide|signal|domains?|regions?|fragments?|motifs?|loops?|heli(?:x|ces)|strands?|first|last|position|positions|"
    r"between|isoforms?|complex|subunits?|oligomer\w*|dimers?|tetramers?|family|members?|homologu?e?s?|range|ranges|from|cleav\w*)\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\b(\d{1,3}(?:,\d{3})+|\d+)[- ](?:amino[- ]acids?(?: residues?)?|residues?|aa\b)", re.IGNORECASE)
_MASS = re.compile(
    r"\b(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)[- ]?(kDa|Da|kilodaltons?|daltons?)\b", re.IGNORECASE
)
_STRETCH = re.compile(r"(?<![A-Za-z])[ACDEFGHIKLMNPQRSTVWY]{10,}(?![A-Za-z])")
_RESIDUES = {
    name: letter
    for letter, name in (
        pair.split("=")
        for pair in "A=alanine R=arginine N=asparagine D=aspartate C=cysteine Q=glutamine E=glutamate G=glycine H=histidine I=isoleucine"
        " L=leucine K=lysine M=methionine F=phenylalanine P=proline S=serine T=threonine W=tryptophan Y=tyrosine V=valine".split()
    )
}
_COUNT = r"(\d+|no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_COUNTED = re.compile(rf"\b{_COUNT} (?:\w+ )?({'|'.join(_RESIDUES)})s?(?: residues?)?\b", re.IGNORECASE)
_MASS_SHARE = 0.1  # texts round to kDa, and gels mislead


@dataclass(frozen=True)
class ChainFacts:
    """What was computed of a chain.

    Args:
        sequence: upper case, whole.
        average_mass: of the bare chain in g/mol; None where a letter leaves it open.
    """

    sequence: str
    average_mass: float | None

    @property
    def composition(self) -> Mapping[str, int]:
        """Letters and how often they occur."""
        return Counter(self.sequence)


def protein_trials(sentence: str, facts: ChainFacts) -> list[Trial]:
    """What can be checked in a sentence, and what of it cannot be so."""
    trials = _stretches(sentence, facts)
    if _PART.search(sentence):
        return trials
    return [*trials, *_lengths(sentence, facts), *_masses(sentence, facts), *_residues(sentence, facts)]


def _stretches(sentence: str, facts: ChainFacts) -> list[Trial]:
    return [
        Trial(
            "stretch of sequence",
            "" if hit.group() in facts.sequence else f"{hit.group()[:30]} does not stand in the sequence",
        )
        for hit in _STRETCH.finditer(sentence)
    ]


def _lengths(sentence: str, facts: ChainFacts) -> list[Trial]:
    have = len(facts.sequence)
    return [
        Trial("length", "" if number_of(hit[1]) == have else f"the sequence has {have:,} residues")
        for hit in _LENGTH.finditer(sentence)
    ]


def _masses(sentence: str, facts: ChainFacts) -> list[Trial]:
    if facts.average_mass is None:
        return []
    trials = []
    for hit in _MASS.finditer(sentence):
        written = (number_of(hit[1]) or 0.0) * (1_000 if hit[2].casefold().startswith("k") else 1)
        near = abs(written - facts.average_mass) <= _MASS_SHARE * facts.average_mass
        why = f"the chain's mass is {facts.average_mass / 1_000:.1f} kDa"
        trials.append(Trial("mass", "" if near else why))
    return trials


def _residues(sentence: str, facts: ChainFacts) -> list[Trial]:
    trials = []
    for hit in _COUNTED.finditer(sentence):
        name, have = hit[2].casefold(), facts.composition[_RESIDUES[hit[2].casefold()]]
        written = 0.0 if hit[1].casefold() == "no" else number_of(hit[1])
        # "no" is exact; a number may be of those that matter, so only more than there are cannot be.
        wrong = have > 0 if written == 0 else (written or 0) > have
        trials.append(
            Trial(
                f"{name} residues",
                f"the sequence has {have} {name} {'residue' if have == 1 else 'residues'}" if wrong else "",
            )
        )
    return trials
