"""The sizes of a BioMedGPT: of the official one, or as the config files beside its weights give them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import CheckpointError

__all__ = ["OWN_FILE", "BioMedGPTConfiguration"]

OWN_FILE = "biomedgpt.json"  # written beside weights that we converted
FUSION_ROWS = 1  # the fusion model adds one row, [PAD], to its language model's vocabulary

LLAMA_2_7B: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-6,  # of the model's own config; later Llama-2 configs say 1e-5
    "rope_theta": 10000.0,
    "vocab_size": 32000,
    "hidden_act": "silu",
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "tie_word_embeddings": False,
}
ESM2_3B: dict[str, Any] = {  # facebook/esm2_t36_3B_UR50D
    "model_type": "esm",
    "hidden_size": 2560,
    "intermediate_size": 10240,
    "num_hidden_layers": 36,
    "num_attention_heads": 40,
    "max_position_embeddings": 1026,
    "layer_norm_eps": 1e-5,
    "vocab_size": 33,
    "pad_token_id": 1,
    "mask_token_id": 32,
    "position_embedding_type": "rotary",
    "token_dropout": True,  # scales word embeddings by 0.88 at inference too
    "emb_layer_norm_before": False,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}


@dataclass(frozen=True)
class BioMedGPTConfiguration:
    """What is needed to build the network.

    Args:
        llm: a transformers `LlamaConfig` as a mapping; its `vocab_size` counts the fusion model's rows (32,001).
        protein: a transformers `EsmConfig` as a mapping.
        gin_hidden: width of the molecule encoder.
        gin_layers: its message-passing steps.
        max_protein_tokens: residues and the two special tokens; what is longer is cut.
    """

    llm: Mapping[str, Any]
    protein: Mapping[str, Any]
    gin_hidden: int = 300
    gin_layers: int = 5
    max_protein_tokens: int = 1024

    @classmethod
    def official(cls) -> BioMedGPTConfiguration:
        """Give the sizes of BioMedGPT-10B."""
        return cls(llm=_with_pad_row(LLAMA_2_7B), protein=ESM2_3B)

    @classmethod
    def from_folder(cls, folder: Path) -> BioMedGPTConfiguration:
        """Read the sizes from what lies in or up to two folders below `folder`.

        That is `biomedgpt.json`, or else a `config.json` of model type llama and one of type esm; a part without one is
        taken to be the official one, since the fusion weights are often passed on alone.

        Raises:
            CheckpointError: a file there is not JSON, or there are several of one type.
        """
        own = folder / OWN_FILE
        if own.is_file():
            return cls.from_mapping(_read(own), own)
        found: dict[str, Path] = {}
        parts: dict[str, dict[str, Any]] = {"llama": LLAMA_2_7B, "esm": ESM2_3B}
        for file in sorted(
            {*folder.glob("config.json"), *folder.glob("*/config.json"), *folder.glob("*/*/config.json")}
        ):
            content = _read(file)
            kind = content.get("model_type")
            if kind not in parts:
                continue
            if kind in found:
                raise CheckpointError(
                    f"There are two configurations of type {kind}: {found[kind]} and {file}.", "Name the folder of one."
                )
            found[kind], parts[kind] = file, content
        return cls(llm=_with_pad_row(parts["llama"]), protein=parts["esm"])

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any], where: object = "the configuration") -> BioMedGPTConfiguration:
        """Read what `as_mapping` gave.

        Raises:
            CheckpointError: a field is missing or unknown.
        """
        try:
            return cls(**content)
        except TypeError as exc:
            raise CheckpointError(f"{where} does not describe a BioMedGPT: {exc}.") from exc

    def as_mapping(self) -> dict[str, Any]:
        """Give the fields as JSON can hold them."""
        return asdict(self)


def _with_pad_row(llm: Mapping[str, Any]) -> dict[str, Any]:
    return {**llm, "vocab_size": llm["vocab_size"] + FUSION_ROWS}


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise CheckpointError(f"{file} cannot be read as JSON: {exc}.") from exc
    if not isinstance(content, dict):
        raise CheckpointError(f"{file} does not hold an object.")
    return content
