"""Words of a question and of a sentence, made comparable: stems, the ones that tell nothing left out, and how many are shared."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["shared", "stem", "telling"]

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_STOP = frozenset(
    "a about after all also among an and any are as at be because been before being between both but by can could did do does due"
    " during each either for from had has have how however if in into is it its itself like may might more most much my new no nor"
    " not of on one only onto or other our out over own papers per same say says should since so some still such than that the"
    " their them then there these they this those through thus to too under until up upon us use used using very via was way we"
    " well were what when where whether which while who whom whose why will with within without would yet you your"
    " article articles evidence library literature paper patient patients study studies known found true really there's it's"
    " significant significantly different difference result results case cases group groups first second".split()
)
_SUFFIXES = (
    "isations", "izations", "isation", "ization", "ational", "fulness", "ousness", "iveness", "ements", "ically", "ations",
    "ities", "ation", "ement", "ments", "ingly", "iness", "ising", "izing", "ives", "ions", "ness", "ment", "ably", "ally",
    "ical", "ance", "ence", "able", "ible", "ious", "ised", "ized", "ises", "izes", "ings", "ers", "ors", "ies", "ion", "ing",
    "ity", "ive", "ous", "est", "ise", "ize", "ial", "ed", "es", "er", "or", "al", "ic", "ly", "s", "y", "e",
)  # fmt: skip
_LETTERS = frozenset("BCDEKTXY")
"""That stand for something by themselves: vitamin D, cytochrome C, factor X."""
_LEAST_STEM = 4


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The beginning that forms of one word share; not a word of the language."""
    if any(char.isdigit() for char in word):
        return word.lower()
    plain = word.lower().split("'")[0].split("’")[0].replace("aemi", "emi").replace("oed", "ed").replace("our", "or")
    for _ in range(2):
        for suffix in _SUFFIXES:
            if plain.endswith(suffix) and len(plain) - len(suffix) >= _LEAST_STEM:
                plain = plain[: -len(suffix)]
                break
        else:
            break
    return plain


def telling(text: str) -> frozenset[str]:
    """Stems of a text's words, without those that every text has."""
    words = [hit.group() for hit in _WORD.finditer(text)]
    return frozenset(stem(word) for word in words if word.lower() not in _STOP and (len(word) > 1 or word in _LETTERS))


def shared(wanted: frozenset[str], said: frozenset[str]) -> frozenset[str]:
    """Wanted stems that are said, or of which one begins the other (`osteopor`, `osteoporot`)."""
    found = wanted & said
    for one in wanted - found:
        if len(one) >= 5 and any(
            len(other) >= 5 and (other.startswith(one) or one.startswith(other)) for other in said
        ):
            found |= {one}
    return found
