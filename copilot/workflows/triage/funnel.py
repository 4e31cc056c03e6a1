"""What becomes of each row: unreadable, a duplicate, rejected for a reason, or kept with a score. Every row has one fate."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .reading import InputRow

__all__ = ["LIMITS", "STEPS", "Fate", "Funnel", "Rules", "score_of"]

STEPS = ("unreadable", "duplicate", "property", "alert", "pattern")
"""Where a row may be rejected, in order."""

LIMITS = {
    "molecular_weight": ("molecular weight", "g/mol"),
    "clogp": ("clogP", ""),
    "tpsa": ("TPSA", "Å²"),
    "hbd": ("hydrogen-bond donors", ""),
    "hba": ("hydrogen-bond acceptors", ""),
    "rotatable_bonds": ("rotatable bonds", ""),
    "sa_score": ("SA score", ""),
}
"""The properties with an upper bound, in the order in which they are looked at, each with its name and unit."""


@dataclass(frozen=True)
class Rules:
    """What a molecule must be to be kept.

    Args:
        most: upper bounds by property.
        least_qed: lower bound of QED.
        alerts: catalogues of which no alert may be present.
        holding: SMARTS that it must hold, every one.
        without: SMARTS of which it may hold none.
    """

    most: Mapping[str, float]
    least_qed: float
    alerts: Sequence[str]
    holding: Sequence[str]
    without: Sequence[str]

    @property
    def patterns(self) -> list[str]:
        """All SMARTS, in the order in which `holds` numbers them."""
        return [*self.holding, *self.without]

    def refusal(self, found: Mapping[str, Any]) -> tuple[str, str] | None:
        """The step and the reason for which a molecule is rejected; None where it is kept."""
        values = found["values"]
        for key, (name, unit) in LIMITS.items():
            if values[key] > self.most[key]:
                return "property", f"{name} {values[key]:g}{f' {unit}' if unit else ''} is above {self.most[key]:g}"
        if values["qed"] < self.least_qed:
            return "property", f"QED {values['qed']:g} is below {self.least_qed:g}"
        alerts = [alert for alert in found["alerts"] if alert.partition(" ")[0] in self.alerts]
        if alerts:
            return "alert", "; ".join(alerts)
        held = set(found["holds"])
        for number, smarts in enumerate(self.patterns):
            if number < len(self.holding) and number not in held:
                return "pattern", f"does not hold {smarts}"
            if number >= len(self.holding) and number in held:
                return "pattern", f"holds {smarts}"
        return None


@dataclass(frozen=True, slots=True)
class Fate:
    """Where and why a row was rejected; both empty where it was kept."""

    step: str = ""
    reason: str = ""


_KEPT = Fate()


@dataclass
class Funnel:
    """Decides row after row, in the order of the file; counts as it goes."""

    rules: Rules
    counts: Counter[str] = field(default_factory=Counter)
    """Rows by step of rejection; `rows` for all, `kept` for those that passed."""
    names_again: int = 0
    """Rows whose name an earlier row has."""

    def __post_init__(self) -> None:
        self._first: dict[bytes, int] = {}
        self._names: set[bytes] = set()

    def fate(self, row: InputRow, found: Mapping[str, Any]) -> Fate:
        """The fate of the next row, of which that was found."""
        self.counts["rows"] += 1
        if row.name:
            name = _short(row.name)
            self.names_again += name in self._names
            self._names.add(name)
        fate = self._fate(row, found)
        self.counts[fate.step or "kept"] += 1
        return fate

    def _fate(self, row: InputRow, found: Mapping[str, Any]) -> Fate:
        if "error" in found:
            return Fate("unreadable", found["error"])
        # InChI has no key for some structures; those are told apart by their SMILES
        first = self._first.setdefault(_short(found["inchikey"] or found["smiles"]), row.number)
        if first != row.number:
            return Fate("duplicate", f"same parent as row {first}")
        refusal = self.rules.refusal(found)
        return Fate(*refusal) if refusal else _KEPT


def score_of(values: Mapping[str, float]) -> float:
    """From 0 to 1: QED, less where synthesis looks hard (times 1 at SA score 1, times 0 at 10)."""
    return round(values["qed"] * (10 - values["sa_score"]) / 9, 4)


def _short(text: str) -> bytes:
    """A hash in place of the text, so that a million rows need little memory."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
