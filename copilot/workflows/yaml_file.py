"""A workflow read from YAML: all of it is checked before anything runs, and whatever is wrong is told with line and column.

    workflow: kinase-lengths
    title: How long these kinases are
    inputs:
      genes: {type: texts, description: Gene symbols}
    steps:
      each_gene:
        for: {$ref: inputs.genes}
        as: gene
        steps:
          profile:
            tool: target_profile
            arguments: {target: {$ref: gene}}
    results:
      for: each_gene
      columns:
        gene: {$ref: gene}
        accession: {$ref: profile.record.target.accession}

Checked are the tools' names and arguments, references, cycles and types. What a reference comes to is known only in the run
(`yaml_run.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from ...memory.errors import FileRefused
from ...tools.contract import Tool
from ...tools.execute import explain_validation
from ...tools.registry import declared_tools, outside_a_session
from .contract import Workflow
from .yaml_nodes import Node, read_nodes
from .yaml_parts import (
    Call,
    Column,
    Comparison,
    Condition,
    Input,
    InputKind,
    Loop,
    Mark,
    Parsed,
    Ref,
    Step,
    fault,
    refs_in,
)

__all__ = ["SUFFIXES", "parse_yaml", "read_workflow"]

SUFFIXES = (".yaml", ".yml")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_OF_A_CALL = ("status", "matched", "returned", "record", "records")
_PYTHON = {"text": str, "integer": int, "number": float, "flag": bool, "file": str, "table": str}
_TAKES = {"text": {"string"}, "file": {"string"}, "integer": {"integer", "number"}, "number": {"number"}, "flag": {"boolean"},
          "texts": {"array"}, "table": {"array"}}  # fmt: skip
"""Which of JSON Schema's types an input can be given for."""


def read_workflow(path: Path, tools: Mapping[str, Tool] | None = None) -> Workflow:
    """The workflow in a YAML file.

    Args:
        path: the file.
        tools: the tools that it may call; all that need no session where None.

    Raises:
        FileRefused: there is no such file, or it is no text.
        InvalidInput: something in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise FileRefused(f"There is no file {str(path)!r}.", "Give the path of a YAML file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{path} cannot be read ({error}).", "A workflow is a text file in UTF-8.") from error
    from .yaml_run import as_workflow

    return replace(as_workflow(parse_yaml(text, path.name, tools)), file=str(path))


def parse_yaml(text: str, file: str, tools: Mapping[str, Tool] | None = None) -> Parsed:
    """The file's parts, checked. Raises InvalidInput with line and column."""
    return _Reader(file, outside_a_session(declared_tools()) if tools is None else tools).parsed(text)


class _Reader:
    def __init__(self, file: str, tools: Mapping[str, Tool]) -> None:
        self.file = file
        self.tools = tools
        self.inputs: dict[str, Input] = {}
        self.loops: dict[str, tuple[Loop, dict[str, Step]]] = {}

    def parsed(self, text: str) -> Parsed:
        top = read_nodes(text, self.file)
        nodes = top.mapping(
            "a workflow", ("workflow", "title", "description", "inputs", "steps", "results"), ("workflow", "steps")
        )
        name = self._name(nodes["workflow"], nodes["workflow"].text("the workflow's name"), "workflow")
        if "inputs" in nodes:
            for key, node in nodes["inputs"].mapping("inputs").items():
                self.inputs[key] = self._input(key, node)
        steps = self._steps(nodes["steps"], {})
        rows_of, columns = self._results(nodes["results"], steps) if "results" in nodes else ("", ())
        return Parsed(
            name=name,
            title=nodes["title"].text("the title") if "title" in nodes else name,
            description=nodes["description"].text("the description") if "description" in nodes else "",
            inputs=tuple(self.inputs.values()),
            steps=steps,
            columns=columns,
            rows_of=rows_of,
            text=text,
        )

    def _name(self, node: Node, name: str, what: str) -> str:
        if not _NAME.fullmatch(name):
            raise node.fault(f"{name!r} is no name for a {what}.", "Use letters, digits, - and _, a letter first.")
        return name

    def _input(self, key: str, node: Node) -> Input:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
            raise node.fault(f"{key!r} is no name for an input.", "Use small letters, digits and _, a letter first.")
        nodes = node.mapping("an input", ("type", "description", "default"), ("type",))
        kind = nodes["type"].text("a type")
        if kind not in get_args(InputKind):
            raise nodes["type"].fault(f"there is no type {kind!r}.", f"One of {', '.join(get_args(InputKind))}.")
        described = nodes["description"].text("a description") if "description" in nodes else ""
        default = nodes["default"].plain() if "default" in nodes else None
        if "default" in nodes:
            self._fits(kind, default, nodes["default"])
        return Input(key, kind, described, default, "default" not in nodes, node.mark)  # type: ignore[arg-type]  # a member of InputKind by the test above

    def _fits(self, kind: str, value: Any, node: Node) -> None:
        right = (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
            if kind == "texts"
            else isinstance(value, int | float) and not isinstance(value, bool)
            if kind == "number"
            else isinstance(value, _PYTHON[kind]) and (kind != "integer" or not isinstance(value, bool))
        )
        if not right:
            raise node.fault(f"the default is {node.kind}, and the input is of type {kind}.")

    # Steps -------------------------------------------------------------------------------------------------------

    def _steps(self, node: Node, outer: Mapping[str, Step | None]) -> tuple[Step, ...]:
        """The steps of one level, in an order in which each stands after what it refers to."""
        given = node.mapping("steps")
        if not given:
            raise node.fault("there are no steps.")
        for key, mark in node.keys.items():
            if not _NAME.fullmatch(key) or key == "inputs":
                raise fault(self.file, mark, f"{key!r} is no name for a step.", "Use letters, digits, - and _.")
            if key in outer or key in self.loops:
                raise fault(self.file, mark, f"{key!r} names something else already.", "Give it another name.")
        order = self._in_order({key: (item, node.keys[key]) for key, item in given.items()})
        visible: dict[str, Step | None] = dict(outer)
        steps = []
        for key in order:
            step = self._step(key, given[key], node.keys[key], visible)
            steps.append(step)
            visible[key] = step
        return tuple(steps)

    def _in_order(self, given: Mapping[str, tuple[Node, Mark]]) -> list[str]:
        """The keys after what they refer to, else as they stand. Raises InvalidInput where they go round in a circle."""
        wanted = {
            key: [ref for ref in refs_in(_loose(node)) if ref.path[0] in given] for key, (node, _) in given.items()
        }
        done: dict[str, None] = {}
        open_: list[str] = []

        def visit(key: str, by: Ref | None) -> None:
            if key in done:
                return
            if key in open_:
                circle = " → ".join([*open_[open_.index(key) :], key])
                raise fault(
                    self.file, by.mark if by else given[key][1], f"the steps refer to each other in a circle: {circle}."
                )
            open_.append(key)
            for ref in wanted[key]:
                visit(ref.path[0], ref)
            open_.pop()
            done[key] = None

        for key in given:
            visit(key, None)
        return list(done)

    def _step(self, key: str, node: Node, mark: Mark, visible: Mapping[str, Step | None]) -> Step:
        nodes = node.mapping("a step", ("tool", "arguments", "for", "as", "at_once", "steps", "when"))
        when = self._condition(nodes["when"], visible) if "when" in nodes else None
        if ("tool" in nodes) == ("for" in nodes):
            raise fault(self.file, mark, f"the step {key!r} needs either a tool or a for.")
        if "tool" in nodes:
            node.mapping("a step with a tool", ("tool", "arguments", "when"))
            return self._call(key, nodes, when, mark, visible)
        node.mapping("a step with a for", ("for", "as", "at_once", "steps", "when"), ("for", "steps"))
        over = nodes["for"].plain()
        if isinstance(over, Ref):
            self._check_ref(over, visible)
            if over.path[0] == "inputs" and self.inputs[over.path[1]].kind not in ("texts", "table"):
                raise nodes["for"].fault(
                    f"{over} is of type {self.inputs[over.path[1]].kind}, and a for goes over texts or a table."
                )
        else:
            nodes["for"].items("what a for goes over")
            for ref in refs_in(over):
                self._check_ref(ref, visible)
        row = self._name(nodes["as"], nodes["as"].text("as"), "row") if "as" in nodes else "row"
        if row in visible or row == "inputs":
            raise nodes.get("as", node).fault(
                f"{row!r} names something else already.", "Give the row another name with as."
            )
        at_once = nodes["at_once"].value if "at_once" in nodes else None
        fits = isinstance(at_once, int) and not isinstance(at_once, bool) and 1 <= at_once <= 16
        if "at_once" in nodes and not fits:
            raise nodes["at_once"].fault("at_once must be a whole number from 1 to 16.")
        inner: dict[str, Step | None] = {**visible, row: None}
        steps = self._steps(nodes["steps"], inner)
        loop = Loop(key, over, row, at_once, steps, when, mark)
        self.loops[key] = (loop, {step.id: step for step in steps})
        return loop

    def _call(
        self,
        key: str,
        nodes: Mapping[str, Node],
        when: Condition | None,
        mark: Mark,
        visible: Mapping[str, Step | None],
    ) -> Call:
        name = nodes["tool"].text("a tool's name")
        tool = self.tools.get(name)
        if tool is None:
            from rapidfuzz import process

            nearest = [hit[0] for hit in process.extract(name, list(self.tools), limit=3, score_cutoff=50)]
            raise nodes["tool"].fault(
                f"there is no tool called {name!r}.",
                f"Nearest: {', '.join(nearest)}." if nearest else "`biocopilot tools list` names them all.",
            )
        node = nodes.get("arguments", Node({}, mark, self.file, {}))
        fields = node.mapping("arguments")
        arguments = {field: item.plain() for field, item in fields.items()}
        for ref in refs_in(arguments):
            self._check_ref(ref, visible)
        if tool.writes(arguments):
            raise nodes["tool"].fault(f"{name} writes a file, and a workflow's tools write none.")
        self._check_arguments(tool, arguments, node, mark)
        return Call(key, name, arguments, when, mark)

    def _check_arguments(self, tool: Tool, arguments: Mapping[str, Any], node: Node, mark: Mark) -> None:
        """Whether the tool's model takes what is known of them; of a reference, its type where that is known."""
        open_ = {name for name, value in arguments.items() if any(refs_in(value))}
        properties = tool.schema().get("properties", {})
        for name in open_ & set(properties):
            value = arguments[name]
            if isinstance(value, Ref) and value.path[0] == "inputs":
                kind = self.inputs[value.path[1]].kind
                types = _types(properties[name], tool.schema())
                if types and not types & _TAKES[kind]:
                    raise fault(
                        self.file,
                        value.mark,
                        f"{tool.name} takes {' or '.join(sorted(types))} for {name}, and {value} is of type {kind}.",
                    )
        try:
            tool.arguments.model_validate({name: value for name, value in arguments.items() if name not in open_})
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            for item in faults:
                place = item["loc"]
                if (place and place[0] in open_) or (not place and open_):
                    continue
                at = _at(node, place) or mark
                raise fault(
                    self.file,
                    at,
                    f"{tool.name} does not accept these arguments: {explain_validation(error)}.",
                    f"`biocopilot tools show {tool.name}` lists the fields.",
                ) from error
        for name in open_ - set(properties):
            raise fault(self.file, node.keys[name], f"{tool.name} has no field {name!r}.")

    def _condition(self, node: Node, visible: Mapping[str, Step | None]) -> Condition:
        nodes = node.mapping("a condition", ("$ref", *get_args(Comparison)), ("$ref",))
        ref = nodes["$ref"].ref()
        self._check_ref(ref, visible)
        rest = [key for key in nodes if key != "$ref"]
        if not rest:
            return Condition(ref)
        if len(rest) > 1:
            raise node.fault("a condition has one comparison.")
        value = nodes[rest[0]].plain()
        if rest[0] in ("above", "below") and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise nodes[rest[0]].fault(f"{rest[0]} takes a number, and this is {nodes[rest[0]].kind}.")
        if rest[0] == "in":
            nodes[rest[0]].items("what follows in")
        return Condition(ref, rest[0], value)  # type: ignore[arg-type]  # a member of Comparison by the keys allowed above

    def _check_ref(self, ref: Ref, visible: Mapping[str, Step | None]) -> None:
        first = ref.path[0]
        if first == "inputs":
            if len(ref.path) != 2 or ref.path[1] not in self.inputs:
                raise fault(self.file, ref.mark, f"there is no input {'.'.join(ref.path[1:])!r}.",
                            f"The inputs are {', '.join(self.inputs) or 'none'}.")  # fmt: skip
            return
        if first not in visible:
            raise fault(self.file, ref.mark, f"there is no step or row {first!r} here.",
                        f"One of {', '.join(['inputs', *visible])}.")  # fmt: skip
        step = visible[first]
        if isinstance(step, Loop):
            raise fault(self.file, ref.mark, f"{first!r} is a loop, and what its steps found belongs to its rows.")
        if isinstance(step, Call) and (len(ref.path) < 2 or ref.path[1] not in _OF_A_CALL):
            raise fault(self.file, ref.mark, f"{ref} is nothing that a step has.",
                        f"After the step's name stands one of {', '.join(_OF_A_CALL)}.")  # fmt: skip

    # Results -----------------------------------------------------------------------------------------------------

    def _results(self, node: Node, steps: tuple[Step, ...]) -> tuple[str, tuple[Column, ...]]:
        nodes = node.mapping("results", ("for", "columns"), ("columns",))
        visible: dict[str, Step | None] = {step.id: step for step in steps}
        rows_of = nodes["for"].text("for") if "for" in nodes else ""
        if rows_of:
            if not isinstance(visible.get(rows_of), Loop):
                loops = [key for key, step in visible.items() if isinstance(step, Loop)]
                raise nodes["for"].fault(f"there is no loop {rows_of!r}.", f"One of {', '.join(loops) or 'none'}.")
            loop, inner = self.loops[rows_of]
            visible |= {loop.row: None, **inner}
        columns = []
        for name, item in nodes["columns"].mapping("columns").items():
            ref = item.plain()
            if not isinstance(ref, Ref):
                raise item.fault("a column is a reference.", "Write it as {$ref: profile.record.name}.")
            self._check_ref(ref, visible)
            columns.append(Column(name, ref))
        return rows_of, tuple(columns)


def _loose(node: Node) -> Any:
    """The node's value with each `$ref` in it, also in conditions and in the steps of a loop."""
    if isinstance(node.value, list):
        return [_loose(item) for item in node.value]
    if isinstance(node.value, dict):
        found: dict[str, Any] = {key: _loose(item) for key, item in node.value.items() if key != "$ref"}
        if "$ref" in node.value:
            found["$ref"] = node.value["$ref"].ref()
        return found
    return None


def _types(part: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """The JSON types that a field takes; empty where that is not said."""
    while "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        each = [_types(choice, schema) for choice in part["anyOf"]]
        return set().union(*each) - {"null"} if all(each) else set()
    return {part["type"]} if isinstance(part.get("type"), str) else set()


def _at(node: Node, place: tuple[int | str, ...]) -> Mark | None:
    """The place of the value that pydantic names, as near as there is one; None for what is missing."""
    mark = None
    for part in place:
        inside = _inside(node, part)
        if inside is None:
            break
        node, mark = inside, inside.mark
    return mark


def _inside(node: Node, part: int | str) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        inside: Node = node.value[part]
        return inside
    return None
