"""The default model, all-MiniLM-L6-v2 (Apache-2.0, 384 dimensions, English), computed here by ONNX Runtime.

A question's vector is that of the sentence-transformers library to the sixth decimal, without that library and without torch.
A document's is computed with matrices of 8 bits, in two fifths of the time; prose is within a cosine of 0.99 of what 32 bits give,
and what answers a question is found as well. `tests/memory/library/embedding` compares both.
Not for long texts: what follows the 256th word piece is not seen.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ...errors import MissingExtra, ModelUnavailable
from .minilm_files import WEIGHTS, WEIGHTS_SHA256, MiniLmFiles, find_minilm
from .minilm_graph import GRAPH, INT8_GRAPH
from .minilm_int8 import RECIPE, quantised_weights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MOST_PIECES", "MiniLm"]

MOST_PIECES = 256
"""The model's max_seq_length in sentence-transformers; its tokenizer.json would cut, and pad, at 128."""

_FEW = 4
"""Fewer texts than this are not worth starting threads for."""


class MiniLm:
    """Texts one at a time: unpadded, one is as fast per CPU second as a batch, and threads take one each.

    Args:
        threads: texts at a time.
        files: the weights; those installed where None.

    Raises:
        MissingExtra: ONNX Runtime or the tokenizers are not installed.
        ModelUnavailable: the weights are not installed, or not what they should be.
    """

    name = "all-MiniLM-L6-v2"
    checksum = hashlib.sha256(f"{WEIGHTS_SHA256} documents {RECIPE}".encode()).hexdigest()
    dimension = 384

    def __init__(self, threads: int = 1, files: MiniLmFiles | None = None) -> None:
        self._threads = threads
        self._files = files = find_minilm() if files is None else files
        self._int8: tuple[Any, list[Any]] | None = None
        self._opening = threading.Lock()
        try:
            from tokenizers import Tokenizer

            self._session = _session(files, GRAPH)
        except ImportError as error:
            raise MissingExtra(
                f"all-MiniLM-L6-v2 needs the packages onnxruntime and tokenizers: {error}.",
                '`pip install "biocopilot[rag]"`',
            ) from error
        self._tokenizer = Tokenizer.from_str(files.tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, in the order given."""
        import numpy as np

        session = self._for_documents()

        def embed(text: str) -> Any:
            return session.run(None, {"pieces": np.array(self.pieces(text), np.int32)})[0]

        vectors = np.empty((len(texts), self.dimension), np.float32)
        if self._threads == 1 or len(texts) < _FEW:
            for row, text in enumerate(texts):
                vectors[row] = embed(text)
            return vectors
        pool = ThreadPoolExecutor(min(self._threads, len(texts)), "embedding")
        try:
            for row, vector in enumerate(pool.map(embed, texts)):
                vectors[row] = vector
        finally:
            pool.shutdown(cancel_futures=True)  # also on Ctrl-C: what is not begun is not begun
        return vectors

    def query(self, text: str) -> NDArray[np.float32]:
        """A question's vector, in 32 bits: questions are few and short."""
        import numpy as np

        if self._session is None:
            raise _closed()
        vector: NDArray[np.float32] = self._session.run(None, {"pieces": np.array(self.pieces(text), np.int32)})[0]
        return vector

    def pieces(self, text: str) -> list[int]:
        """The word pieces that the model sees, `MOST_PIECES` at most, with one for the beginning and one for the end."""
        encodable = text.encode("utf-8", "replace").decode("utf-8")  # no halves of surrogate pairs
        found: list[int] = self._tokenizer.encode(encodable).ids
        return found

    def close(self) -> None:
        """Let go of the weights."""
        with self._opening:
            self._session = self._int8 = None

    def _for_documents(self) -> Any:
        """Opened for the first document, for most processes only ask."""
        with self._opening:
            if self._session is None:
                raise _closed()
            if self._int8 is None:
                import onnxruntime

                given = {
                    name: onnxruntime.OrtValue.ortvalue_from_numpy(values)
                    for name, values in quantised_weights(self._files.folder / WEIGHTS)
                }
                self._int8 = _session(self._files, INT8_GRAPH, given), list(given.values())  # which it does not copy
            return self._int8[0]


def _closed() -> ModelUnavailable:
    return ModelUnavailable("The embedding model was closed.", "Open the library again.")


def _session(files: MiniLmFiles, graph: Path, given: dict[str, Any] | None = None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # no thread that spins while it waits
    # Its optimiser would put additions and norms into one operator that takes five times as long as the two (0.53 ms and
    # 0.09 ms for 256 pieces, release 1.32).
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(files.folder))
    if given:
        options.add_external_initializers(list(given), list(given.values()))
    try:
        return onnxruntime.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions share no other base
        raise ModelUnavailable(
            f"ONNX Runtime {onnxruntime.__version__} cannot load all-MiniLM-L6-v2: {error}",
            '`pip install --upgrade "biocopilot[rag]"`',
        ) from error
