"""What PUG REST says when it does not give what was asked: fault objects, and the header that asks for less."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....memory.errors import BadReply, NotFound, SourceUnavailable
from ....memory.text import shorten
from ..plain import text, texts

__all__ = ["hold_s", "raise_fault", "refused"]

_BUSY = frozenset(("PUGREST.ServerBusy", "PUGREST.Timeout"))
_CODE = re.compile(r"PUGREST\.(\w{1,40})", re.ASCII)
_MESSAGE = re.compile(r'"Message"\s*:\s*"([^"]{1,120})"?')
_STATE = re.compile(r"(?:Request Count|Request Time|Service) status:\s*(Green|Yellow|Red|Black)", re.IGNORECASE)
_HOLD_S = {"green": 0.0, "yellow": 1.0, "red": 5.0, "black": 60.0}
"""Yellow: half of what is allowed is used up; red: three quarters; black: more than is allowed, and requests are refused."""


def raise_fault(value: Any) -> None:
    """Raises what a fault object that came as if it were a result means; does nothing for anything else."""
    fault = value.get("Fault") if isinstance(value, dict) else None
    if not isinstance(fault, dict):
        return
    code = text(fault.get("Code")) or "no code"
    said = shorten("; ".join((text(fault.get("Message")) or "it says nothing", *texts(fault.get("Details")))), 160)
    if code == "PUGREST.NotFound":
        raise NotFound(f"PubChem: {said}.", "Check the identifier.")
    if code in _BUSY:
        raise SourceUnavailable(f"PubChem: {said} ({code}).", "Ask again later.")
    raise BadReply(f"PubChem refused the request: {said} ({code}).", "Check the identifier.")


def refused(error: BadReply) -> BadReply:
    """A refusal with its fault object put into words; another error as it is."""
    code, message = _CODE.search(error.message), _MESSAGE.search(error.message)
    if code is None or "refused the request (" not in error.message:
        return error
    said = message[1].rstrip(". …") if message else "it says nothing"
    return BadReply(f"PubChem refused the request: {said} (PUGREST.{code[1]}).", error.hint)


def hold_s(headers: Mapping[str, str]) -> float:
    """Seconds for which to leave PubChem alone, as its throttling header says how much of its patience is used up."""
    states = _STATE.findall(headers.get("x-throttling-control", ""))
    return max((_HOLD_S[state.lower()] for state in states), default=0.0)
