"""What each source says of the thing asked for, and where two of them do not say the same. Nothing is chosen here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ...memory.errors import (
    Ambiguous,
    InvalidIdentifier,
    NotApproved,
    NotFound,
    OfflineRefused,
    StorageError,
    Unavailable,
)
from ...memory.records import Backend, Source
from ..patience import within

if TYPE_CHECKING:
    from ..sources.found import Found

__all__ = ["KINDS", "SOURCE_S", "Comparison", "Entry", "Silence", "Statement", "ask", "compare", "distinct"]

KINDS: Mapping[str, str] = {
    "inchikey": "InChIKey",
    "chembl_id": "ChEMBL id",
    "pubchem_cid": "PubChem CID",
    "gene_symbol": "gene symbol",
    "hgnc_id": "HGNC id",
    "uniprot_accession": "UniProt accession",
    "ensembl_gene": "Ensembl gene",
    "entrez_gene": "NCBI gene",
    "chembl_target": "ChEMBL target",
    "chembl_group_target": "ChEMBL target of several proteins",
}
"""Kinds of identifier, and what a sentence calls them."""
SOURCE_S = 35.0
"""How long a source may take for all that it is asked at once; it is asked twice at most, which has to fit in the call."""
_NOT_COMPARED = frozenset(("chembl_group_target",))


@dataclass(frozen=True)
class Entry:
    """One molecule, gene or protein in a source, with all identifiers that the source itself gives for it."""

    ids: Mapping[str, tuple[str, ...]]
    name: str | None = None
    other_names: tuple[str, ...] = ()
    about: Mapping[str, Any] | None = None
    """Further facts, such as a formula or a locus type."""


@dataclass(frozen=True)
class Statement:
    """What one source says; several entries where it knows several things of that name."""

    source: Source
    backend: Backend
    asked_by: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True
    retrieved_at: datetime | None = None
    """When a service gave it; None for what is from this machine."""

    @classmethod
    def of(
        cls,
        found: Found[Any],
        asked_by: str,
        entries: Sequence[Entry],
        notes: Sequence[str] | None = None,
        complete: bool = True,
    ) -> Statement:
        """From what a service gave; its notices are the notes where no others are given."""
        return cls(
            source=found.source,
            backend=found.backend,
            asked_by=asked_by,
            entries=tuple(entries),
            notes=tuple(found.notices if notes is None else notes),
            complete=complete and found.complete,
            retrieved_at=None if found.backend == "local" else found.retrieved_at,
        )

    @property
    def label(self) -> str:
        """The source with its release, and whether it is the one on this machine; the same from a kept reply as live."""
        release = self.source.release.replace(f"{self.source.name}_", "")
        where = "service" if self.backend in ("live", "cache") else "local store"
        return f"{self.source.name}{'' if release == 'not stated' else f' {release}'}, {where}"

    def values(self, kind: str) -> tuple[str, ...]:
        """Every identifier of a kind, each once."""
        return tuple(dict.fromkeys(value for entry in self.entries for value in entry.ids.get(kind, ())))

    def noting(self, *notes: str) -> Statement:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True)
class Silence:
    """Why a source says nothing. `failed`: it could not be asked now; else it was, and has no answer."""

    title: str
    why: str
    failed: bool = False
    offline: bool = False
    asked: bool = False
    """Whether it was asked and has no answer; where not, there was nothing to ask it by, or it may not be asked."""
    refused: bool = False
    """Whether the user did not allow that it is asked."""
    candidates: tuple[str, ...] = ()
    """What the name could mean there, where it means several things."""


async def ask(title: str, call: Callable[[], Awaitable[Statement]], within_s: float = SOURCE_S) -> Statement | Silence:
    """What a source says, or why it says nothing; one that fails or is slow does not cost what the others say."""
    try:
        async with within(within_s):
            return await call()
    except TimeoutError:
        return Silence(title, f"{title} did not answer within {within_s:g} s.", failed=True)
    except Ambiguous as error:
        return Silence(title, error.message, asked=True, candidates=tuple(error.nearest))
    except NotFound as error:
        near = f" Nearest: {', '.join(error.nearest[:3])}." if error.nearest else ""
        return Silence(title, f"{error.message}{near}", asked=True)
    except (Unavailable, StorageError) as error:
        why = error.message.removeprefix(f"{title}: ")
        return Silence(title, why, failed=True, offline=isinstance(error, OfflineRefused))
    except NotApproved as error:
        return Silence(title, f"{title} was not asked. {error.message}", refused=True)
    except InvalidIdentifier as error:
        return Silence(title, f"{title} cannot be asked by this. {error.message}")


@dataclass(frozen=True)
class Comparison:
    """All identifiers with the sources that give them, and sentences on where the sources differ.

    A conflict: two sources have nothing in common. A difference: one gives more than the other.
    """

    identifiers: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    conflicts: tuple[str, ...]
    differences: tuple[str, ...]


def compare(statements: Sequence[Statement]) -> Comparison:
    """The statements side by side."""
    identifiers: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    conflicts, differences = [], []
    for kind in KINDS:
        values = distinct(statements, kind)
        if values:
            identifiers[kind] = tuple(
                (value, tuple(item.label for item in statements if value in item.values(kind))) for value in values
            )
        if kind in _NOT_COMPARED:
            continue
        for one, two in combinations([item for item in statements if item.values(kind)], 2):
            first, second = set(one.values(kind)), set(two.values(kind))
            if first == second:
                continue
            sentence = (
                f"{KINDS[kind]}: {one.label}, gives {' and '.join(one.values(kind)[:5])}; "
                f"{two.label}, gives {' and '.join(two.values(kind)[:5])}"
            )
            if first & second:
                differences.append(f"{sentence}.")
            else:
                conflicts.append(f"{sentence}{_of_what_kind(kind, first, second)}.")
    return Comparison(identifiers, tuple(conflicts), tuple(differences))


def distinct(statements: Sequence[Statement], kind: str) -> tuple[str, ...]:
    """Every identifier of a kind that any of them gives, each once."""
    return tuple(dict.fromkeys(value for item in statements for value in item.values(kind)))


def _of_what_kind(kind: str, first: set[str], second: set[str]) -> str:
    """For InChIKeys, what sort of disagreement it is: the first block stands for the skeleton."""
    if kind != "inchikey":
        return ""
    if {key[:14] for key in first} & {key[:14] for key in second}:
        return " (the same skeleton; stereochemistry, isotopes or charge differ)"
    return " (different skeletons: a salt, a mixture or another compound)"
