"""Names of molecules, targets and diseases in running text: longest match over words, and mending of misspellings.

A name is mended only where it is near by letters *and* by stem: the endings that drug names share (-tinib, -mab,
-olol) count for nothing, so an invented name never becomes a drug.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from ...memory.starter.names import name_key

__all__ = ["NameFound", "NameSource", "has_drug_stem", "mend"]


class NameFound(Protocol):
    """A row of a store's name index."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def rank(self) -> int: ...


class NameSource(Protocol):
    """What entity recognition needs of a store."""

    def names_matching(self, name: str, kinds: Sequence[str] = ...) -> Sequence[NameFound]: ...
    def nearest_names(self, name: str, kind: str = ..., most: int = ...) -> Sequence[tuple[str, float]]: ...


# Endings of international nonproprietary names and of everyday chemical names, longest first.
_STEMS = sorted(
    "tinib ciclib rafenib metinib parib degib zomib lisib sidenib tuzumab tuximab limumab limab lizumab zumab ximab mab umab cept"
    " olol alol ilol pril prilat sartan statin vastatin dipine gliptin gliflozin glitazone glinide formin tidine prazole azole conazole nidazole"
    " floxacin oxacin mycin micin cycline cillin penem bactam cef ceph sulfa sone sonide olone onide asone terol erol triptan setron"
    " pitant tadine astine lukast fylline caine curium curonium azepam azolam zolam zepam barbital idone peridol perone piprazole oxetine pramine"
    " triptyline giline azosin zosin dronate parin xaban gatran grel grelor platin rubicin taxel bulin poside tecan trexed trexate citabine"
    " abine uridine cyclovir ciclovir navir tegravir vir virine vudine buvir asvir previr mivir nercept kinra tide glutide relin relix actide"
    " steride gest gestrel estrel estradiol oxifene ifene rozole lutamide profen fenac oxicam coxib icam bufen caine oxane ane ene ine ol"
    " one ide ate ium amide amine azine ridine zole zine lol".split(),
    key=len,
    reverse=True,
)
_DRUG_STEMS = tuple(stem for stem in _STEMS if len(stem) >= 4 or stem in ("mab", "vir", "lol"))

_OWN_CLASS = tuple(
    set(_DRUG_STEMS) - set("amide amine azine ridine zole zine oxane caine abine uridine olone erol terol".split())
)
"""A name that ends so says of which class it is, and is no misspelling of one that does not."""


def has_drug_stem(word: str) -> bool:
    """Whether it ends as international drug names do: an unknown word that does is a name."""
    return word.casefold().endswith(_DRUG_STEMS)


def mend(written: str, candidates: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """The candidates that `written` is a misspelling of and their distance: none, one, or several that are equally near.

    Args:
        written: a word that is no exact name and no word of the language.
        candidates: the nearest names that a store knows.
    """
    key = name_key(written)
    if len(key) < 5 or any(char.isdigit() for char in key):
        return 0.0, ()
    scored: dict[str, tuple[float, str]] = {}
    for name in candidates:
        other = name_key(name)
        distance = _distance(key, other)
        if distance is not None and other not in scored:
            scored[other] = (distance, name)
    least = min((distance for distance, _ in scored.values()), default=0.0)
    return least, tuple(name for distance, name in scored.values() if distance == least)


def _distance(key: str, other: str) -> float | None:
    """The edit distance between two keys, or None where it is too far to be a misspelling."""
    from rapidfuzz.distance import OSA

    if abs(len(key) - len(other)) > 2 or any(char.isdigit() for char in other) or len(other) < 5:
        return None
    sound, other_sound = _sound(key), _sound(other)
    edits, sound_edits = OSA.distance(key, other), OSA.distance(sound, other_sound)
    if key[0] != other[0] and sound[:1] != other_sound[:1] and not (edits == 1 and min(len(key), len(other)) >= 6):
        return None
    ending = next(
        (stem for stem in _DRUG_STEMS if sound.endswith(_sound(stem)) and other_sound.endswith(_sound(stem))), ""
    )
    if ending:
        own, other_own = sound[: -len(_sound(ending))], other_sound[: -len(_sound(ending))]
        # Only what is their own may be compared: erbotinib and erlotinib differ in one letter of four.
        own_edits = OSA.distance(own, other_own)
        shortest = min(len(own), len(other_own))
        if own_edits > (0 if shortest <= 2 else 1 if shortest <= 6 else 2):
            return None
        replaced = own_edits == 1 and len(own) == len(other_own) and not _swap(own, other_own)
        if replaced and (shortest == 3 or not _slip(own, other_own)):
            return None
    elif key.endswith(_OWN_CLASS) and key.rstrip("e") != other.rstrip("e"):  # ribavirine is ribavirin
        return None
    shorter = min(len(key), len(other))
    allowed = 1 if shorter <= 7 else 2 if shorter <= 13 else 3
    if min(edits, sound_edits + 0.5 if sound != other_sound else 0.5) > allowed or sound_edits > (
        1 if shorter <= 9 else 2
    ):
        return None
    return min(float(edits), sound_edits + 0.5)


def _swap(one: str, other: str) -> bool:
    return sorted(one) == sorted(other)


_KEYBOARD = {char: (row, place + row / 2) for row, keys in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm")) for place, char in enumerate(keys)}  # fmt: skip
_HEARD_ALIKE = frozenset(map(frozenset, ("bp", "dt", "gk", "vf", "vb", "lr", "mn")))


def _slip(one: str, other: str) -> bool:
    """Whether the one letter in which they differ is a vowel, a neighbour on the keyboard or sounds alike: `erbotinib` is not erlotinib."""
    first, second = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    if {first, second} & set("aeiou") or frozenset((first, second)) in _HEARD_ALIKE:
        return True
    if first not in _KEYBOARD or second not in _KEYBOARD:
        return False
    (row, place), (other_row, other_place) = _KEYBOARD[first], _KEYBOARD[second]
    return abs(row - other_row) <= 1 and abs(place - other_place) <= 1


_SOUNDS = (
    ("ph", "f"),
    ("y", "i"),
    ("ck", "k"),
    ("qu", "k"),
    ("c", "k"),
    ("z", "s"),
    ("ae", "e"),
    ("oe", "e"),
    ("th", "t"),
    ("x", "ks"),
    ("h", ""),
)


def _sound(key: str) -> str:
    """A key as it sounds, roughly: what people confuse when they spell (ph and f, y and i, doubled letters)."""
    for written, said in _SOUNDS:
        key = key.replace(written, said)
    return re.sub(r"(.)\1+", r"\1", key)
