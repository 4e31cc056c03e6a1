"""BioMedGPT-10B as the tools of this folder ask it: whether it is installed, opened once, and answering in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from ...memory.errors import ModelUnavailable, StorageError
from ...memory.paths import models_dir
from ...memory.records import Source
from ..contract import ToolContext
from ..workbench import WeightsChoice
from .failures import errors_of_the_model

if TYPE_CHECKING:
    from ...model.biomedgpt.encoder import Encoder
    from ...model.checkpoint.catalogue import Installed
    from ...model.checkpoint.loading import LoadedBioMedGPT
    from ...model.decoding import Cancel, Decoder

__all__ = ["NAME", "TITLE", "BioMedGPTModel", "Written", "ask", "is_installed"]

NAME = "biomedgpt-10b"
TITLE = "BioMedGPT-10B"
MAX_NEW_TOKENS = 256  # the reference's own default

Entity = Literal["molecule", "protein"]

_LICENCE = "Llama 2 Community License; BioMedGPT Acceptable Use Policy; MIT (ESM-2)"
_TOLD_EVERY = 16


@dataclass(frozen=True)
class Written:
    """What the model wrote.

    Args:
        text: the answer.
        end: `stop` where it ended by itself, `length` at the limit.
        notices: what was changed or cut of what it was shown.
        source: which weights they were.
    """

    text: str
    end: str
    notices: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class _Step:
    """How far it is."""

    text: str
    done: int
    total: int


class _Stopped(Exception):
    """Nobody waits any more."""


def is_installed(models: Path | None = None) -> bool:
    """Whether the weights are on this machine. Looks for a file, and loads nothing.

    Args:
        models: the folder of all models; in the user's data where None.
    """
    try:
        return any(((models or models_dir()) / NAME).glob("*/manifest.json"))
    except (OSError, StorageError):  # no home folder is known, or it cannot be read: then nothing is installed
        return False


@dataclass
class _Opened:
    loaded: LoadedBioMedGPT
    decoder: Decoder
    encoder: Encoder
    source: Source


@dataclass
class BioMedGPTModel:
    """The model of one workbench; its weights are read when it is first asked."""

    weights: WeightsChoice = field(default_factory=WeightsChoice)
    _opened: _Opened | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, entity: Entity, shown: str, question: str, cancel: Cancel) -> Iterator[_Step | Written]:
        """Answer one question about one molecule or protein; stops at the next tensor or token once cancelled."""
        if self._opened is None:
            yield _Step("reading the weights", 0, 0)

        def stop(_done: int, _total: int) -> None:
            if cancel.is_set():
                raise _Stopped

        try:
            opened = self._open(stop)
        except _Stopped:
            return
        from ...model.biomedgpt.answering import Chat

        chat = Chat(opened.loaded.model, opened.loaded.tokenizer, decoder=opened.decoder, encoder=opened.encoder)
        (chat.add_molecule if entity == "molecule" else chat.add_protein)(shown)
        reply = chat.ask(question, max_new_tokens=MAX_NEW_TOKENS, cancel=cancel)
        told = 0
        for _piece in reply:
            if len(reply.said) - told >= _TOLD_EVERY:
                told = len(reply.said)
                yield _Step("writing, in tokens", told, MAX_NEW_TOKENS)
        yield Written(reply.text, reply.end, reply.notices, opened.source)

    def _open(self, progress: Callable[[int, int], None]) -> _Opened:
        with self._lock:
            if self._opened is None:
                from ...model.biomedgpt.encoder import Encoder
                from ...model.checkpoint.catalogue import installed
                from ...model.checkpoint.loading import load_biomedgpt
                from ...model.decoding import Decoder

                weights = self.weights
                found = installed(weights.folder or models_dir(), NAME, weights.form)
                if found is None:
                    form = (
                        "" if weights.form == "auto" else f" as {weights.form}, which the setting weights.form asks for"
                    )
                    raise ModelUnavailable(f"{TITLE} is not installed{form}.", f"biocopilot models pull {NAME}")
                loaded = load_biomedgpt(found, device=weights.device, dtype=weights.dtype, progress=progress)
                self._opened = _Opened(loaded, Decoder(loaded.model.llm), Encoder(loaded.model), _source(found, loaded))
            return self._opened

    def close(self) -> None:
        """Let go of the weights."""
        self._opened = None


async def ask(context: ToolContext, entity: Entity, shown: str, question: str) -> Written:
    """Ask the model of the context's workbench, without blocking the event loop.

    Args:
        context: of the tool.
        entity: what is shown.
        shown: its SMILES, or its sequence.
        question: in the user's words.

    Raises:
        ModelUnavailable, MissingExtra: it cannot be opened.
        InvalidInput, LimitReached: it cannot take what it was shown, or the question.
    """
    model = context.bench.biomedgpt
    with errors_of_the_model():
        from ...model.decoding import async_stream

        def start(cancel: Any) -> Iterator[_Step | Written]:
            return model.write(entity, shown, question, cancel)

        async with aclosing(cast("AsyncGenerator[_Step | Written, None]", async_stream(start))) as steps:
            async for step in steps:
                if isinstance(step, Written):
                    return step
                context.progress(step.text, step.done or None, step.total or None)
    raise ModelUnavailable(f"{TITLE} ended without an answer.", "Ask again.")


def _source(found: Installed, loaded: LoadedBioMedGPT) -> Source:
    where = f"{loaded.form or loaded.dtype} on {loaded.device}"
    return Source(
        name=TITLE,
        release=f"{found.origin} ({where})",
        licence=_LICENCE,
        attribution="BioMedGPT-10B, by PharMolix and the Institute for AI Industry Research, Tsinghua University",
        url="https://huggingface.co/PharMolix/BioMedGPT-10B",
    )
