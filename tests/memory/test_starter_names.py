from __future__ import annotations

import pytest
from biocopilot.memory.starter.names import name_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("TNF-α", "tnfalpha"),
        ("PI3Kδ", "pi3kdelta"),
        ("Paracétamol", "paracetamol"),
        ("5-HT₂A receptor", "5ht2areceptor"),
        ("µ-opioid receptor", "muopioidreceptor"),
        ("Ångström", "angstrom"),
        ("Straße", "strasse"),
        ("  SB-203580 ", "sb203580"),
        ("β-Arrestin", "betaarrestin"),
        ("Ά", "alpha"),
        ("--- ", ""),
    ],
)
def test_name_key_folds_case_accents_greek_and_punctuation(text: str, key: str) -> None:
    assert name_key(text) == key


def test_name_key_of_a_key_is_the_key() -> None:
    for text in ("TNF-α", "Paracétamol", "İstanbul", "ΐ", "ﬁ"):
        assert name_key(name_key(text)) == name_key(text)
