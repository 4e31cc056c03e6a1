from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.model.errors import GrammarUnsatisfied
from biocopilot.model.grammar import TokenGrammar


@pytest.fixture(scope="session")
def grammar(byte_fallback: Any) -> TokenGrammar:
    pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")
    return TokenGrammar(byte_fallback)


@pytest.fixture(scope="session")
def drawn() -> Callable[..., str]:
    """`drawn(grammar, schema, seed)`: a text of random tokens among those allowed."""
    torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")

    def say(grammar: TokenGrammar, schema: dict[str, Any], seed: int, most: int = 2_000) -> str:
        source = torch.Generator().manual_seed(seed)
        chooser = grammar.chooser(schema)
        for _ in range(most):
            chooser.accept(int(chooser.mask(torch.rand(grammar.size, generator=source)).argmax()))
            if chooser.finished:
                return chooser.text
        raise AssertionError(f"no end after {most} tokens: {chooser.text[:200]}")

    return say


@pytest.fixture(scope="session")
def says() -> Callable[..., bool]:
    """`says(grammar, schema, text)`: whether the grammar lets the text be said, to its end."""

    def let(grammar: TokenGrammar, schema: dict[str, Any], text: str) -> bool:
        of_byte = {grammar.bytes_of(token): token for token in range(grammar.size)}
        chooser = grammar.chooser(schema)
        try:
            for byte in text.encode():
                chooser.accept(of_byte[bytes([byte])])
        except GrammarUnsatisfied:
            return False
        return chooser.finished

    return let
