from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.model.errors import GrammarUnsatisfied, TokenizerMissing
from biocopilot.model.grammar import TokenGrammar, bounded_schema, worst_case_tokens
from biocopilot.model.grammar.pattern import text_pattern

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")


def field(schema: dict[str, Any]) -> dict[str, Any]:
    return bounded_schema({"type": "object", "properties": {"a": schema}, "required": ["a"]})


PLAIN = [
    {"type": "string", "maxLength": 12},
    {"type": "string", "pattern": text_pattern(1, 12, lines=True)},
    {"type": "string", "pattern": "[0-9]x"},
    {"type": "number", "minimum": -2.5, "maximum": 1_000},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 15},
    {"type": "integer", "minimum": -50, "maximum": 1_900},
    {"type": "array", "items": {"enum": ["é", 'a"b', "c\\d", "e\nf", 7, None]}, "minItems": 1, "maxItems": 3},
    {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "boolean"}]},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]},
]


@pytest.mark.parametrize("schema", PLAIN, ids=json.dumps)
@pytest.mark.parametrize("kind", ["byte_fallback", "byte_level"])
def test_random_tokens_make_a_value_of_the_schema(
    schema: dict[str, Any], kind: str, drawn: Callable[..., str], request: pytest.FixtureRequest
) -> None:
    grammar = TokenGrammar(request.getfixturevalue(kind))
    for seed in range(20):
        text = drawn(grammar, field(schema), seed)
        assert text == text.strip()
        (value,) = json.loads(text).values()
        if "maximum" in schema:
            assert schema.get("minimum", 0) <= value <= schema["maximum"]
        if schema.get("pattern") == "[0-9]x":
            assert any(f"{digit}x" in value for digit in range(10))


@pytest.mark.parametrize("schema", PLAIN, ids=json.dumps)
@pytest.mark.parametrize("liked", ["\\", '"', "é", "9", "-", "x", ","])
def test_the_worst_case_holds_against_who_wants_it_long(
    schema: dict[str, Any], liked: str, grammar: TokenGrammar
) -> None:
    """Takes the shortest token that does not close anything, one byte at a time, and likes what has an escape."""
    closed = field(schema)
    chooser, taken = grammar.chooser(closed), 0
    sizes = [len(grammar.bytes_of(token)) for token in range(grammar.size)]
    starts = [grammar.bytes_of(token)[:1] for token in range(grammar.size)]
    while not chooser.finished:
        allowed = [at for at, logit in enumerate(chooser.mask(torch.zeros(grammar.size)).tolist()) if logit == 0]
        chooser.accept(
            min(
                allowed,
                key=lambda token: (
                    starts[token] in (b'"', b"]", b"}"),
                    sizes[token],
                    starts[token] not in liked.encode(),
                ),
            )
        )
        taken += 1
        assert taken <= worst_case_tokens(closed)
    json.loads(chooser.text)


def test_the_worst_case_is_reached(grammar: TokenGrammar) -> None:
    closed = field({"type": "string", "maxLength": 12})
    said = json.dumps({"a": "\\" * 12}, separators=(",", ":"))
    assert len(said) == worst_case_tokens(closed)


def test_rows_of_logits_beyond_the_vocabulary_are_barred_and_missing_ones_do_no_harm(grammar: TokenGrammar) -> None:
    schema = field({"type": "boolean"})
    for rows in (grammar.size + 70, grammar.size - 1):
        masked = grammar.chooser(schema).mask(torch.zeros(rows))
        assert masked.isfinite().any()
        assert not masked[grammar.size :].isfinite().any()


def test_a_token_that_is_not_allowed_is_refused(grammar: TokenGrammar) -> None:
    chooser = grammar.chooser(field({"type": "boolean"}))
    with pytest.raises(GrammarUnsatisfied, match="does not follow"):
        chooser.accept(next(token for token in range(grammar.size) if grammar.bytes_of(token) == b"x"))


def test_a_schema_of_which_no_grammar_can_be_made_is_refused(grammar: TokenGrammar) -> None:
    with pytest.raises(GrammarUnsatisfied, match="No grammar"):
        grammar.chooser({"type": "string", "pattern": "^(?=a)$"})


def test_a_tokenizer_that_is_none_is_refused(byte_fallback: Any) -> None:
    with pytest.raises(TokenizerMissing, match="is a str"):
        TokenGrammar("tokenizer", [2])
    with pytest.raises(TokenizerMissing, match="no token that ends"):
        TokenGrammar(object())


def test_a_second_number_is_not_below_the_first(grammar: TokenGrammar, drawn: Callable[..., str]) -> None:
    low = {"type": "integer", "minimum": 1, "maximum": 40}
    schema = bounded_schema(
        {
            "type": "object",
            "properties": {"what": {"type": "string", "maxLength": 9}, "first": low, "last": low},
            "required": ["first"],
            "x-ordered": [["first", "last"]],
        }
    )
    pairs = [json.loads(drawn(grammar, schema, seed)) for seed in range(80)]
    both = [(pair["first"], pair["last"]) for pair in pairs if "last" in pair]
    assert len(both) > 20
    assert all(first <= last for first, last in both)
    assert any(first > 20 for first, _last in both)


def test_one_text_leaves_another_of_the_same_grammar_alone(grammar: TokenGrammar) -> None:
    schema = field({"type": "boolean"})
    one, other = grammar.chooser(schema), grammar.chooser(schema)
    one.accept(int(one.mask(torch.zeros(grammar.size)).argmax()))
    assert (one.text[:1], other.text) == ("{", "")
    assert grammar.chooser(schema).text == ""
