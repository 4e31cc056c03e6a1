"""Questions that are put to BioMedGPT-10B: "what does BioMedGPT say about aspirin?", and "describe this molecule" where it is here.

Its tools are offered only where its weights are installed. Where they are not, a question that names it is told how to get it, and
one that only asks for a description is answered as ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...memory.records import Evidence, ToolCall, ToolResult
from .contract import Aside, Break, Part, Sentence, State
from .frames import Entity
from .kinds.plan import Section, Status
from .kinds.words import capital, molecule_name
from .reading import read

__all__ = ["AskedOfModel", "asked_of_model", "model_calls", "model_told"]

MOLECULE_TOOL, PROTEIN_TOOL = "ask_about_molecule", "ask_about_protein"
_MOST = 3
"""Molecules and proteins that one question asks the model about; each takes it seconds."""
_LEAST_RESIDUES = 25
"""Letters below which the tool takes them for a name, unless they come as FASTA."""

_NAMED = re.compile(r"\bbio-?med-?gpt(?:-?10b)?\b(?:['’]s)?", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:please|can you|could you)\s+)*(?:"
    r"(?:what|how)\s+(?:does|would|can|do)\s+@\s+(?:say|tell|think|know|write|answer|describe)(?:\s+(?:me|us))?(?:\s+(?:about|of|on|to|for))?"
    r"|(?:ask|let|have|get|use|query)\s+@(?:\s+(?:to|about|for|and|on))*(?:\s+(?:describe|explain|tell\s+\w+\s+about|describing))?"
    r"|(?:describe|explain|tell\s+\w+\s+about)(?=\s+.+\b(?:with|by|using|via)\s+@)"
    r"|@\s*(?:on|about|:|,)?(?:\s*(?:describe|what\s+is))?"
    r")\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*\b(?:with|by|using|via|according\s+to|in\s+the\s+words\s+of)\s+@", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"]([^”\"]{2,300}\?)[”\"]\s*(?:about|of|on|for)?")
_THING = r"(?:molecule|compound|drug|structure|smiles|protein|enzyme|sequence|peptide|chain)"
_DESCRIBE = re.compile(
    rf"^(?:please\s+|can you\s+|could you\s+)*describe(?:\s+(?:the|this|that|following))*(?:\s+{_THING})?\s*[:,]?\s*@\s*(?:{_THING}\s*)?[.?!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedOfModel:
    """What to ask the model about.

    Args:
        molecules: as the tool takes them, with what to call them.
        proteins: likewise.
        question: in the user's words; empty for the tool's own.
        installed: whether the model is here.
        cut: how many more were named.
    """

    molecules: tuple[tuple[str, str], ...] = ()
    proteins: tuple[tuple[str, str], ...] = ()
    question: str = ""
    installed: bool = True
    cut: int = 0


async def asked_of_model(state: State, question: str) -> AskedOfModel | None:
    """What a question asks the model about; None where it is one for others, or names nothing that the model can be shown."""
    installed = MOLECULE_TOOL in state.tools and PROTEIN_TOOL in state.tools
    marked = _NAMED.sub("@", question)
    if marked != question:
        quoted = _QUOTED.search(marked)
        if quoted is not None:
            marked = f"{marked[: quoted.start()]} {marked[quoted.end() :]}"
        bare = _LEAD.sub("", _TAIL.sub("", marked).strip())
        if "@" in bare:  # it is named, and not addressed
            return None
        things = await _things(f"what is {bare.strip(' .?!:,')}?", state)
        if not things:
            return None
        return _limited(things, quoted[1] if quoted else "") if installed else AskedOfModel(installed=False)
    if not installed or not question.lower().lstrip().startswith(
        ("describe", "please describe", "can you", "could you")
    ):
        return None
    things = await _things(question, state)
    rest = question
    for entity in things:
        rest = rest.replace(entity.text, "@", 1)
    if len(things) != 1 or _DESCRIBE.match(rest) is None:
        return None
    return _limited(things, "")


async def _things(question: str, state: State) -> list[Entity]:
    """The molecules, proteins and sequences that a question names, or leans on."""
    reading = await read(question, state.history, state.bench)
    found: dict[str, Entity] = {}
    for frame in reading.frames:
        for entity in (*frame.molecules, *frame.targets, *frame.sequences):
            if entity.kind in ("molecule", "target", "peptide"):
                found.setdefault(entity.value, entity)
    return list(found.values())


def _limited(things: list[Entity], question: str) -> AskedOfModel:
    kept = things[:_MOST]
    return AskedOfModel(
        molecules=tuple((entity.value, entity.name or entity.text) for entity in kept if entity.kind == "molecule"),
        proteins=tuple(
            (_as_protein(entity), entity.name or entity.text) for entity in kept if entity.kind != "molecule"
        ),
        question=question,
        cut=len(things) - len(kept),
    )


def _as_protein(entity: Entity) -> str:
    short = entity.kind == "peptide" and len(entity.value) < _LEAST_RESIDUES
    return f">sequence\n{entity.value}" if short else entity.value


def model_calls(asked: AskedOfModel) -> tuple[ToolCall, ...]:
    """The calls that ask it."""
    question = {"question": asked.question} if asked.question else {}
    wanted: list[tuple[str, dict[str, Any]]] = [
        *((MOLECULE_TOOL, {"molecule": value, **question}) for value, _ in asked.molecules),
        *((PROTEIN_TOOL, {"protein": value, **question}) for value, _ in asked.proteins),
    ]
    return tuple(ToolCall(id=f"c{i}", tool=tool, arguments=arguments) for i, (tool, arguments) in enumerate(wanted, 1))


def model_told(asked: AskedOfModel, results: tuple[ToolResult, ...]) -> Section:
    """What was computed of each, and what the model wrote that this does not contradict."""
    if not asked.installed:
        hint = "`biocopilot models pull biomedgpt-10b` fetches it, after showing its licences."
        return Section((Aside(f"BioMedGPT-10B is not installed here, so it cannot be asked. {hint}"),), "unknown")
    parts: list[Part] = []
    answered = 0
    for result in results:
        facts = next((item for item in result.evidence if item.backend == "computed"), None)
        wrote = next((item for item in result.evidence if item.backend == "generated"), None)
        if facts is None or wrote is None:
            parts += [Break(), Aside(result.digest.partition("\n")[0] or "BioMedGPT-10B gave no answer.")]
            continue
        parts += [Break(), _computed(facts), Break(), _written(wrote)]
        answered += bool(wrote.record["answer"])
    if asked.cut:
        parts += [Break(), Aside(f"It was asked about the first {_MOST} only; {asked.cut} more were named.")]
    status: Status = "answered" if answered == len(results) and results else "partial" if parts else "unknown"
    return Section(tuple(parts[1:]), status)


def _computed(facts: Evidence) -> Sentence:
    record = facts.record
    if record["type"] == "structure_facts":
        properties = record["properties"]
        name, mass = capital(molecule_name(record)), properties["molecular_weight"]
        text = f"{name} has the molecular formula {properties['formula']['text']} and an average molecular weight of {mass['value']:.2f} {mass['unit']}."
        return Sentence(text, (facts.id,))
    protein = record["protein"]
    name = protein.get("gene") or protein.get("name") or "The sequence"
    return Sentence(f"{name} has {record['length']['value']:,} amino acids.", (facts.id,))


def _written(wrote: Evidence) -> Part:
    record = wrote.record
    if not record["answer"]:
        why = (
            "All that it wrote is contradicted by what was computed, and was struck."
            if record["struck"]
            else "It wrote nothing."
        )
        return Aside(f"{record['model']} was asked. {why}")
    return Sentence(f"{record['model']} writes: “{record['answer']}”", (wrote.id,))
