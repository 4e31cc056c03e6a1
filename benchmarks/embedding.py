"""Embedding on this machine: abstracts and questions, beside ChromaDB's default embedder and the sentence-transformers library.

All compute all-MiniLM-L6-v2 from the same weights, and their vectors have to agree: to the fifth decimal in 32 bits, and documents
by matrices of 8 bits well enough for their neighbours to stay. ChromaDB's embedder is its own class
with our file of its model in the place of the one that it would download (`embedding_peer.py`).
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .measure import Measured, Row, child_cpu_s

__all__ = ["measure"]

_TEXTS = Path(__file__).parents[2] / "shared" / "data" / "pubmedqa" / "pqal_dev_500.json.gz"
_ABSTRACTS, _QUESTIONS = 64, 20
_OURS, _EXACT, _CHROMA = "Biocopilot", "Biocopilot in 32 bits", "ChromaDB's default embedder"
_LEAST_INT8 = 0.99
_SETTLE_S = 0.3  # the peers' idle threads spin for a while, which would be counted as ours
_FIRST = """
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
open_embedder(EmbeddingSettings(), offline=True).query("Does erlotinib inhibit EGFR?")
"""

Embed = Callable[[Sequence[str]], Any]


def measure(quick: bool) -> Measured:
    """CPU milliseconds a text, all threads counted."""
    from biocopilot.memory.library.embedding.minilm import MiniLm

    def in_32_bits(texts: Sequence[str]) -> Any:
        return [ours.query(text) for text in texts]

    abstracts, questions = _texts()
    rounds = 2 if quick else 5
    ours = MiniLm(1)
    notes = []
    with tempfile.TemporaryDirectory() as folder:
        kinds: dict[str, Embed] = {_OURS: ours.documents, _EXACT: in_32_bits}
        for name, opened in (
            (_CHROMA, _chroma),
            ("sentence-transformers", _sentence_transformers),
        ):
            try:
                kinds[name] = opened(Path(folder))
            except ImportError as error:
                notes.append(f"{name} left out: {error.name} is not installed")
        long = _rounds(kinds, abstracts, rounds, one_by_one=False)
        kinds[_OURS] = in_32_bits
        del kinds[_EXACT]
        short = _rounds(kinds, questions, rounds, one_by_one=True)
    rows = [Row.of(f"{name}: an abstract", values) for name, values in long.items()]
    rows += [Row.of(f"{name}: a question", values) for name, values in short.items()]
    first = [seconds * 1000 for seconds in child_cpu_s([sys.executable, "-c", _FIRST], rounds)]
    alone = [seconds * 1000 for seconds in child_cpu_s([sys.executable, "-c", "import numpy"], rounds)]
    rows += [Row.of("Python with NumPy alone", alone), Row.of("Biocopilot: process start to the first vector", first)]
    middle = {row.what: row.median for row in rows}
    ratios = {
        f"{name} / Biocopilot, {what}": middle[f"{name}: {what}"] / middle[f"Biocopilot: {what}"]
        for what in ("an abstract", "a question")
        for name in list(kinds)[1:]
    }
    ratios[f"{_EXACT} / Biocopilot, an abstract"] = middle[f"{_EXACT}: an abstract"] / middle[f"{_OURS}: an abstract"]
    ratios["Biocopilot: abstracts a CPU second"] = 1000 / middle["Biocopilot: an abstract"]
    pieces = [len(ours.pieces(text)) for text in abstracts]
    for what, goal in (("an abstract", 2), ("a question", 5)):
        ratio = ratios.get(f"{_CHROMA} / Biocopilot, {what}")
        if ratio is not None:
            notes.append(f"goal of {goal} times {_CHROMA}, {what}: {'met' if ratio >= goal else 'missed'}")
    notes.append(
        f"{len(abstracts)} abstracts of {sum(pieces) / len(pieces):.0f} word pieces on average, of 256 at most to which"
        f" ChromaDB pads; {len(questions)} questions; vectors equal to a cosine above 0.99999, ours of abstracts above {_LEAST_INT8}"
    )
    return Measured("embedding", "CPU ms a text", tuple(rows), ratios, tuple(notes))


def _texts() -> tuple[list[str], list[str]]:
    if not _TEXTS.is_file():
        raise RuntimeError(f"the abstracts are not there: {_TEXTS}")
    held = json.loads(gzip.decompress(_TEXTS.read_bytes())).values()
    abstracts = [" ".join(item["CONTEXTS"]) for item in held][:_ABSTRACTS]
    return abstracts, [item["QUESTION"] for item in held][:_QUESTIONS]


def _rounds(kinds: dict[str, Embed], texts: list[str], rounds: int, one_by_one: bool) -> dict[str, list[float]]:
    """Milliseconds a text, each kind in turn in each round; raises where the vectors differ."""
    import numpy as np

    found: dict[str, list[float]] = {name: [] for name in kinds}
    vectors: dict[str, Any] = {}
    for embed in kinds.values():
        embed(texts[:2])
    for _ in range(rounds):
        for name, embed in kinds.items():
            time.sleep(_SETTLE_S)
            began = time.process_time()
            made = [row for text in texts for row in embed([text])] if one_by_one else list(embed(texts))
            found[name].append((time.process_time() - began) * 1000 / len(texts))
            vectors[name] = np.array(made)
    exact = vectors.get(_EXACT, vectors[_OURS])
    for name, made in vectors.items():
        least = float((made * exact).sum(axis=1).min())
        if least < (_LEAST_INT8 if name == _OURS else 0.99999):
            raise RuntimeError(f"{name} gives other vectors: cosine {least}")
    return found


def _chroma(folder: Path) -> Embed:
    from biocopilot.memory.library.embedding.minilm_files import WEIGHTS, find_minilm
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    from .embedding_peer import write_peer_graph

    held = find_minilm().folder
    files = folder / "onnx"
    files.mkdir()
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt"):
        shutil.copyfile(held / name, files / name)
    write_peer_graph(held / WEIGHTS, files / "model.onnx")
    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = folder
    embedder = ONNXMiniLM_L6_V2()
    return lambda texts: embedder(list(texts))


def _sentence_transformers(_folder: Path) -> Embed:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from biocopilot.memory.library.embedding.minilm_files import find_minilm
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_minilm().folder), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)
