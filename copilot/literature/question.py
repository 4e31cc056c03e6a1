"""A question to the literature: what it is about, whether yes or no answers it, and which effect of what on what it asserts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .effects import Effect, EffectKind, effects_of
from .words import telling

__all__ = ["Asked", "asked_of"]

_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|can|could|has|have|had|should|will|would|may|might|must|isn't|aren't|doesn't"
    r"|don't|didn't|it's)"
)
_YES_NO = re.compile(
    rf"^\W*(?:(?:so|and|but|then|well)\b\W*)*{_AUXILIARY}\b|[:;,.?–-]\s*{_AUXILIARY}\s+\w", re.IGNORECASE
)
_VERBLESS = re.compile(r"(?::|--|–|-\s).*\?$")
"""`Aripiprazole: a new risk factor for gambling?`"""
_OPENING = re.compile(rf"(?:^\W*|[:;,.?–-]\s*)(?P<verb>{_AUXILIARY})\b", re.IGNORECASE)
_ANY_AUXILIARY = re.compile(rf"\b(?P<verb>{_AUXILIARY})\b", re.IGNORECASE)
_OPEN = re.compile(
    r"^\W*(?:what|which|who|how|why|when|where|whom|list|name|describe|explain|tell|summari[sz]e|find|show)\b",
    re.IGNORECASE,
)
_DO = re.compile(r"(?:do|does|did|can|could|should|will|would|may|might|must|don't|doesn't|didn't)$", re.IGNORECASE)
_FINITE = re.compile(r"\w*(?:ing|ed|er|s|ly|ion|ment|ness|ity)$", re.IGNORECASE)
_BAD_OUTCOME = re.compile(
    r"\b(?:mortality|deaths?|risks?|complications?|pain|infections?|recurrences?|relapses?|bleeding|injur\w+|failure|disease"
    r"|cancer|symptoms?|anxiety|depression|stress|toxicity"
    r"|incidence|rejection|fractures?|falls|errors?|costs?|length of stay|nausea|vomiting)\b",
    re.IGNORECASE,
)
_SHORT_FORM = re.compile(r"\s*\([A-Za-z][\w-]{0,9}\)")
_NAME = re.compile(r"\b(?=[\w-]*[A-Z0-9])(?:[A-Z]{2,}[\w-]*|\w*\d[\w-]*|[a-z]+[A-Z][\w-]*)")
_NUMBERED = re.compile(r"\b[A-Za-z]{4,}[ -]\d{1,3}\b(?![%.\d])")
_BOUND = re.compile(
    r"\b(?:only|solely|exclusively|always|all|every|most|majority|completely|fully|proportionally|first|main|mainly|any|both"
    r"|typical|exclusive)\b",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|superior to|inferior to|compared (?:with|to)|over|versus|vs\.?|alternative to)\b", re.IGNORECASE
)
_ASKING = re.compile(
    r"\b(?:what|how|why)\s+(?:is|are|was|were|do|does|did)\b|\b(?:tell me|known|know|explain|describe|summari[sz]e)\b"
    r"|\b(?:in|from|according to|of)?\s*(?:my|our|the|your)\s+(?:own\s+)?(?:library|literature|papers|articles|notes|documents"
    r"|pdfs|collection|references)\b|\bsays?\b|\babout\b",
    re.IGNORECASE,
)
_OF_SAFETY = re.compile(r"\b(?:safe|safely|safety|tolerated)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question, understood as far as sentences can be held against it."""

    text: str
    words: frozenset[str]
    """Stems of what it is about, but for the effect itself."""
    before: frozenset[str]
    """Of these, what stands before the effect: mostly what it is asked of."""
    after: frozenset[str]
    yes_or_no: bool
    effect: EffectKind | None
    """What it asserts; None for `is X a Y`."""
    denies: bool
    """`Is X not Y`."""
    of_harm: bool
    """What would be more or less of is unwelcome, so that less of it is better."""
    of_safety: bool
    toward: EffectKind | None = None
    """What a relation is asked to be with: `associated with better survival`."""
    must: frozenset[str] = frozenset()
    """Stems of names and numbers, which no sentence may lack that says yes."""
    numbered: tuple[str, ...] = ()
    """`type 4`, `chromosome 1`: said as they stand, or something else is meant."""
    bounds: frozenset[str] = frozenset()
    """`only`, `all`, `always`: a sentence without them does not say as much."""
    than: frozenset[str] = frozenset()
    """What it is compared with."""
    whole: frozenset[str] = frozenset()
    """Stems of all that it says, the effect among them."""


def asked_of(text: str) -> Asked:
    """Understand a question."""
    bare = " ".join(_SHORT_FORM.sub(" ", text).split())
    effect = _asserted(bare)
    if effect is None:
        before, after = telling(bare), frozenset[str]()
    else:
        before, after = telling(bare[: effect.start]), telling(bare[effect.start + len(effect.text) :])
    behind = "" if effect is None else bare[effect.start + len(effect.text) :]
    compared = _THAN.search(bare)
    return Asked(
        text=bare,
        words=before | after,
        before=before,
        after=after - before,
        yes_or_no=_OPEN.match(bare) is None
        and (_YES_NO.search(bare) is not None or _VERBLESS.search(bare) is not None),
        effect=None if effect is None else effect.kind,
        denies=effect is not None and effect.denied,
        of_harm=_BAD_OUTCOME.search(bare if effect is None else bare[effect.start :]) is not None,
        of_safety=_OF_SAFETY.search(bare) is not None,
        toward=_toward(effect, behind),
        must=frozenset().union(*(telling(name) for name in _NAME.findall(bare))),
        numbered=tuple(dict.fromkeys(_NUMBERED.findall(bare))),
        bounds=frozenset(word.lower() for word in _BOUND.findall(bare)),
        whole=telling(_ASKING.sub(" ", bare)),
        than=frozenset() if compared is None else telling(bare[compared.end() :]),
    )


def _toward(effect: Effect | None, behind: str) -> EffectKind | None:
    if effect is None or effect.kind != "relation":
        return None
    kinds = [other.kind for other in effects_of(behind) if other.kind in ("more", "less", "better", "worse")]
    return kinds[0] if kinds else None


def _asserted(text: str) -> Effect | None:
    """The effect that the question turns on: behind `does` a verb's plain form, behind `is` the first that follows."""
    opened = _OPENING.search(text) or _ANY_AUXILIARY.search(text)
    found = effects_of(text)
    if opened is not None:
        found = [effect for effect in found if effect.start >= opened.start()] or found
        if _DO.match(opened["verb"]):
            plain = [effect for effect in found if not _FINITE.match(effect.text)]
            found = plain or found
    return next((effect for effect in found if effect.kind == "sameness"), found[0] if found else None)
