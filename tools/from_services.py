"""A look-up that no local store answers, asked of the live services: from local, then kept replies, then live.

What the call asks for is brought into a small store with the same tables (sources/as_store), and the same tool runs over it,
so that an answer from a service and one from a local store come out of the same code and differ in their source alone.
Offline, kept replies are all there is. A service that does not answer leaves the local result as it was, with a warning.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..memory.errors import DeadlineExceeded, InvalidStructure, NotFound
from .contract import Findings, Tool, ToolContext
from .patience import within

if TYPE_CHECKING:
    from .sources.as_store.gather import Gathering

__all__ = ["ANSWERABLE", "FromServices", "ask_services"]

_GATHERING_S = 90.0
"""How long the services may take for one call, all requests together."""
_MOST_MOLECULES = 12


@dataclass(frozen=True)
class FromServices:
    """What the services add: findings, or none and the reasons why."""

    findings: Findings | None
    warnings: tuple[str, ...] = ()


async def _molecule(gathering: Gathering, asked: Any) -> list[str]:
    return await gathering.molecule(asked.molecule)


async def _molecules(gathering: Gathering, asked: Any) -> None:
    for text in asked.molecules[:_MOST_MOLECULES]:
        await gathering.molecule(text)


async def _two_molecules(gathering: Gathering, asked: Any) -> None:
    for text in (asked.molecule, asked.other):
        await gathering.molecule(text)


async def _perhaps_a_molecule(gathering: Gathering, asked: Any) -> None:
    if asked.molecule is not None:
        await gathering.molecule(asked.molecule)


async def _status(gathering: Gathering, asked: Any) -> None:
    await gathering.family(await _molecule(gathering, asked), with_rows=True)


async def _mechanisms(gathering: Gathering, asked: Any) -> None:
    await gathering.mechanisms(molecules=await gathering.family(await _molecule(gathering, asked)))


async def _indications(gathering: Gathering, asked: Any) -> None:
    await gathering.indications(molecules=await gathering.family(await _molecule(gathering, asked)))


async def _warnings(gathering: Gathering, asked: Any) -> None:
    await gathering.warnings(molecules=await gathering.family(await _molecule(gathering, asked)))


async def _compound(gathering: Gathering, asked: Any) -> None:
    family = await gathering.family(await _molecule(gathering, asked))
    targets: list[str] = []
    if asked.target is not None:
        targets = [row.chembl_id for row in await gathering.target(asked.target)]
        if not targets:
            return
    if family:
        await gathering.activities(molecules=family, targets=targets, activity_type=asked.activity_type)


async def _target(gathering: Gathering, asked: Any) -> None:
    await gathering.target(asked.target)


async def _activities(gathering: Gathering, asked: Any) -> None:
    rows = await gathering.target(asked.target)
    single = [row.chembl_id for row in rows if row.target_type == "SINGLE PROTEIN"]
    wanted = single or ([rows[0].chembl_id] if len(rows) == 1 else [])
    await gathering.activities(targets=wanted, activity_type=asked.activity_type)


async def _between(gathering: Gathering, asked: Any) -> None:
    family = await gathering.family(await gathering.molecule(asked.molecule)) if asked.molecule else []
    for text in (asked.target, asked.other):
        rows = await gathering.target(text)
        wanted = [row.chembl_id for row in rows if row.target_type == "SINGLE PROTEIN" or len(rows) == 1]
        if wanted and (family or not asked.molecule):
            await gathering.activities(targets=wanted, molecules=family, activity_type=asked.activity_type)


async def _drugs(gathering: Gathering, asked: Any) -> None:
    rows = await gathering.target(asked.target)
    await gathering.mechanisms(targets=[row.chembl_id for row in rows])


async def _assay(gathering: Gathering, asked: Any) -> None:
    await gathering.assay(asked.assay)


async def _for_indication(gathering: Gathering, asked: Any) -> None:
    await gathering.indications(term=asked.indication)


ANSWERABLE: Mapping[str, Callable[[Gathering, Any], Awaitable[object]]] = {
    "resolve_molecule": _molecule,
    "molecule_properties": _molecule,
    "structural_alerts": _molecule,
    "molecule_similarity": _two_molecules,
    "compare_molecules": _molecules,
    "scaffold": _molecule,
    "standardise_molecule": _molecule,
    "draw_molecule": _molecule,
    "convert_concentration": _perhaps_a_molecule,
    "find_target": _target,
    "target_profile": _target,
    "target_activities": _activities,
    "assay_details": _assay,
    "selectivity": _between,
    "compound_activities": _compound,
    "drug_mechanisms": _mechanisms,
    "drugs_for_target": _drugs,
    "drug_status": _status,
    "drug_indications": _indications,
    "drugs_for_indication": _for_indication,
    "drug_warnings": _warnings,
}
"""Tools whose look-ups the services can answer, and what each needs of them."""


async def ask_services(
    tool: Tool, arguments: Any, context: ToolContext, deadline_s: float | None = None
) -> FromServices:
    """Ask the services what a call asks for, and run the tool over what they give.

    Args:
        tool: one of ANSWERABLE; for another there are no findings.
        arguments: its arguments, checked.
        context: as of the call; offline, only kept replies are read.
        deadline_s: a tighter bound than 90 s for all requests together.
    """
    bound_s = _GATHERING_S if deadline_s is None else min(_GATHERING_S, deadline_s)
    fill = ANSWERABLE.get(tool.name)
    if fill is None:
        return FromServices(None)
    from .sources.as_store.gather import Gathering
    from .sources.as_store.tables import LiveTables
    from .sources.chembl import ChemblLive
    from .sources.uniprot import UniprotLive

    async def inchikey_of(text: str) -> str | None:
        try:
            parsed = await context.bench.chemistry.call("parse", {"structure": text})
        except InvalidStructure:
            return None
        return parsed["inchikey"] or None

    with tempfile.TemporaryDirectory(prefix="biocopilot-") as folder:
        path = Path(folder) / "asked.sqlite"
        with LiveTables(path) as tables:
            async with context.session() as session:
                gathering = Gathering(
                    ChemblLive(session, context.bench.services.structures_may_leave),
                    UniprotLive(session),
                    tables,
                    inchikey_of,
                    context.bench.services.structures_may_leave,
                )
                try:
                    async with within(bound_s):
                        await fill(gathering, arguments)
                except TimeoutError:
                    return FromServices(None, (f"The live services were asked, and took longer than {bound_s:.3g} s.",))
                notices = [] if gathering.refused else session.notices
        warnings = tuple(dict.fromkeys([*gathering.refused, *gathering.notices, *notices]))
        if all(origin.source is None for origin in gathering.origins.values()):
            return FromServices(None, () if context.offline else warnings)
        with context.bench.over(path, gathering.origins["chembl"], gathering.origins["uniprot"]) as bench:
            try:
                async with within(tool.deadline_s):
                    findings = await tool.run(arguments, replace(context, bench=bench))
            except NotFound:
                return FromServices(None, (*warnings, _asked_in_vain(gathering)))
            except TimeoutError as error:
                raise DeadlineExceeded(f"{tool.name} was stopped after {tool.deadline_s:g} s.") from error
    vain = findings.empty or findings.unknown
    return FromServices(
        replace(
            findings,
            warnings=(*findings.warnings, *warnings, *([_asked_in_vain(gathering)] if vain else [])),
            filters={**findings.filters, "services": _releases(gathering)},
            partial=findings.partial or not gathering.complete,
            retrieved_at=gathering.oldest,
        )
    )


def _releases(gathering: Gathering) -> str:
    """The services that answered, with their releases."""
    sources = [origin.source for origin in gathering.origins.values() if origin.source is not None]
    return " and ".join(f"{source.name} {source.release.removeprefix(f'{source.name}_')}" for source in sources)


def _asked_in_vain(gathering: Gathering) -> str:
    return f"Asked too, in vain: {_releases(gathering)}."
