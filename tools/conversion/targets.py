"""What the local stores, HGNC, UniProt and ChEMBL say of a target: each asked by what was given, then by its accession.

Local, then kept, then live, source by source: what a registered store knows its service is not asked for. The starter set is a
selection, so beside it the services are asked too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from ...memory.chembl_rows import TargetRow
from ...memory.errors import NotFound
from ...memory.uniprot_store import ProteinEntry
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_uniprot_accession, public_id
from ..targets.identify_target import candidates, check_one_human
from .statements import Entry, Silence, Statement, ask, distinct

if TYPE_CHECKING:
    from ..sources.chembl import ChemblLive
    from ..sources.found import Found
    from ..sources.hgnc import Gene, Hgnc
    from ..sources.transport import Session
    from ..sources.uniprot import AnyEntry, UniprotLive

__all__ = ["ENSEMBL_GENE", "HGNC_ID", "target_statements"]

HGNC_ID = re.compile(r"HGNC:\d{1,7}", re.IGNORECASE | re.ASCII)
ENSEMBL_GENE = re.compile(r"ENSG\d{11}(?:\.\d{1,3})?", re.IGNORECASE | re.ASCII)
_MOST_ACCESSIONS = 3
"""Proteins that are looked up where sources give several for one gene, or disagree."""
_LOCAL = "The local store"
_LOCAL_CHEMBL = "ChEMBL in the local store"

Answer = Statement | Silence
Calls = dict[str, Callable[[], Awaitable[Statement]]]


async def target_statements(
    text: str, context: ToolContext, session: Session
) -> tuple[list[Statement], list[Silence], list[str]]:
    """Statements, silences, and notes on how it was asked."""
    asking = _Asking(context, session)
    answers = await asking.by_what_was_given(text)
    accessions = distinct([item for item in answers.values() if isinstance(item, Statement)], "uniprot_accession")
    notes = []
    if len(accessions) > _MOST_ACCESSIONS:
        notes.append(f"Sources give {len(accessions)} UniProt accessions; the first {_MOST_ACCESSIONS} were followed.")
    if accessions:
        answers.update(await asking.by_accession(accessions[:_MOST_ACCESSIONS], answers))
    for title in (_LOCAL, "HGNC", "UniProt", "ChEMBL"):
        if title not in asking.answered_here:
            why = f"{title} was not asked: no UniProt accession is known to ask it by."
            answers.setdefault(title, Silence(title, why))
    several = list(answers.values())
    statements = [item for item in several if isinstance(item, Statement)]
    return statements, [item for item in several if isinstance(item, Silence)], notes


class _Asking:
    """The sources of one call."""

    def __init__(self, context: ToolContext, session: Session) -> None:
        from ..sources.chembl import ChemblLive
        from ..sources.uniprot import UniprotLive

        self.answered_here: set[str] = set()
        """Services that need not be asked, since registered stores of theirs know all that they would be asked for."""
        self._context, self._session = context, session
        self._uniprot = UniprotLive(session)
        self._chembl = ChemblLive(session, structures_may_leave=False, client="own")

    @cached_property
    def _hgnc(self) -> Hgnc:
        """Its store may be damaged, which must cost what it says alone."""
        from ..sources.hgnc import Hgnc

        return Hgnc.of(self._context.bench, self._session)

    async def by_what_was_given(self, text: str) -> dict[str, Answer]:
        """Every source that can be asked by the text itself; the services side by side."""
        answers = await _all({_LOCAL: lambda: self._local(text)})
        calls: Calls = {}
        if is_chembl_id(text):
            if self._in_full("chembl") and self._context.bench.chembl.target(text.upper()) is not None:
                self.answered_here.add("ChEMBL")
            else:
                calls["ChEMBL"] = lambda: _from_chembl_id(self._chembl, text)
        elif is_uniprot_accession(text):
            accession = text.upper().partition("-")[0]
            calls["HGNC"] = lambda: _from_hgnc_by_accession(self._hgnc, (accession,))
            calls.update(self._services_by_accession((accession,), answers))
        else:
            calls["HGNC"] = lambda: _from_hgnc(self._hgnc, text)
        return {**answers, **await _all(calls)}

    async def by_accession(self, accessions: Sequence[str], answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The sources that could not be asked before or had nothing, by the accessions that others gave."""
        calls: Calls = {}
        if _may_know(answers.get(_LOCAL)):
            calls[_LOCAL] = lambda: self._local_entries(accessions)
        if _may_know(answers.get("HGNC")):
            calls["HGNC"] = lambda: _from_hgnc_by_accession(self._hgnc, accessions)
        services = self._services_by_accession(accessions, answers)
        calls.update({title: call for title, call in services.items() if _may_know(answers.get(title))})
        calls[_LOCAL_CHEMBL] = lambda: self._local_targets(accessions)
        found = await _all(calls)
        if isinstance(found.get(_LOCAL), Silence) and _LOCAL in answers:
            del found[_LOCAL]  # what it said to the text itself tells more
        return found

    def _in_full(self, name: Literal["chembl", "uniprot"]) -> bool:
        """Whether a store of the whole source stands before its service."""
        bench = self._context.bench
        backend = bench.chembl.backend if name == "chembl" else bench.uniprot.backend
        return backend == "local" and not bench.services.first

    def _services_by_accession(self, accessions: Sequence[str], answers: Mapping[str, Answer]) -> Calls:
        """UniProt and ChEMBL, for those of the proteins that registered stores of theirs do not know."""
        calls: Calls = {}
        bench = self._context.bench
        local = answers.get(_LOCAL)
        proteins, targets = list(accessions), list(accessions)
        if self._in_full("uniprot"):
            told: tuple[str, ...] = ()
            if isinstance(local, Statement) and local.source.name == "UniProt":
                told = local.values("uniprot_accession")
            proteins = [name for name in accessions if name not in told]
        if self._in_full("chembl"):
            targets = [name for name in accessions if not bench.chembl.targets_for_accession(name)]
        if proteins and self._in_full("uniprot") and all(bench.uniprot.entry(name) for name in proteins):
            calls["UniProt"] = lambda: self._local_entries(proteins)
        elif proteins:
            calls["UniProt"] = lambda: _from_uniprot(self._uniprot, proteins)
        if targets:
            calls["ChEMBL"] = lambda: _from_chembl(self._chembl, targets)
        self.answered_here |= {"UniProt", "ChEMBL"} - calls.keys()
        return calls

    async def _local(self, text: str) -> Statement:
        if HGNC_ID.fullmatch(text) or ENSEMBL_GENE.fullmatch(text):
            return self._local_referring(text.upper().partition(".")[0])
        found = candidates(text, self._context)
        check_one_human(text, found)
        chosen = next((item for item in found if item.is_human), found[0])
        if chosen.entry is None and chosen.accession is None:
            return self._of_targets(chosen.targets, f"{chosen.matched_by} {text}")
        others = [f"{item.accession} ({item.organism})" for item in found if item is not chosen and item.accession]
        notes = (f"The same name is borne by {', '.join(others[:5])}.",) if others else ()
        asked_by = f"{chosen.matched_by} {text}"
        if chosen.entry is not None:
            return self._of_entries([chosen.entry], asked_by).noting(*notes)
        ids = {"uniprot_accession": (chosen.accession or "",), "gene_symbol": (chosen.gene,) if chosen.gene else ()}
        store = self._context.bench.chembl
        return Statement(store.source, store.backend, asked_by, (Entry(ids, chosen.name),), notes)

    def _local_referring(self, identifier: str) -> Statement:
        """The proteins whose entries refer to a gene of HGNC or Ensembl."""
        database = "HGNC" if identifier.startswith("HGNC") else "Ensembl"
        entries = self._context.bench.uniprot.referring(database, identifier)
        if not entries:
            raise NotFound(f"The local store has no protein that refers to {identifier}.")
        return self._of_entries(entries, f"{'HGNC id' if database == 'HGNC' else 'Ensembl gene'} {identifier}")

    async def _local_entries(self, accessions: Sequence[str]) -> Statement:
        found = [self._context.bench.uniprot.entry(accession) for accession in accessions]
        entries = [entry for entry in found if entry is not None]
        if not entries:
            raise NotFound("The local store has no entry of it.")
        return self._of_entries(entries, f"UniProt accession {' and '.join(accessions)}")

    async def _local_targets(self, accessions: Sequence[str]) -> Statement:
        store = self._context.bench.chembl
        rows = [row for accession in accessions for row in store.targets_for_accession(accession)]
        return self._of_targets(rows, f"UniProt accession {' and '.join(accessions)}")

    def _of_entries(self, entries: Sequence[ProteinEntry], asked_by: str) -> Statement:
        store = self._context.bench.uniprot
        return Statement(store.source, store.backend, asked_by, tuple(self._entry(entry) for entry in entries))

    def _entry(self, entry: ProteinEntry) -> Entry:
        store = self._context.bench.uniprot
        names = tuple(store.other_names(entry.accession))
        return _protein(entry, store.cross_references(entry.accession), names)

    def _of_targets(self, rows: Sequence[TargetRow], asked_by: str) -> Statement:
        entries = tuple(_target(row) for row in rows if public_id(row.chembl_id))
        if not entries:
            raise NotFound("The local store has no ChEMBL target of it.")
        store = self._context.bench.chembl
        return Statement(store.source, store.backend, asked_by, entries)


def _may_know(answer: Answer | None) -> bool:
    """Whether asking in another way may help: not where it failed, nor where the name means several things."""
    return answer is None or (isinstance(answer, Silence) and not answer.failed and not answer.candidates)


async def _all(calls: Calls) -> dict[str, Answer]:
    answers = await asyncio.gather(*(ask(title, call) for title, call in calls.items()))
    return dict(zip(calls, answers, strict=True))


def _protein(entry: ProteinEntry, references: Mapping[str, Sequence[str]], names: tuple[str, ...]) -> Entry:
    ids = {
        "uniprot_accession": (entry.accession,),
        "gene_symbol": (entry.gene,) if entry.gene else (),
        "hgnc_id": tuple(references.get("HGNC", ())),
        "ensembl_gene": tuple(dict.fromkeys(name.partition(".")[0] for name in references.get("Ensembl", ()))),
        "chembl_target": tuple(references.get("ChEMBL", ())),
    }
    return Entry(ids, entry.name, names, {"organism": entry.organism, "reviewed": entry.reviewed})


def _target(row: TargetRow) -> Entry:
    single = row.target_type == "SINGLE PROTEIN"
    ids: dict[str, tuple[str, ...]] = {"chembl_target" if single else "chembl_group_target": (row.chembl_id,)}
    if single:
        ids["uniprot_accession"] = row.accessions
    return Entry(ids, row.name, (), {"type": row.target_type, "organism": row.organism})


# Services ------------------------------------------------------------------------------------------------------------


T = TypeVar("T")


async def _each(
    accessions: Sequence[str], look_up: Callable[[str], Awaitable[Found[T]]]
) -> tuple[list[Found[T]], list[str]]:
    """What is found for each of them, and notes; NotFound only where there is nothing for any."""
    several: list[Found[T]] = []
    absent: list[str] = []
    for accession in accessions:
        try:
            several.append(await look_up(accession))
        except NotFound as error:
            absent.append(error.message)
    if not several:
        raise NotFound(" ".join(absent))
    return several, list(dict.fromkeys((*(notice for found in several for notice in found.notices), *absent)))


def _together(several: Sequence[Found[T]], asked_by: str, entries: Sequence[Entry], notes: Sequence[str]) -> Statement:
    oldest = min(several, key=lambda found: found.retrieved_at)
    return Statement.of(oldest, asked_by, entries, notes, all(found.complete for found in several))


async def _from_hgnc(live: Hgnc, text: str) -> Statement:
    from ..sources.hgnc import only_gene

    if HGNC_ID.fullmatch(text):
        found, asked_by = await live.by_id(text), f"HGNC id {text.upper()}"
    elif ENSEMBL_GENE.fullmatch(text):
        found, asked_by = await live.by_ensembl_gene(text), f"Ensembl gene {text.upper()}"
    else:
        found = await live.called(text)
        chosen = only_gene(text, found)
        others = [f"{row.gene.symbol} ({row.called_by})" for row in found.rows if row is not chosen]
        more = (f"{text} also names {', '.join(others[:5])}.",) if others else ()
        asked_by, notes = f"{chosen.called_by} {text}", (*found.notices, *more)
        return Statement.of(found, asked_by, [_from_gene(chosen.gene)], notes)
    return Statement.of(found, asked_by, [_from_gene(row.gene) for row in found.rows])


async def _from_hgnc_by_accession(live: Hgnc, accessions: Sequence[str]) -> Statement:
    several, notes = await _each(accessions, live.by_accession)
    genes = {row.gene.hgnc_id: row.gene for found in several for row in found.rows}
    return _together(several, _by(accessions), [_from_gene(gene) for gene in genes.values()], notes)


def _by(accessions: Sequence[str]) -> str:
    return f"UniProt accession {' and '.join(accessions)}"


def _from_gene(gene: Gene) -> Entry:
    ids = {
        "hgnc_id": (gene.hgnc_id,),
        "gene_symbol": (gene.symbol,),
        "uniprot_accession": gene.uniprot_accessions,
        "ensembl_gene": (gene.ensembl_gene,) if gene.ensembl_gene else (),
        "entrez_gene": (gene.entrez_gene,) if gene.entrez_gene else (),
    }
    about = {
        "previous_symbols": list(gene.previous_symbols),
        "alias_symbols": list(gene.alias_symbols),
        "locus_type": gene.locus_type,
        "status": gene.status,
        "location": gene.location,
        "refseq": list(gene.refseq),
    }
    return Entry(ids, gene.name, (), about)


async def _from_uniprot(live: UniprotLive, accessions: Sequence[str]) -> Statement:
    from ..sources.uniprot import StoreRows, single_entry

    async def look_up(accession: str) -> Found[AnyEntry]:
        found = await live.entry(accession)
        single_entry(found)  # an error where it is no longer in use
        return found

    several, notes = await _each(accessions, look_up)
    rows = {row.live.accession: row for row in (StoreRows(single_entry(found)) for found in several)}
    entries = [_protein(row.entry, row.cross_references(), tuple(row.other_names())) for row in rows.values()]
    return _together(several, _by(accessions), entries, notes)


async def _from_chembl_id(live: ChemblLive, chembl_id: str) -> Statement:
    found = await live.target(chembl_id)
    if not found.rows:
        raise NotFound(f"ChEMBL has no target {chembl_id.upper()}.")
    return Statement.of(found, f"ChEMBL id {chembl_id.upper()}", [_target(row) for row in found.rows])


async def _from_chembl(live: ChemblLive, accessions: Sequence[str]) -> Statement:
    async def look_up(accession: str) -> Found[TargetRow]:
        found = await live.targets_for_accession(accession)
        if not found.rows:
            raise NotFound(f"ChEMBL has no target of {accession}.")
        return found

    several, notes = await _each(accessions, look_up)
    rows = {row.chembl_id: row for found in several for row in found.rows}
    return _together(several, _by(accessions), [_target(row) for row in rows.values()], notes)
