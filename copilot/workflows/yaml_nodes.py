"""YAML as nodes that know their line and column, read without constructing any object but text, numbers, flags and null.

Anchors, aliases and tags are refused: nothing here needs them, and they are how a small file becomes a large one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from ...memory.errors import InvalidInput
from ...memory.text import clean
from .yaml_parts import Mark, Ref, fault

__all__ = ["Node", "read_nodes"]

_MOST_CHARACTERS = 1_000_000
_MOST_DEPTH = 30
_SCALARS = {
    "tag:yaml.org,2002:int": yaml.SafeLoader.construct_yaml_int,
    "tag:yaml.org,2002:float": yaml.SafeLoader.construct_yaml_float,
    "tag:yaml.org,2002:bool": yaml.SafeLoader.construct_yaml_bool,
    "tag:yaml.org,2002:null": yaml.SafeLoader.construct_yaml_null,
}
"""What is not text; a date stays the text that it is written as."""
_KINDS = {dict: "a mapping", list: "a list", str: "text", bool: "yes or no", int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Node:
    """A value with its place. Of a mapping, `value` is a dict of nodes and `keys` holds the places of its keys."""

    value: Any
    mark: Mark
    file: str
    keys: dict[str, Mark]

    def fault(self, what: str, hint: str = "") -> InvalidInput:
        """The error for what is wrong here."""
        return fault(self.file, self.mark, what, hint)

    def mapping(self, what: str, allowed: tuple[str, ...] = (), required: tuple[str, ...] = ()) -> dict[str, Node]:
        """The mapping's nodes by key. Raises InvalidInput where it is none, or its keys are others."""
        if not isinstance(self.value, dict):
            raise self.fault(f"{what} must be a mapping, and is {self.kind}.")
        for key, mark in self.keys.items():
            if allowed and key not in allowed:
                raise fault(self.file, mark, f"{what} has no {key!r}.", f"It may have {', '.join(allowed)}.")
        for key in required:
            if key not in self.value:
                raise self.fault(f"{what} needs {key!r}.")
        found: dict[str, Node] = self.value
        return found

    def items(self, what: str) -> list[Node]:
        """The list's nodes. Raises InvalidInput where it is none."""
        if not isinstance(self.value, list):
            raise self.fault(f"{what} must be a list, and is {self.kind}.")
        return self.value

    def text(self, what: str) -> str:
        """The text. Raises InvalidInput where it is none."""
        if not isinstance(self.value, str):
            raise self.fault(f"{what} must be text, and is {self.kind}.", "Put it in quotes if it is meant as text.")
        return self.value

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "nothing" if self.value is None else _KINDS[type(self.value)]

    def plain(self) -> Any:
        """The value without places, `{$ref: …}` as `Ref`. Raises InvalidInput for a reference that is none."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            if "$ref" in self.value:
                if len(self.value) > 1:
                    raise self.fault("a reference stands alone in its braces.")
                return self.value["$ref"].ref()
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def ref(self) -> Ref:
        """The text as a reference. Raises InvalidInput where it is none."""
        parts = tuple(self.text("a reference").split("."))
        if not all(parts):
            raise self.fault(f"{self.value!r} is no reference.", "Write it as profile.record.name or inputs.genes.")
        return Ref(parts, self.mark)


def read_nodes(text: str, file: str) -> Node:
    """The document as nodes.

    Raises:
        InvalidInput: it is no YAML, or uses what is refused here, with line and column.
    """
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput(f"{file} has more than {_MOST_CHARACTERS:,} characters.", "Put data into a CSV file.")
    if clean(text) != text.replace("\r\n", "\n").replace("\r", "\n"):
        raise InvalidInput(f"{file} holds control or invisible characters.", "Write it again without them.")
    loader = yaml.SafeLoader(text)
    try:
        for event in _events(text):
            place = _mark(event.start_mark)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise fault(file, place, "anchors and aliases are not understood.", "Write the value out.")
            if (getattr(event, "tag", None) or "").startswith(("!", "tag:")) and event.tag != "!":
                raise fault(file, place, f"the tag {event.tag} is not understood.", "Leave it out.")
        node = loader.get_single_node()
        if node is None:
            raise InvalidInput(f"{file} is empty.", "docs/workflows.md shows a workflow in YAML.")
        return _node(loader, node, file, 0)
    except yaml.MarkedYAMLError as error:
        place = _mark(error.problem_mark) if error.problem_mark else Mark(1, 1)
        raise fault(file, place, f"this is no YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{file} is no YAML: {error}.") from error
    finally:
        loader.dispose()


def _events(text: str) -> Iterator[Any]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"more than {_MOST_DEPTH} levels", problem_mark=event.start_mark)
        yield event


def _node(loader: yaml.SafeLoader, node: yaml.Node, file: str, depth: int) -> Node:
    mark = _mark(node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(loader, item, file, depth + 1) for item in node.value], mark, file, {})
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        for key, value in node.value:
            place = _mark(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise fault(file, place, "a key must be text.")
            if key.value in found:
                raise fault(file, place, f"{key.value!r} stands here twice.")
            found[key.value], keys[key.value] = _node(loader, value, file, depth + 1), place
        return Node(found, mark, file, keys)
    construct = _SCALARS.get(node.tag)
    value = node.value if construct is None else construct(loader, node)
    if isinstance(value, float) and not math.isfinite(value):
        raise fault(file, mark, f"{node.value} is no number to compute with.")
    return Node(value, mark, file, {})


def _mark(mark: yaml.Mark) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
