"""A model's fault as an error of ours: what happened, for a scientist, and what mends it."""

from __future__ import annotations

from ....memory.errors import ModelUnavailable
from .faults import Fault, FaultKind

__all__ = ["unavailable"]

_SAID: dict[FaultKind, tuple[str, str]] = {
    "busy": ("is asked too often", "Wait a little, or use a model of your own."),
    "server": ("has trouble", "Ask again later."),
    "unreachable": ("cannot be reached", "Start its server, and look at model.base_url: `biocopilot config show`."),
    "stalled": ("does not answer", "Ask again, or set model.timeout higher for a slow machine."),
    "window": ("cannot read so much at once", "Set model.window to what its server was started with."),
    "no_tools": ("cannot call tools", 'Set model.calls = "json", or start the server with tool calls.'),
    "no_schema": ("cannot follow a JSON schema", 'Set model.calls = "native", or take another server.'),
    "key": ("refuses the key", "Set model.key, or the provider's own variable such as OPENAI_API_KEY."),
    "model": ("is not known there", "Look at the model's name, and at what its server offers."),
    "request": ("refuses the request", "Look at the server's log."),
    "reply": ("gave no readable reply", "Look at whether model.base_url is its address up to /v1."),
    "cut": ("did not come to an end", "Set model.max_new_tokens higher."),
    "memory": ("has too little memory", "Take smaller weights: biocopilot models list."),
}


def unavailable(name: str, fault: Fault) -> ModelUnavailable:
    """The error for a fault of the planner of that name."""
    said, hint = _SAID[fault.kind]
    return ModelUnavailable(f"{name} {said}: {fault.text}", hint)
