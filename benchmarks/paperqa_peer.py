"""paper-qa's retrieval over given documents and vectors, in a process and usually an environment of its own.

It pins packages that do not go together with ours, so the environment is named: `BIOCOPILOT_PAPERQA_PYTHON=/path/to/python`, one made
with `pip install paper-qa`. Nothing of ours is imported here.

    python paperqa_peer.py FOLDER    reads set.json, documents.npy and questions.npy there, writes paperqa.json
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

_MOST = 10
_NO_DOCUMENT = {"docname": "none", "citation": "none", "dockey": "none"}


async def ranked(texts: list[str], vectors: dict[str, list[float]], questions: list[str]) -> dict[str, Any]:
    """Places of the ten best texts for each question, and the median milliseconds of a search, as paper-qa's `Docs` makes it."""
    import tiktoken
    from lmi import EmbeddingModel, HybridEmbeddingModel, SparseEmbeddingModel
    from paperqa.llms import NumpyVectorStore
    from paperqa.types import Doc, Text

    class Given(EmbeddingModel):
        """The vectors that every system gets."""

        name: str = "given"
        ndim: int = 384

        async def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vectors[text] for text in texts]

    sparse = SparseEmbeddingModel(enc=tiktoken.get_encoding("cl100k_base"))
    model = HybridEmbeddingModel(models=[Given(), sparse])
    store, document = NumpyVectorStore(), Doc(**_NO_DOCUMENT)
    both = await model.embed_documents(texts)
    held = [
        Text(text=text, name=str(place), doc=document, embedding=vector)
        for place, (text, vector) in enumerate(zip(texts, both, strict=True))
    ]
    await store.add_texts_and_embeddings(held)
    found, times = [], []
    for question in questions:
        started = time.perf_counter()
        hits, _ = await store.max_marginal_relevance_search(question, _MOST, 2 * _MOST, model)
        times.append((time.perf_counter() - started) * 1000)
        found.append([int(hit.name) for hit in hits[:_MOST]])
    return {
        "ranked": found,
        "ms": statistics.median(times),
        "version": version("paper-qa"),
        "mmr_lambda": store.mmr_lambda,
    }


def main() -> None:
    """Read, rank, write."""
    import litellm
    import numpy as np

    # litellm ships the encoding that the sparse part counts with; without this, tiktoken would download it.
    os.environ.setdefault(
        "TIKTOKEN_CACHE_DIR", str(Path(litellm.__file__).with_name("litellm_core_utils") / "tokenizers")
    )
    folder = Path(sys.argv[1])
    given = json.loads((folder / "set.json").read_text("utf-8"))
    texts, questions = given["documents"], given["questions"]
    vectors = dict(zip(texts, np.load(folder / "documents.npy").tolist(), strict=True))
    vectors |= dict(zip(questions, np.load(folder / "questions.npy").tolist(), strict=True))
    (folder / "paperqa.json").write_text(json.dumps(asyncio.run(ranked(texts, vectors, questions))), "utf-8")


if __name__ == "__main__":
    main()
