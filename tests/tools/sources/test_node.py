"""Reading a service's JSON: null and absent are the same, a wrong kind is named, text is cleaned."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import BadReply
from biocopilot.tools.sources.node import Node, readable

VALUE = {"a": {"b": " x\u202e\x1b[31m \n y "}, "n": 2, "f": 0.5, "t": True, "null": None, "l": ["x", None, " ", "y"], "o": [{"a": "1"}, {}]}  # fmt: skip


@pytest.fixture
def node() -> Node:
    return Node(VALUE, "Service")


def test_values_of_each_kind(node: Node) -> None:
    assert node.text("a", "b") == "x y"
    assert (node.number("f"), node.whole("n"), node.flag("t")) == (0.5, 2, True)
    assert node.texts("l") == ("x", "y")
    assert [item.text("a") for item in node.nodes("o")] == ["1", None]


@pytest.mark.parametrize("path", [("null",), ("none",), ("null", "deeper"), ("a", "none", "deeper")])
def test_null_and_absent_are_none(node: Node, path: tuple[str, ...]) -> None:
    assert (node.text(*path), node.number(*path), node.flag(*path)) == (None, None, None)
    assert (node.nodes(*path), node.texts(*path)) == ((), ())


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (lambda node: node.text("n"), "n is not text"),
        (lambda node: node.needed("null"), "null is not text"),
        (lambda node: node.needed("a", "none"), "a.none is not text"),
        (lambda node: node.number("t"), "t is not a number"),
        (lambda node: node.whole("f"), "f is not a count"),
        (lambda node: node.flag("n"), "n is not true or false"),
        (lambda node: node.nodes("a"), "a is not a list"),
        (lambda node: node.text("l", "deeper"), "l is not an object"),
        (lambda node: node.nodes("o")[1].needed("a"), r"o\[1\].a is not text"),
    ],
)
def test_a_wrong_kind_is_named_with_its_place(node: Node, read: Any, place: str) -> None:
    with pytest.raises(BadReply, match=f"Service: .* {place}"):
        read(node)


def test_rows_that_cannot_be_read_are_counted(node: Node) -> None:
    assert readable(node.nodes("o"), lambda item: item.needed("a")) == (("1",), 1)
