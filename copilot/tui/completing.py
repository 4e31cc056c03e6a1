"""What could stand where the cursor is: commands after a slash, files after an @, tools and names by their first letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .registry import commands_like

__all__ = ["Completion", "Word", "commands", "files", "named", "word_at"]

_WORD = re.compile(r"[\w'’-]+$")
_WORKFLOW = re.compile(r"/workflow\s+(?P<name>[\w-]*)$")
_INPUT = re.compile(r"/workflow\s+(?P<of>\S+)\s(?:.*\s)?(?P<flag>--[\w-]*)$")
_LEAST_LETTERS = 2
_MOST = 8
_LIST_SUFFIXES = (".smi", ".smiles", ".txt", ".csv", ".tsv", ".sdf")


@dataclass(frozen=True)
class Word:
    """What is being typed: where it begins in its line, and what kind of thing it begins."""

    kind: Literal["command", "file", "name", "workflow", "input"]
    start: int
    text: str
    of: str = ""
    """Of an input: the workflow's name or file."""


@dataclass(frozen=True)
class Completion:
    """A text that takes the word's place, and what it is."""

    text: str
    about: str = ""


def word_at(line: str, first_line: bool) -> Word | None:
    """The word that ends at the end of `line`, which is the text up to the cursor; None where there is none to complete."""
    if first_line and line.startswith("/") and " " not in line:
        return Word("command", 0, line)
    if first_line and (name := _WORKFLOW.match(line)):
        return Word("workflow", name.start("name"), name["name"])
    if first_line and (flag := _INPUT.match(line)):
        return Word("input", flag.start("flag"), flag["flag"], flag["of"])
    at = line.rfind("@")
    if at >= 0 and (at == 0 or line[at - 1].isspace()) and not re.search(r"\s", line[at:]):
        return Word("file", at, line[at + 1 :])
    hit = _WORD.search(line)
    if hit is None or len(hit.group()) < _LEAST_LETTERS:
        return None
    return Word("name", hit.start(), hit.group())


def commands(word: Word) -> list[Completion]:
    """The slash commands that begin so."""
    return [
        Completion(f"/{command.name}{' ' if command.argument else ''}", command.help)
        for command in commands_like(word.text)
    ]


def files(word: Word, folder: Path) -> list[Completion]:
    """Lists of compounds and folders whose path begins so; the `@` goes, since a named file is read all the same."""
    typed = Path(word.text).expanduser()
    within = typed if word.text.endswith("/") else typed.parent
    beginning = "" if word.text.endswith("/") else typed.name
    place = within if within.is_absolute() else folder / within
    try:
        entries = sorted(place.iterdir())
    except OSError:
        return []
    found = []
    for entry in entries:
        if not entry.name.casefold().startswith(beginning.casefold()) or entry.name.startswith(
            "."
        ) > beginning.startswith("."):
            continue
        shown = str(within / entry.name) if str(within) != "." else entry.name
        if entry.is_dir():
            found.append(Completion(f"@{shown}/", "folder"))
        elif entry.suffix.lower() in _LIST_SUFFIXES:
            found.append(Completion(f"{shown} ", f"{entry.stat().st_size:,} bytes"))
    return found[:_MOST]


def named(word: Word, tools: Iterable[str], names: Iterable[str]) -> list[Completion]:
    """Tools, then drugs, genes and diseases, that begin so."""
    start = word.text.casefold()
    found = [Completion(tool, "tool") for tool in tools if tool.startswith(start)][:3]
    found += [Completion(name, "") for name in names if name.casefold() != start]
    return found[:_MOST]
