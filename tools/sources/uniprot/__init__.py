"""UniProtKB live: `UniprotLive` asks, `records` come back in `Found`, `StoreRows` makes of them what the local store holds.

async with transport.session() as session:
    found = await UniprotLive(session).entry("P00533")
    entry = single_entry(found)                # an error where the accession is no longer in use
    entry.functions[0].texts[0].evidences      # what a statement rests on
"""

from __future__ import annotations

from .entry import (
    AnyEntry,
    CrossReference,
    InactiveEntry,
    Keyword,
    Sequence,
    UniprotEntry,
    UniprotHit,
    read_entry,
    single_entry,
)
from .feature_kinds import FEATURE_KINDS, FeatureKind, evidence_means, kind_of, rank_of
from .features import Feature
from .isoforms import Isoform, isoforms_of
from .live import Release, UniprotLive
from .mapping import IdMapping, MappedId, Waiting
from .query import SEARCH_FIELDS
from .store_rows import DIFFERS_BY_DESIGN, StoreRows, protein_entry

__all__ = [
    "DIFFERS_BY_DESIGN",
    "FEATURE_KINDS",
    "SEARCH_FIELDS",
    "AnyEntry",
    "CrossReference",
    "Feature",
    "FeatureKind",
    "IdMapping",
    "InactiveEntry",
    "Isoform",
    "Keyword",
    "MappedId",
    "Release",
    "Sequence",
    "StoreRows",
    "UniprotEntry",
    "UniprotHit",
    "UniprotLive",
    "Waiting",
    "evidence_means",
    "isoforms_of",
    "kind_of",
    "protein_entry",
    "rank_of",
    "read_entry",
    "single_entry",
]
