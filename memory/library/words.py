"""Words of a question as the lexical index is asked for them.

The index splits text at everything that is no letter or digit and knows stems (SQLite's FTS5, `porter unicode61`). So a name with a
hyphen is asked for as a phrase, and in the other ways of writing it: `IL-2` as `IL2`, `β-catenin` as `beta-catenin`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["MOST_CHARACTERS", "MOST_TERMS", "Term", "has_unspaced", "query_terms"]

MOST_CHARACTERS = 20_000
"""Of a question; what follows is not looked at."""
MOST_TERMS = 64
_MOST_WRITINGS = 8

_COMPOUND = re.compile(r"[^\W_]+(?:[-\u2010-\u2015\u2212][^\W_]+)*")
_HYPHEN = re.compile(r"[-\u2010-\u2015\u2212]")
_LETTERS_DIGITS = re.compile(r"([a-z]{1,6})(\d{1,4})")
_LETTERS_GREEK = re.compile(r"([a-z]{2,6})([α-ω])")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: no blanks between words."""
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "π": "pi", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LETTER_OF = {name: letter for letter, name in _GREEK.items()}
_STOP = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how if in into is it its may might no not of on or"
    " our should so such than that the their them then there these they this those to was we were what when where which who why will"
    " with would you your about between during".split()
)


@dataclass(frozen=True)
class Term:
    """A word of a question, or a name of several pieces."""

    text: str
    """As the question has it, in small letters."""
    writings: tuple[str, ...]
    """Words or phrases; a passage has the term where it has one of them."""

    @property
    def match(self) -> str:
        """As FTS5 is asked. Only letters, digits and blanks stand between the quotes."""
        return " OR ".join(f'"{writing}"' for writing in self.writings)


def query_terms(text: str) -> list[Term]:
    """Each word once, without those that every text has; all of them where nothing else is left."""
    # Cut before normalising: of a hundred thousand characters the rest is not worth the time.
    text = unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).lower().replace("µ", "μ")
    found: dict[frozenset[str], Term] = {}
    for compound in _COMPOUND.finditer(text):
        for pieces in _names(_HYPHEN.split(compound[0])):
            writings = tuple(itertools.islice(dict.fromkeys(_writings(pieces)), _MOST_WRITINGS))
            found.setdefault(frozenset(writings), Term("-".join(pieces), writings))
    telling = [term for term in found.values() if term.text not in _STOP]
    return (telling or list(found.values()))[:MOST_TERMS]


def has_unspaced(terms: Sequence[Term]) -> bool:
    """Whether any is of a script that puts no blanks between words, of which the index knows whole runs only."""
    return any(_UNSPACED.search(term.text) for term in terms)


def _names(pieces: list[str]) -> Iterator[list[str]]:
    """The pieces between hyphens, those that say nothing alone with a neighbour: `anti`, `il-2`; `5-ht`; `egfr`, `mutant`."""
    held: list[str] = []
    for piece in pieces:
        if held and not _is_dependent(piece) and not all(map(_is_dependent, held)):
            yield held
            held = []
        held.append(piece)
    yield held


def _is_dependent(piece: str) -> bool:
    return len(piece) == 1 or piece.isdigit() or piece in _LETTER_OF


def _writings(pieces: list[str]) -> Iterator[str]:
    """Ways in which a name is written, the given one first."""
    if len(pieces) == 1:
        for pattern in (_LETTERS_DIGITS, _LETTERS_GREEK):
            if apart := pattern.fullmatch(pieces[0]):
                yield pieces[0]
                pieces = [apart[1], apart[2]]
                break
    for written in itertools.product(*map(_spellings, pieces)):
        yield " ".join(written)
        if len(written) == 2 and (written[1].isdigit() or written[1] in _GREEK or written[1] in _LETTER_OF):
            yield "".join(written)


def _spellings(piece: str) -> list[str]:
    other = _GREEK.get(piece) or _LETTER_OF.get(piece)
    return [piece, other] if other else [piece]
