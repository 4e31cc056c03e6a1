"""A tool's arguments as command-line options, made from its argument model: `molecule: str` is `--molecule TEXT`.

Values are left as text for the model to check, so that the command line refuses exactly what a planner is refused.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ...memory.errors import InvalidArguments
from ...memory.text import clean, shorten
from ...tools.contract import Tool

__all__ = ["FieldOption", "Takes", "command_line", "named_files", "options_of", "parse_fields"]

_PATH_FIELDS = frozenset({"file", "files", "to"})
"""Fields whose value is a path; typed by the user, it is a path that the tool may touch."""

_LONGEST_CHOICE = 50
"""Choices that take more room than this are listed below their field instead of behind its flag."""

_METAVARS = {"string": "TEXT", "integer": "INTEGER", "number": "NUMBER", "object": "JSON"}


class Takes(Protocol):
    """What has fields: a tool, or a workflow with its inputs."""

    @property
    def name(self) -> str:
        """As it is typed."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of its fields."""


@dataclass(frozen=True)
class FieldOption:
    """One field of a tool as an option."""

    name: str
    metavar: str
    """What stands behind the flag; empty for a switch."""
    choices: tuple[str, ...]
    required: bool
    default: Any
    repeated: bool
    description: str

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return "--" + self.name.replace("_", "-")

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value."""
        return not self.metavar

    @property
    def nature(self) -> str:
        """Required, or the default, and whether it may be repeated, for reading."""
        if self.required:
            said = "required"
        elif self.default in (None, "", [], ()):
            said = "optional"
        else:
            said = f"default: {self._shown_default()}"
        return f"{said}; may be repeated" if self.repeated else said

    def _shown_default(self) -> str:
        if self.is_switch:
            return "yes" if self.default else "no"
        return " ".join(map(str, self.default)) if self.repeated else str(self.default)


def options_of(tool: Takes) -> tuple[FieldOption, ...]:
    """The tool's fields in their order."""
    schema = tool.schema()
    required = set(schema.get("required", ()))
    found = []
    for name, given in schema.get("properties", {}).items():
        part = _resolved(given, schema)
        repeated = part.get("type") == "array"
        item = _resolved(part.get("items", {}), schema) if repeated else part
        found.append(
            FieldOption(
                name=name,
                metavar=_metavar(item),
                choices=tuple(map(str, item.get("enum", ()))),
                required=name in required,
                default=given.get("default"),
                repeated=repeated,
                description=given.get("description", ""),
            )
        )
    return tuple(found)


def parse_fields(tool: Takes, words: Sequence[str]) -> dict[str, Any]:
    """The arguments that these words give: `--field value`, `--field=value`, `--switch`, `--no-switch`.

    A word without a flag goes to the next required field that has no value yet.

    Raises:
        InvalidArguments: an unknown field, a missing or a second value.
    """
    options = {option.name: option for option in options_of(tool)}
    given: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            for bare in rest:
                _give(given, _next_required(tool, options, given, bare), bare, tool)
            break
        if not word.startswith("--"):
            _give(given, _next_required(tool, options, given, word), word, tool)
            continue
        flag, has_value, value = word.removeprefix("--").partition("=")
        name = flag.replace("-", "_")
        if name.startswith("no_") and name not in options and _is_switch(options.get(name[3:])):
            _give(given, options[name[3:]], False, tool)
            continue
        option = options.get(name)
        if option is None:
            raise _unknown_field(tool, options, flag)
        if option.is_switch:
            _give(given, option, value if has_value else True, tool)
            continue
        if not has_value:
            if not rest:
                raise InvalidArguments(f"{option.flag} needs a value.", _where(tool))
            value = rest.pop(0)
        _give(given, option, _json(value, option, tool) if option.metavar == "JSON" else value, tool)
    return given


def named_files(arguments: Mapping[str, Any]) -> frozenset[Path]:
    """The paths among the arguments; the user typed them, so the tool may use them."""
    found = set()
    for name in _PATH_FIELDS & arguments.keys():
        values = arguments[name] if isinstance(arguments[name], list) else [arguments[name]]
        found |= {Path(value).expanduser().resolve() for value in values if isinstance(value, str) and value}
    return frozenset(found)


def command_line(tool: str, arguments: Mapping[str, Any]) -> str:
    """The `biocopilot tools run` command for these arguments, quoted for a shell."""
    words = ["biocopilot", "tools", "run", tool]
    for name, value in arguments.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
            continue
        for item in value if isinstance(value, list | tuple) else (value,):
            words += [flag, json.dumps(item) if isinstance(item, dict) else str(item)]
    return shlex.join(words)


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a JSON Schema behind references and `or null`."""
    while "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    choices = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    return _resolved(choices[0], schema) if choices else part


def _metavar(part: Mapping[str, Any]) -> str:
    if part.get("type") == "boolean":
        return ""
    if "enum" in part:
        shown = "|".join(map(str, part["enum"]))
        return shown if len(shown) <= _LONGEST_CHOICE else "NAME"
    return str(part.get("const", _METAVARS.get(str(part.get("type")), "TEXT")))


def _is_switch(option: FieldOption | None) -> bool:
    return option is not None and option.is_switch


def _give(given: dict[str, Any], option: FieldOption, value: Any, tool: Takes) -> None:
    if option.repeated:
        given.setdefault(option.name, []).append(value)
    elif option.name in given:
        raise InvalidArguments(f"{option.flag} was given twice.", _where(tool))
    else:
        given[option.name] = value


def _next_required(tool: Takes, options: Mapping[str, FieldOption], given: Mapping[str, Any], word: str) -> FieldOption:
    for option in options.values():
        if option.required and not option.is_switch and (option.repeated or option.name not in given):
            return option
    raise InvalidArguments(f"{shorten(clean(word), 60)!r} stands without the field it is for.", _where(tool))


def _unknown_field(tool: Takes, options: Mapping[str, FieldOption], flag: str) -> InvalidArguments:
    from rapidfuzz import fuzz, process

    flags = [option.flag[2:] for option in options.values()]
    hit = process.extractOne(flag, flags, scorer=fuzz.ratio, score_cutoff=50)
    hint = f"Did you mean --{hit[0]}? " if hit else ""
    return InvalidArguments(f"{tool.name} has no field --{shorten(clean(flag), 60)}.", hint + _where(tool))


def _json(value: str, option: FieldOption, tool: Takes) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise InvalidArguments(f"{option.flag} takes a JSON value: {error}.", _where(tool)) from error


def _where(tool: Takes) -> str:
    of = "tools" if isinstance(tool, Tool) else "workflow"
    return f"`biocopilot {of} show {tool.name}` lists its fields."
