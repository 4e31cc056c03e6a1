"""From the settings to an embedder; each kind is imported only when it is asked for."""

from __future__ import annotations

import os

from ...errors import InvalidSetting
from ...text import clean, shorten
from .protocol import Embedder
from .settings import EmbeddingSettings

__all__ = ["open_embedder"]

_SENTENCE_MODEL = "sentence-transformers:"
_MOST_THREADS = 8


def open_embedder(settings: EmbeddingSettings, *, offline: bool) -> Embedder:
    """Open the model that the settings name.

    Args:
        settings: which, and where.
        offline: open no connection: a server is refused, other models are read from local files only.

    Raises:
        InvalidSetting: there is no such kind of model, or an address that cannot be one.
        MissingExtra: a package that it needs is not installed.
        ModelUnavailable: its weights are not here or not what they should be, or its server cannot be used.
        OfflineRefused: it needs the network.
        SourceUnavailable: its server does not answer as it should.
    """
    if settings.model == "minilm":
        from .minilm import MiniLm

        return MiniLm(settings.threads or _cores())
    if settings.model == "server":
        from .server import EmbeddingServer

        return EmbeddingServer(settings, offline=offline)
    if settings.model.startswith(_SENTENCE_MODEL):
        from .sentence_model import SentenceModel

        return SentenceModel(settings.model.removeprefix(_SENTENCE_MODEL), offline=offline, threads=settings.threads)
    raise InvalidSetting(
        f"There is no embedding model {shorten(clean(settings.model), 60)!r}.",
        "It is minilm, server, or sentence-transformers:NAME.",
    )


def _cores() -> int:
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        count = os.cpu_count() or 1
    return min(count, _MOST_THREADS)
