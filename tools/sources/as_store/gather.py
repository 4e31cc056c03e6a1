"""Asks the live services for one molecule, target or disease and what is recorded of it, and writes that into tables.

Each source may fail by itself: what it would have said is missing then, and the gathering says so. Nothing is guessed:
which molecule or target a name means is left to the look-up that reads the tables afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import ParamSpec, TypeVar

from ....memory.chembl_rows import MoleculeRow, TargetRow
from ....memory.errors import InvalidInput, NotApproved, NotFound, OfflineRefused, SourceUnavailable
from ....memory.records import Backend, Source
from ....memory.starter.names import name_key
from ....memory.uniprot_store import HUMAN
from ...identifiers import is_chembl_id, is_inchikey, is_uniprot_accession
from ..chembl import ChemblLive
from ..found import Found
from ..uniprot import StoreRows, UniprotEntry, UniprotLive
from .tables import LiveTables

__all__ = ["Gathering", "Origin"]

P = ParamSpec("P")
T = TypeVar("T")

_MOST_OF_A_NAME = 10
"""Molecules or proteins of one name that are looked at; one name means one, or a handful."""


class Origin:
    """Where the rows of one service are from: its source with the release, and whether any came over the network."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self.backend: Backend = "cache"

    def note(self, source: Source, backend: Backend) -> None:
        """One more look-up."""
        if self.source is None or self.source.release == "not stated":
            self.source = source
        if backend == "live":
            self.backend = "live"


class Gathering:
    """Fills `tables` from the two services; `notices` and `complete` say what is missing.

    Args:
        chembl: ChEMBL's live look-ups.
        uniprot: UniProt's.
        tables: where rows go.
        inchikey_of: computes a structure's InChIKey; None for a text that is no structure.
        structures_may_leave: whether an InChIKey may be sent, which tells a structure that is public already.
    """

    def __init__(
        self,
        chembl: ChemblLive,
        uniprot: UniprotLive,
        tables: LiveTables,
        inchikey_of: Callable[[str], Awaitable[str | None]],
        structures_may_leave: bool = True,
    ) -> None:
        self.chembl = chembl
        self.uniprot = uniprot
        self.tables = tables
        self.origins = {"chembl": Origin(), "uniprot": Origin()}
        self.notices: list[str] = []
        self.complete = True
        self.refused: list[str] = []
        """Services that gave no answer, with the reason."""
        self.oldest: datetime | None = None
        self._inchikey_of = inchikey_of
        self._structures_may_leave = structures_may_leave
        self._parents: dict[str, str] = {}
        self._with_mechanisms: set[str] = set()
        self._silent: set[str] = set()

    # Molecules ---------------------------------------------------------------------------------------------------

    async def molecule(self, text: str) -> list[str]:
        """The molecules that a name, ChEMBL id, InChIKey or structure may mean; their ChEMBL ids."""
        rows = await self._molecules(text.strip())
        for row in rows[:_MOST_OF_A_NAME]:
            await self._describe(row)
            if len(rows) > 1:  # which of them is meant depends on whether it acts as a drug
                await self.mechanisms(molecules=[row.chembl_id])
        return [row.chembl_id for row in rows[:_MOST_OF_A_NAME]]

    async def _molecules(self, text: str) -> list[MoleculeRow]:
        if is_chembl_id(text):
            return list(await self._of("chembl", self.chembl.molecule, text.upper()))
        inchikey = text.upper() if is_inchikey(text) else await self._inchikey_of(text)
        if inchikey is None:
            return list(await self._of("chembl", self.chembl.molecules_named, text))
        host = self.chembl.session.transport.service("chembl").host
        if not self._structures_may_leave:
            self.notices.append(f"The structure was not looked up at {host}: the settings forbid that it leaves.")
            return []
        computed = not is_inchikey(text)
        try:
            rows = await self._of("chembl", self.chembl.molecule_by_inchikey, inchikey, computed=computed)
        except NotApproved as error:
            self.notices.append(error.message)
            return []
        if computed and self.origins["chembl"].backend == "live":
            self.notices.append(f"The structure's InChIKey {inchikey} was sent to {host}.")
        return list(rows)

    async def _describe(self, row: MoleculeRow) -> None:
        names = await self._of("chembl", self.chembl.synonyms, row.chembl_id)
        above = await self._of("chembl", self.chembl.parent, row.chembl_id)
        parent = above[0].chembl_id if above else row.chembl_id
        for item in above:
            self.tables.molecule(item)
        self._parents[row.chembl_id] = parent
        self.tables.molecule(row, names, parent)

    async def family(self, chembl_ids: Iterable[str], with_rows: bool = False) -> list[str]:
        """ChEMBL ids of these molecules, their parents and all salts of those."""
        family: list[str] = []
        for chembl_id in chembl_ids:
            members = await self._of("chembl", self.chembl.family_of, chembl_id)
            for member in members or (chembl_id,):
                self.tables.parent(member, self._parents.get(chembl_id, chembl_id))
                if with_rows and member != chembl_id:
                    for row in await self._of("chembl", self.chembl.molecule, member):
                        self.tables.molecule(row, parent=self._parents.get(chembl_id, chembl_id))
                family.append(member)
        return list(dict.fromkeys(family))

    # Targets -----------------------------------------------------------------------------------------------------

    async def target(self, text: str) -> list[TargetRow]:
        """ChEMBL's targets of the proteins that a gene, name, accession or ChEMBL id may mean."""
        wanted = text.strip()
        if is_chembl_id(wanted):
            rows = await self._of("chembl", self.chembl.target, wanted.upper())
            for row in rows:
                for entry in await self._entries(row.accessions[:1] if len(row.accessions) == 1 else ()):
                    self.tables.protein(entry)
                self.tables.target(row)
            return list(rows)
        found: list[TargetRow] = []
        for entry in await self._proteins(wanted):
            self.tables.protein(entry)
            targets = await self._of("chembl", self.chembl.targets_for_accession, entry.accession)
            for row in targets:
                self.tables.target(row, stands_in=row.tax_id not in (None, entry.organism.tax_id))
            found += targets
        return found

    async def _proteins(self, text: str) -> list[UniprotEntry]:
        """The entries of an accession; else those that bear the name, the human ones where there are any."""
        if is_uniprot_accession(text):
            return await self._entries((text.upper().partition("-")[0],))
        searches: tuple[dict[str, str | bool], ...] = (
            {"gene_exact": text, "organism": str(HUMAN), "reviewed": True},
            {"name": text, "organism": str(HUMAN), "reviewed": True},
            {"gene_exact": text, "reviewed": True},
        )
        for fields in searches:
            hits = await self._of("uniprot", self.uniprot.search, dict(fields), most=25)
            entries = await self._entries(tuple(hit.accession for hit in hits[:25]))
            key = name_key(text)
            named = [entry for entry in entries if any(name_key(name) == key for _, name in StoreRows(entry).names())]
            if named:
                return named[:_MOST_OF_A_NAME]
        return []

    async def _entries(self, accessions: tuple[str, ...]) -> list[UniprotEntry]:
        if not accessions:
            return []
        if len(accessions) == 1:
            rows = await self._of("uniprot", self.uniprot.entry, accessions[0])
        else:
            rows = await self._of("uniprot", self.uniprot.entries, accessions)
        return [row for row in rows if isinstance(row, UniprotEntry)]

    # What is recorded --------------------------------------------------------------------------------------------

    async def activities(
        self, *, targets: Iterable[str] = (), molecules: Iterable[str] = (), activity_type: str | None = None
    ) -> None:
        """Measured activities of these targets, of these molecules, or of both together."""
        wanted, of = list(targets), list(molecules)
        if wanted or of:
            rows = await self._of(
                "chembl", self.chembl.activities, targets=wanted, molecules=of, activity_type=activity_type
            )
            await asyncio.to_thread(self.tables.activities, rows)  # thousands of rows; others go on meanwhile

    async def assay(self, chembl_id: str) -> None:
        """One assay with its target and its document."""
        for row in await self._of("chembl", self.chembl.assay, chembl_id):
            targets = await self._of("chembl", self.chembl.target, row.target_chembl_id) if row.target_chembl_id else ()
            papers = (
                await self._of("chembl", self.chembl.document, row.document_chembl_id) if row.document_chembl_id else ()
            )
            for target in targets:
                self.tables.target(target)
            self.tables.assay(row, next(iter(targets), None), next(iter(papers), None))

    async def mechanisms(self, *, molecules: Iterable[str] = (), targets: Iterable[str] = ()) -> None:
        """How these drugs act, or which drugs act on these targets."""
        of = [chembl_id for chembl_id in molecules if chembl_id not in self._with_mechanisms]
        wanted = list(targets)
        self._with_mechanisms.update(of)
        if of or wanted:
            rows = await self._of("chembl", self.chembl.mechanisms, molecules=of, targets=wanted)
            self.tables.mechanisms(rows)

    async def indications(self, *, molecules: Iterable[str] = (), term: str = "") -> None:
        """What these drugs are used for, or which drugs a disease has."""
        of = list(molecules)
        if of or term:
            self.tables.indications(await self._of("chembl", self.chembl.indications, molecules=of, term=term))

    async def warnings(self, *, molecules: Iterable[str]) -> None:
        """Which warnings of these drugs are recorded; where the service does not answer, that stays open."""
        of = list(molecules)
        if not of:
            return
        rows = await self._of("chembl", self.chembl.warnings, molecules=of)
        if "chembl" not in self._silent:
            self.tables.warnings(rows)

    async def _of(
        self, service: str, ask: Callable[P, Awaitable[Found[T]]], *given: P.args, **named: P.kwargs
    ) -> tuple[T, ...]:
        """The rows of one look-up; none where the service does not answer, which is noted: then it is not asked again."""
        if service in self._silent:
            return ()
        try:
            found = await ask(*given, **named)
        except (NotFound, InvalidInput):  # there is no such thing, or nothing of that shape can be asked for
            return ()
        except (SourceUnavailable, OfflineRefused) as error:
            self.complete = False
            self._silent.add(service)
            if error.message not in self.refused:
                self.refused.append(error.message)
            return ()
        self.origins[service].note(found.source, found.backend)
        self.complete = self.complete and found.complete
        self.notices += [notice for notice in found.notices if notice not in self.notices]
        if self.oldest is None or found.retrieved_at < self.oldest:
            self.oldest = found.retrieved_at
        return found.rows
