"""Figures that others published for these question sets, each with how sure its source is.

`model card`: read in the official model card. `secondary`: read in somebody else's paper or table. `not confirmed`: quoted from memory,
nobody here has seen the source. A figure may be less sure than its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["PUBLISHED", "Published", "Surety"]

Surety = Literal["model card", "secondary", "not confirmed"]


@dataclass(frozen=True)
class Published:
    """A row of a table. Accuracies are shares of 1, as ours."""

    who: str
    setting: str
    figures: Mapping[str, float]
    source: Surety
    unsure: frozenset[str] = frozenset()
    """Figures of the row that are not confirmed."""


def _accuracy(who: str, setting: str, percent: float, source: Surety = "model card") -> Published:
    return Published(who, setting, {"accuracy": round(percent / 100, 4)}, source)


def _captions(
    who: str, figures: str, source: Surety = "secondary", setting: str = "trained on ChEBI-20", unsure: str = ""
) -> Published:
    """Figures as `B-2 B-4 R-1 R-2 R-L METEOR`, a dash where none is known."""
    names = ("BLEU-2", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L", "METEOR")
    known = {name: float(text) for name, text in zip(names, figures.split(), strict=True) if text != "-"}
    return Published(who, setting, known, source, frozenset(unsure.split()))


_ZERO, _TUNED = "zero-shot", "fine-tuned on the training set"

PUBLISHED: Mapping[str, tuple[Published, ...]] = {
    "pubmedqa": (
        _accuracy("human, pass", "", 60.0),
        _accuracy("human, expert", "", 78.0),
        _accuracy("InstructGPT 175B", _ZERO, 73.2),
        _accuracy("ChatGPT", _ZERO, 63.9),
        _accuracy("Llama 7B", _ZERO, 5.2),
        _accuracy("Llama2 7B", _ZERO, 3.7),
        _accuracy("Llama2-Chat 7B", _ZERO, 21.9),
        _accuracy("Llama 7B", _TUNED, 73.4),
        _accuracy("Llama2-Chat 7B", _TUNED, 75.5),
        _accuracy("PMC-Llama 7B", _TUNED, 69.5),
        _accuracy("BioMedGPT-LM 7B", _TUNED, 76.1),
        _accuracy("BioMedGPT-LM 7B", "3-shot tuning, BioMistral's table", 76.8, "secondary"),
    ),
    "medmcqa": (
        _accuracy("human, expert", "", 90.0),
        _accuracy("InstructGPT 175B", _ZERO, 44.0),
        _accuracy("ChatGPT", _ZERO, 44.7),
        _accuracy("Llama 7B", _ZERO, 24.3),
        _accuracy("Llama2 7B", _ZERO, 30.6),
        _accuracy("Llama2-Chat 7B", _ZERO, 35.5),
        _accuracy("Llama 7B", _TUNED, 48.2),
        _accuracy("Llama2-Chat 7B", _TUNED, 48.3),
        _accuracy("PMC-Llama 7B", _TUNED, 50.5),
        _accuracy("BioMedGPT-LM 7B", _TUNED, 51.4),
        _accuracy("BioMedGPT-LM 7B", "3-shot tuning, BioMistral's table", 37.6, "secondary"),
    ),
    "medqa": (
        _accuracy("human, pass", "", 60.0, "not confirmed"),
        _accuracy("human, expert", "", 87.0, "not confirmed"),
        _accuracy("BioMedGPT-LM 7B", _TUNED, 50.4, "not confirmed"),
        _accuracy("BioMedGPT-LM 7B", "3-shot tuning, BioMistral's table", 42.5, "secondary"),
    ),
    "chebi20": (
        _captions(
            "BioMedGPT-10B", ".234 .141 .386 .206 .332 .308", setting="trained on PubChemQA", unsure="ROUGE-1 ROUGE-2"
        ),
        _captions("Llama2-Chat 7B", ".075 .009 .184 .043 .142 .149", "not confirmed", _ZERO),
        _captions("MolT5-base", ".540 .457 - - .568 .569"),
        _captions("MolT5-large", ".594 .508 - - .594 .614"),
        _captions("MoMu", ".549 .462 - - - .576"),
        _captions("MolFM", ".585 .498 - - .594 .607"),
        _captions("Text+Chem-T5-augm", ".625 .542 - - .622 .648"),
        _captions("MolCA 1.3B", ".620 .531 - - .618 .651"),
        _captions("GPT-3.5", ".565 .482 - - .543 .585", setting="10 retrieved examples"),
        _captions("GPT-4", ".607 .525 - - .562 .610", setting="10 retrieved examples"),
        _captions("Mol-Instructions 7B", ".249 .171 - - .289 .271", setting=""),
        _captions("InstructMol-G", ".466 .365 - - .479 .491", setting=""),
    ),
    "uniprotqa": (
        # ROUGE-2 above ROUGE-1 cannot be; ROUGE-2 and ROUGE-L may be swapped in what was remembered.
        _captions("BioMedGPT-10B", ".571 .535 .743 .759 .622 .754", "not confirmed", "trained on UniProtQA"),
    ),
}
"""Rows by task, in the order of the tables."""
