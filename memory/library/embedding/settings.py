"""Which model makes the vectors, and where it is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["EmbeddingSettings"]


class EmbeddingSettings(BaseModel):
    """The key is never shown: not in errors, not in logs, not by `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    model: str = Field(
        default="minilm",
        min_length=1,
        max_length=300,
        description="minilm, server, or sentence-transformers:NAME with the name or folder of such a model",
    )
    url: str = Field(default="", max_length=500, description="address of an OpenAI-compatible server, up to /v1")
    server_model: str = Field(default="", max_length=300, description="what that server calls its embedding model")
    api_key: SecretStr = Field(default=SecretStr(""), max_length=500, description="key for that server")
    threads: int = Field(default=0, ge=0, le=64, description="texts at a time; 0 for as many as there are cores")
