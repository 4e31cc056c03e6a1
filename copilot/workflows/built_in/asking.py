"""Questions that a workflow puts to the tools, told in the sentences that the embedded planner has for their records.

What failed or found nothing is told as `Missing` where its answer would stand; remarks that belong to a conversation are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....memory.errors import NotFound
from ....memory.records import Evidence, ToolResult
from ...planner.frames import Entity, Frame, Kind
from ...planner.kinds import elsewhere, kind_of
from ...planner.kinds.plan import Results
from ..contract import Aside, Missing, Part, Sentence, WorkflowRun

__all__ = [
    "Target",
    "about",
    "ask",
    "ask_elsewhere",
    "first_of",
    "ids_of",
    "missing_of",
    "molecule",
    "resolve_target",
    "unique",
]


@dataclass(frozen=True)
class Target:
    """A target as a source has it: `key` is what tools are called with."""

    asked: str
    key: str
    gene: str
    name: str
    accession: str
    chembl_id: str
    evidence: tuple[str, ...]

    @property
    def entity(self) -> Entity:
        """The target as it stands in a frame."""
        return Entity("target", self.gene, -1, -1, self.key, self.gene)


async def resolve_target(run: WorkflowRun, asked: str) -> Target:
    """Find out which target is meant. Raises NotFound with the nearest names, or the error of the tool."""
    found = await run.need("find_target", target=asked)
    item = first_of(found, "target")
    if item is None:
        record = found.evidence[0].record if found.evidence else {}
        nearest = tuple(str(name) for name in record.get("nearest", ()))[:5]
        hint = f"Nearest: {', '.join(nearest)}." if nearest else "Give a gene symbol or a UniProt accession."
        raise NotFound(str(record.get("message") or f"No target is called {asked!r}."), hint, nearest)
    target = item.record["target"]
    accession, chembl_id = str(target.get("accession") or ""), str(target.get("chembl_id") or "")
    gene = str(target.get("gene") or target.get("name") or asked)
    name = str(target.get("name") or gene)
    return Target(asked, accession or chembl_id or asked, gene, name, accession, chembl_id, (item.id,))


def about(kind: Kind, target: Target, **slots: Any) -> Frame:
    """A question of that kind about the target, as the planner would have read it."""
    return Frame(kind, "", 1.0, 1.0, targets=(target.entity,), **slots)


def molecule(value: str, name: str) -> Entity:
    """A molecule as it stands in a frame."""
    return Entity("molecule", name, -1, -1, value, name)


async def ask(run: WorkflowRun, frame: Frame) -> tuple[list[Part], Results]:
    """Make the calls that answer a question, and tell what they came to."""
    kind = kind_of(frame.kind)
    found: dict[str, ToolResult] = {}
    waiting, left_out = list(kind.plan(frame)), set[str]()
    while waiting:
        ready = [node for node in waiting if all(key in found or key in left_out for key in node.after)]
        calls = []
        for node in ready:
            arguments = node.arguments(Results(found)) if callable(node.arguments) else node.arguments
            if arguments is None:
                left_out.add(node.key)
            else:
                calls.append((node, arguments))
        results = await run.calls([(node.tool, arguments) for node, arguments in calls])
        found.update({node.key: result for (node, _), result in zip(calls, results, strict=True)})
        waiting = [node for node in waiting if node not in ready]
    told = {key: result for key, result in found.items() if result.status in ("ok", "partial")}
    missing = [part for key, result in found.items() if key not in told for part in missing_of(result)]
    parts = kind.compose(frame, Results(told)).parts if told else ()
    return [*_report_parts(parts, told.values()), *missing], Results(found)


async def ask_elsewhere(run: WorkflowRun, tool: str, what: str, **arguments: Any) -> tuple[list[Part], ToolResult]:
    """Ask what a live source knows, told as tables; `what` names it where it could not be asked."""
    result = await run.call(tool, **arguments)
    if result.status not in ("ok", "partial"):
        return list(missing_of(result, what)), result
    frame = Frame("unsupported", "", 1.0, 1.0)
    told = elsewhere.tell(frame, Results({"elsewhere": result})).parts
    return _report_parts(told, [result]), result


def missing_of(result: ToolResult, what: str = "") -> Iterable[Missing]:
    """What a call that came to nothing says."""
    subject = f"{what}: " if what else ""
    if result.status == "failed":
        yield Missing(f"{subject}{result.digest.partition(chr(10))[0]}")
    elif result.status == "empty":
        for item in result.evidence:
            yield Missing(f"{subject}{item.record.get('message') or 'nothing is recorded.'}", (item.id,))


def first_of(result: ToolResult | None, kind: str) -> Evidence | None:
    """The first record of that type, of a result that came to something."""
    if result is None or result.status not in ("ok", "partial"):
        return None
    return next((item for item in result.evidence if item.record["type"] == kind), None)


def ids_of(*results: ToolResult | None) -> tuple[str, ...]:
    """The ids of all evidence of these results."""
    return tuple(item.id for result in results if result is not None for item in result.evidence)


def unique(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts, each sentence once: a source's caveats come with each of its records. The one that stays cites them all."""
    kept: dict[tuple[str, str], Part] = {}
    for number, part in enumerate(parts):
        if not isinstance(part, Sentence | Missing):
            kept["", str(number)] = part
            continue
        key = (type(part).__name__, part.text)
        before = kept.get(key)
        cited = before.evidence if isinstance(before, Sentence | Missing) else ()
        kept[key] = replace(part, evidence=tuple(dict.fromkeys((*cited, *part.evidence))))
    return tuple(kept.values())


def _report_parts(parts: Sequence[Part], results: Iterable[ToolResult]) -> list[Part]:
    """Without the remarks of a conversation; with what a table leaves out."""
    told: list[Part] = [part for part in parts if not isinstance(part, Aside)]
    for result in results:
        if result.matched is not None and result.returned is not None and result.returned < result.matched:
            told.append(Aside(f"{result.returned:,} of {result.matched:,} are held in the evidence."))
    return told
