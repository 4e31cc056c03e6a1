"""What all records of UniProt share: read-only, tolerant of fields not known here, and free of hidden characters.

A record is made from JSON by `read`, the only way in. A null and an absent list are the same; a null scalar stays None.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from ....memory.errors import BadReply
from ....memory.text import clean, shorten

__all__ = ["EvidenceCode", "Identifier", "Record", "Text", "cleaned", "read"]


class Record(BaseModel):
    """Names in Python are snake case; in UniProt's JSON, camel case."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: item for name, item in value.items() if item is not None}
        return value


class EvidenceCode(Record):
    """An ECO code, with what it rests on (such as PubMed and a PMID) where that is stated."""

    code: str = Field(alias="evidenceCode")
    source: str | None = None
    id: str | None = None


class Text(Record):
    """A statement and its evidence codes."""

    value: str
    evidences: tuple[EvidenceCode, ...] = ()


class Identifier(Record):
    """An identifier in a database."""

    database: str
    id: str


R = TypeVar("R", bound=Record)


def read(kind: type[R], value: Any) -> R:
    """A record from UniProt's JSON, all text in it cleaned. Raises BadReply, which names the field."""
    try:
        return kind.model_validate(cleaned(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or kind.__name__
        raise BadReply(
            f"UniProt: a record is not as documented at {shorten(clean(place), 80)}: {shorten(clean(first['msg']), 80)}.",
            "Ask again later.",
        ) from error


def cleaned(value: Any) -> Any:
    """JSON with every string in it cleaned; what is printable throughout needs no cleaning."""
    if isinstance(value, str):
        return value if value.isprintable() else clean(value)
    if isinstance(value, dict):
        return {cleaned(name): cleaned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value
