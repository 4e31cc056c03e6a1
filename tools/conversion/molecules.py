"""What the local store, PubChem and ChEMBL say of a molecule: each asked by what was given, then by its InChIKey.

ChEMBL's service is not asked where a registered ChEMBL knows the molecule. The starter set is a selection, so beside it it is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from ...memory.chembl_rows import MoleculeRow
from ...memory.errors import NotFound, Unavailable
from ..chemistry.identify import Molecule, identify
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_inchikey, public_id
from .statements import Entry, Silence, Statement, ask, distinct

if TYPE_CHECKING:
    from ..sources.chembl import ChemblLive
    from ..sources.pubchem import Compound, PubchemLive
    from ..sources.transport import Session

__all__ = ["CID", "molecule_statements"]

CID = re.compile(r"(?:PubChem[\s:]*)?CID[\s:]*(\d{1,10})", re.IGNORECASE | re.ASCII)
_MOST_ENTRIES = 5
"""Compounds of one name for which PubChem's other names are asked for."""
_LOCAL = "The local store"

Calls = dict[str, Callable[[], Awaitable[Statement]]]


async def molecule_statements(
    text: str, context: ToolContext, session: Session
) -> tuple[list[Statement], list[Silence], list[str]]:
    """Statements, silences and notes on what was sent.

    Raises:
        InvalidStructure: it is written like a structure and cannot be read.
    """
    from ..sources.chembl import ChemblLive
    from ..sources.pubchem import PubchemLive

    pubchem, chembl = PubchemLive(session), ChemblLive(session, structures_may_leave=False, client="own")
    cid = CID.fullmatch(text)
    local: Statement | Silence
    key, structure = text.upper() if is_inchikey(text) else "", False
    if cid is not None:
        local = Silence(_LOCAL, "The local store does not keep PubChem CIDs.")
    else:
        local, meant = await _local(text, context)
        if meant is not None and meant.matched_by in ("SMILES", "InChI"):
            key, structure = meant.inchikey or "", True
    if (structure or key) and not context.bench.services.structures_may_leave:
        why = "Structures and their InChIKeys may not leave this machine, so no service was asked."
        return *_sorted([local, Silence("PubChem", why), Silence("ChEMBL", why)]), []
    notes = (
        [f"The InChIKey {key}, computed here, was asked for; the structure was not sent."] if structure and key else []
    )
    if structure and not key:
        why = "No InChIKey can be computed for the structure, and a structure is not sent."
        return *_sorted([local, Silence("PubChem", why), Silence("ChEMBL", why)]), []

    answers: dict[str, Statement | Silence] = {_LOCAL: local}
    in_full = isinstance(local, Statement) and local.backend == "local" and not context.bench.services.first
    first: Calls = {} if cid is not None or in_full else {"ChEMBL": lambda: _chembl(chembl, text, key, structure)}
    if not is_chembl_id(text):
        first["PubChem"] = lambda: _pubchem(pubchem, text, cid[1] if cid else "", key, structure)
    answers.update(await _all(first))
    keys = distinct([item for item in answers.values() if isinstance(item, Statement)], "inchikey")
    may_leave = context.bench.services.structures_may_leave
    if not key and len(keys) == 1 and may_leave:
        answers.update(await _by_key(keys[0], answers, context, pubchem, None if in_full else chembl))
    for title in ("PubChem",) if in_full else ("PubChem", "ChEMBL"):
        answers.setdefault(title, Silence(title, _not_asked(title, keys, may_leave)))
    statements, silences = _sorted(list(answers.values()))
    nobody = not any(item.backend in ("live", "cache") for item in statements)
    if nobody and all(item.offline or item.refused for item in silences if item.title != _LOCAL):
        notes = []  # nobody could be asked for the key
    return statements, silences, notes


async def _by_key(
    key: str,
    answers: dict[str, Statement | Silence],
    context: ToolContext,
    pubchem: PubchemLive,
    chembl: ChemblLive | None,
) -> dict[str, Statement | Silence]:
    """The sources that did not know what was given, asked by the InChIKey that others gave for it."""
    silent = {title for title in (_LOCAL, "PubChem", "ChEMBL") if _has_none(answers.get(title))}
    found: dict[str, Statement | Silence] = {}
    if _LOCAL in silent:
        row = context.bench.chembl.molecule_by_inchikey(key)
        if row is not None:
            found[_LOCAL] = _local_statement([row], f"InChIKey {key}", context)
    calls: Calls = {}
    if "PubChem" in silent:
        calls["PubChem"] = lambda: _pubchem(pubchem, "", "", key)
    if "ChEMBL" in silent and chembl is not None:
        calls["ChEMBL"] = lambda: _chembl(chembl, "", key)
    return {**found, **await _all(calls)}


def _has_none(answer: Statement | Silence | None) -> bool:
    """Whether asking in another way may help: not where it failed, nor where the name means several things."""
    return answer is None or (isinstance(answer, Silence) and not answer.failed and not answer.candidates)


async def _all(calls: Calls) -> dict[str, Statement | Silence]:
    answers = await asyncio.gather(*(ask(title, call) for title, call in calls.items()))
    return dict(zip(calls, answers, strict=True))


def _not_asked(title: str, keys: Sequence[str], may_leave: bool) -> str:
    if keys and not may_leave:
        return f"{title} was not asked: InChIKeys may not leave this machine."
    if len(keys) > 1:
        return f"{title} was not asked: the others give different InChIKeys."
    return f"{title} was not asked: no InChIKey is known to ask it by."


def _sorted(answers: Sequence[Statement | Silence]) -> tuple[list[Statement], list[Silence]]:
    statements = [item for item in answers if isinstance(item, Statement)]
    return statements, [item for item in answers if isinstance(item, Silence)]


# The local store -----------------------------------------------------------------------------------------------------


async def _local(text: str, context: ToolContext) -> tuple[Statement | Silence, Molecule | None]:
    meant: list[Molecule] = []

    async def look() -> Statement:
        molecule = await identify(text, context)
        meant.append(molecule)
        if molecule.row is None:
            raise NotFound(f"The structure is not in {context.bench.chembl.source.release}.")
        statement = _local_statement([molecule.row], f"{molecule.matched_by} {text}"[:120], context)
        same = [name for name in molecule.same_name if name]
        return (
            statement.noting(f"The local store has others of this name: {', '.join(same[:5])}.") if same else statement
        )

    answer = await ask(_LOCAL, look)
    return answer, meant[0] if meant else None


def _local_statement(rows: Sequence[MoleculeRow], asked_by: str, context: ToolContext) -> Statement:
    store = context.bench.chembl
    entries = tuple(_from_row(row, tuple(store.synonyms(row.chembl_id))) for row in rows)
    return Statement(store.source, store.backend, asked_by, entries)


def _from_row(row: MoleculeRow, names: tuple[str, ...] = ()) -> Entry:
    chembl_id = public_id(row.chembl_id)
    ids = {"inchikey": (row.inchikey,) if row.inchikey else (), "chembl_id": (chembl_id,) if chembl_id else ()}
    return Entry(ids, row.name, names)


# Services ------------------------------------------------------------------------------------------------------------


async def _pubchem(live: PubchemLive, name: str, cid: str, key: str, computed: bool = False) -> Statement:
    """By CID, else by InChIKey, else by name; with the ChEMBL ids among the names. `computed`: the key is of a structure given."""
    from ..sources.pubchem import chembl_ids_among

    if cid:
        found, asked_by = await live.compound(cid), f"CID {cid}"
    elif key:
        found, asked_by = await live.by_inchikey(key, computed=computed), f"InChIKey {key}"
    else:
        found, asked_by = await live.named(name), f"name {name}"
    entries, notes, complete = [], list(found.notices), True
    for row in found.rows[:_MOST_ENTRIES]:
        names: tuple[str, ...] = ()
        try:
            names = (await live.synonyms(row.cid)).rows
        except NotFound:
            notes.append(f"PubChem lists no names of CID {row.cid}.")
        except Unavailable as error:
            complete = False
            notes.append(f"Names of CID {row.cid} did not come, nor ChEMBL ids, which are among them. {error.message}")
        entries.append(_from_compound(row, names, chembl_ids_among(names)))
    if len(found.rows) > 1:
        notes.append(f"PubChem has {found.total or len(found.rows)} compounds for the {asked_by}.")
    entries += [_from_compound(row, (), ()) for row in found.rows[_MOST_ENTRIES:]]
    return Statement.of(found, asked_by, entries, notes, complete)


def _from_compound(row: Compound, names: tuple[str, ...], chembl_ids: tuple[str, ...]) -> Entry:
    ids = {
        "pubchem_cid": (str(row.cid),),
        "inchikey": (row.inchikey,) if row.inchikey else (),
        "chembl_id": chembl_ids,
    }
    return Entry(ids, row.title, names, {"formula": row.formula, "smiles": row.smiles})


async def _chembl(live: ChemblLive, text: str, key: str, computed: bool = False) -> Statement:
    """By ChEMBL id, else by InChIKey, else by name. `computed`: the key is of a structure given."""
    if text and is_chembl_id(text):
        found, asked_by = await live.molecule(text), f"ChEMBL id {text.upper()}"
    elif key:
        found, asked_by = await live.molecule_by_inchikey(key, computed=computed), f"InChIKey {key}"
    else:
        found, asked_by = await live.molecules_named(text), f"name {text}"
    if not found.rows:
        raise NotFound(f"ChEMBL has no molecule of the {asked_by}.")
    notes = [*found.notices]
    if len(found.rows) > 1:
        notes.append(f"ChEMBL has {found.total or len(found.rows)} molecules for the {asked_by}.")
    return Statement.of(found, asked_by, [_from_row(row) for row in found.rows], notes)
