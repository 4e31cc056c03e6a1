"""A pathway of Reactome: its stable id, its name, and what sort of pathway it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....memory.errors import BadReply
from ..plain import text

__all__ = ["Pathway"]

_STABLE_ID = re.compile(r"R-[A-Z]{3}-\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class Pathway:
    """None where Reactome says nothing."""

    stable_id: str
    """Without its version."""
    name: str
    species: str | None = None
    in_disease: bool | None = None
    """Whether it describes what a disease changes."""
    inferred: bool | None = None
    """Whether it was carried over from another species by computation."""
    version: str | None = None
    """The stable id with its version, such as R-HSA-177929.3."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Pathway:
        """From an event of the content service. Raises BadReply where it has no stable id or no name."""
        stable_id, name = text(row.get("stId")), text(row.get("displayName"))
        if stable_id is None or _STABLE_ID.fullmatch(stable_id) is None or name is None:
            raise BadReply("Reactome: a pathway without a stable id or a name.", "Ask again later.")
        return cls(
            stable_id=stable_id,
            name=name,
            species=text(row.get("speciesName")),
            in_disease=_flag(row.get("isInDisease")),
            inferred=_flag(row.get("isInferred")),
            version=text(row.get("stIdVersion")),
        )

    @property
    def url(self) -> str:
        """Where a person reads of it."""
        return f"https://reactome.org/content/detail/{self.stable_id}"


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
