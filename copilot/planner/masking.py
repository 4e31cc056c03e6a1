"""A clause as the classifier sees it: entities replaced by their types, lists of them by one, other words in lower case.

The same code masks training phrases, in which placeholders (MOL, TARGET, …) stand for entities, and questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .frames import EntityKind
from .vocabulary import longest_phrase, term
from .words import split_words

__all__ = ["MASKS", "PLACEHOLDERS", "features", "mask_phrase", "merge_lists"]

MASKS: dict[EntityKind, str] = {
    "molecule": "MOL",
    "target": "TARGET",
    "disease": "DISEASE",
    "dna": "DNA",
    "rna": "RNA",
    "peptide": "PEPTIDE",
    "quantity": "QTY",
    "file": "FILE",
    "group": "GROUP",
    "property": "PROP",
    "rule": "RULE",
    "catalogue": "CAT",
    "activity_type": "ACT",
    "enzyme": "ENZ",
    "unknown": "UNK",
}
"""Entity kind → token. An `aspect` keeps its words: they tell one kind of question from another."""
PLACEHOLDERS = frozenset(MASKS.values())
_JOINERS = frozenset(("and", "or", ","))
_NOMINAL = (
    "MOL",
    "TARGET",
    "DISEASE",
    "DNA",
    "RNA",
    "PEPTIDE",
    "QTY",
    "FILE",
    "GROUP",
    "UNK",
    "ENZ",
    "PROP",
    "RULE",
    "CAT",
    "ACT",
    "UNIT",
)
_LISTED = frozenset(("MOL", "TARGET", "PROP", "UNK", "ENZ", "RULE", "CAT", "ACT", "GROUP", "DISEASE"))


def merge_lists(tokens: Iterable[str]) -> list[str]:
    """`MOL , MOL and MOL` becomes `MOL MANY`; commas that join nothing go."""
    merged: list[str] = []
    waiting: list[str] = []
    for token in tokens:
        if token in _JOINERS and merged and (merged[-1] in _LISTED or merged[-1] == "MANY"):
            waiting.append(token)
            continue
        head = merged[-2] if len(merged) > 1 and merged[-1] == "MANY" else merged[-1] if merged else ""
        if token == head and token in _LISTED:
            if merged[-1] != "MANY":
                merged.append("MANY")
        else:
            merged += [word for word in waiting if word != ","]
            if token != ",":
                merged.append(token)
        waiting = []
    return merged + [word for word in waiting if word != ","]


def mask_phrase(phrase: str) -> list[str]:
    """The tokens of a training phrase, whose placeholders are already masks."""
    words = list(split_words(phrase))
    tokens: list[str] = []
    index, last = 0, 0
    while index < len(words):
        if "," in phrase[last : words[index].start]:
            tokens.append(",")
        count = 1
        if words[index].text in PLACEHOLDERS or words[index].text == "UNIT":
            tokens.append(words[index].text)
        else:
            for count in range(min(longest_phrase(), len(words) - index), 0, -1):
                run = words[index : index + count]
                known = (
                    term(" ".join(word.plain for word in run))
                    if not any(word.text in PLACEHOLDERS for word in run)
                    else None
                )
                if known is not None or count == 1:
                    break
            if known is not None and known[0] in MASKS:
                tokens.append(MASKS[known[0]])
            else:
                tokens += [word.plain for word in words[index : index + count]]
        last = words[index + count - 1].end
        index += count
    return merge_lists(tokens)


def features(tokens: Sequence[str]) -> list[str]:
    """What is counted of a masked clause: words, pairs of neighbours, beginnings of words, and which types occur."""
    found: set[str] = set()
    marked = ["^", *tokens, "$"]
    for token in tokens:
        found.add(token)
        if token not in PLACEHOLDERS and len(token) > 5:
            found.add(f"{token[:5]}…")
    found.update(f"{one} {two}" for one, two in pairwise(marked))
    content = [token for token in tokens if token in _NOMINAL]
    found.update(f"has:{token}" for token in content)
    found.add("set:" + ",".join(sorted(set(content))))
    return sorted(found)
