"""Grammars: what a model says follows a JSON schema, token by token, and ends within its budget.

    schema → reading.plain → bounded.bounded_schema → token_grammar.TokenGrammar.chooser → the decoder's `choose`
              one form,       every string, list       llguidance: which tokens
              no references   and number has an end    may come next

A grammar alone makes a valid beginning; only a schema in which everything has an end makes a valid whole, and
`worst_case_tokens` says after how many tokens at most. Validity is not sense: what a value means is checked afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bounded import Bounds, bounded_schema, fitted_schema
    from .calls import answer_schema, calls_schema
    from .token_grammar import GrammarChooser, TokenGrammar
    from .worst_case import worst_case_tokens

__all__ = [
    "Bounds",
    "GrammarChooser",
    "TokenGrammar",
    "answer_schema",
    "bounded_schema",
    "calls_schema",
    "fitted_schema",
    "worst_case_tokens",
]

_HOMES = {
    "Bounds": "bounded",
    "GrammarChooser": "token_grammar",
    "TokenGrammar": "token_grammar",
    "answer_schema": "calls",
    "bounded_schema": "bounded",
    "calls_schema": "calls",
    "fitted_schema": "bounded",
    "worst_case_tokens": "worst_case",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
