"""What a user chooses about the language model that plans; the table `[model]` of the settings says the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["CallsBy", "Mode", "ModelChoice"]

Mode = Literal["auto", "choose", "free"]
"""`choose`: among what the embedded planner proposes; `free`: any tool; `auto`: `choose` for a model not tuned to call tools."""
CallsBy = Literal["auto", "native", "json"]
"""How calls are asked for: by the server's tool calling, by a JSON schema for the reply, or by the first that works."""


_MOST_REPLY = 4_096


@dataclass(frozen=True)
class ModelChoice:
    """Which model, where, and within which bounds.

    Args:
        name: what `auto` takes where BioMedGPT is not installed, such as `ollama:qwen3`; none where empty.
        base_url: address of a server of your own, up to `/v1`; the provider's where empty.
        key: for that server; where empty a server of your own gets none, and a provider the one in its own variable.
        window: tokens that the model reads at once; what is known of the model, else 16,384, where 0.
        max_new_tokens: tokens of one reply, at most; a quarter of the window, and 4,096 at most, where 0.
        temperature: how freely it words; the server's own where None.
        mode: see `Mode`.
        calls: see `CallsBy`.
        fallback: the planner that goes on where the model cannot; `none` for an error instead.
        timeout_s: seconds without a word from the model after which it is given up.
    """

    name: str = ""
    base_url: str = ""
    key: str = field(default="", repr=False)
    window: int = 0
    max_new_tokens: int = 0
    temperature: float | None = None
    mode: Mode = "auto"
    calls: CallsBy = "auto"
    fallback: str = "embedded"
    timeout_s: float = 60.0

    def reply_tokens(self, window: int) -> int:
        """Tokens of one reply: what a model that thinks aloud needs to come to its call, and no more than the window can spare."""
        return self.max_new_tokens or min(_MOST_REPLY, window // 4)
