"""BioMedGPT: one token of a language model for each atom of a molecule and each residue of a protein.

What differs from the usual multimodal model: nothing stands between encoder and language model but one linear layer.
No pooling, no learned queries, no cross attention. The language model is a stock Llama and the protein encoder a stock
ESM-2, whose start and end tokens are passed on too. Names of parameters are those of the official checkpoint.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import EsmConfig, EsmModel, LlamaConfig, LlamaForCausalLM

from .configuration import BioMedGPTConfiguration
from .gin import GIN

__all__ = ["FP32_PARTS", "BioMedGPT", "recompute_buffers"]

FP32_PARTS = (
    "mol_structure_encoder",
    "proj_mol",
    "proj_prot",
)  # 14 M numbers, in fp32 in the reference whatever the rest is


class BioMedGPT(nn.Module):
    """The network; build it under `torch.device("meta")` to spend no memory before the weights come.

    The modules of `FP32_PARTS` stay in fp32 whatever the others are in.
    """

    def __init__(self, configuration: BioMedGPTConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        llm = LlamaConfig(**_without_kind(configuration.llm))
        protein = EsmConfig(**_without_kind(configuration.protein))
        self.mol_structure_encoder = GIN(configuration.gin_hidden, configuration.gin_layers)
        self.prot_structure_encoder = EsmModel(protein, add_pooling_layer=False)
        del self.prot_structure_encoder.contact_head  # in the official file, and never evaluated
        self.llm = LlamaForCausalLM(llm)
        self.proj_mol = nn.Linear(configuration.gin_hidden, llm.hidden_size)
        self.proj_prot = nn.Linear(protein.hidden_size, llm.hidden_size)
        self.eval()

    @property
    def device(self) -> torch.device:
        """Where the language model lies."""
        return self.llm.device

    @property
    def dtype(self) -> torch.dtype:
        """The language model's numbers, which soft tokens are given in."""
        return self.llm.get_input_embeddings().weight.dtype

    @torch.no_grad()
    def encode_atoms(self, x: Tensor, edge_index: Tensor, edge_attr: Tensor) -> Tensor:
        """Encode atoms as soft tokens: (N, 2), (2, E), (E, 2) → (N, H)."""
        nodes = self.mol_structure_encoder(x, edge_index, edge_attr)  # (N, D)
        return self.proj_mol(nodes).to(self.dtype)

    @torch.no_grad()
    def encode_residues(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Encode residues as soft tokens: (B, L) → (B, L, H); where the mask is 0 they mean nothing."""
        output = self.prot_structure_encoder(input_ids=input_ids, attention_mask=attention_mask)
        hidden = output.last_hidden_state  # (B, L, D), after the last layer norm
        return self.proj_prot(hidden.to(self.proj_prot.weight.dtype)).to(self.dtype)

    @torch.no_grad()
    def embed_tokens(self, ids: Tensor) -> Tensor:
        """Look up the language model's own tokens: (L,) → (L, H)."""
        return self.llm.get_input_embeddings()(ids)


def recompute_buffers(module: nn.Module, device: torch.device | str) -> list[str]:
    """Compute in fp32, on `device`, the tables that a module has and a checkpoint need not have.

    These are the rotary frequencies and the numbers of positions. A checkpoint's own frequencies are never used: the
    official ones went through fp16, which turns a protein's angles by up to 0.41 rad at position 1,024.

    Returns:
        The names of what was computed.
    """
    computed = []
    for name, part in module.named_modules():
        fresh: dict[str, Tensor] = {}
        if "inv_freq" in part._buffers:
            with torch.device(device):
                fresh = dict(type(part)(part.config).named_buffers())
        elif (ids := part._buffers.get("position_ids")) is not None:
            fresh = {"position_ids": torch.arange(ids.shape[-1], device=device).expand(1, -1)}
        for key, value in fresh.items():
            part._buffers[key] = value
            computed.append(f"{name}.{key}")
    return computed


def _without_kind(config: Any) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "model_type"}
