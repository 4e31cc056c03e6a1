"""The settings that stand in tables of `config.toml`: what belongs to the library, a language model, weights, the interface.

`settings.py` puts them together and reads them; whoever uses them imports them from there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["InterfaceSettings", "LibrarySettings", "ModelSettings", "WeightsSettings"]


class LibrarySettings(BaseModel):
    """The table `[library]`: what makes the vectors of the user's documents, and what keeps them."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    model: str = Field(
        default="minilm",
        min_length=1,
        max_length=300,
        description="what makes vectors of texts: minilm, sentence-transformers:NAME, or server",
    )
    server_url: str = Field(
        default="", max_length=500, description="address of an OpenAI-compatible embedding server, up to /v1"
    )
    server_model: str = Field(default="", max_length=300, description="what that server calls its embedding model")
    server_key: SecretStr = Field(default=SecretStr(""), max_length=500, description="key for that server")
    threads: int = Field(
        default=0, ge=0, le=64, description="texts embedded side by side; 0 for as many as there are cores"
    )
    chroma_url: str = Field(
        default="",
        max_length=500,
        pattern=r"^(https?://\S+)?$",
        description="a Chroma server for the vectors, instead of the library's own folder",
    )
    pdf_engine: Literal["pypdf", "pdfium"] = Field(
        default="pypdf", description="what takes PDFs apart that are added; pdfium is an extra"
    )


class ModelSettings(BaseModel):
    """The table `[model]`: the language model that plans, and how it is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(
        default="",
        max_length=300,
        description="what auto takes where BioMedGPT is not installed, such as ollama:qwen3 or openai:NAME",
    )
    base_url: str = Field(
        default="",
        max_length=500,
        pattern=r"^(https?://\S+)?$",
        description="address of a server of your own, up to /v1: vLLM, llama.cpp, LM Studio, Ollama",
    )
    key: SecretStr = Field(
        default=SecretStr(""),
        max_length=1_000,
        description="key for that server, or for the provider that model.name names",
    )
    window: int = Field(
        default=0, ge=0, le=10_000_000, description="tokens that the model reads at once; 0 for what is known of it"
    )
    max_new_tokens: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="tokens of one reply, at most; 0 for a quarter of the window, and 4,096 at most",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="how freely it words; the server's own where not set"
    )
    mode: Literal["auto", "choose", "free"] = Field(
        default="auto",
        description="choose among what the embedded planner proposes, or free to call any tool; auto: by the model",
    )
    calls: Literal["auto", "native", "json"] = Field(
        default="auto", description="calls by the server's tool calling, by a JSON schema, or by the first that works"
    )
    fallback: str = Field(
        default="embedded",
        max_length=300,
        description="the planner that goes on where the model cannot; none for an error instead",
    )
    timeout: float = Field(
        default=60.0, gt=0, le=3_600, description="seconds without a word from the model after which it is given up"
    )


class WeightsSettings(BaseModel):
    """The table `[weights]`: models that run in this process, and where they go."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    folder: Path | None = Field(
        default=None, description="where models are installed; models in the data folder if not set"
    )
    form: Literal["auto", "original", "safetensors", "int8", "int4"] = Field(
        default="auto", description="which form of an installed model is loaded; auto: the most exact one"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="where a model is put; auto: the GPU where it fits, else the CPU"
    )
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="numbers that a model computes with; auto: by device and memory"
    )


class InterfaceSettings(BaseModel):
    """The table `[interface]`: the terminal interface."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    molecules: Literal["auto", "pixels", "braille", "ascii", "off"] = Field(
        default="auto",
        description="how molecules are drawn; auto and pixels: as pixels where the terminal shows them, else in braille dots",
    )
