"""Answers of BioMedGPT-10B about molecules and proteins: each is shown to it as itself, not as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....memory.errors import InvalidInput
from ...local_models import load_biomedgpt, model_errors
from ...settings import WeightsSettings
from ..items import Caption, Item
from .contract import Reply, abstained, answered

if TYPE_CHECKING:
    from ....model.biomedgpt.network import BioMedGPT
    from ....model.biomedgpt.tokenizer import Tokenizer

__all__ = ["Biomedgpt", "open_biomedgpt"]

MAX_NEW_TOKENS = 256
"""The reference's own default."""


class Biomedgpt:
    """The model as what answers; greedy, in the authors' template.

    Args:
        network: filled.
        tokenizer: its language model's.
        name: as the user gave it.
        numbers: what its weights are, such as `bfloat16` or `int4`.
        max_new_tokens: an answer is at most so long.
    """

    def __init__(
        self, network: BioMedGPT, tokenizer: Tokenizer, name: str, numbers: str, max_new_tokens: int = MAX_NEW_TOKENS
    ) -> None:
        from ....model.biomedgpt.encoder import Encoder
        from ....model.decoding import Decoder

        self._network, self._tokenizer, self._most = network, tokenizer, max_new_tokens
        self._decoder, self._encoder = Decoder(network.llm), Encoder(network)
        self.name = name
        self.setting = f"structure encoded, {numbers}, greedy, no examples"
        self.configuration: Mapping[str, Any] = {"model": name, "numbers": numbers, "max_new_tokens": max_new_tokens}

    def answer(self, item: Item, number: int) -> Reply:
        if not isinstance(item, Caption):
            raise InvalidInput(
                "BioMedGPT-10B is shown molecules and proteins.", "For questions: --model biomedgpt-lm-7b"
            )
        with model_errors():
            from ....model.biomedgpt.answering import Chat

            chat = Chat(self._network, self._tokenizer, decoder=self._decoder, encoder=self._encoder)
            if item.entity == "molecule":
                chat.add_molecule(item.structure)
            else:
                chat.add_protein(item.structure)
            reply = chat.ask(item.question, max_new_tokens=self._most)
            text = reply.read()
        ended = "written" if reply.end == "stop" else f"written, cut at {self._most} tokens"
        return answered(text, text, ended) if text else abstained("", "nothing said")

    def close(self) -> None:
        pass


def open_biomedgpt(settings: WeightsSettings, name: str) -> Biomedgpt:
    """The installed model, loaded. Raises ModelUnavailable where it is not there or does not load, MissingExtra without torch."""
    loaded = load_biomedgpt(settings, name=name)
    return Biomedgpt(loaded.model, loaded.tokenizer, name, loaded.form or loaded.dtype)
