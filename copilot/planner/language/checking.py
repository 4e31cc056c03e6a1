"""A call that a model asks for, checked before it runs: the tool is there, its arguments are what it takes, structures parse,
identifiers exist where a whole database is at hand, and neither structure nor identifier was made up.

A grammar can make a call valid and no more. A model that writes a drug's SMILES from memory gets it wrong now and then, and the
numbers computed from it would be right for another molecule: so it is asked for the name instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ....memory.errors import BiocopilotError, InvalidInput
from ....memory.records import canonical_json
from ....memory.text import shorten
from ....tools.execute import find_tool, validate_arguments
from ....tools.identifiers import is_chembl_id, is_inchikey, is_uniprot_accession
from ....tools.workbench import Workbench
from ..contract import State
from .reply import Wish

__all__ = ["made_up", "problem_with"]

_BONDED = re.compile(r"[=#@\[]|[cnosCNO]\d|\)[A-Zcnos]|[A-Zcnos]\(")
_WORDS = re.compile(r"[a-z]*[adefghijkmqtuvwxyz][a-z]*(?<=[a-z]{3})")
"""Three small letters in a row, one of which is no atom: a part of a name."""
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#$:/\\.%*]{4,2000}")
_STRUCTURE_FIELDS = frozenset(("molecule", "molecules", "other", "reference", "query", "smiles", "structure"))


async def problem_with(wish: Wish, state: State) -> str:
    """Why this call cannot be run as it is, in a sentence for the model; empty where it can."""
    if wish.arguments is None:
        cut = f" It was: {wish.written}" if wish.written else ""
        return f"The arguments of {wish.tool or 'the call'} are no JSON object.{cut}"
    try:
        tool = find_tool(wish.tool, state.tools)
        validate_arguments(tool, wish.arguments)
    except InvalidInput as error:
        fields = "" if wish.tool not in state.tools else f" Its fields: {', '.join(tool.arguments.model_fields)}."
        return f"{error.message}{fields or ' ' + error.hint}"
    for field, text in _texts(wish.arguments):
        said = await _wrong_structure(field, text, state.bench) or _not_there(field, text, state.bench)
        if said:
            return said
    return ""


def made_up(wish: Wish, state: State) -> list[str]:
    """The structures and identifiers of a call that stand neither in the question nor in any result.

    Args:
        wish: the call.
        state: of the run.
    """
    sought = []
    for field, text in _texts(wish.arguments or {}):
        named = is_chembl_id(text) or is_inchikey(text) or is_uniprot_accession(text)
        if named or (field in _STRUCTURE_FIELDS and _like_smiles(text)):
            sought.append(text)
    if not sought:
        return []
    seen = _seen_text(state)
    return [text for text in sought if text.casefold() not in seen]


def _seen_text(state: State) -> str:
    """Everything that a model can have an identifier from: the questions, earlier answers and all records, in lower case."""
    parts = [state.question]
    parts += [
        f"{turn.question} {turn.answer} {' '.join(item.summary for item in turn.results)}" for turn in state.history
    ]
    for observation in state.observations:
        parts.append(observation.result.digest)
        parts += [canonical_json(item.record) for item in observation.result.evidence]
    # A SMILES with a backslash is written with two of them in JSON.
    return " ".join(parts).replace("\\\\", "\\").casefold()


def _texts(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, value in arguments.items():
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, str):
                yield field, item.strip()


def _like_smiles(text: str) -> bool:
    """Whether it can only be meant as a structure: its characters, with a bond, a bracket or a ring, and no word in it."""
    if not _SMILES.fullmatch(text):
        return False
    if is_chembl_id(text) or is_inchikey(text) or is_uniprot_accession(text):
        return False
    return bool(_BONDED.search(text)) and not _WORDS.search(text)


async def _wrong_structure(field: str, text: str, bench: Workbench) -> str:
    """That chemistry refuses the structure; names are left to the tools, which look them up."""
    if field not in _STRUCTURE_FIELDS or not _like_smiles(text) or "[#" in text:
        return ""
    try:
        await bench.chemistry.call("parse", {"structure": text})
    except InvalidInput as error:
        return f"{shorten(text, 80)!r} is no valid SMILES: {error.message} Give the molecule's name, or a structure from a result."
    except BiocopilotError:  # a worker that cannot be had is told by the call itself
        return ""
    return ""


def _not_there(field: str, text: str, bench: Workbench) -> str:
    """That a whole local database does not have the identifier; the starter set is a selection and cannot tell."""
    if field not in ("molecule", "molecules", "target", "other") or not text.upper().startswith("CHEMBL"):
        return ""
    if not is_chembl_id(text) or bench.chembl.backend != "local":
        return ""
    if bench.chembl.molecule(text.upper()) is not None or bench.chembl.target(text.upper()) is not None:
        return ""
    return f"{text} is neither a molecule nor a target of {bench.chembl.source.name} {bench.chembl.source.release}."
