"""The live service behind the look-ups of the local store: the same questions, the same rows, with totals and release.

Who asks. ChEMBL's official client is the default where it is installed and is as sound as our own pager, which is for
lists that fit one page: molecules by id, InChIKey or name, salts, targets, assays, documents, similar structures and
substructures. Long lists are never left to it, since it cannot see that a list moves while it walks (official.py):
activities, mechanisms, indications, warnings and the batches of ids that go with them are read by our own pager. Both speak
through one transport and give equal rows, which the tests show look-up by look-up, and are as fast: on a local server
one molecule took 6 ms either way, a page of 1,000 molecules 61 ms by our pager and 64 ms by the client, whose import
takes 0.2 s once. So soundness decides. Where the client is not installed, our pager asks for everything.

`client="own"` or `client="official"` settles it for all look-ups.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, Literal, TypeVar

from ....memory.chembl_rows import ActivityRow, IndicationRow, MechanismRow, MoleculeRow, TargetRow, WarningRow
from ....memory.errors import InvalidArguments, NotApproved, NotFound, SourceUnavailable
from ....memory.text import clean, shorten
from ..found import Found, source_of
from ..request import Backend, Reply
from ..sending import Revealing
from ..transport import Session
from . import checked
from .fields import Object, Unreadable, number
from .listing import Listed, read_pages
from .official import is_installed, read_officially
from .questions import (
    ACTIVITY,
    ASSAY,
    DOCUMENT,
    FORM,
    INDICATION,
    MECHANISM,
    MOLECULE,
    PAGE,
    PROTEIN,
    SIMILARITY,
    SUBSTRUCTURE,
    TARGET,
    WARNING,
    Filter,
    Question,
    Resource,
)
from .records import (
    Activity,
    Assay,
    Document,
    DrugWarning,
    Indication,
    Mechanism,
    Molecule,
    SimilarMolecule,
    Status,
    Target,
)
from .released import Released, read_status
from .rows import activity_row, indication_row, mechanism_row, molecule_row, target_row, warning_row

__all__ = ["ChemblLive", "Client"]

Client = Literal["auto", "official", "own"]
T = TypeVar("T")

_BATCH = 500
"""Ids in one question: well below a page, and below the 1,000 that the service's database takes."""
_MOST_STRUCTURES = PAGE
_SIMILARITY_PERCENT = range(40, 101)
"""What the service takes."""
_NAMED = ("molecule_chembl_id", "pref_name", "max_phase", "first_approval")


@dataclass(frozen=True)
class _Read(Generic[T]):
    """Records of one or more lists."""

    rows: tuple[T, ...]
    total: int
    complete: bool = True
    notices: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()

    def also(self, other: _Read[Any], rows: tuple[T, ...] | None = None, *, counted: bool = False) -> _Read[T]:
        """With what came of another list; its rows do not count as matches unless `counted`."""
        return _Read(
            self.rows if rows is None else rows,
            self.total + (other.total if counted else 0),
            self.complete and other.complete,
            tuple(dict.fromkeys((*self.notices, *other.notices))),
            (*self.replies, *other.replies),
        )


class ChemblLive:
    """Look-ups in ChEMBL's live service, within one session of the transport.

    Rows equal those of the local store of the same release, but for the database's own row numbers, which the service
    does not give. Every `Found` names the release. Where nothing is found, there are no rows; only a question that
    cannot be asked or answered raises.

    Args:
        session: of the transport.
        structures_may_leave: False refuses questions that hold a structure; a ChEMBL id is none.
        client: who asks; see the module.
        now: the time, where no reply gives one.

    Raises (every look-up):
        InvalidIdentifier, InvalidArguments, InvalidStructure: before anything is sent.
        OfflineRefused, RateLimited, BadReply, SourceUnavailable: as the transport does.
        MissingExtra: `client="official"`, and it is not installed.
    """

    def __init__(
        self,
        session: Session,
        structures_may_leave: bool = True,
        client: Client = "auto",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.session = session
        self.structures_may_leave = structures_may_leave
        self._client = client
        self._now = now
        self._released = Released(session)

    async def status(self) -> Found[Status]:
        """The release that the service gives, and how much is in it."""
        release = await self._released.release()
        reply = self._released.reply
        if reply is None:
            raise SourceUnavailable("ChEMBL did not say which release it gives.", "Ask again later.")
        read = _Read((read_status(reply),), 1, replies=(reply,))
        return self._found(read, release)

    # Molecules ---------------------------------------------------------------------------------------------------

    async def molecule(self, chembl_id: str) -> Found[MoleculeRow]:
        """The molecule of that ChEMBL id."""
        return (await self._molecule(checked.chembl_id(chembl_id))).of(molecule_row)

    async def molecule_by_inchikey(self, inchikey: str, *, computed: bool = False) -> Found[MoleculeRow]:
        """The molecule of that InChIKey; the one with a name first, and only that.

        Args:
            inchikey: of the molecule.
            computed: whether it was computed here from a structure of the user's, so that it reveals one.
        """
        filters = {"molecule_structures__standard_inchi_key": checked.inchikey(inchikey)}
        reveals: tuple[Revealing, str] | None = ("InChIKey", inchikey) if computed else None
        read = await self._read(MOLECULE, filters, Molecule.read, reveals=reveals)
        rows = sorted(read.rows, key=lambda item: (item.name is None, _place(item.chembl_id)))[:1]
        return self._found(replace(read, rows=tuple(rows), total=len(rows))).of(molecule_row)

    async def molecules_named(self, name: str) -> Found[MoleculeRow]:
        """Molecules of exactly this name, without regard to case: preferred names, else other names."""
        wanted = checked.name(name)
        read = await self._read(MOLECULE, {"pref_name__iexact": wanted}, Molecule.read)
        if not read.rows:
            others = await self._read(MOLECULE, {"molecule_synonyms__molecule_synonym__iexact": wanted}, Molecule.read)
            read = read.also(others, others.rows, counted=True)
        rows = tuple(sorted(read.rows, key=lambda item: item.chembl_id))
        return self._found(replace(read, rows=rows)).of(molecule_row)

    async def synonyms(self, chembl_id: str) -> Found[str]:
        """Other names of a molecule."""
        found = await self._molecule(checked.chembl_id(chembl_id))
        names = tuple(name for molecule in found.rows for name in molecule.synonyms)
        return replace(found.of(lambda _: ""), rows=names, total=len(names))

    async def parent(self, chembl_id: str) -> Found[MoleculeRow]:
        """The parent of a salt; nothing for what is its own parent."""
        found = await self._molecule(checked.chembl_id(chembl_id))
        parents = {item.parent_chembl_id for item in found.rows} - {None, *(item.chembl_id for item in found.rows)}
        for parent in parents:
            return (await self._molecule(str(parent))).of(molecule_row)
        return replace(found.of(molecule_row), rows=(), total=0)

    async def family_of(self, chembl_id: str) -> Found[str]:
        """ChEMBL ids of a molecule, its parent and the other salts of that parent."""
        wanted = checked.chembl_id(chembl_id)
        own = await self._read(FORM, {"molecule_chembl_id": wanted}, _form)
        parents = [parent for _, parent in own.rows if parent]
        none: _Read[str] = _Read((), 0)
        if not parents:
            return self._found(replace(none.also(own, (wanted,)), total=1))
        forms = await self._read(FORM, {"parent_chembl_id": parents[0]}, _form)
        return self._found(none.also(own).also(forms, tuple(sorted(form for form, _ in forms.rows)), counted=True))

    # Targets -----------------------------------------------------------------------------------------------------

    async def target(self, chembl_id: str) -> Found[TargetRow]:
        """The target of that ChEMBL id."""
        filters = {"target_chembl_id": checked.chembl_id(chembl_id)}
        return self._found(await self._read(TARGET, filters, Target.read)).of(target_row)

    async def targets_for_accession(self, accession: str) -> Found[TargetRow]:
        """Targets that this protein is, or is part of: single proteins first.

        Targets for which the protein only stands in, being of another species, come last, as in the local store.
        """
        wanted = checked.accession(accession)
        read = await self._read(TARGET, {"target_components__accession": wanted}, Target.read)
        species: set[float | None] = set()
        if len(read.rows) > 1:
            proteins = await self._read(PROTEIN, {"accession": wanted}, lambda item: number(item, "tax_id"))
            species = set(proteins.rows) - {None}
            read = read.also(proteins)
        ordered = sorted(
            read.rows,
            key=lambda item: (
                bool(species) and item.tax_id is not None and item.tax_id not in species,
                item.target_type != "SINGLE PROTEIN",
                len(item.chembl_id),
                item.chembl_id,
            ),
        )
        return self._found(replace(read, rows=tuple(ordered))).of(target_row)

    # Activities, assays, documents -------------------------------------------------------------------------------

    async def activities(
        self, *, targets: Sequence[str] = (), molecules: Sequence[str] = (), activity_type: str | None = None
    ) -> Found[ActivityRow]:
        """Every activity of these targets, of these molecules, or of both together; in the order of their ids.

        Args:
            targets: ChEMBL ids.
            molecules: ChEMBL ids; a salt is not its parent, for which see `family_of`.
            activity_type: only this one, such as IC50, as ChEMBL writes it. Types never mix in a value.
        """
        found = await self.activity_records(targets=targets, molecules=molecules, activity_type=activity_type)
        return found.of(activity_row)

    async def activity_records(
        self, *, targets: Sequence[str] = (), molecules: Sequence[str] = (), activity_type: str | None = None
    ) -> Found[Activity]:
        """The same with all that the service says, its assay among it."""
        groups = [
            ("target_chembl_id__in", checked.chembl_ids(targets)),
            ("molecule_chembl_id__in", checked.chembl_ids(molecules)),
        ]
        given = [[{name: batch} for batch in _batches(ids)] for name, ids in groups if ids]
        if not given:
            return self._found(_Read((), 0), await self._released.release())
        more: dict[str, Filter] = {"standard_type": checked.name(activity_type)} if activity_type else {}
        read: _Read[Activity] = _Read((), 0)
        for first in given[0]:
            for second in given[1] if len(given) > 1 else [{}]:
                part = await self._read(ACTIVITY, {**first, **second, **more}, Activity.read)
                read = read.also(part, (*read.rows, *part.rows), counted=True)
        return self._found(await self._completed(read))

    async def _completed(self, read: _Read[Activity]) -> _Read[Activity]:
        """With each activity's assay and its molecule's phase, which the service gives elsewhere."""
        assays, molecules = await asyncio.gather(
            self._by_id(ASSAY, (item.assay_chembl_id for item in read.rows), Assay.read),
            self._by_id(MOLECULE, (item.molecule_chembl_id for item in read.rows), Molecule.read, _NAMED),
        )
        assay = {item.chembl_id: item for item in assays.rows}
        phase = {item.chembl_id: item.max_phase for item in molecules.rows}
        rows = (
            replace(item, assay=assay.get(item.assay_chembl_id), max_phase=phase.get(item.molecule_chembl_id))
            for item in sorted(read.rows, key=lambda item: item.activity_id)
        )
        return read.also(assays).also(molecules, tuple(rows))

    async def assay(self, chembl_id: str) -> Found[Assay]:
        """The assay of that ChEMBL id."""
        filters = {"assay_chembl_id": checked.chembl_id(chembl_id)}
        return self._found(await self._read(ASSAY, filters, Assay.read))

    async def document(self, chembl_id: str) -> Found[Document]:
        """The publication or data set of that ChEMBL id."""
        filters = {"document_chembl_id": checked.chembl_id(chembl_id)}
        return self._found(await self._read(DOCUMENT, filters, Document.read))

    # Mechanisms and indications ----------------------------------------------------------------------------------

    async def mechanisms(self, *, molecules: Sequence[str] = (), targets: Sequence[str] = ()) -> Found[MechanismRow]:
        """Mechanisms of these molecules, or of the drugs of these targets; the first approved first."""
        ids, field = (molecules, "molecule_chembl_id__in") if molecules else (targets, "target_chembl_id__in")
        read: _Read[Mechanism] = _Read((), 0)
        for batch in _batches(checked.chembl_ids(ids)):
            part = await self._read(MECHANISM, {field: batch}, Mechanism.read)
            read = read.also(part, (*read.rows, *part.rows), counted=True)
        drugs, proteins = await asyncio.gather(
            self._by_id(MOLECULE, (item.molecule_chembl_id for item in read.rows), Molecule.read, _NAMED),
            self._by_id(TARGET, (item.target_chembl_id for item in read.rows if item.target_chembl_id), Target.read),
        )
        molecule = {item.chembl_id: item for item in drugs.rows}
        target = {item.chembl_id: item for item in proteins.rows}

        def place(item: Mechanism) -> tuple[bool, int, str, int]:
            drug = molecule.get(item.molecule_chembl_id)
            year = drug.first_approval if drug else None
            return year is None, year or 0, item.molecule_chembl_id, item.mechanism_id

        ordered = tuple(sorted(read.rows, key=place))
        found = self._found(read.also(drugs).also(proteins, ordered), await self._released.release())
        return found.of(lambda item: mechanism_row(item, molecule, target))

    async def indications(self, *, molecules: Sequence[str] = (), term: str = "") -> Found[IndicationRow]:
        """Indications of these molecules, or all drugs for a term (exact, without regard to case)."""
        questions: list[dict[str, Filter]]
        if molecules:
            questions = [{"molecule_chembl_id__in": batch} for batch in _batches(checked.chembl_ids(molecules))]
        elif term:
            wanted = checked.name(term)
            questions = [{"efo_term__iexact": wanted}, {"mesh_heading__iexact": wanted, "efo_term__isnull": "true"}]
        else:
            questions = []
        read: _Read[Indication] = _Read((), 0)
        for filters in questions:
            part = await self._read(INDICATION, filters, Indication.read)
            read = read.also(part, (*read.rows, *part.rows), counted=True)
        drugs = await self._by_id(MOLECULE, (item.molecule_chembl_id for item in read.rows), Molecule.read, _NAMED)
        molecule = {item.chembl_id: item for item in drugs.rows}
        rows = sorted((item for item in read.rows if item.term), key=lambda item: item.indication_id)
        found = self._found(read.also(drugs, tuple(rows)), await self._released.release())
        return found.of(lambda item: indication_row(item, molecule))

    async def warnings(self, *, molecules: Sequence[str]) -> Found[WarningRow]:
        """Withdrawals and black-box warnings of these molecules, in the order of their ids.

        They may stand with a salt and not with its parent, for which see `family_of`.
        """
        read: _Read[DrugWarning] = _Read((), 0)
        for batch in _batches(checked.chembl_ids(molecules)):
            part = await self._read(WARNING, {"molecule_chembl_id__in": batch}, DrugWarning.read)
            read = read.also(part, (*read.rows, *part.rows), counted=True)
        drugs = await self._by_id(MOLECULE, (item.molecule_chembl_id for item in read.rows), Molecule.read, _NAMED)
        molecule = {item.chembl_id: item for item in drugs.rows}
        ordered = tuple(sorted(read.rows, key=lambda item: item.warning_id))
        found = self._found(read.also(drugs, ordered), await self._released.release())
        return found.of(lambda item: warning_row(item, molecule))

    # Structures --------------------------------------------------------------------------------------------------

    async def similar(self, smiles_or_id: str, cutoff: int = 70) -> Found[SimilarMolecule]:
        """Molecules like this one, the most similar first, 1,000 at most.

        Args:
            smiles_or_id: a SMILES, which leaves the machine, or a ChEMBL id, whose molecule is not among the rows.
            cutoff: least similarity in percent, 40 to 100.

        Raises:
            NotApproved: it is a structure, and structures may not leave.
        """
        if cutoff not in _SIMILARITY_PERCENT:
            raise InvalidArguments(
                f"A similarity of {cutoff} % is not between 40 and 100 %.", "Choose one between them."
            )
        return await self._structures(SIMILARITY, smiles_or_id, {"similarity": cutoff}, _similar)

    async def containing(self, smiles_or_id: str) -> Found[MoleculeRow]:
        """Molecules that contain this structure, 1,000 at most.

        Raises:
            NotApproved: it is a structure, and structures may not leave.
        """
        return (await self._structures(SUBSTRUCTURE, smiles_or_id, {}, Molecule.read)).of(molecule_row)

    async def _structures(
        self, resource: Resource, smiles_or_id: str, filters: Mapping[str, Filter], read: Callable[[Object], T]
    ) -> Found[T]:
        if checked.is_public_id(smiles_or_id):
            asked = {"chembl_id": checked.chembl_id(smiles_or_id), **filters}
            return self._found(await self._read(resource, asked, read, _MOST_STRUCTURES))
        smiles = checked.structure(smiles_or_id)
        shown = shorten(clean(smiles), 80)
        host = self.session.transport.service("chembl").host
        if not self.structures_may_leave:
            raise NotApproved(
                f"The structure {shown} would leave this machine for {host}, which is not allowed.",
                "Allow it for this call, ask by a ChEMBL id, or search the local store.",
            )
        try:
            asked = {"smiles": smiles, **filters}
            found = self._found(
                await self._read(resource, asked, read, _MOST_STRUCTURES, reveals=("structure", smiles))
            )
        except (SourceUnavailable, NotFound):
            self.session.notices.append(
                f"The structure {shown} may have been sent to {host}, which gave no answer to it."
            )
            raise
        went = (
            f"was sent to {host}" if found.backend == "live" else f"was not sent to {host} now: a kept reply answered"
        )
        return found.noting(f"The structure {shown} {went}.")

    # Asking ------------------------------------------------------------------------------------------------------

    async def _molecule(self, chembl_id: str) -> Found[Molecule]:
        return self._found(await self._read(MOLECULE, {"molecule_chembl_id": chembl_id}, Molecule.read))

    async def _read(
        self,
        resource: Resource,
        filters: Mapping[str, Filter],
        read: Callable[[Object], T],
        most: int | None = None,
        reveals: tuple[Revealing, str] | None = None,
    ) -> _Read[T]:
        """Every row of a list, as records."""
        question = Question(resource, filters) if most is None else Question(resource, filters, most)
        release = await self._released.release()
        ask = read_officially if self._asks_officially(question) else read_pages
        return _records(await ask(question, partial(self.session.fetch, reveals=reveals), release), read)

    def _asks_officially(self, question: Question) -> bool:
        if self._client != "auto":
            return self._client == "official"
        in_batches = any(not isinstance(value, (str, int)) for value in question.filters.values())
        return not question.resource.keyset and not in_batches and is_installed()

    async def _by_id(
        self, resource: Resource, ids: Iterable[str], read: Callable[[Object], T], only: Sequence[str] = ()
    ) -> _Read[T]:
        """The rows of these ids, batches side by side. What does not come is told, and makes the result incomplete."""
        shown: dict[str, Filter] = {"only": tuple(only)} if only else {}
        batches = _batches(tuple(dict.fromkeys(ids)))

        async def ask(batch: tuple[str, ...]) -> _Read[T]:
            try:
                part = await self._read(resource, {f"{resource.key}__in": batch, **shown}, read)
            except SourceUnavailable as error:
                why = f"{len(batch):,} {resource.collection} could not be looked up. {error.message}"
                return _Read((), 0, complete=False, notices=(why,))
            missing = len(batch) - len(part.rows)
            if missing <= 0:
                return part
            why = f"ChEMBL, {resource.collection}: {missing:,} of {len(batch):,} that were asked for did not come."
            return replace(part, complete=False, notices=(*part.notices, why))

        found: _Read[T] = _Read((), 0)
        for part in await asyncio.gather(*map(ask, batches)):
            found = found.also(part, (*found.rows, *part.rows), counted=True)
        return found

    def _found(self, read: _Read[T], release: str = "") -> Found[T]:
        service = self.session.transport.service("chembl")
        kept = bool(read.replies) and all(reply.backend == "cache" for reply in read.replies)
        backend: Backend = "cache" if kept else "live"
        return Found(
            rows=read.rows,
            source=source_of(service, read.replies, release),
            backend=backend,
            retrieved_at=min((reply.retrieved_at for reply in read.replies), default=self._now()),
            total=read.total,
            complete=read.complete,
            notices=read.notices,
        )


def _records(listed: Listed, read: Callable[[Object], T]) -> _Read[T]:
    """The rows as records; those that cannot be read are counted and told."""
    rows: list[T] = []
    troubles: list[str] = []
    for row in listed.rows:
        try:
            rows.append(read(row))
        except Unreadable as error:
            troubles.append(str(error))
    notices = listed.notices
    if troubles:
        notices = (*notices, f"ChEMBL: {len(troubles):,} rows could not be read, the first because {troubles[0]}.")
    return _Read(tuple(rows), listed.total, listed.complete and not troubles, notices, listed.replies)


def _batches(ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]


def _place(chembl_id: str) -> int:
    return int(chembl_id.removeprefix("CHEMBL")) if checked.is_public_id(chembl_id) else 0


def _form(source: Object) -> tuple[str, str | None]:
    """A molecule and its parent."""
    parent = source.get("parent_chembl_id")
    return str(source["molecule_chembl_id"]), parent if isinstance(parent, str) else None


def _similar(source: Object) -> SimilarMolecule:
    found = number(source, "similarity")
    if found is None:
        raise Unreadable("`similarity` is missing")
    return SimilarMolecule(molecule_row(Molecule.read(source)), found)
