"""Any model of the sentence-transformers library, by its name on the Hugging Face hub or by its folder.

The files are found first and only then given to the library as a folder: it fetches nothing by itself, runs no code that
comes with a model, and reads safetensors only, never pickles.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InvalidSetting, MissingExtra, ModelUnavailable, OfflineRefused
from ...text import clean, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SentenceModel"]

_EXTRA = '`pip install "biocopilot[sentence-transformers]"`; torch first, in the build for your machine'
_HUB_NAME = re.compile(r"(?:[\w.-]+/)?[\w.-]+")
_OWNER = "sentence-transformers/"
"""Names without an owner are that library's own models."""
_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
"""Weights, configuration and vocabularies: what decides on the vectors."""


class SentenceModel:
    """A model in this process, on the device that the library chooses.

    Args:
        name: such as `BAAI/bge-small-en-v1.5`, or a folder.
        offline: local files only.
        threads: of torch; 0 for its own choice.

    Raises:
        InvalidSetting: that is no name and no folder.
        MissingExtra: the library is not installed.
        ModelUnavailable: the model is not here, or cannot be fetched or loaded.
    """

    def __init__(self, name: str, *, offline: bool, threads: int = 0) -> None:
        if offline:
            os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported, for whatever they do on the side
        shown = shorten(clean(name), 80)
        try:
            import sentence_transformers
            import torch
        except ImportError as error:
            raise MissingExtra(
                f"The model {shown} needs the sentence-transformers library: {error}.", _EXTRA
            ) from error
        folder = _folder(name, shown, offline)
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model: Any = sentence_transformers.SentenceTransformer(
                str(folder),
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, RuntimeError, LookupError, ImportError, TypeError, AttributeError) as error:
            raise ModelUnavailable(
                f"The model {shown} cannot be loaded: {shorten(clean(str(error)), 300)}",
                "It has to be a sentence-transformers model with safetensors weights and no code of its own.",
            ) from error
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise ModelUnavailable(f"The model {shown} does not say how long its vectors are.", "Choose another one.")
        self.dimension = int(dimension)
        self.name = "_".join((folder.name if Path(name).is_dir() else shown).split())
        self.checksum = _checksum(folder)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, in the order given, with the prompt that the model wants before documents."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._made("encode_document", [_encodable(text) for text in texts])

    def query(self, text: str) -> NDArray[np.float32]:
        """A question's vector, with the prompt that the model wants before questions."""
        return self._made("encode_query", _encodable(text))

    def close(self) -> None:
        """Let go of the model."""
        self._model = None

    def _made(self, method: str, given: str | list[str]) -> NDArray[np.float32]:
        import numpy as np

        if self._model is None:
            raise ModelUnavailable("The embedding model was closed.", "Open the library again.")
        encode = getattr(self._model, method)
        made = encode(given, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(made, np.float32)


def _folder(name: str, shown: str, offline: bool) -> Path:
    """Where the model's files are, fetched where they are not and may be."""
    local = Path(name).expanduser()
    if local.is_dir():
        return local
    if not _HUB_NAME.fullmatch(name):
        raise InvalidSetting(
            f"{shown!r} is neither a folder nor the name of a model.", "It is like BAAI/bge-small-en-v1.5."
        )
    import huggingface_hub

    repository = name if "/" in name else f"{_OWNER}{name}"
    try:
        return Path(
            huggingface_hub.snapshot_download(
                repository,
                local_files_only=offline,
                allow_patterns=list(_FILES),
                ignore_patterns=["onnx/*", "openvino/*"],
            )
        )
    except (OSError, ValueError) as error:  # what its errors derive from
        if offline:
            raise ModelUnavailable(
                f"The model {shown} is not on this machine.",
                f"{OfflineRefused.ALLOW} Or name the folder that it is in.",
            ) from error
        raise ModelUnavailable(
            f"The model {shown} cannot be fetched: {shorten(clean(str(error)), 200)}", "Check its name and the network."
        ) from error


def _checksum(folder: Path) -> str:
    """SHA-256 over the names and contents of the files that decide on the vectors."""
    found = sorted({path for pattern in _FILES for path in folder.rglob(pattern) if path.is_file()})
    whole = hashlib.sha256()
    for path in found:
        with path.open("rb") as file:
            whole.update(f"{path.relative_to(folder).as_posix()}\n".encode())
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # no halves of surrogate pairs
