"""Vectors of texts, behind one protocol: `open_embedder(EmbeddingSettings(), offline=True)`.

`minilm` computes them here, `sentence-transformers:NAME` with that library and any of its models, `server` asks an
OpenAI-compatible server. Vectors of two models never mix: an embedder's `checksum` tells them apart.
"""

from .opening import open_embedder
from .protocol import Embedder
from .settings import EmbeddingSettings

__all__ = ["Embedder", "EmbeddingSettings", "open_embedder"]
