"""The one way a name becomes a look-up key, shared by the starter set's builder and by every query.

Not for display: a key has lost case, accents, spaces and punctuation.
"""

from __future__ import annotations

import unicodedata

__all__ = ["name_key"]

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
    "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega",
}  # fmt: skip
# Letters that NFKD leaves whole although a chemist would type them in ASCII.
_FOLDED = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}


def name_key(text: str) -> str:
    """The look-up key of a name: casefolded letters and digits, Greek letters spelled out, accents folded.

    Args:
        text: any name as a person or a database writes it, such as "TNF-α" or "Paracétamol".

    Returns:
        The key, such as "tnfalpha" or "paracetamol"; empty when the name has no letter and no digit.
    """
    parts: list[str] = []
    for char in unicodedata.normalize("NFKD", text).casefold():
        # Casefolding may bring back a composed letter, so each one is decomposed again before it is judged.
        for piece in unicodedata.normalize("NFKD", char):
            if piece.isalnum():
                parts.append(_GREEK.get(piece) or _FOLDED.get(piece, piece))
    return "".join(parts)
