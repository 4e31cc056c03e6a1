"""Calls of all tools: a model with random weights makes none that its tool does not take."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.model.errors import GrammarUnsatisfied
from biocopilot.model.grammar import Bounds, TokenGrammar, answer_schema, calls_schema, worst_case_tokens
from biocopilot.tools import all_tools

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

MOST = 512
CALLS = 1_000


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    return {name: tool.exact_schema() for name, tool in all_tools().items()}


def test_any_call_fits_into_the_budget(schemas: dict[str, dict[str, Any]]) -> None:
    for most in (MOST, 1_024):
        assert worst_case_tokens(calls_schema(schemas, most, answer=True)) <= most


def test_a_tool_that_does_not_fit_is_named(schemas: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(GrammarUnsatisfied, match=r"The tool draw_molecule cannot .* \d+ tokens"):
        calls_schema(schemas, 200)
    with pytest.raises(GrammarUnsatisfied, match="no tool"):
        calls_schema({}, 200)
    with pytest.raises(GrammarUnsatisfied, match="no room"):
        answer_schema(10)


@pytest.mark.parametrize("name", all_tools())
def test_each_tools_examples_can_be_said(
    name: str, schemas: dict[str, dict[str, Any]], grammar: TokenGrammar, says: Callable[..., bool]
) -> None:
    schema = calls_schema({name: schemas[name]}, MOST)
    order = list(schemas[name]["properties"])
    for example in all_tools()[name].examples:
        arguments = dict(sorted(example.items(), key=lambda pair: order.index(pair[0])))
        call = {"tool": name, "args": arguments}
        assert says(grammar, schema, json.dumps(call, ensure_ascii=False, separators=(",", ":"))), example


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("molecule_properties", {}),
        ("molecule_properties", {"molecule": "CCO", "colour": 1}),
        ("substructure_filter", {"group": "amide"}),
        ("substructure_filter", {"group": "amide", "smarts": "N", "drugs": True}),
        ("substructure_filter", {"group": "amide", "drugs": False}),
        ("read_passage", {"passage": ""}),
        ("search_proteins", {"most": 3}),
        ("protein_features", {"target": "EGFR", "first": 30, "last": 7}),
        ("literature_search", {"query": "EGFR", "from_year": 2020, "to_year": 2019}),
        ("recall_result", {"handle": "X1"}),
        ("target_activities", {"target": "EGFR", "threshold_nm": -1}),
    ],
)
def test_a_call_that_its_tool_refuses_cannot_be_said(
    name: str,
    arguments: dict[str, Any],
    schemas: dict[str, dict[str, Any]],
    grammar: TokenGrammar,
    says: Callable[..., bool],
) -> None:
    said = json.dumps({"tool": name, "args": arguments}, separators=(",", ":"))
    assert not says(grammar, calls_schema({name: schemas[name]}, MOST), said)


@pytest.mark.slow
def test_a_thousand_calls_of_random_weights_are_valid(
    schemas: dict[str, dict[str, Any]], byte_fallback: Any, grammar: TokenGrammar, random_llama: Callable[..., Any]
) -> None:
    from biocopilot.model.decoding import Decoder

    names = list(schemas)
    bounds = Bounds(text=40)  # random weights hardly ever close a string, so its longest is what each call costs here
    free = calls_schema(schemas, MOST, bounds=bounds)  # any tool; and each by itself, so that none is left out
    alone = [calls_schema({name: schemas[name]}, MOST, bounds=bounds) for name in names]
    asked = [free if number % 4 == 0 else alone[number % len(names)] for number in range(CALLS)]
    made = [grammar.chooser(schema) for schema in asked]
    decoder = Decoder(random_llama(grammar.size), max_batch=25)
    prompt = byte_fallback.encode("Which tool?").ids
    for _number, _token in decoder.batch(
        [prompt] * CALLS, max_new_tokens=MOST, choose=made.__getitem__, temperature=1.0, seed=0
    ):
        pass
    called = Counter[str]()
    for chooser in made:
        assert chooser.finished
        call = json.loads(chooser.text)
        all_tools()[call["tool"]].arguments.model_validate(call["args"])
        called[call["tool"]] += 1
    assert called.total() == CALLS
    assert called.keys() == set(names)
