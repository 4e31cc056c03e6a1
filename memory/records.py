"""The records that all of Biocopilot shares: quantities, evidence, tool results, claims and answers.

All are frozen pydantic models that survive a round trip through JSON unchanged. What a tool found stands in
`Evidence.record`, a JSON object whose `type` names its kind; its SHA-256 is taken over the canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = [
    "Answer",
    "AnswerStatus",
    "Backend",
    "Claim",
    "Evidence",
    "Omitted",
    "Quantity",
    "Relation",
    "Source",
    "Support",
    "ToolCall",
    "ToolCallSummary",
    "ToolResult",
    "ToolStatus",
    "Verdict",
    "canonical_json",
    "record_sha256",
]

Relation = Literal["=", "<", ">", "~"]
Backend = Literal["computed", "starter", "local", "cache", "live", "generated"]
ToolStatus = Literal["ok", "empty", "partial", "failed"]
Verdict = Literal["supported", "unsupported", "generated"]
AnswerStatus = Literal["answered", "partial", "unknown", "cancelled", "failed"]

DIGEST_CHARACTERS = 1_500
"""What a planner sees of one tool result, at most; the rest is fetched by handle."""


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and real Unicode: equal values give equal text. NaN and infinity are refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def record_sha256(record: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of a record's canonical JSON."""
    return hashlib.sha256(canonical_json(record).encode("utf-8")).hexdigest()


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quantity(_Frozen):
    """A number that knows what it is: unit, relation, kind, and how it was computed or measured."""

    value: float | int
    unit: str
    relation: Relation = "="
    kind: str
    convention: str

    @field_validator("value")
    @classmethod
    def _finite(cls, value: float | int) -> float | int:
        if not math.isfinite(value):
            raise ValueError("a quantity must be finite")
        return value


class Source(_Frozen):
    """Where a record comes from, with what its licence asks to be said."""

    name: str
    release: str
    licence: str
    attribution: str
    url: str = ""


class Evidence(_Frozen):
    """One thing a tool found, addressable as E1, E2, … within its run."""

    id: str = Field(pattern=r"^E\d+$")
    tool: str
    arguments: dict[str, Any]
    source: Source
    retrieved_at: datetime
    backend: Backend
    record: dict[str, Any]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ToolCall(_Frozen):
    """A planner's wish: run this tool with these arguments."""

    id: str
    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Omitted(_Frozen):
    """What a result left out, and the call that would show it."""

    what: str
    tool: str
    arguments: dict[str, Any]


class ToolResult(_Frozen):
    """What a tool call came to; `ok` with no evidence is refused."""

    status: ToolStatus
    evidence: tuple[Evidence, ...] = ()
    matched: int | None = None
    returned: int | None = None
    filters: dict[str, Any] = Field(default_factory=dict)
    omitted: Omitted | None = None
    warnings: tuple[str, ...] = ()
    digest: str = ""
    error: str = ""
    """For `failed`: the error's class name; its message and hint stand in `digest`."""

    def model_post_init(self, _context: Any, /) -> None:
        if self.status == "ok" and not self.evidence:
            raise ValueError("a tool result that is ok must hold evidence")


class Support(_Frozen):
    """The place in a record where a number, identifier or name of a claim stands."""

    token: str
    evidence: str
    path: str
    """JSON Pointer into `Evidence.record`, or into `Evidence.arguments` when it starts with `/arguments`."""


class Claim(_Frozen):
    """One sentence of an answer, with the evidence that holds it up."""

    text: str
    evidence: tuple[str, ...]
    verdict: Verdict
    support: tuple[Support, ...] = ()
    missing: tuple[str, ...] = ()
    """Numbers and identifiers of the sentence that no cited evidence holds."""


class ToolCallSummary(_Frozen):
    """A finished call as `ask --json` shows it."""

    id: str
    tool: str
    arguments: dict[str, Any]
    status: Literal["ok", "empty", "partial", "failed", "cancelled"]
    seconds: float
    matched: int | None = None
    returned: int | None = None


class Answer(_Frozen):
    """The end of a run, as `ask --json` prints it and `Copilot.ask` returns it."""

    run_id: str
    question: str
    status: AnswerStatus
    planner: str
    answer: str
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tool_calls: tuple[ToolCallSummary, ...] = ()
    notices: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The answer as Markdown, claims ending in their evidence ids; `answer` under the name that programs use."""
        return self.answer

    def evidence_by_id(self, evidence_id: str) -> Evidence:
        """The evidence record of that id. Raises KeyError where the run has none."""
        for item in self.evidence:
            if item.id == evidence_id:
                return item
        raise KeyError(evidence_id)

    def to_markdown(self) -> str:
        """The answer followed by a list of its evidence with source, release, licence and address."""
        lines = [self.answer.strip(), ""]
        if self.evidence:
            lines += ["### Evidence", ""]
            for item in self.evidence:
                link = f" <{item.source.url}>" if item.source.url else ""
                arguments = canonical_json(item.arguments)
                lines.append(
                    f"- **{item.id}** `{item.tool}` `{arguments}`: {item.source.name} {item.source.release}"
                    f" ({item.source.licence}, {item.backend}).{link}"
                )
        if self.notices:
            lines += ["", "### Notices", "", *(f"- {notice}" for notice in self.notices)]
        return "\n".join(lines).strip() + "\n"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How IPython and Jupyter show it; no Markdown, in which a record's HTML would be taken for the page's own."""
        from .answer_card import answer_card

        return {"text/plain": self.answer, "text/html": answer_card(self)}
